"""The panel to choose a stored session in: filtered by what is typed, of this folder or all, with a look at one.

It asks the port for the sessions and for the last words of the chosen one, and shows what it has until they come: the
newest first, then all. Only the rows in sight are made.

Does not: open, move or change a session, or know keys. Commands do (`extensions/basics/session_list.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, Protocol

from csm.edit.editor import Editor
from csm.runtime.stored import text_of
from csm.ui import matching
from csm.ui.frame import Line
from csm.ui.panels import typed_line
from csm.ui.session_rows import Looks, folder, look, row
from csm.view.lines import clip, clip_text, line_width, pad, visible
from csm.view.lines import width as text_width

if TYPE_CHECKING:
    from csm.host.storage import SessionHead

#: Sessions that are asked for at first, so that something is shown at once.
_FIRST = 60
#: From this width on the look stands beside the list.
_WIDE = 110
#: Rows of a look below the list, and the rows of the panel from which on there is one.
_LOOK, _TALL = 6, 14
#: Cells of a folder or branch at the most.
_PLACE = 28
_SORTS = ("updated", "created", "name")
_SORTED = {"updated": "last used first", "created": "newest first", "name": "by name"}


class Asks(Protocol):
    """Asks the port; `done` gets the answer on the shell's loop."""

    def __call__(self, name: str, done: Callable[[Any], None], **arguments: Any) -> None:
        """Ask."""
        ...


