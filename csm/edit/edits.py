"""Typing and plain deleting, lines, transposing and case: what needs no registers.

Does not: kill or yank (see `csm.edit.kills`), or Vim's own commands (see `csm.edit.vim`).
"""

from __future__ import annotations

from collections.abc import Callable

from csm.edit import chars, words
from csm.edit.editor import Editor, times


def insert(editor: Editor, text: str, count: int | None = None) -> None:
    """Type text. In replace mode it takes the place of as many characters of the line."""
    count = editor.pending.take_count(count)
    editor.mark_active = False
    if editor.mode == "replace":
        overwrite(editor, text)
    else:
        editor.insert(times(text, count), "newline" if text == "\n" else "type")


def overwrite(editor: Editor, text: str) -> None:
    """Put text over the characters at the cursor, as far as the line goes."""
    for char in text:
        at, end = editor.cursor, chars.line_end(editor.text, editor.cursor)
        after = at if char == "\n" or at >= end else chars.following(editor.text, at)
        editor.overwritten.append(editor.text[at:after])
        editor.replace(at, after, char, kind="type")


def paste(editor: Editor, text: str) -> None:
    """Insert pasted text as an undo step of its own (a part of the insertion in Vim style). It overwrites nothing."""
    editor.mark_active = False
    editor.overwritten = []
    with editor.group():
        editor.insert(text, "")


def newline(editor: Editor, count: int | None = None) -> None:
    """Break the line. In an editor of one line nothing happens."""
    if editor.multiline:
        insert(editor, "\n", count)


def open_line(editor: Editor, count: int | None = None) -> None:
    """Break the line and leave the cursor before the break (Emacs C-o)."""
    at = editor.cursor
    newline(editor, count)
    editor.cursor = at


def delete_backward(editor: Editor, count: int | None = None) -> bool:
    """Delete the character before the cursor, or what is selected."""
    count = editor.pending.take_count(count) or 1
    if delete_selection(editor):
        return True
    if editor.mode == "replace":
        return _take_back(editor, count)
    start = chars.backward(editor.text, editor.cursor, count)
    return _delete(editor, start, editor.cursor, "delete-backward")


def delete_forward(editor: Editor, count: int | None = None) -> bool:
    """Delete the character at the cursor, or what is selected."""
    count = editor.pending.take_count(count) or 1
    if delete_selection(editor):
        return True
    end = chars.forward(editor.text, editor.cursor, count, len(editor.text))
    return _delete(editor, editor.cursor, end, "delete-forward")


def delete_char(editor: Editor, count: int | None = None) -> bool:
    """Delete the character at the cursor, whatever is selected (Emacs C-d)."""
    editor.mark_active = False
    return delete_forward(editor, count)


def _take_back(editor: Editor, count: int) -> bool:
    """Backspace in replace mode: put back what was overwritten; further back only move."""
    for _ in range(count):
        at = editor.cursor
        if at == 0:
            return False
        before = chars.preceding(editor.text, at)
        if editor.overwritten:
            editor.replace(before, at, editor.overwritten.pop(), kind="type")
        editor.cursor = before
    return True


def delete_selection(editor: Editor) -> bool:
    """Delete the active region; False if there is none."""
    found = editor.selection
    if found is None or not editor.mark_active or found.start == found.end:
        return False
    editor.mark_active = False
    return _delete(editor, found.start, found.end, "")


def _delete(editor: Editor, start: int, end: int, kind: str) -> bool:
    if start == end:
        return False
    editor.replace(start, end, "", kind=kind)
    return True


def delete_word_backward(editor: Editor, count: int | None = None) -> bool:
    """Delete to the start of the word, without killing."""
    start = words.emacs_backward(editor.text, editor.cursor, editor.pending.take_count(count) or 1)
    return _delete(editor, start, editor.cursor, "")


def delete_word_forward(editor: Editor, count: int | None = None) -> bool:
    """Delete to the end of the word, without killing."""
    end = words.emacs_forward(editor.text, editor.cursor, editor.pending.take_count(count) or 1)
    return _delete(editor, editor.cursor, end, "")


