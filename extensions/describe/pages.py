"""Pages to read: titles, texts, labels with what belongs to them.

Does not: know what they say.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from csm.api import Context, TextBuffer, describing, lines
from csm.api import screen_of as screen

Line = list[tuple[str, str]]
_LABEL = 14


class Row(NamedTuple):
    """A row of a picker."""

    value: Any
    label: str
    detail: str = ""


def show(cx: Context, name: str, title: str, content: Iterable[Line]) -> None:
    """Show lines over what the window shows."""
    screen(cx).show(TextBuffer(name, title, content, "help"))


def about(cx: Context, found: describing.About, more: Iterable[Line] = ()) -> None:
    """Show what is known of something."""
    content = [heading(found.name, f"  {found.title}"), []]
    if found.text:
        content += [*paragraphs(found.text), []]
    content += [fact(label, text) for label, text in found.facts if text]
    show(cx, found.title.lower(), found.name, [*content, *more])


def heading(title: str, rest: str = "") -> Line:
    """A title, and something beside it."""
    return [("help.title", lines.clean(title)), ("help.text", rest)]


def part(title: str) -> list[Line]:
    """The beginning of a part of a page."""
    return [[], [("help.heading", title)]]


def fact(label: str, text: str, size: int = _LABEL) -> Line:
    """A label with what belongs to it."""
    return [*lines.pad([("help.key", label)], size), ("help.text", lines.clean(text))]


def paragraphs(text: str) -> list[Line]:
    """A docstring: each paragraph in one line, which the window wraps; what is set in stays as it is."""
    made: list[str] = []
    for line in text.splitlines():
        if made and made[-1].strip() and line.strip() and not line.startswith((" ", "- ")):
            made[-1] += f" {line.strip()}"
        else:
            made.append(line)
    return [[("help.text", lines.clean(line))] for line in made]
