"""A look at the chosen session of a list: what was said last in it, or its transcript, which scrolls.

Does not: choose sessions, or read them (the port is asked).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from csm.ui.frame import Line
from csm.ui.session_rows import Looks, look
from csm.view.lines import clip

if TYPE_CHECKING:
    from csm.host.storage import SessionHead
    from csm.view.transcript import Transcript

#: Turns of a transcript that are shown, and how many answers are remembered.
_TURNS, _KEPT = 30, 200
_TRANSCRIPTS = 8


class Looker:
    """`transcript`: whether all of it is shown, instead of the last words."""

    def __init__(self, ask: Callable[..., None], changed: Callable[[], None], looks: Looks) -> None:
        self._ask, self._changed, self._looks = ask, changed, looks
        self.transcript = False
        self._words: dict[str, tuple[str, str]] = {}
        self._turns: dict[str, Transcript | None] = {}
        self._asking = ""
        self._of: str = ""
        self._up = 0

    def forget(self, thread_id: str) -> None:
        """A session was changed."""
        self._words.pop(thread_id, None)
        self._turns.pop(thread_id, None)

    def scroll(self, lines: int) -> None:
        """Move through the transcript; negative is up."""
        self._up = max(0, self._up - lines)

    def lines(self, head: SessionHead, width: int, rows: int) -> list[Line]:
        """At most `rows` lines of `width` cells."""
        if head.thread_id != self._of:
            self._of, self._up = head.thread_id, 0
        if self.transcript:
            return self._transcript(head, width, rows)
        words = self._words.get(head.thread_id)
        if words is None:
            self._fetch(head, "last_words", self._words, archived=head.archived)
        return [clip(line, width) for line in look(head, words, width, rows, self._looks)]

    def _transcript(self, head: SessionHead, width: int, rows: int) -> list[Line]:
        if head.path.endswith(".zst"):
            return [[], [("dim", "  packed: it is unpacked when it is opened")]]
        if head.thread_id not in self._turns:
            self._fetch(head, "last_turns", self._turns, count=_TURNS)
            return [[], [("dim", "  …")]]
        made = self._turns[head.thread_id]
        total = made.line_count(width - 2) if made is not None else 0
        if made is None or not total:
            return [[], [("dim", "  nothing was said")]]
        self._up = min(self._up, max(0, total - rows))
        stop = total - self._up
        shown = made.lines(max(0, stop - rows), stop, max(1, width - 2))
        return [clip([("", " "), *line], width) for line in shown]

    def _fetch(self, head: SessionHead, name: str, kept: dict[str, Any], **more: Any) -> None:
        if self._asking:
            return
        self._asking = thread_id = head.thread_id

        def came(found: Any) -> None:
            self._asking = ""
            if name == "last_turns":
                found = _shown(found, head.cwd)
            while len(kept) >= (_TRANSCRIPTS if name == "last_turns" else _KEPT):
                del kept[next(iter(kept))]
            kept[thread_id] = found
            self._changed()

        self._ask(name, came, thread_id=thread_id, **more)


def _shown(turns: Any, cwd: str) -> Transcript | None:
    if not turns:
        return None
    from csm.core.fold import Thread
    from csm.view.transcript import Transcript

    thread = Thread()
    thread.cwd = cwd
    made = Transcript(thread)
    made.prepend(turns)
    return made
