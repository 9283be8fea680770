"""What a `:` line works on, and pages that tell.

Does not: change anything.
"""

from __future__ import annotations

from collections.abc import Iterable

from csm.api import Context, TextBuffer, lines
from csm.api import screen_of as screen

#: Places where the draft, or a line, is written.
WRITING = ("composer", "palette", "picker", "line", "sessions", "approval")


def page(cx: Context, name: str, title: str, rows: Iterable[tuple[str, str]], size: int = 12) -> None:
    """Show rows of a label and what belongs to it."""
    content = [[("help.title", title)], []]
    content += [
        [*lines.pad([("help.key", f"  {lines.clean(label)}")], size), ("help.text", f"  {lines.clean(text)}")]
        for label, text in rows
    ]
    screen(cx).show(TextBuffer(name, title, content, "help"))


def shown(text: str, most: int = 200) -> str:
    """Text on one line."""
    text = text.replace("\n", "⏎").replace("\t", "⇥")
    return text if len(text) <= most else text[: most - 1] + "…"
