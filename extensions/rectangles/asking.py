"""Replacing with a question for each match (Emacs's M-%).

Does not: find or replace (`csm.api.replacing`).
"""

from __future__ import annotations

from typing import NamedTuple

from csm.api import CommandError, Context, Screen, command, replacing

#: Answers and what they do, as the popup shows them.
ANSWERS = (
    ("y", "replace it"), ("n", "leave it"), ("!", "replace all the rest"), (".", "replace it and end"),
    ("u", "take the last one back"), ("q", "end"),
)  # fmt: skip


class _Asked(NamedTuple):
    screen: Screen
    work: replacing.Replacing
    text: str


@command("edit.query-replace", title="Replace, asking for each")
def query_replace(cx: Context, wanted: str | None = None, new: str | None = None, *, regexp: bool = False) -> None:
    """Replace a text from the cursor on, or in the region: `y` or space takes a match, `n` leaves it, `!` takes all.

    With `--regexp` it is a regular expression, and `\\1` and `\\&` stand for what it found.
    """
    screen = cx.screen
    if screen is None:
        raise CommandError("this needs the shell's screen")
    if wanted is None:
        screen.ask_line("Replace:", lambda typed: query_replace(cx, typed, regexp=regexp) if typed else None)
        return
    if new is None:
        screen.ask_line(f"Replace {wanted} by:", lambda typed: query_replace(cx, wanted, typed, regexp=regexp))
        return
    if screen.editor.read_only:
        raise CommandError("what is read here cannot be changed")
    try:
        work = replacing.Replacing(screen.editor, wanted, new, regexp=regexp)
    except ValueError as error:
        raise CommandError(f"{wanted}: {error}") from None
    if work.match is None:
        raise CommandError(f"there is no {wanted}")
    _ask(_Asked(screen, work, f"Replace {wanted} by {new}? y n ! . u q"))


def _ask(asked: _Asked) -> None:
    asked.screen.read_char(asked.text, lambda char: _answered(asked, char), lambda: ANSWERS)


def _answered(asked: _Asked, char: str) -> None:
    work = asked.work
    if char in "y ":
        work.take()
    elif char == "n":
        work.skip()
    elif char == "!":
        work.rest()
    elif char == ".":
        work.take(go=False)
    elif char == "u":
        work.back()
    if char in "y n!u" and work.match is not None:
        _ask(asked)
        return
    work.end()
    asked.screen.message(f"replaced {work.done}" if work.done else "nothing was replaced")
