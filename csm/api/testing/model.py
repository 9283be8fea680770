"""A model provider that follows a script, inside the process.

Does not: speak HTTP; `ResponsesServer` does. Does not think.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from csm.api.testing.script import SERVER_FAULTS, Halt, Script, pick, steps
from csm.protocol.errors import ModelError
from csm.protocol.model import ModelPart, ModelRequest

_DROPPED = "stream disconnected before completion: stream closed before response.completed"
_PATIENCE = 30.0
_POLL = 0.002


class FakeModel:
    """Answers each request with the next turn of `script` (see `csm.api.testing.script`).

    `requests` are the ModelRequests it got. Past the end it raises ModelError, or with `repeat` gives the last turn
    again. It is also a context manager and, as a test's provider needs nothing else, its own `models` hook result.
    """

    def __init__(self, script: Script, *, id: str = "fake", repeat: bool = False) -> None:
        self.id = id
        self.name = "scripted model"
        self.requests: list[ModelRequest] = []
        self._script = script
        self._repeat = repeat
        self._problem: str | None = None

    def __enter__(self) -> FakeModel:
        return self

    def __exit__(self, *exc: object) -> None:
        return

    def problem(self) -> str | None:
        """None, or what `without_key` was given."""
        return self._problem

    def without_key(self, problem: str = "no key is set") -> FakeModel:
        """Pretend that no request can be made."""
        self._problem = problem
        return self

    async def stream(self, request: ModelRequest, cx: Any) -> AsyncIterator[ModelPart]:
        """The next turn. Raises ModelError as the script says."""
        number = len(self.requests)
        self.requests.append(request)
        turn = pick(self._script, number, request, repeat=self._repeat)
        if turn is None:
            raise ModelError(f"the script has no turn for request {number + 1}")
        if misplaced := [key for key in turn if key in SERVER_FAULTS]:
            raise ValueError(f"only ResponsesServer understands {', '.join(misplaced)}")
        sent = 0
        for step in steps(turn, number):
            if turn.get("drop") == sent:
                break
            if isinstance(step, ModelPart):
                sent += 1
                yield step
            else:
                await _passed(step)
        await _end(turn)


async def _passed(halt: Halt) -> None:
    limit = time.monotonic() + _PATIENCE
    while not halt.is_set():
        if time.monotonic() > limit:
            raise ModelError("a gate of the script was never opened")
        await asyncio.sleep(_POLL)


async def _end(turn: dict[str, Any]) -> None:
    failure = turn.get("fail")
    if isinstance(failure, ModelError):
        raise failure
    if failure:
        raise ModelError(**failure)
    if turn.get("hang"):
        await asyncio.get_running_loop().create_future()
    if turn.get("open_end") or "drop" in turn:
        raise ModelError(_DROPPED, retryable=True)
