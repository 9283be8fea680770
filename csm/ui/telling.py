"""Telling the user: a line on the screen for now, the host's messages for later.

Does not: draw. The message line is a value in the frame.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from csm.protocol.errors import CsmError
from csm.ui.message import LEVELS, MessageLine

if TYPE_CHECKING:
    from csm.host.host import Host
    from csm.ui.clock import Clock


class Teller:
    """Says things on the message line, and shows there what others report to the host."""

    def __init__(self, host: Host, clock: Clock, line: MessageLine, refresh: Callable[[], None]) -> None:
        self._host, self._clock, self._line, self._refresh = host, clock, line, refresh
        self._speaking: int | None = None
        host.listen(self._heard)

    def say(self, text: str, role: str = "message") -> None:
        """Show a message and keep it."""
        self._line.say(text, role, kept=True)
        level = role.rpartition(".")[2]
        self._keep(level if level in LEVELS else "info", text)

    def failed(self, text: str) -> None:
        """Something could not be done."""
        self.say(text, "message.error")

    def refused(self, error: CsmError) -> None:
        """Something was refused, in its own words."""
        self.failed(f"{error.message} · {error.hint}" if error.hint else error.message)

    def crashed(self, what: str, error: BaseException) -> None:
        """Something of ours or an extension's broke: the traceback goes to the messages."""
        self._line.say(f"{what}: {type(error).__name__}: {error}", "message.error", kept=True)
        self._keep("error", f"{what}\n{''.join(traceback.format_exception(error))}")

    def problems(self) -> None:
        """What went wrong so far, in one line."""
        bound = self._host.keymap.where_is("message.show", ["composer"])
        found = [one for one in self._host.messages if one.level != "info"]
        if found:
            worst = next((one for one in found if one.level == "error"), found[0])
            count = f"{len(found)} problems" if len(found) > 1 else "A problem"
            more = f" ({bound[0].keys} shows more)" if bound else ""
            self._line.say(f"{count}{more}: {worst.text.partition(chr(10))[0]}", LEVELS[worst.level], kept=True)

    def _keep(self, level: str, text: str) -> None:
        self._speaking = threading.get_ident()
        try:
            self._host.report(level, text)
        finally:
            self._speaking = None
        self._refresh()

    def _heard(self, message: Any) -> None:
        """Someone reported something, from any thread; what we say ourselves is on the screen already."""
        if self._speaking != threading.get_ident():
            self._clock.soon(lambda: self._show(message))

    def _show(self, message: Any) -> None:
        if message.level != "info" and not self._line.text:
            self._line.say(message.text, LEVELS.get(message.level, "message"), kept=True)
            self._refresh()
