"""A thread for shell tools without a runtime: real bash, the real sandbox, recorded items."""

from __future__ import annotations

import asyncio
import copy
import os
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from csm.api import items
from csm.api import tools as types
from csm.core.rules import Rules
from csm.host import roots

REPOSITORY = Path(__file__).resolve().parents[3]
roots.mount([roots.Root("bundled", REPOSITORY, 0)])


class Bench:
    """One thread's context, and the two tools. `answers` are the user's, in order."""

    def __init__(self, cwd: Path, env: dict[str, str], sandbox: Any = None) -> None:
        from csm_extensions.shell.exec_command import ExecCommand
        from csm_extensions.shell.write_stdin import WriteStdin

        self.thread_id, self.turn_id, self.call_id = "thread-1", "turn-1", "call-0"
        self.cwd, self.workdir, self.env = cwd, cwd, env
        self.approval: types.ApprovalPolicy = "never"
        self.sandbox_policy = types.SandboxPolicy(mode="danger-full-access")
        self.state: dict[str, Any] = {}
        self.headless = True
        self.tools = {"exec_command": ExecCommand(setting={}, keys={"MY_PROVIDER"}), "write_stdin": WriteStdin()}
        self.answers: list[types.Decision | types.Answer] = []
        self.asked: list[types.Ask] = []
        self.log: list[tuple[str, Any]] = []
        self.limit = 10_000
        self.ruled = Rules()
        self.reaches: dict[str, Callable[[str, str], None]] = {}
        self._sandbox, self._calls = sandbox, 0

    def reachable(self, item_id: str, reach: Callable[[str, str], None] | None) -> None:
        if reach is None:
            self.reaches.pop(item_id, None)
        else:
            self.reaches[item_id] = reach

    def rules(self) -> Rules:
        return self.ruled

    def sandbox(self) -> Any:
        return self._sandbox

    async def ask(self, ask: types.Ask) -> types.Answer:
        self.asked.append(ask)
        answer = self.answers.pop(0)
        return answer if isinstance(answer, types.Answer) else types.Answer(ask.id, answer)

    def started(self, item: items.Item) -> None:
        self.log.append(("started", item))

    def updated(self, item: items.Item) -> None:
        self.log.append(("updated", item))

    def completed(self, item: items.Item) -> None:
        self.log.append(("completed", item))

    def output(self, item_id: str, text: str) -> None:
        self.log.append(("output", text))

    def warn(self, message: str) -> None:
        self.log.append(("warn", message))

    def token_limit(self) -> int:
        return self.limit

    async def pass_on(self, call: types.ToolCall, *, workdir: Path | None = None) -> types.ToolResult | None:
        from csm_extensions.patch.tool import ApplyPatch

        if call.name != "apply_patch":
            return None
        other = copy.copy(self)
        other.workdir, other.state = workdir or self.cwd, {}
        return await ApplyPatch().run(call, other)

    async def call(self, name: str, arguments: dict[str, Any] | str) -> types.ToolResult:
        """Run a tool as the runtime does: each call has an id of its own, a finished item is completed."""
        self._calls += 1
        self.call_id = f"call-{self._calls}"
        text = arguments if isinstance(arguments, str) else msgspec.json.encode(arguments).decode()
        result = await self.tools[name].run(types.ToolCall(self.call_id, name, text), self)
        if result.item is not None:
            self.completed(result.item)
        return result

    async def run(self, cmd: str, **arguments: Any) -> str:
        """The output of one `exec_command`."""
        return await self.call_text("exec_command", cmd=cmd, **arguments)

    async def type(self, session: int, chars: str = "", **arguments: Any) -> str:
        """The output of one `write_stdin`."""
        return await self.call_text("write_stdin", session_id=session, chars=chars, **arguments)

    async def call_text(self, name: str, **arguments: Any) -> str:
        """The output of one call, as text."""
        result = await self.call(name, arguments)
        assert isinstance(result.output, str)
        return result.output

    def kinds(self) -> list[str]:
        """What was recorded, by kind, without pieces of output."""
        return [kind for kind, _ in self.log if kind != "output"]

    def item(self) -> items.CommandExecution:
        """The last completed item."""
        return next(item for kind, item in reversed(self.log) if kind == "completed")

    def close(self) -> None:
        """End the thread."""
        for value in self.state.values():
            value.close()
        self.state.clear()


@pytest.fixture
def bench(worktree: Path, env: dict[str, str]) -> Iterator[Bench]:
    """A thread in a git work tree without a sandbox."""
    yield Bench(worktree, env)


@pytest.fixture
def held(worktree: Path, env: dict[str, str]) -> Iterator[Bench]:
    """A thread whose commands run in bubblewrap, `workspace-write`."""
    from csm_extensions.bubblewrap.sandbox import Bubblewrap

    sandbox = Bubblewrap(env=os.environ, cwd=worktree)
    reason = sandbox.unavailable()
    if reason:
        pytest.skip(f"bubblewrap: {reason}")
    bench = Bench(worktree, env, sandbox)
    bench.sandbox_policy = types.SandboxPolicy(mode="workspace-write", exclude_slash_tmp=True)
    yield bench


@pytest.fixture
def run() -> Callable[[Bench, Callable[[], Awaitable[Any]]], Any]:
    """Runs a test's coroutine on a loop of its own and ends the thread on it."""

    def whole(bench: Bench, work: Callable[[], Awaitable[Any]]) -> Any:
        async def both() -> Any:
            try:
                return await work()
            finally:
                bench.close()

        return asyncio.run(both())

    return whole
