"""A composer in the window of each session, below its transcript, where that is wanted (`csm.composer = "each"`).

There has to be room, and more than one session; else the composer of the current session stands below all windows.

Does not: edit, or decide which session is the current one (`csm.ui.seats`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.ui import composer, hints
from csm.ui.frame import Line
from csm.view.windows import Rect

if TYPE_CHECKING:
    from csm.ui.shell import Shell
    from csm.ui.window import Window

#: A window without so many rows has no room for one.
_LEAST = 7
#: But the current session's stays as long as it can, when a panel takes its room.
_SMALLEST = 3


class Composers:
    """Where they stood in the last frame."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        #: The rows of each window that are a composer, by the window's number.
        self.rows: dict[int, int] = {}
        self._on = False
        self._cursor: tuple[int, int, int] | None = None

    def begin(self, columns: int, rows: int) -> bool:
        """A frame is being made, whose windows have at most so much room: whether the current session's composer stands
        in its window.
        """
        shell = self._shell
        self.rows, self._cursor, self._on = {}, None, False
        if len(shell.seats.all) > 1 and shell.host.option("composer") == "each":
            shell.windows.place(Rect(0, 0, columns, rows))
            found, seat = shell.windows.rects(), shell.seats.current
            own = [one for one in shell.windows.seen() if one.top.thread and one.top.owner is seat]
            self._on = any(found[window.id].height >= _LEAST for window in own)
        return self._on

    def foot(self, window: Window, columns: int, height: int) -> list[Line]:
        """The lines at the end of a window of this size: of a session's first one that has room."""
        shell, seat = self._shell, window.top.owner
        here = seat is shell.seats.current
        if not self._on or not window.top.thread or height < (_SMALLEST if here else _LEAST):
            return []
        if any(one.top.owner is seat for one in shell.windows if one.id in self.rows):
            return []
        head: list[Line] = [hints.rule(shell, columns) if here else composer.rule(columns, [], [])]
        head += composer.queued(seat.session.thread.queued, columns, min(2, max(0, height - _LEAST)))
        draft, (column, row) = seat.composer.render(columns, max(1, height // 3), hints.placeholder(shell, seat))
        self.rows[window.id] = len(head) + len(draft)
        if here:
            self._cursor = window.id, column, len(draft) - row
        return [*head, *draft]

    def within(self, window: Window, y: int) -> bool:
        """Whether a row of the screen belongs to the composer in a window."""
        rect = self._shell.windows.rects()[window.id]
        return y >= rect.y + rect.height - self.rows.get(window.id, 0)

    def cursor(self) -> tuple[int, int] | None:
        """Where the cursor stands in the current session's, `(column, row)` of the windows; None where it has none."""
        if self._cursor is None:
            return None
        number, column, up = self._cursor
        rect = self._shell.windows.rects()[number]
        return rect.x + min(column, rect.width - 1), rect.y + rect.height - up
