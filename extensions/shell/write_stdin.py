"""The tool `write_stdin`: type into a running command, or wait for it.

Does not: start commands.
"""

from __future__ import annotations

import signal
import time

from csm.api import Offer, ToolContext, ToolError
from csm.api import tools as types

from . import arguments, specs
from .exec_command import report
from .running import sessions
from .session import Session

_TYPE = 250, 250, 30_000
_POLL = 5_000, 5_000
#: Milliseconds that a call which types nothing may wait at the most.
LONGEST = 300_000
_INTERRUPT = "\x03"
_CLOSED = "write_stdin failed: stdin is closed for this session; rerun exec_command with tty=true to keep stdin open"


class WriteStdin:
    """Works on the sessions that `exec_command` left running. `longest` is the setting
    `background_terminal_max_timeout`, in milliseconds.
    """

    def __init__(self, *, longest: int = LONGEST) -> None:
        self.spec = specs.write_stdin()
        self._poll = (*_POLL, max(longest, _POLL[1]))

    def offered(self, offer: Offer) -> types.ToolSpec | None:
        """Where `exec_command` is."""
        return self.spec if specs.sessions(offer) else None

    async def run(self, call: types.ToolCall, cx: ToolContext) -> types.ToolResult:
        """Raises ToolError for bad arguments, an unknown session, and typing into a pipe. Ctrl-C interrupts a pipe."""
        number = arguments.read(call.arguments, arguments.SESSION, name=arguments.STDIN_NAME)["session_id"]
        session = sessions(cx).get(number)
        if session is None:
            raise ToolError(f"write_stdin failed: Unknown process id {number}")
        given = arguments.read(call.arguments, arguments.STDIN)
        started = time.monotonic()
        chars = given.get("chars", "")
        if chars:
            _type(session, chars)
        default, low, high = _TYPE if chars else self._poll
        done = await session.wait(max(low, min(high, given.get("yield_time_ms", default))) / 1000)
        if done:
            sessions(cx).forget(session)
        text = report(session, given, cx, time.monotonic() - started, final=done)
        return types.ToolResult(text, success=not done or session.exit_code == 0)


def _type(session: Session, chars: str) -> None:
    if session.process is None or session.ended.is_set():
        return
    if session.command.tty:
        session.process.write(chars.encode("utf-8", "replace"))
    elif chars == _INTERRUPT:
        session.process.signal(signal.SIGINT)
    else:
        raise ToolError(_CLOSED)
