"""A model's part played by steps: it calls `exec_command`, then types as the steps say, and ends when the command has.

So a tool is run exactly as in a session: the same sandbox, approvals, limits and answers, without a model.

Does not: read steps (`csm.cli.steps`) or print.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator
from typing import Any

from csm.cli.steps import Step
from csm.host.hooks import hook
from csm.protocol import codec
from csm.protocol.model import ModelPart, ModelRequest, PartCompleted, PartItemDone

_RUNNING = re.compile(r"session ID (\d+)")
#: Milliseconds for which the tool itself waits, at the least and at the most; the robot does its own waiting.
_SOON, _LATE = 250, 30_000


class Robot:
    """`id` is the provider's. `answers` are what a model would have read, call by call.

    `missed` is a text that never came, `late` whether the command had to be ended. `timeout` is its time in seconds.
    """

    id = "robot"
    name = "steps"

    def __init__(self, command: str, steps: list[Step], *, tty: bool, timeout: float) -> None:
        self.answers: list[str] = []
        self.missed: str | None = None
        self.late = False
        self._command, self._steps, self._tty, self._timeout = command, list(steps), tty, timeout
        self._seen = ""
        self._changed = threading.Condition()
        self._over = False
        self._until: float | None = None
        self._calls = 0

    @hook
    def models(self) -> list[Any]:
        """The robot is the model."""
        return [self]

    def problem(self) -> str | None:
        """Nothing is missing."""
        return None

    def see(self, text: str) -> None:
        """The command wrote something. From any thread."""
        with self._changed:
            self._seen += text
            self._changed.notify_all()

    def end(self) -> None:
        """The command has ended. From any thread."""
        with self._changed:
            self._over = True
            self._changed.notify_all()

    async def stream(self, request: ModelRequest, cx: Any) -> AsyncIterator[ModelPart]:
        """The next call, or the end."""
        call = await self._next(request)
        if call is not None:
            self._calls += 1
            name, arguments = call
            item = {"type": "function_call", "name": name, "call_id": f"step_{self._calls}"}
            raw = codec.encode({**item, "arguments": codec.encode(arguments).decode()})
            yield PartItemDone(item["call_id"], raw)
        yield PartCompleted()

    async def _next(self, request: ModelRequest) -> tuple[str, dict[str, Any]] | None:
        loop = asyncio.get_running_loop()
        if self._calls == 0:
            self._until = loop.time() + self._timeout
            wait = _SOON if self._tty or self._steps else min(_LATE, round(self._timeout * 1000))
            return "exec_command", {"cmd": self._command, "tty": self._tty, "yield_time_ms": wait}
        self.answers.append(_answer(request))
        running = _RUNNING.search(self.answers[-1].partition("Output:")[0])
        if running is None:
            self._steps = [step for step in self._steps if step.kind == "wait"]
            await self._type()
            return None
        text = await self._type()
        if self.missed is not None:
            return None
        if not text and not await asyncio.to_thread(self._ended, (self._until or 0) - loop.time()):
            self.late = True
            return None
        return "write_stdin", {"session_id": int(running[1]), "chars": text, "yield_time_ms": _SOON}

    async def _type(self) -> str:
        """What to type next, after the waits and pauses before it; nothing once there are no steps."""
        while self._steps:
            step = self._steps.pop(0)
            if step.kind == "send":
                return step.text
            if step.kind == "pause":
                await asyncio.sleep(step.ms / 1000)
            elif not await asyncio.to_thread(self._came, step.text):
                self.missed = step.text
                return ""
        return ""

    def _ended(self, seconds: float) -> bool:
        """Wait for the command's end."""
        with self._changed:
            return self._changed.wait_for(lambda: self._over, max(0.0, seconds))

    def _came(self, text: str) -> bool:
        """Wait until `text` stands in what came; what comes before it is done with."""
        with self._changed:
            self._changed.wait_for(lambda: text in self._seen or self._over, self._timeout)
            _, found, rest = self._seen.partition(text)
            self._seen = rest if found else self._seen
            return bool(found)


def _answer(request: ModelRequest) -> str:
    """The last answer of a tool."""
    output = codec.decode(request.input[-1]).get("output", "")
    return output if isinstance(output, str) else codec.encode(output).decode()
