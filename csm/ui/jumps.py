"""Where the keys were before: the jump list across buffers, and marks with a capital, which name a place anywhere.

Does not: know keys. A place is remembered when a command went far, or to another buffer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from csm.protocol.errors import CommandError

if TYPE_CHECKING:
    from csm.ui.shell import Shell

#: Commands after which one may want to go back, by name or by all that begins so.
_FAR = (
    "view.scroll top", "view.scroll bottom", "view.next-turn", "view.previous-turn", "block.next", "block.previous",
    "move.first-line", "move.last-line", "move.buffer-start", "move.buffer-end", "move.match-pair",
    "move.paragraph-forward", "move.paragraph-backward", "move.sentence-forward", "move.sentence-backward",
    "move.search-again", "search.word", "ex.run", "diff.next", "diff.previous",
)  # fmt: skip
#: What only moves between windows.
_NEAR = ("window.", "focus.", "jump.", "layout.")
_MOST = 100


class Place(NamedTuple):
    """A place in a buffer. `buffer` is empty for the composer, where `column` is the offset in the draft.

    `owner` is whose thread a transcript shows: they all have one name.
    """

    buffer: str
    line: int
    column: int
    owner: Any = None


class Jumps:
    """The places of a shell, the oldest first."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._places: list[Place] = []
        self._at = 0
        self.marks: dict[str, Place] = {}

    def here(self) -> Place:
        """Where the keys are; a panel over it does not count."""
        shell = self._shell
        if not shell.in_window:
            return Place("", 0, shell.composer.editor.cursor)
        top = shell.windows.current.top
        if top.reader is not None:
            return Place(str(top.buffer.name), *top.reader.spot, top.owner if top.thread else None)
        return Place(str(top.buffer.name), top.view.line, 0, top.owner if top.thread else None)

    def ran(self, line: str, before: Place) -> None:
        """A command line ran: remember where it went away from."""
        name = line.split(maxsplit=1)[0] if line else ""
        if name.startswith(_NEAR):
            return
        here = self.here()
        if here.buffer != before.buffer or here.owner is not before.owner or line.startswith(_FAR):
            self.note(before)

    def note(self, place: Place) -> None:
        """Remember a place, as the newest."""
        self._places = [one for one in self._places if not _close(one, place)]
        self._places = [*self._places, place][-_MOST:]
        self._at = len(self._places)

    def go(self, step: int) -> None:
        """Go to an older place (negative) or back to a newer one. Raises CommandError at the end of the list."""
        if step < 0 and self._at == len(self._places):
            here = self.here()
            self.note(here)
            self._at = self._places.index(here)
        wanted = self._at + step
        if not 0 <= wanted < len(self._places):
            raise CommandError("there is no older place" if step < 0 else "there is no newer place")
        self._at = wanted
        self.to(self._places[wanted])

    def all(self) -> list[tuple[int, Place]]:
        """The places with how far they are from where the list is gone through: negative ones are older."""
        return [(index - self._at, place) for index, place in enumerate(self._places)]

    def mark(self, name: str) -> None:
        """Give this place a name."""
        self.marks[name] = self.here()

    def to_mark(self, name: str) -> None:
        """Go to the place of a name. Raises CommandError."""
        if name not in self.marks:
            raise CommandError(f"there is no mark {name}")
        self.note(self.here())
        self.to(self.marks[name])

    def to(self, place: Place) -> None:
        """Go to a place. Raises CommandError where its buffer is gone."""
        shell = self._shell
        if not place.buffer:
            shell.focus("composer")
            shell.composer.editor.cursor = min(place.column, len(shell.composer.editor.text))
            return
        if place.owner is not None:
            self._show_thread(place.owner)
        elif not shell.in_window or str(shell.windows.current.top.buffer.name) != place.buffer:
            self._show(place.buffer)
        shell.screen.go_to(place.line)
        if shell.reader is not None:
            shell.reader.aim(place.line, place.column)

    def _show_thread(self, owner: Any) -> None:
        shell = self._shell
        if owner not in shell.seats.all:
            raise CommandError("the session of that place is closed")
        top = shell.windows.current.top
        if not (shell.in_window and top.thread and top.owner is owner):
            shell.windows.show_thread(owner)
            shell.focus("window")

    def _show(self, name: str) -> None:
        """Go to a window that shows the buffer, or show it here."""
        shell = self._shell
        for window in shell.windows:
            if str(window.top.buffer.name) == name and not (shell.inline and shell.windows.plain):
                shell.windows.focus(window.id)
                shell.focus("window")
                return
        shell.screen.windows.put(name)


def _close(one: Place, place: Place) -> bool:
    """Whether the list needs but one of them: they are in one line, or at one place of the draft."""
    if one.buffer != place.buffer or one.line != place.line or one.owner is not place.owner:
        return False
    return bool(place.buffer) or one.column == place.column
