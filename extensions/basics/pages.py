"""Pages to read: lines of `(role, text)` pairs, wrapped to the window, shown over the transcript.

Does not: know what they say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from csm.api import Context, Editor, lines

from .place import screen

Line = list[tuple[str, str]]


class Page:
    """A buffer to read. See `csm.view.buffers`."""

    editor: Editor | None = None

    def __init__(self, name: str, title: str, content: Iterable[Line], place: str = "help") -> None:
        self.name, self.title, self.place = name, title, place
        self._content = list(content)
        self._laid: tuple[int, list[Line]] = (0, [])

    def line_count(self, width: int) -> int:
        """How many lines it has when `width` columns wide."""
        return len(self._at(width))

    def lines(self, start: int, stop: int, width: int) -> Sequence[Line]:
        """Lines `start` to `stop` (not included)."""
        return self._at(width)[start:stop]

    def text(self) -> str:
        """What it says, without styles."""
        return "\n".join(lines.plain(line) for line in self._content)

    def _at(self, width: int) -> list[Line]:
        if self._laid[0] != width:
            self._laid = (width, [row for line in self._content for row in _wrapped(line, width)])
        return self._laid[1]


def page(name: str, title: str, rows: Iterable[tuple[str, str]], place: str = "help") -> Page:
    """A page of labels and what belongs to them, in two columns."""
    rows = list(rows)
    size = min(max((lines.width(label) for label, _ in rows), default=0), 24)
    content: list[Line] = [[("help.title", title)], []]
    for label, text in rows:
        content.append([*lines.pad([("help.key", label)], size), ("help.text", f"  {lines.clean(text)}")])
    return Page(name, title, content, place)


def show(cx: Context, shown: Page) -> None:
    """Show a page over the transcript."""
    screen(cx).show(shown)


def _wrapped(line: Line, width: int) -> list[Line]:
    return list(lines.wrap(line, max(1, width))) or [[]]
