"""What a `:` line works on, and pages that tell.

Does not: change anything.
"""

from __future__ import annotations

from collections.abc import Iterable

from csm.api import CommandError, Context, Screen, TextBuffer, lines

#: Places where the draft, or a line, is written.
WRITING = ("composer", "palette", "picker", "line", "sessions", "approval")


def screen(cx: Context) -> Screen:
    """The screen. Raises CommandError where there is none."""
    if cx.screen is None:
        raise CommandError("this needs the shell's screen")
    return cx.screen


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
