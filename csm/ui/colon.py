"""The `:` line: the palette, whose first row is what a line of Vim's means; lines typed before come first.

Does not: know what lines mean; `offer` says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from csm.ui.palette import Entry, Palette

if TYPE_CHECKING:
    from csm.host.host import Host
    from csm.ui.panels import Row

#: What a typed line means: the command line that does it, and its title; None where it means nothing.
Offer = Callable[[str], "tuple[str, str] | None"]
#: Lines typed before that are offered on an empty line.
_RECENT = 8


class Colon(Palette):
    """Enter does what the line means; where it means nothing, it takes the row as in the palette."""

    prompt = "  :"

    def __init__(self, host: Host, context: Any, run: Callable[[str], None], recent: list[str], offer: Offer) -> None:
        self._offer, self._typed_before = offer, recent
        super().__init__(host, context, run, recent)
        self._shown = self.filter("")

    def filter(self, typed: str) -> list[Row]:
        """What the line means, then commands that fit it."""
        if not typed.strip():
            lines = [line for line in self._typed_before if self._offer_of(line)][:_RECENT]
            return [*(Entry(line, self._offer_of(line), "typed before") for line in lines), *self._rows]
        meant = self._offer(typed)
        found = super().filter(typed)
        return [Entry(meant[0], typed, meant[1]), *found] if meant else found

    def accept(self) -> Callable[[], None] | None:
        """Do what the line means; an empty one does nothing."""
        typed, rows = self.editor.text, self.rows()
        if not typed.strip() and not self.selected:
            return lambda: None
        meant = self._offer(typed) if typed.strip() else None
        chosen = str(rows[self.selected].value) if rows else ""
        if (meant and chosen == meant[0]) or (not typed.strip() and chosen in self._typed_before):
            return lambda: self._run(chosen)
        return super().accept()

    @staticmethod
    def _offer_of(line: str) -> str:
        """The text of a line that was typed here before, empty for any other command line."""
        from csm.host import lines

        name, *words = [word.text for word in lines.words(line)]
        return words[0] if name == "ex.run" and words else ""