def delete_line_start(editor: Editor, count: int | None = None) -> bool:
    """Delete to the start of the line; at the start, the line feed before it."""
    editor.pending.take_count(count)
    start = chars.line_start(editor.text, editor.cursor)
    return _delete(editor, start if start < editor.cursor else max(start - 1, 0), editor.cursor, "")


def delete_blanks(editor: Editor, count: int | None = None) -> bool:
    """Delete the blanks around the cursor, but for `count` (Emacs M-\\\\; M-SPC with count 1)."""
    left = editor.pending.take_count(count) or 0
    text, start, end = editor.text, editor.cursor, editor.cursor
    while start > 0 and text[start - 1] in chars.BLANKS:
        start -= 1
    while end < len(text) and text[end] in chars.BLANKS:
        end += 1
    editor.replace(start, end, " " * left)
    return start != end


def join_line(editor: Editor, count: int | None = None) -> bool:
    """Join this line to the one before, with one blank (Emacs M-^)."""
    editor.pending.take_count(count)
    text, start = editor.text, chars.line_start(editor.text, editor.cursor)
    if start == 0:
        return False
    end = chars.indent_end(text, start)
    before = start - 1
    while before > 0 and text[before - 1] in chars.BLANKS:
        before -= 1
    blank = "" if before == 0 or text[before - 1] in "\n(" or text[end : end + 1] in ("", "\n", ")") else " "
    editor.replace(before, end, blank)
    editor.cursor = before
    return True


def transpose_chars(editor: Editor, count: int | None = None) -> bool:
    """Swap the characters around the cursor and move on; at the end of a line the two before it (Emacs C-t)."""
    count = editor.pending.take_count(count) or 1
    text, at = editor.text, editor.cursor
    if at == chars.line_end(text, at):
        at = chars.preceding(text, at) if at else at
    before = chars.preceding(text, at)
    after = chars.forward(text, at, count, len(text))
    if at == 0 or after == at:
        return False
    editor.replace(before, after, text[at:after] + text[before:at])
    return True


def transpose_words(editor: Editor, count: int | None = None) -> bool:
    """Swap the word at or before the cursor with the next `count` words and move behind them (Emacs M-t)."""
    count = editor.pending.take_count(count) or 1
    text = editor.text
    first = words.emacs_backward(text, editor.cursor, 1)
    first_end = words.emacs_forward(text, first, 1)
    first = words.emacs_backward(text, first_end, 1)
    second_end = words.emacs_forward(text, first_end, count)
    second = words.emacs_backward(text, second_end, count)
    if not first < first_end <= second < second_end:
        return False
    editor.replace(first, second_end, text[second:second_end] + text[first_end:second] + text[first:first_end])
    return True


def transpose_lines(editor: Editor, count: int | None = None) -> bool:
    """Swap this line with the one before (the first with the next) and move behind them (Emacs C-x C-t)."""
    editor.pending.take_count(count)
    text, start = editor.text, chars.line_start(editor.text, editor.cursor)
    if start == 0:
        start = text.find("\n") + 1
    if start == 0:
        return False
    end, above = chars.line_end(text, start), chars.line_start(text, start - 1)
    editor.replace(above, end, text[start:end] + "\n" + text[above : start - 1])
    editor.cursor = end + 1
    return True


def uppercase_word(editor: Editor, count: int | None = None) -> bool:
    """Make capitals to the end of the word (Emacs M-u)."""
    return _convert(editor, count, str.upper)


def lowercase_word(editor: Editor, count: int | None = None) -> bool:
    """Make small letters to the end of the word (Emacs M-l)."""
    return _convert(editor, count, str.lower)


def capitalize_word(editor: Editor, count: int | None = None) -> bool:
    """Begin the word with a capital (Emacs M-c)."""
    return _convert(editor, count, capitalize)


def capitalize(text: str) -> str:
    """Every word of a text with a capital first and small letters after."""
    out, inside = [], False
    for char in text:
        out.append((char.lower() if inside else char.title()) if chars.in_word(char) else char)
        inside = chars.in_word(char)
    return "".join(out)


def _convert(editor: Editor, count: int | None, convert: Callable[[str], str]) -> bool:
    count = editor.pending.take_count(count) or 1
    start, end = editor.cursor, words.emacs_forward(editor.text, editor.cursor, count)
    editor.replace(start, end, convert(editor.text[start:end]))
    return end > start
