"""The panel to choose a stored session in: filtered by what is typed, of this folder or all, with a look at one.

It asks the port for the sessions, and shows what it has until they come: the newest first, then all. What is typed is
looked for in names, beginnings, folders, branches and tags (`#word`), and in all that was said where that is asked for.
Only the rows in sight are made.

Does not: open, move or change a session, or know keys. Commands do (`extensions/basics/session_list.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, Protocol

from csm.edit.editor import Editor
from csm.runtime.stored import text_of
from csm.ui import matching
from csm.ui.frame import Line
from csm.ui.panels import TYPE, typed_line
from csm.ui.session_look import Looker
from csm.ui.session_rows import Looks, below, folder, row
from csm.ui.session_texts import Texts
from csm.view.lines import clip, clip_text, line_width, pad, single
from csm.view.lines import width as text_width

if TYPE_CHECKING:
    from csm.host.storage import SessionHead

#: Sessions that are asked for at first, so that something is shown at once.
_FIRST = 60
#: From this width on the look stands beside the list.
_WIDE = 110
#: Rows of a look below the list, and the rows of the panel from which on there is one.
_LOOK, _TALL = 6, 14
#: Those from which on there is a transcript below the list, where that was asked for.
_SMALL = 6
#: Cells of a folder or branch at the most.
_PLACE = 28
_Sort = Literal["updated", "created", "name"]
_SORTS: tuple[_Sort, ...] = ("updated", "created", "name")
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
        self.everywhere, self.archived, self.looking, self.roomy = everywhere, False, True, False
        self.sort: _Sort = "updated"
        self.selected = 0
        #: Sessions that are marked: what is done is done to them.
        self.marks: dict[str, SessionHead] = {}
        self._non_interactive, self._cwd = non_interactive, cwd
        self._looks = Looks(now, home)
        self.look = Looker(ask, refresh, self._looks)
        self.texts = Texts(ask, refresh)
        self._heads: list[SessionHead] = []
        self._texts: dict[str, str] = {}
        self._shown: list[SessionHead] = []
        self._typed: tuple[str, int] = ("", 0)
        self._first = 0
        self._top = 0
        self._round = 0
        self._whole = False
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
        here = {head.thread_id: head for head in found if head.thread_id in self.marks}
        self.marks = here if self._whole else {**self.marks, **here}
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
        self._heads = list(self._heads)
        self._typed, self._shown = ("", 0), self._heads
        self.rows()

    def rows(self) -> list[SessionHead]:
        """The sessions that fit what is typed, in their order."""
        typed, chosen = self.editor.text, None
        words = typed.lower().split()
        self.texts.follow(words, self._heads)
        now = (typed, self.texts.version)
        if now != self._typed:
            if typed == self._typed[0] and self.selected < len(self._shown):
                chosen = self._shown[self.selected]
            self._shown = [head for head in self._heads if all(self._fits(head, word) for word in words)]
            self._typed = now
            self.selected = self._first = 0
            if chosen is not None:  # more was found: the chosen one stays chosen
                self.selected = next((at for at, head in enumerate(self._shown) if head is chosen), 0)
        self.selected = min(self.selected, max(0, len(self._shown) - 1))
        return self._shown

    def _fits(self, head: SessionHead, word: str) -> bool:
        text = self._texts.get(head.thread_id)
        if text is None:
            text = self._texts[head.thread_id] = text_of(head)
        return word in text or self.texts.has(head.thread_id, word)

    # What commands do

    def chosen(self) -> SessionHead | None:
        """The session that is chosen now."""
        rows = self.rows()
        return rows[self.selected] if rows else None

    def meant(self) -> list[SessionHead]:
        """The sessions that something is to be done to: those marked, else the chosen one."""
        chosen = self.chosen()
        return list(self.marks.values()) or ([chosen] if chosen is not None else [])

    def choose(self, thread_id: str) -> None:
        """Choose a session, if it is in the list."""
        for index, head in enumerate(self.rows()):
            if head.thread_id == thread_id:
                self.selected = index
                return

    def mark(self) -> None:
        """Mark the chosen session, or do not, and go on to the next."""
        head = self.chosen()
        if head is not None:
            if self.marks.pop(head.thread_id, None) is None:
                self.marks[head.thread_id] = head
            self.selected = min(self.selected + 1, len(self._shown) - 1)

    def toggle_folder(self) -> None:
        """All folders, or this one alone."""
        self.everywhere = not self.everywhere
        self.marks.clear()
        self.load()

    def toggle_archived(self) -> None:
        """The archive, or what is in use."""
        self.archived = not self.archived
        self.marks.clear()
        self.load()

    def toggle_look(self) -> None:
        """Show the chosen one's last words, or more of the list."""
        self.looking = not self.looking or self.look.transcript
        self.look.transcript = False

    def toggle_transcript(self) -> None:
        """Look at the chosen one's transcript, or at its last words."""
        self.look.transcript = not (self.look.transcript and self.looking)
        self.looking = True

    def scroll_look(self, lines: int) -> None:
        """Move through the transcript that is looked at, which shows it if it is not."""
        if not self.look.transcript:
            self.toggle_transcript()
        self.look.scroll(lines)

    def toggle_roomy(self) -> None:
        """Two lines for each session, or one."""
        self.roomy = not self.roomy

    def toggle_texts(self) -> None:
        """Look for what is typed in all that was said too, or do not."""
        self.texts.on = not self.texts.on
        self.rows()

    def sort_next(self) -> None:
        """By last use, by beginning, by name."""
        self.sort = _SORTS[(_SORTS.index(self.sort) + 1) % len(_SORTS)]
        chosen = self.chosen()
        self._texts.clear()
        self._arrange()
        if chosen is not None:
            self.choose(chosen.thread_id)

    def forget(self, *thread_ids: str) -> None:
        """Drop what was known of sessions that were changed, and ask anew."""
        for thread_id in thread_ids:
            self._texts.pop(thread_id, None)
            self.look.forget(thread_id)
        self.load()

    # The panel

    def move(self, rows: int) -> None:
        """Choose another row; single steps go round, longer ones stop at the ends."""
        count = len(self.rows())
        if count:
            moved = self.selected + rows
            self.selected = moved % count if abs(rows) == 1 else min(max(0, moved), count - 1)

    def click(self, row: int, column: int) -> bool:
        """Choose the session at a row of the panel; True if it was chosen before and is to be taken."""
        del column
        at = self._first + (row - self._top) // (1 + self.roomy)
        if row < self._top or not self._first <= at < len(self._shown):
            return False
        again = at == self.selected
        self.selected = at
        return again

    def accept(self) -> Callable[[], None] | None:
        """Give the chosen session."""
        head = self.chosen()
        return None if head is None else lambda: self._done(head)

    def cancelled(self) -> None:
        """Ask for nothing more."""
        self._round += 1
        self.texts.on = False

    def pressed(self) -> None:
        """The rows follow what is typed when they are next asked for."""

    def render(self, columns: int, height: int) -> tuple[list[Line], tuple[int, int]]:
        """The title, the typed line, the rows around the chosen one, and a look at it where there is room."""
        rows = self.rows()
        head = [self._head(columns)] if height > 2 else []
        line, column = typed_line(self.editor, [("picker.prompt", "› ")], columns, hint=TYPE)
        top: list[Line] = [*head, line]
        self._top = len(top)
        room = max(0, height - len(top))
        beside = self.looking and columns >= _WIDE and room > 3
        under = self.looking and not beside and height >= (_SMALL if self.look.transcript else _TALL)
        looked = (room * 2 // 3 if self.look.transcript else _LOOK) if under else 0
        width = columns * (2 if self.look.transcript else 3) // 5 if beside else columns
        body = self._body(rows, width, max(1, room - looked))
        if beside:
            body = self._beside(body, width, columns, room)
        elif under and rows:
            edge: list[Line] = [[("border", clip_text("  " + "─" * columns, columns, ""))]] if looked > _LOOK else []
            body = [*body, *edge, *self._look(columns - 2, looked - len(edge))]
        return [*top, *body][:height], (column, len(top) - 1)

    def _head(self, columns: int) -> Line:
        title: Line = [("", "  "), ("picker.title", single(self.title))]
        facts = ["archived" if self.archived else "", "all folders" if self.everywhere else "this folder"]
        facts.append(_SORTED[self.sort])
        facts.append(self.texts.told if self.texts.on else "")
        facts.append(f"{len(self.marks)} marked" if self.marks else "")
        count = f"{len(self._shown):,}" if len(self._shown) == len(self._heads) else f"{len(self._shown):,} of "
        count += "" if len(self._shown) == len(self._heads) else f"{len(self._heads):,}"
        tail = " · ".join(filter(None, [*facts, count + ("" if self._whole else " …")]))
        gap = columns - line_width(title) - len(tail) - 2
        if gap > 1:
            return [*title, ("", " " * gap), ("picker.count", tail)]
        few = " · ".join(filter(None, [*facts[3:], count]))
        return clip([*title, ("picker.count", f"  {few}")], columns)

    def _body(self, rows: list[SessionHead], width: int, room: int) -> list[Line]:
        if room < 1:
            return []
        if not rows:
            return [[("picker.detail", clip_text(f"  {self._nothing()}", width))]]
        count = max(1, room // (1 + self.roomy))
        self._first = min(max(self._first, self.selected - count + 1), self.selected)
        self._first = max(0, min(self._first, len(rows) - count))
        seen = rows[self._first : self._first + count]
        places = [single(folder(head.cwd, self._looks.home) if self.everywhere else head.branch) for head in seen]
        size = 0 if self.roomy else min(_PLACE, max(map(text_width, places)))
        made: list[Line] = []
        for at, head in enumerate(seen, self._first):
            made.append(self._row(head, width, at == self.selected, places[at - self._first], size))
            if self.roomy:
                made.append(below(head, width, self._looks, chosen=at == self.selected))
        return made[:room]

    def _row(self, head: SessionHead, width: int, chosen: bool, place: str, size: int) -> Line:
        typed = self._typed[0]
        return row(
            head,
            width,
            self._looks,
            chosen=chosen,
            place=place,
            size=size,
            marks=lambda text: matching.marked(typed, text),
            said=self.texts.said(head.thread_id, typed.lower().split()) if self.texts.on else "",
            marked=head.thread_id in self.marks,
        )

    def _nothing(self) -> str:
        if not self._whole:
            return "looking for sessions…"
        if self._typed[0]:
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
        return [] if head is None else self.look.lines(head, width, rows)
