"""What the user runs: a command line in their own shell, outside every sandbox, with all of their environment.

Does not: ask anybody, or bound how long it takes. The model is told what was run and what came of it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

import msgspec

from csm.api import Launch, Offer, ToolContext, items
from csm.api import tools as types

from . import output, quoting, screens, shells, specs
from .running import sessions
from .session import Command, Session
from .spawning import terminal_argv

#: Seconds that a stopped command has to end.
_GRACE = 2.0
#: What the windows of commands understand, whatever terminal lies around them.
_TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}


class OwnCommand:
    """Runs the text of its call. `env` is the user's whole environment."""

    for_user = True

    def __init__(self, env: Mapping[str, str]) -> None:
        self.spec = specs.own()
        self._env = {**env, "PAGER": "cat", "GIT_PAGER": "cat"}
        self._terminal = {**env, **_TERMINAL}

    def offered(self, offer: Offer) -> types.ToolSpec | None:
        """To no model."""
        del offer
        return None

    async def run(self, call: types.ToolCall, cx: ToolContext) -> types.ToolResult:
        """Run it to its end, or until it is stopped."""
        argv, tty = shells.argv(call.arguments, shell=None, login=True, env=self._env), _wants_terminal(call)
        command = Command(argv, quoting.join(argv), cx.cwd, tty)
        session = sessions(cx).new(command, cx)
        session.item = msgspec.structs.replace(session.item, process=None)
        cx.started(session.item)
        started, stopped = time.monotonic(), False
        try:
            launch = Launch(argv=terminal_argv(argv), env=self._terminal) if tty else Launch(argv=argv, env=self._env)
            session.start(launch)
            await session.ended.wait()
        except asyncio.CancelledError:
            stopped = True
            await asyncio.wait_for(session.stop(), _GRACE)
        except (OSError, ValueError) as error:
            session.fail(f"{argv[0]} could not be started: {error}")
        text = told(call.arguments, session, time.monotonic() - started, cx.token_limit(), stopped=stopped)
        item = session.item
        if tty:
            item = msgspec.structs.replace(item, output=screens.left(item.output))
        return types.ToolResult(text, success=session.exit_code == 0, item=item)


def _wants_terminal(call: types.ToolCall) -> bool:
    return call.call_id.startswith(items.OWN_TERMINAL)


def told(command: str, session: Session, seconds: float, limit: int, *, stopped: bool = False) -> str:
    """What the model reads of it."""
    text, total, omitted = session.unread.take(final=True)
    if session.command.tty:
        text = screens.left(text)
    shown = output.truncated(text or session.failure or "", limit, -(-total // 4), omitted)
    by = "stopped by the user\n" if stopped else ""
    code = -1 if session.exit_code is None else session.exit_code
    result = f"Exit code: {code}\nDuration: {seconds:.4f} seconds\n{by}Output:\n{shown}"
    return (
        f"<user_shell_command>\n<command>\n{command}\n</command>\n<result>\n{result}\n</result>\n</user_shell_command>"
    )
