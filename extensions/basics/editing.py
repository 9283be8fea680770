"""Typing, deleting, transposing, changing case, undoing.

Does not: keep what is deleted (`killing` does).
"""

from __future__ import annotations

from csm.api import CommandError, Context, command, edits, modal, vim

from .place import editor, times


@command("edit.insert", title="Insert text")
def insert(cx: Context, text: str, count: int | None = None) -> None:
    """Insert a text at the cursor."""
    edits.insert(editor(cx), text, count)


@command("edit.paste", title="Paste text")
def paste(cx: Context, text: str) -> None:
    """Insert a text as a change of its own, which undo takes back at once."""
    edits.paste(editor(cx), text)


@command("edit.insert-next", title="Insert the next key")
def insert_next(cx: Context, count: int | None = None) -> None:
    """Insert the character typed next, whatever its key is bound to."""
    modal.await_char(editor(cx), "insert-char", count)


@command("edit.newline", title="Insert a line break")
def newline(cx: Context, count: int | None = None) -> None:
    """Break the line at the cursor."""
    edits.newline(editor(cx), count)


@command("delete.char-backward", title="Delete the character before")
def delete_backward(cx: Context, count: int | None = None) -> None:
    """Delete the character before the cursor, or the active region."""
    edits.delete_backward(editor(cx), count)


@command("delete.char", title="Delete the character at the cursor alone")
def delete_char(cx: Context, count: int | None = None) -> None:
    """Delete the character at the cursor, whatever the region is."""
    edits.delete_char(editor(cx), count)


@command("delete.char-forward", title="Delete the character at the cursor")
def delete_forward(cx: Context, count: int | None = None) -> None:
    """Delete the character at the cursor, or the active region."""
    edits.delete_forward(editor(cx), count)


@command("delete.word-backward", title="Delete the word before")
def delete_word_backward(cx: Context, count: int | None = None) -> None:
    """Delete to the start of the word; it is not kept for yanking."""
    edits.delete_word_backward(editor(cx), count)


@command("delete.word-forward", title="Delete the word after")
def delete_word_forward(cx: Context, count: int | None = None) -> None:
    """Delete to the end of the word; it is not kept for yanking."""
    edits.delete_word_forward(editor(cx), count)


@command("delete.line-start", title="Delete to the start of the line")
def delete_line_start(cx: Context, count: int | None = None) -> None:
    """Delete to the start of the line; it is not kept for yanking."""
    edits.delete_line_start(editor(cx), count)


@command("delete.blanks", title="Delete blanks around the cursor")
def delete_blanks(cx: Context, count: int | None = None) -> None:
    """Delete the blanks around the cursor, all but count of them."""
    edits.delete_blanks(editor(cx), count)


@command("edit.open-line", title="Break the line here")
def open_line(cx: Context, count: int | None = None) -> None:
    """Break the line and stay before the break."""
    edits.open_line(editor(cx), count)


@command("edit.join-line", title="Join to the line before")
def join_line(cx: Context, count: int | None = None) -> None:
    """Join this line to the one before with one blank."""
    edits.join_line(editor(cx), count)


@command("transpose.chars", title="Swap two characters")
def transpose_chars(cx: Context, count: int | None = None) -> None:
    """Swap the characters around the cursor and move on."""
    edits.transpose_chars(editor(cx), count)


@command("transpose.words", title="Swap two words")
def transpose_words(cx: Context, count: int | None = None) -> None:
    """Swap the words around the cursor and move behind them."""
    edits.transpose_words(editor(cx), count)


@command("transpose.lines", title="Swap two lines")
def transpose_lines(cx: Context, count: int | None = None) -> None:
    """Swap this line with the one before."""
    edits.transpose_lines(editor(cx), count)


@command("case.upper-word", title="Word in capitals")
def upper_word(cx: Context, count: int | None = None) -> None:
    """Make capitals to the end of the word."""
    edits.uppercase_word(editor(cx), count)


@command("case.lower-word", title="Word in small letters")
def lower_word(cx: Context, count: int | None = None) -> None:
    """Make small letters to the end of the word."""
    edits.lowercase_word(editor(cx), count)


@command("case.capitalize-word", title="Capitalize the word")
def capitalize_word(cx: Context, count: int | None = None) -> None:
    """Begin the word with a capital."""
    edits.capitalize_word(editor(cx), count)


@command("edit.undo", title="Undo")
def undo(cx: Context, count: int | None = None) -> None:
    """Take back the last change. Clearing, pasting and recalling history are changes too."""
    if not vim.undo(editor(cx), count):
        raise CommandError("there is nothing to undo")


@command("edit.redo", title="Redo")
def redo(cx: Context, count: int | None = None) -> None:
    """Make the change again that was taken back last."""
    if not vim.redo(editor(cx), count):
        raise CommandError("there is nothing to redo")


@command("edit.earlier", title="Earlier text")
def earlier(cx: Context, count: int | None = None) -> None:
    """Go back through all texts there have been, also those of undone branches."""
    if not editor(cx).earlier(times(cx, count)):
        raise CommandError("there was nothing before")


@command("edit.later", title="Later text")
def later(cx: Context, count: int | None = None) -> None:
    """Go forward through all texts there have been."""
    if not editor(cx).later(times(cx, count)):
        raise CommandError("this is the last text there was")


@command("edit.cancel", title="Cancel")
def cancel(cx: Context) -> None:
    """Forget a count, operator or region that was begun."""
    modal.escape(editor(cx))
