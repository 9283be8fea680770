"""Vim's motions. While an operator waits they say what it takes; in a visual mode they extend the selection.

Does not: wait for the character of a find; the shell hands it over.
"""

from __future__ import annotations

from typing import Literal

from csm.api import CommandError, Context, Editor, command, modal

from .place import editor, screen, times

#: Places with an editor of their own.
_WRITING = ("composer", "palette", "picker", "line")
_MOST = 1_000


@command("move.char-left", title="Character left in the line")
def char_left(cx: Context, count: int | None = None) -> None:
    """Move back by characters, not beyond the line."""
    modal.move(editor(cx), "char-left", count)


@command("move.char-right", title="Character right in the line")
def char_right(cx: Context, count: int | None = None) -> None:
    """Move forward by characters, not beyond the line."""
    modal.move(editor(cx), "char-right", count)


@command("move.word-forward", title="Next word")
def word_forward(cx: Context, count: int | None = None) -> None:
    """Move to the start of the next word."""
    modal.move(editor(cx), "word-forward", count)


@command("move.word-backward", title="Start of the word")
def word_backward(cx: Context, count: int | None = None) -> None:
    """Move back to the start of a word."""
    modal.move(editor(cx), "word-backward", count)


@command("move.word-end", title="End of the word")
def word_end(cx: Context, count: int | None = None) -> None:
    """Move to the end of a word."""
    modal.move(editor(cx), "word-end", count)


@command("move.word-end-backward", title="End of the previous word")
def word_end_backward(cx: Context, count: int | None = None) -> None:
    """Move back to the end of a word."""
    modal.move(editor(cx), "word-end-backward", count)


@command("move.big-word-forward", title="Next WORD")
def big_word_forward(cx: Context, count: int | None = None) -> None:
    """Move to the start of the next text between blanks."""
    modal.move(editor(cx), "big-word-forward", count)


@command("move.big-word-backward", title="Start of the WORD")
def big_word_backward(cx: Context, count: int | None = None) -> None:
    """Move back to the start of a text between blanks."""
    modal.move(editor(cx), "big-word-backward", count)


@command("move.big-word-end", title="End of the WORD")
def big_word_end(cx: Context, count: int | None = None) -> None:
    """Move to the end of a text between blanks."""
    modal.move(editor(cx), "big-word-end", count)


@command("move.big-word-end-backward", title="End of the previous WORD")
def big_word_end_backward(cx: Context, count: int | None = None) -> None:
    """Move back to the end of a text between blanks."""
    modal.move(editor(cx), "big-word-end-backward", count)


@command("move.last-nonblank", title="Last character of the line")
def last_nonblank(cx: Context, count: int | None = None) -> None:
    """Move to the last character of the line that is not blank."""
    modal.move(editor(cx), "last-nonblank", count)


@command("move.next-line", title="First character of the next line")
def next_line(cx: Context, count: int | None = None) -> None:
    """Move down to the first character that is not blank."""
    modal.move(editor(cx), "next-line", count)


@command("move.previous-line", title="First character of the previous line")
def previous_line(cx: Context, count: int | None = None) -> None:
    """Move up to the first character that is not blank."""
    modal.move(editor(cx), "previous-line", count)


@command("move.this-line", title="First character, lines down")
def this_line(cx: Context, count: int | None = None) -> None:
    """Move to the first character that is not blank, count - 1 lines down."""
    modal.move(editor(cx), "this-line", count)


@command("move.column", title="Column")
def column(cx: Context, count: int | None = None) -> None:
    """Move to the column of that number."""
    modal.move(editor(cx), "column", count)


@command("move.first-line", title="First line")
def first_line(cx: Context, count: int | None = None) -> None:
    """Move to the first line, or to the line of that number."""
    modal.move(editor(cx), "first-line", count)


@command("move.last-line", title="Last line")
def last_line(cx: Context, count: int | None = None) -> None:
    """Move to the last line, or to the line of that number."""
    modal.move(editor(cx), "last-line", count)


@command("move.find-forward", title="Find a character")
def find_forward(cx: Context, count: int | None = None) -> None:
    """Move to the next place in the line of the character typed next."""
    modal.move(editor(cx), "find-forward", count)


@command("move.find-backward", title="Find a character backwards")
def find_backward(cx: Context, count: int | None = None) -> None:
    """Move to the previous place in the line of the character typed next."""
    modal.move(editor(cx), "find-backward", count)


@command("move.till-forward", title="Till a character")
def till_forward(cx: Context, count: int | None = None) -> None:
    """Move before the next place in the line of the character typed next."""
    modal.move(editor(cx), "till-forward", count)


@command("move.till-backward", title="Till a character backwards")
def till_backward(cx: Context, count: int | None = None) -> None:
    """Move after the previous place in the line of the character typed next."""
    modal.move(editor(cx), "till-backward", count)


@command("move.find-again", title="Find again")
def find_again(cx: Context, count: int | None = None) -> None:
    """Repeat the last find of a character."""
    modal.move(editor(cx), "find-again", count)


