"""Buffers: content that a window can show, by lines at a width.

Does not: scroll or draw; a window does. The transcript is a buffer too (`csm.view.transcript`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from csm.view.lines import StyledLine, line_width, plain, wrap

if TYPE_CHECKING:
    from csm.edit.editor import Editor


class Buffer(Protocol):
    """What a window shows. `place` is where its keys apply; `editor`, if any, holds a text that can be changed."""

    name: str
    place: str
    title: str
    editor: Editor | None

    def line_count(self, width: int) -> int:
        """How many lines there are in `width` cells."""
        ...

    def lines(self, start: int, stop: int, width: int) -> Sequence[StyledLine]:
        """The lines from `start` up to `stop`."""
        ...


class TextBuffer:
    """Styled lines, wrapped to the window. `append` adds more."""

    editor: Editor | None = None

    def __init__(self, name: str, title: str, content: Iterable[StyledLine] = (), place: str = "help") -> None:
        self.name, self.title, self.place = name, title, place
        self._content = list(content)
        self._laid: tuple[int, list[StyledLine]] = (0, [])

    def append(self, line: StyledLine) -> None:
        """Add a line at the end."""
        self._content.append(line)
        self._laid = (0, [])

    def line_count(self, width: int) -> int:
        """How many lines there are in `width` cells."""
        return len(self._rows(width))

    def lines(self, start: int, stop: int, width: int) -> Sequence[StyledLine]:
        """The lines from `start` up to `stop`."""
        return self._rows(width)[max(0, start) : stop]

    def text(self) -> str:
        """What it says, without styles."""
        return "\n".join(plain(line) for line in self._content)

    def _rows(self, width: int) -> list[StyledLine]:
        if self._laid[0] != width:
            self._laid = (width, [row for line in self._content for row in _wrapped(line, max(1, width))])
        return self._laid[1]


def _wrapped(line: StyledLine, width: int) -> list[StyledLine]:
    """Its rows. What stands beside a label stays beside it, where that leaves it half the width."""
    lead = next((at for at, (role, _) in enumerate(line) if role != "help.key"), 0)
    text = plain(line[lead:])
    size = line_width(line[:lead]) + len(text) - len(text.lstrip(" ")) if lead else 0
    return wrap(line, width, None, [("", " " * size)] if 0 < size <= width // 2 else None)
