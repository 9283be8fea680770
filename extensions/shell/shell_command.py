"""The tool `shell_command`: run a command line to its end, in place of `exec_command` and `write_stdin`.

Does not: know how to start a process (`running.py`) or what is allowed (`approval.py`).
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from csm.api import Offer, ToolContext, ToolError, items
from csm.api import tools as types

from . import approval, arguments, output, patching, quoting, refusals, shells, specs
from .running import Runner
from .session import Command, Session

#: Milliseconds that a command may take, unless the call says otherwise.
_TIMEOUT = 10_000
_TIMED_OUT = 124


class ShellCommand:
    """`setting` is the table `shell_environment_policy`; `keys` names variables that hold providers' keys.

    `login` says whether shells may be login shells.
    """

    def __init__(
        self,
        *,
        setting: Mapping[str, Any],
        keys: Iterable[str] = (),
        judge: approval.Judge = approval.judge,
        login: bool = True,
    ) -> None:
        self.spec = specs.shell_command(login=login)
        self._runner, self._judge, self._login = _runner(setting, keys), judge, login

    def offered(self, offer: Offer) -> types.ToolSpec | None:
        """Where the feature that gives the model sessions is off."""
        return self.spec if specs.sessions(offer) is False else None

    async def run(self, call: types.ToolCall, cx: ToolContext) -> types.ToolResult:
        """Raises ToolError for bad arguments and refusals."""
        given = arguments.read(call.arguments, arguments.COMMAND, name=arguments.COMMAND_NAME)
        given["cmd"] = given["command"]
        command = _command(given, cx, self._login)
        patch = patching.found(given["cmd"])
        approval.escalation(given, cx, self._judge, "should not")
        if patch is not None:
            patched = await patching.apply(patch, command.cwd, call, cx)
            if patched is not None:
                return patched
        try:
            command, inside, note = await approval.sandboxed(command, given, cx, self._judge, refusals.plainly)
        except approval.Declined as declined:
            text = refusals.declined(declined.answer, "exec command ") + refusals.added(declined.answer)
            return _declined(command, cx, text)
        except ToolError as error:
            return _declined(command, cx, error.message)
        limit = given.get("timeout_ms", _TIMEOUT) / 1000
        ran = await self._once(command, cx, limit, inside)
        if inside and await approval.again_outside(command, ran.item, cx):
            ran = await self._once(command, cx, limit, inside=False, again=True)
        return msgspec.structs.replace(ran, output=f"{ran.output}{note}") if note else ran

    async def _once(
        self, command: Command, cx: ToolContext, limit: float, inside: bool, again: bool = False
    ) -> types.ToolResult:
        started = time.monotonic()
        session = await self._runner.start(command, cx, inside, again)
        if session.failure is not None:
            return types.ToolResult(session.failure, success=False, item=session.item)
        return await _finish(session, cx, started, limit)


async def _finish(session: Session, cx: ToolContext, started: float, limit: float) -> types.ToolResult:
    """Wait for the end, or bring it about."""
    try:
        done = await session.wait(limit)
        if not done:
            session.ends_with(_TIMED_OUT)
            await session.stop()
    except asyncio.CancelledError:
        session.background = True
        await session.stop()
        raise
    seconds = time.monotonic() - started
    text = "" if done else f"command timed out after {round(seconds * 1000)} milliseconds\n"
    for capture in (session.unread, session.errors):
        text += capture.take(final=True)[0]
    code = session.exit_code if done else _TIMED_OUT
    told = output.report(text, code=code or 0, seconds=seconds, limit=cx.token_limit())
    return types.ToolResult(
        told + "".join(f"\nNote: {note}\n" for note in session.notes), success=code == 0, item=session.item
    )


def _command(given: dict[str, Any], cx: ToolContext, login: bool) -> Command:
    argv = shells.argv(given["cmd"], shell=None, login=shells.login(given, login), env=cx.env)
    cwd = Path(os.path.normpath(cx.cwd / given.get("workdir", "")))
    return Command(argv, quoting.join(argv), cwd, tty=False, apart=True)


def _runner(setting: Mapping[str, Any], keys: Iterable[str]) -> Runner:
    return Runner(setting, keys, plain=False, failed=refusals.not_run)


def _declined(command: Command, cx: ToolContext, why: str) -> types.ToolResult:
    item = items.CommandExecution(id=cx.call_id, command=command.shown, cwd=str(command.cwd), argv=command.argv)
    cx.started(item)
    item = msgspec.structs.replace(item, status="declined", output=why, exit_code=-1)
    return types.ToolResult(why, success=False, item=item)