@command("move.find-again-reverse", title="Find again the other way")
def find_again_reverse(cx: Context, count: int | None = None) -> None:
    """Repeat the last find of a character in the other direction."""
    modal.move(editor(cx), "find-again-reverse", count)


@command("move.mark", title="Mark")
def mark(cx: Context, count: int | None = None) -> None:
    """Move to the mark named by the character typed next."""
    modal.move(editor(cx), "mark", count)


@command("move.mark-line", title="Line of a mark")
def mark_line(cx: Context, count: int | None = None) -> None:
    """Move to the line of the mark named by the character typed next."""
    modal.move(editor(cx), "mark-line", count)


@command("move.search-again", title="Next match")
def search_again(cx: Context, count: int | None = None) -> None:
    """Move to the next match of the last search."""
    if _reading(cx):
        _next(cx, "next", count)
        return
    modal.move(editor(cx), "search-again", count)


@command("move.search-again-reverse", title="Previous match")
def search_again_reverse(cx: Context, count: int | None = None) -> None:
    """Move to the previous match of the last search."""
    if _reading(cx):
        _next(cx, "previous", count)
        return
    modal.move(editor(cx), "search-again-reverse", count)


@command("move.zero", title="Start of the line, or a zero")
def zero(cx: Context) -> None:
    """Move to the start of the line; after other digits, a zero of the count."""
    modal.zero(editor(cx))


@command("search.start", title="Search in the text")
def search_start(cx: Context, direction: Literal["forward", "backward"] = "forward") -> None:
    """Ask for a pattern (a regular expression) and move to its next match; in what is read, with each letter typed."""
    if _reading(cx):
        screen(cx).search(direction)
        return
    target, back = editor(cx), direction == "backward"
    origin, moves = target.cursor, target.pending.operator is None
    screen(cx).ask_line(
        "?" if back else "/",
        lambda pattern: _search(target, pattern, back, origin if moves else None),
        cancel=lambda: _return(target, origin if moves else None),
        changed=lambda pattern: _typed(target, pattern, back, origin) if moves else None,
    )


@command("search.word", title="Search the word at the cursor")
def search_word(cx: Context, direction: Literal["forward", "backward"] = "forward", count: int | None = None) -> None:
    """Move to the next place of the word at the cursor."""
    modal.search_word(editor(cx), count, back=direction == "backward")


@command("search.transcript", title="Search the transcript", slash="find")
def search_transcript(cx: Context, direction: Literal["forward", "backward"] = "forward") -> None:
    """Search what was said and done, with each letter typed, from wherever the keys are."""
    if not _reading(cx):
        screen(cx).focus("transcript")
    screen(cx).search(direction)


@command("search.next", title="Next match", hidden=True)
def search_next(cx: Context) -> None:
    """While a pattern is typed: go to its next match."""
    screen(cx).search("next")


@command("search.previous", title="Previous match", hidden=True)
def search_previous(cx: Context) -> None:
    """While a pattern is typed: go to the match before."""
    screen(cx).search("previous")


@command("search.take-word", title="Search for the next word too", places=("search",), hidden=True)
def search_take_word(cx: Context) -> None:
    """While a pattern is typed: put the word behind the match at its end."""
    _take(cx, "word", "the line ends here")


@command("search.take-line", title="Search for the rest of the line too", places=("search",), hidden=True)
def search_take_line(cx: Context) -> None:
    """While a pattern is typed: put the rest of the match's line at its end."""
    _take(cx, "line", "the line ends here")


@command("search.take-kill", title="Search for what was killed too", places=("search",), hidden=True)
def search_take_kill(cx: Context) -> None:
    """While a pattern is typed: put what was killed last at its end, as text."""
    _take(cx, "kill", "nothing was killed that has one line")


def _take(cx: Context, what: str, nothing: str) -> None:
    take = getattr(screen(cx).panel, "take", None)
    if take is None:
        raise CommandError("no text is searched here")
    if not take(what):
        raise CommandError(nothing)


def _reading(cx: Context) -> bool:
    """Whether the keys are in something that is read and an operator does not wait for where the match is."""
    shown = screen(cx)
    return shown.place not in _WRITING and not shown.editor.pending.operator


def _next(cx: Context, direction: str, count: int | None) -> None:
    for _ in range(min(times(cx, count), _MOST)):
        if not screen(cx).search(direction):
            raise CommandError("there is no other match")


def _return(target: Editor, origin: int | None) -> None:
    if origin is not None:
        target.cursor = origin


def _typed(target: Editor, pattern: str, back: bool, origin: int) -> None:
    """Go to the next match of what is typed so far, which is not searched again before it is whole."""
    last = target.last_search
    target.cursor = origin
    if pattern:
        modal.search(target, pattern, back=back)
    target.last_search = last


def _search(target: Editor, pattern: str, back: bool, origin: int | None) -> None:
    _return(target, origin)
    if not modal.search(target, pattern, back=back):
        raise CommandError(f"there is no {pattern}")
