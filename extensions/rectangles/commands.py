"""Rectangles between mark and cursor, registers by a character, filling paragraphs.

Does not: do it (`csm.api.rectangles`, `csm.api.filling`).
"""

from __future__ import annotations

from collections.abc import Callable

from csm.api import CommandError, Context, Editor, command, filling, modal, rectangles


def _editor(cx: Context) -> Editor:
    if cx.screen is None:
        raise CommandError("this needs the shell's screen")
    return cx.screen.editor


def _on(cx: Context, act: Callable[[Editor], bool]) -> None:
    if not act(_editor(cx)):
        raise CommandError("there is no mark")


@command("rectangle.kill", title="Kill the rectangle")
def kill(cx: Context) -> None:
    """Cut the columns between mark and cursor out of their lines; `rectangle.yank` puts them elsewhere."""
    _on(cx, rectangles.kill)


@command("rectangle.copy", title="Copy the rectangle")
def copy(cx: Context) -> None:
    """Keep the columns between mark and cursor for `rectangle.yank`."""
    _on(cx, lambda editor: rectangles.kill(editor, delete=False))


@command("rectangle.delete", title="Delete the rectangle")
def delete(cx: Context) -> None:
    """Take the columns between mark and cursor out of their lines without keeping them."""
    _on(cx, lambda editor: rectangles.kill(editor, keep=False))


@command("rectangle.yank", title="Put the rectangle")
def yank(cx: Context) -> None:
    """Put the rectangle killed or copied last with its upper left corner here."""
    if not rectangles.yank(_editor(cx)):
        raise CommandError("no rectangle was killed yet")


@command("rectangle.open", title="Open up the rectangle")
def open_up(cx: Context) -> None:
    """Fill the columns between mark and cursor with blanks; what was there moves to the right."""
    _on(cx, rectangles.open_up)


@command("rectangle.clear", title="Clear the rectangle")
def clear(cx: Context) -> None:
    """Put blanks in the place of what is in the columns between mark and cursor."""
    _on(cx, rectangles.clear)


@command("rectangle.string", title="Text in the place of the rectangle")
def string(cx: Context, text: str | None = None) -> None:
    """Put a text in the place of the columns between mark and cursor, in each line."""
    editor = _editor(cx)
    if editor.mark is None:
        raise CommandError("there is no mark")
    if text is None:
        assert cx.screen is not None
        cx.screen.ask_line("In each line:", lambda typed: string(cx, typed))
        return
    rectangles.string(editor, text)


@command("register.copy", title="Region to a register")
def to_register(cx: Context) -> None:
    """Copy the region to the register named by the character typed next."""
    modal.await_char(_editor(cx), "copy-to-register")


@command("register.copy-rectangle", title="Rectangle to a register")
def rectangle_to_register(cx: Context) -> None:
    """Copy the columns between mark and cursor to the register named by the character typed next."""
    modal.await_char(_editor(cx), "rectangle-to-register")


@command("register.put-here", title="Insert a register, mark before it")
def from_register(cx: Context) -> None:
    """Insert the register named by the character typed next, a rectangle as one."""
    modal.await_char(_editor(cx), "insert-from-register")


@command("register.point", title="Place to a register")
def point(cx: Context) -> None:
    """Remember this place under the character typed next."""
    modal.await_char(_editor(cx), "point-to-register")


@command("register.jump", title="Go to the place of a register")
def jump(cx: Context) -> None:
    """Go to the place remembered under the character typed next."""
    modal.await_char(_editor(cx), "jump-to-register")


@command("edit.fill", title="Fill the paragraph")
def fill(cx: Context, count: int | None = None) -> None:
    """Put the paragraph's words in lines of 70 cells, or as many as the count says."""
    if not filling.fill_paragraph(_editor(cx), count):
        raise CommandError("there is no paragraph here")
