"""The tool `exec_command`: run a command line, wait a while, answer with its output or its session's number.

Does not: know how to start a process (`running.py`) or what is allowed (`approval.py`).
"""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from csm.api import Offer, ToolContext, items
from csm.api import tools as types

from . import approval, arguments, output, patching, quoting, refusals, shells, specs
from .running import Runner, sessions
from .session import Command, Session

_WAIT = 10_000, 250, 30_000


class ExecCommand:
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
        self.spec = specs.exec_command(login=login)
        self._runner, self._judge, self._login = Runner(setting, keys), judge, login

    def offered(self, offer: Offer) -> types.ToolSpec | None:
        """Unless `shell_command` stands in its place."""
        return self.spec if specs.sessions(offer) else None

    async def run(self, call: types.ToolCall, cx: ToolContext) -> types.ToolResult:
        """Raises ToolError for bad arguments and refusals."""
        given = arguments.read(call.arguments, arguments.EXEC, name=arguments.EXEC_NAME)
        command = _command(given, cx, self._login)
        patch = patching.found(given["cmd"])
        if patch is not None:
            approval.escalation(given, cx, self._judge)
            patched = await patching.apply(patch, command.cwd, call, cx)
            if patched is not None:
                return patching.timed(patched)
        try:
            command, inside, note = await approval.sandboxed(command, given, cx, self._judge)
        except approval.Declined as declined:
            return _declined(command, cx, declined.answer)
        started = time.monotonic()
        session = await self._runner.start(command, cx, inside)
        done = session.failure is None and await self._await(session, given)
        if done and inside and await approval.again_outside(command, session.item, cx):
            session = await self._runner.start(command, cx, inside=False, again=True)
            done = session.failure is None and await self._await(session, given)
        if session.failure is not None:
            return types.ToolResult(refusals.rejected(session.failure) + note, success=False, item=session.item)
        return _result(session, given, cx, started, done, note)

    async def _await(self, session: Session, given: dict[str, Any]) -> bool:
        """Whether it ended in the time to wait. A cancelled call takes its command with it."""
        seconds = _clamped(given.get("yield_time_ms"), *_WAIT) / 1000
        try:
            return await session.wait(seconds)
        except asyncio.CancelledError:
            session.background = True
            await session.stop()
            raise


def report(session: Session, given: Mapping[str, Any], cx: ToolContext, seconds: float, *, final: bool) -> str:
    """What the model has not read yet of a session, as it reads it: no more tokens than the call asks for."""
    most = cx.token_limit()
    text, total, omitted = session.unread.take(final=final)
    answer = output.answer(
        text,
        chunk=secrets.token_hex(3),
        seconds=seconds,
        total=total,
        omitted=omitted,
        limit=min(given.get("max_output_tokens", 10_000), most),
        most=most,
        exit_code=session.exit_code if final else None,
        session=session.number,
    )
    return answer + "".join(f"\nNote: {note}\n" for note in session.notes if final)


def _clamped(value: int | None, default: int, low: int, high: int) -> int:
    return max(low, min(high, default if value is None else value))


def _command(given: dict[str, Any], cx: ToolContext, login: bool) -> Command:
    argv = shells.argv(given["cmd"], shell=given.get("shell"), login=shells.login(given, login), env=cx.env)
    cwd = Path(os.path.normpath(cx.cwd / given.get("workdir", "")))
    return Command(argv, quoting.join(argv), cwd, given.get("tty", False))


def _result(
    session: Session, given: dict[str, Any], cx: ToolContext, started: float, done: bool, note: str
) -> types.ToolResult:
    if not done:
        session.background = True
        sessions(cx).keep(session)
    text = report(session, given, cx, time.monotonic() - started, final=done) + note
    return types.ToolResult(text, success=not done or session.exit_code == 0, item=session.item if done else None)


def _declined(command: Command, cx: ToolContext, answer: types.Answer) -> types.ToolResult:
    asked = items.CommandExecution(id=cx.call_id, command=command.shown, cwd=str(command.cwd), argv=command.argv)
    cx.started(asked)
    text = refusals.rejected(refusals.declined(answer)) + refusals.added(answer)
    return types.ToolResult(text, success=False, item=msgspec.structs.replace(asked, status="declined"))
