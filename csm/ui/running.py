"""Running command lines for a shell: what goes wrong is told, what takes longer is followed to its end.

Does not: know commands or keys.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, cast

from csm.host.context import Context
from csm.protocol.errors import CsmError
from csm.ui import remembering

if TYPE_CHECKING:
    from csm.ui.shell import Shell

_RECENT = 100
#: What is not meant by "the last command": finding and choosing one, its count, and running it again.
_NOT_AGAIN = ("command.repeat", "palette.", "list.", "count.", "register.name")

#: Commands on the screen, which know nothing of the editor where a count was typed.
_COUNTED = ("window.", "buffer.", "view.", "pane.", "block.", "diff.", "approval.", "replay.")


class Runner:
    """Runs lines for a shell. `recent` are those that were typed, the last one first."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._recent: list[str] | None = None
        #: The line that a key or the palette ran last, with its count: what can be run again.
        self.last: tuple[str, int | None] | None = None

    @property
    def recent(self) -> list[str]:
        """The lines that were typed, in earlier runs too, the last one first."""
        if self._recent is None:
            self._recent = remembering.load(self._shell.host.settings.state_dir)
        return self._recent

    def run(self, line: str, count: int | None = None) -> None:
        """Run a command line."""
        shell = self._shell
        if count is None and line.startswith(_COUNTED):
            count = shell.editor.pending.take_count()
        if not line.startswith(_NOT_AGAIN):
            self.last = line, count
        context = Context(shell.host, shell.screen, shell.port, count, (), shell.state)
        before = shell.jumps.here()
        self.guard(line, lambda: shell.host.commands.run(line, context))
        shell.jumps.ran(line, before)

    def guard(self, what: str, call: Callable[[], Any]) -> None:
        """Call something; `what` names it where it breaks."""
        try:
            result = call()
        except Exception as error:
            self._wrong(what, error)
        else:
            if isinstance(result, Awaitable):
                self._follow(what, cast("Awaitable[Any]", result))
        self._shell.refresh()

    def typed(self, line: str) -> None:
        """Run a line from the palette, and remember it."""
        self.recent[:] = [line, *(one for one in self.recent if one != line)][:_RECENT]
        remembering.save(self._shell.host.settings.state_dir, self.recent)
        self.run(line)

    def _follow(self, line: str, result: Awaitable[Any]) -> None:
        macros = self._shell.macros
        ticket = macros.wait() if macros.playing else 0

        def ended(_: object, error: BaseException | None) -> None:
            if error is not None:
                self._wrong(line, error)
            if ticket:
                macros.waited(ticket)
            self._shell.refresh()

        self._shell.clock.spawn(result, ended)

    def _wrong(self, line: str, error: BaseException) -> None:
        self._shell.macros.failed()
        if isinstance(error, CsmError):
            self._shell.teller.refused(error)
        else:
            self._shell.teller.crashed(line, error)
