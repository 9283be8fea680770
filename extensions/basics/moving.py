"""Moving the cursor: characters, lines, words, paragraphs, the whole text.

Does not: decide how far; `csm.edit.motions` does. Vim's own motions are in `moving_vim`.
"""

from __future__ import annotations

from csm.api import Context, command, modal

from .place import editor


@command("move.left", title="Character left")
def left(cx: Context, count: int | None = None) -> None:
    """Move back by characters, across lines."""
    modal.move(editor(cx), "left", count)


@command("move.right", title="Character right")
def right(cx: Context, count: int | None = None) -> None:
    """Move forward by characters, across lines."""
    modal.move(editor(cx), "right", count)


@command("move.up", title="Line up")
def up(cx: Context, count: int | None = None) -> None:
    """Move to the line above, in the same column."""
    modal.move(editor(cx), "up", count)


@command("move.down", title="Line down")
def down(cx: Context, count: int | None = None) -> None:
    """Move to the line below, in the same column."""
    modal.move(editor(cx), "down", count)


@command("move.row-up", title="Screen row up")
def row_up(cx: Context, count: int | None = None) -> None:
    """Move up by rows as they are wrapped on the screen."""
    modal.move(editor(cx), "row-up", count)


@command("move.row-down", title="Screen row down")
def row_down(cx: Context, count: int | None = None) -> None:
    """Move down by rows as they are wrapped on the screen."""
    modal.move(editor(cx), "row-down", count)


@command("move.row-start", title="Start of the screen row")
def row_start(cx: Context, count: int | None = None) -> None:
    """Move to the start of the row on the screen."""
    modal.move(editor(cx), "row-start", count)


@command("move.row-end", title="End of the screen row")
def row_end(cx: Context, count: int | None = None) -> None:
    """Move to the end of the row on the screen."""
    modal.move(editor(cx), "row-end", count)


@command("move.word-left", title="Word left")
def word_left(cx: Context, count: int | None = None) -> None:
    """Move back to the start of a word, as Emacs counts words."""
    modal.move(editor(cx), "word-left", count)


@command("move.word-right", title="Word right")
def word_right(cx: Context, count: int | None = None) -> None:
    """Move forward to the end of a word, as Emacs counts words."""
    modal.move(editor(cx), "word-right", count)


@command("move.line-start", title="Start of the line")
def line_start(cx: Context, count: int | None = None) -> None:
    """Move to the start of the line."""
    modal.move(editor(cx), "line-start", count)


@command("move.line-end", title="End of the line")
def line_end(cx: Context, count: int | None = None) -> None:
    """Move to the end of the line."""
    modal.move(editor(cx), "line-end", count)


@command("move.first-nonblank", title="First character of the line")
def first_nonblank(cx: Context, count: int | None = None) -> None:
    """Move to the first character of the line that is not blank."""
    modal.move(editor(cx), "first-nonblank", count)


@command("move.buffer-start", title="Start of the text")
def buffer_start(cx: Context, count: int | None = None) -> None:
    """Move to the start of the text."""
    modal.move(editor(cx), "buffer-start", count)


@command("move.buffer-end", title="End of the text")
def buffer_end(cx: Context, count: int | None = None) -> None:
    """Move to the end of the text."""
    modal.move(editor(cx), "buffer-end", count)


@command("move.paragraph-forward", title="Next paragraph")
def paragraph_forward(cx: Context, count: int | None = None) -> None:
    """Move to the empty line after the paragraph."""
    modal.move(editor(cx), "paragraph-forward", count)


@command("move.paragraph-backward", title="Previous paragraph")
def paragraph_backward(cx: Context, count: int | None = None) -> None:
    """Move to the empty line before the paragraph."""
    modal.move(editor(cx), "paragraph-backward", count)


@command("move.match-pair", title="Matching bracket")
def match_pair(cx: Context, count: int | None = None) -> None:
    """Move to the bracket that matches; with a count, to that percentage of the text."""
    modal.move(editor(cx), "match-pair", count)


@command("move.indentation", title="First character of the line")
def indentation(cx: Context, count: int | None = None) -> None:
    """Move to the first character of the line that is not blank."""
    modal.move(editor(cx), "indentation", count)


@command("move.sentence-forward", title="Next sentence")
def sentence_forward(cx: Context, count: int | None = None) -> None:
    """Move to the start of the next sentence."""
    modal.move(editor(cx), "sentence-forward", count)


@command("move.sentence-backward", title="Start of the sentence")
def sentence_backward(cx: Context, count: int | None = None) -> None:
    """Move back to the start of a sentence."""
    modal.move(editor(cx), "sentence-backward", count)
