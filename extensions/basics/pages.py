"""Pages to read, shown over the transcript: lines of `(role, text)` pairs, or labels with what belongs to them.

Does not: know what they say.
"""

from __future__ import annotations

from collections.abc import Iterable

from csm.api import Context, TextBuffer, lines

from .place import screen

Line = list[tuple[str, str]]


def show(cx: Context, name: str, title: str, content: Iterable[Line], place: str = "help") -> None:
    """Show lines over the transcript."""
    screen(cx).show(TextBuffer(name, title, content, place))


def heading(title: str) -> list[Line]:
    """A title and the empty line after it."""
    return [[("help.title", title)], []]


def two(label: str, text: str, size: int, role: str = "help.text") -> Line:
    """A label of `size` cells and what belongs to it."""
    return [*lines.pad([("help.key", label)], size), (role, f"  {lines.clean(text)}")]