class SessionList:
    """Implements `csm.ui.panels.Panel`. `done` gets the head that is taken, `refresh` asks for a frame."""

    place = "sessions"
    #: It may have all the rows there are.
    tall = True

    def __init__(
        self,
        title: str,
        done: Callable[[SessionHead], None],
        *,
        ask: Asks,
        refresh: Callable[[], None],
        now: Callable[[], float],
        cwd: str,
        home: str = "",
        everywhere: bool = False,
        non_interactive: bool = False,
    ) -> None:
        self.title, self._done, self._ask, self._refresh = title, done, ask, refresh
        self.editor = Editor(multiline=False)
        self.everywhere, self.archived, self.looking = everywhere, False, True
        self.sort: Literal["updated", "created", "name"] = "updated"
        self.selected = 0
        self._non_interactive, self._cwd = non_interactive, cwd
        self._looks = Looks(now, home)
        self._heads: list[SessionHead] = []
        self._texts: dict[str, str] = {}
        self._shown: list[SessionHead] = []
        self._typed = ""
        self._first = 0
        self._round = 0
        self._whole = False
        self._last: dict[str, tuple[str, str]] = {}
        self._asking = ""
        self.load()

    # What is shown

    def load(self) -> None:
        """Ask for the sessions: the newest ones, then all. The chosen one stays chosen."""
        self._round += 1
        self._whole = False
        self._query(self._round, _FIRST)

    def _query(self, number: int, limit: int | None) -> None:
        self._ask(
            "sessions",
            lambda found: self._loaded(number, limit, found),
            cwd=None if self.everywhere else self._cwd,
            non_interactive=self._non_interactive,
            archived=self.archived,
            limit=limit,
        )

    def _loaded(self, number: int, limit: int | None, found: list[SessionHead]) -> None:
        if number != self._round:
            return  # the user asked for others since
        self._whole = limit is None or len(found) < limit
        chosen = self.chosen()
        self._heads = found
        self._arrange()
        if chosen is not None:
            self.choose(chosen.thread_id)
        if not self._whole:
            self._query(number, None)
        self._refresh()

    def _arrange(self) -> None:
        """Sort anew, and filter from the beginning."""
        if self.sort == "name":
            self._heads.sort(key=lambda head: (head.name is None, (head.name or head.prompt).casefold()))
        else:
            created = self.sort == "created"
            self._heads.sort(key=lambda head: head.created if created else head.updated, reverse=True)
        self._typed, self._shown = "", self._heads
        self.rows()

    def rows(self) -> list[SessionHead]:
        """The sessions that fit what is typed, in their order."""
        typed = self.editor.text
        if typed != self._typed:
            words = typed.lower().split()
            among = self._shown if self._typed and typed.startswith(self._typed) else self._heads
            self._shown = [head for head in among if all(word in self._text(head) for word in words)]
            self._typed = typed
            self.selected = self._first = 0
        self.selected = min(self.selected, max(0, len(self._shown) - 1))
        return self._shown

    def _text(self, head: SessionHead) -> str:
        found = self._texts.get(head.thread_id)
        if found is None:
            found = self._texts[head.thread_id] = text_of(head)
        return found

    # What commands do

    def chosen(self) -> SessionHead | None:
        """The session that is chosen now."""
        rows = self.rows()
        return rows[self.selected] if rows else None

    def choose(self, thread_id: str) -> None:
        """Choose a session, if it is in the list."""
        for index, head in enumerate(self.rows()):
            if head.thread_id == thread_id:
                self.selected = index
                return

    def toggle_folder(self) -> None:
        """All folders, or this one alone."""
        self.everywhere = not self.everywhere
        self.load()

    def toggle_archived(self) -> None:
        """The archive, or what is in use."""
        self.archived = not self.archived
        self.load()

    def toggle_look(self) -> None:
        """Show the chosen one's last words, or more of the list."""
        self.looking = not self.looking

    def sort_next(self) -> None:
        """By last use, by beginning, by name."""
        self.sort = _SORTS[(_SORTS.index(self.sort) + 1) % len(_SORTS)]  # type: ignore[assignment]
        chosen = self.chosen()
        self._texts.clear()
        self._arrange()
        if chosen is not None:
            self.choose(chosen.thread_id)

    def forget(self, thread_id: str) -> None:
        """Drop what was known of a session that was changed, and ask anew."""
        self._texts.pop(thread_id, None)
        self._last.pop(thread_id, None)
        self.load()

    # The panel

    def move(self, rows: int) -> None:
        """Choose another row; single steps go round, longer ones stop at the ends."""
        count = len(self.rows())
        if count:
            moved = self.selected + rows
            self.selected = moved % count if abs(rows) == 1 else min(max(0, moved), count - 1)

    def accept(self) -> Callable[[], None] | None:
        """Give the chosen session."""
        head = self.chosen()
        return None if head is None else lambda: self._done(head)

    def cancelled(self) -> None:
        """Ask for nothing more."""
        self._round += 1

    def pressed(self) -> None:
        """The rows follow what is typed when they are next asked for."""

    def render(self, columns: int, height: int) -> tuple[list[Line], tuple[int, int]]:
        """The title, the typed line, the rows around the chosen one, and a look at it where there is room."""
        rows = self.rows()
        head = [self._head(columns)] if height > 2 else []
        line, column = typed_line(self.editor, [("picker.prompt", "› ")], columns)
        top: list[Line] = [*head, line]
        room = max(0, height - len(top))
        beside = self.looking and columns >= _WIDE and room > 3
        below = self.looking and not beside and height >= _TALL
        width = columns * 3 // 5 if beside else columns
        count = max(1, room - _LOOK if below else room)
        body = self._body(rows, width, min(room, count))
        if beside:
            body = self._beside(body, width, columns, room)
        elif below and rows:
            body = [*body, *self._look(columns - 2, _LOOK)]
        return [*top, *body][:height], (column, len(top) - 1)

    def _head(self, columns: int) -> Line:
        title: Line = [("", "  "), ("picker.title", visible(self.title))]
        facts = ["archived" if self.archived else "", "all folders" if self.everywhere else "this folder"]
        facts.append(_SORTED[self.sort])
        count = f"{len(self._shown):,}" if len(self._shown) == len(self._heads) else f"{len(self._shown):,} of "
        count += "" if len(self._shown) == len(self._heads) else f"{len(self._heads):,}"
        tail = " · ".join(filter(None, [*facts, count + ("" if self._whole else " …")]))
        gap = columns - line_width(title) - len(tail) - 2
        if gap > 1:
            return [*title, ("", " " * gap), ("picker.count", tail)]
        return clip([*title, ("picker.count", f"  {count}")], columns)

    def _body(self, rows: list[SessionHead], width: int, room: int) -> list[Line]:
        if room < 1:
            return []
        if not rows:
            return [[("picker.detail", clip_text(f"  {self._nothing()}", width))]]
        self._first = min(max(self._first, self.selected - room + 1), self.selected)
        self._first = max(0, min(self._first, len(rows) - room))
        seen = rows[self._first : self._first + room]
        places = [visible(folder(head.cwd, self._looks.home) if self.everywhere else head.branch) for head in seen]
        size = min(_PLACE, max(map(text_width, places)))
        return [
            row(
                head,
                width,
                self._looks,
                chosen=self._first + at == self.selected,
                place=places[at],
                size=size,
                marks=lambda text: matching.marked(self._typed, text),
            )
            for at, head in enumerate(seen)
        ]

    def _nothing(self) -> str:
        if not self._whole:
            return "looking for sessions…"
        if self._typed:
            return "nothing fits"
        where = "the archive is empty" if self.archived else "there is no session yet"
        return where if self.everywhere else f"{where}, of this folder"

    def _beside(self, body: list[Line], width: int, columns: int, room: int) -> list[Line]:
        shown = self._look(columns - width - 2, room) if self._shown else []
        edge = ("border", " │")
        return [
            [*pad(body[at] if at < len(body) else [], width), edge, *(shown[at] if at < len(shown) else [])]
            for at in range(min(room, max(len(body), len(shown))))
        ]

    def _look(self, width: int, rows: int) -> list[Line]:
        """What the chosen session is like, in at most `rows` lines."""
        head = self.chosen()
        assert head is not None
        words = self._last.get(head.thread_id)
        if words is None and not self._asking:
            self._asking = head.thread_id
            self._ask("last_words", self._looked, thread_id=head.thread_id, archived=head.archived)
        return [clip(line, width) for line in look(head, words, width, rows, self._looks)]

    def _looked(self, found: tuple[str, str]) -> None:
        if len(self._last) > 500:
            self._last.clear()
        self._last[self._asking] = found
        self._asking = ""
        self._refresh()
