"""Killing and yanking, mark and region. What is killed can be yanked; kills in a row are one.

Does not: touch the system's clipboard.
"""

from __future__ import annotations

from csm.api import CommandError, Context, command, emacs, kills, modal

from .place import editor


@command("kill.word-right", title="Kill the word after")
def kill_word_right(cx: Context, count: int | None = None) -> None:
    """Cut to the end of the word."""
    kills.kill_motion(editor(cx), "word-right", count)


@command("kill.word-left", title="Kill the word before")
def kill_word_left(cx: Context, count: int | None = None) -> None:
    """Cut back to the start of the word."""
    kills.kill_motion(editor(cx), "word-left", count)


@command("kill.big-word-left", title="Kill back to a blank")
def kill_big_word_left(cx: Context, count: int | None = None) -> None:
    """Cut back to a blank, as shells do."""
    kills.kill_big_word_backward(editor(cx), count)


@command("kill.line-end", title="Kill to the end of the line")
def kill_line_end(cx: Context, count: int | None = None) -> None:
    """Cut to the end of the line; at the end the line break; with a count whole lines."""
    kills.kill_line(editor(cx), count)


@command("kill.line-start", title="Kill to the start of the line")
def kill_line_start(cx: Context, count: int | None = None) -> None:
    """Cut to the start of the line."""
    kills.kill_line_start(editor(cx), count)


@command("kill.line", title="Kill the line")
def kill_whole_line(cx: Context, count: int | None = None) -> None:
    """Cut whole lines."""
    kills.kill_whole_line(editor(cx), count)


@command("kill.zap", title="Kill up to a character")
def zap(cx: Context, count: int | None = None) -> None:
    """Cut up to and with the character typed next."""
    modal.await_char(editor(cx), "zap", count)


@command("kill.region", title="Kill the region")
def kill_region(cx: Context, count: int | None = None) -> None:
    """Cut what is between mark and cursor."""
    if not kills.kill_region(editor(cx), count):
        raise CommandError("there is no mark")


@command("copy.region", title="Copy the region")
def copy_region(cx: Context, count: int | None = None) -> None:
    """Copy what is between mark and cursor for yanking."""
    if not kills.copy_region(editor(cx), count):
        raise CommandError("there is no mark")


@command("edit.yank", title="Yank")
def yank(cx: Context, count: int | None = None) -> None:
    """Insert what was killed last; with a count an older kill."""
    if not kills.yank(editor(cx), count):
        raise CommandError("nothing was killed yet")


@command("edit.yank-pop", title="Yank an older kill")
def yank_pop(cx: Context, count: int | None = None) -> None:
    """Right after yanking: put an older kill in its place."""
    if not kills.yank_pop(editor(cx), count):
        raise CommandError("this works right after edit.yank")


@command("mark.set", title="Set the mark")
def set_mark(cx: Context, count: int | None = None) -> None:
    """Put the mark here; what is between it and the cursor is the region. With a count, go to the mark before."""
    if editor(cx).pending.take_count(count) is None:
        kills.set_mark(editor(cx))
    elif not emacs.pop_mark(editor(cx)):
        raise CommandError("there is no mark")


@command("mark.word", title="Select the next word")
def mark_word(cx: Context, count: int | None = None) -> None:
    """Make what is up to the end of the word the region; once more takes the next word too."""
    emacs.mark_word(editor(cx), count)


@command("mark.paragraph", title="Select the paragraph")
def mark_paragraph(cx: Context, count: int | None = None) -> None:
    """Make the paragraph the region."""
    emacs.mark_paragraph(editor(cx), count)


@command("kill.sentence", title="Kill to the end of the sentence")
def kill_sentence(cx: Context, count: int | None = None) -> None:
    """Cut to the end of the sentence."""
    emacs.kill_sentence(editor(cx), count)


@command("delete.blank-lines", title="Delete blank lines")
def delete_blank_lines(cx: Context, count: int | None = None) -> None:
    """On blank lines leave one; elsewhere delete those that follow."""
    emacs.delete_blank_lines(editor(cx), count)


@command("case.upper-region", title="Region in capitals")
def upper_region(cx: Context) -> None:
    """Make the region capitals."""
    _convert(cx, "upper")


@command("case.lower-region", title="Region in small letters")
def lower_region(cx: Context) -> None:
    """Make the region small letters."""
    _convert(cx, "lower")


def _convert(cx: Context, how: str) -> None:
    if not emacs.convert_region(editor(cx), how):
        raise CommandError("there is no mark")


@command("count.universal", title="Four times, or a number", hidden=True)
def universal(cx: Context) -> None:
    """Have the next command done four times, sixteen times, or as often as the digits typed next say (Emacs's C-u)."""
    editor(cx).pending.multiply()


@command("mark.exchange", title="Swap mark and cursor")
def exchange(cx: Context) -> None:
    """Go to the mark and put the mark where the cursor was."""
    if not kills.exchange_mark(editor(cx)):
        raise CommandError("there is no mark")


@command("mark.all", title="Select all")
def select_all(cx: Context) -> None:
    """Make the whole text the region."""
    kills.select_all(editor(cx))
