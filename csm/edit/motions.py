"""Motions: where the cursor goes. Each is a row of `MOTIONS`, called by name through `csm.edit.modal.move`.

A motion's `run(editor, count)` (or `run(editor, count, char)`) gives the offset to go to, or None where it cannot go;
it changes nothing. `count` None means none was given. `kind` says what an operator takes:

- `exclusive`: up to the target, with Vim's rule for a target at the start of a line;
- `inclusive`: the character at the later end too;
- `linewise`: whole lines;
- `exact`: up to the target, no rule.

Does not: move the cursor or operate; see `csm.edit.modal`.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any, NamedTuple

from csm.edit import chars, rows, scan, sentences, words
from csm.edit.editor import Editor

END = float("inf")


class Motion(NamedTuple):
    """A row of the table. `vertical` keeps the goal column; `jump` remembers where it came from; `numbered` deletes
    into register 1; `char`: takes a character.
    """

    name: str
    title: str
    kind: str
    run: Callable[..., int | None]
    vertical: bool = False
    jump: bool = False
    numbered: bool = False
    char: bool = False


def goal(editor: Editor) -> float:
    """The column that vertical motions keep."""
    return chars.column(editor.text, editor.cursor) if editor.goal is None else editor.goal


def _left(editor: Editor, count: int | None) -> int | None:
    return chars.backward(editor.text, editor.cursor, count or 1)


def _right(editor: Editor, count: int | None) -> int | None:
    return chars.forward(editor.text, editor.cursor, count or 1, len(editor.text))


def _char_left(editor: Editor, count: int | None) -> int | None:
    start = chars.line_start(editor.text, editor.cursor)
    if editor.cursor <= start and not editor.pending.operator:
        return None
    return chars.backward(editor.text, editor.cursor, count or 1, start)


def _char_right(editor: Editor, count: int | None) -> int | None:
    text, at = editor.text, editor.cursor
    end = chars.line_end(text, at)
    if not editor.pending.operator and (at >= end or (editor.mode == "normal" and chars.following(text, at) >= end)):
        return None
    return chars.forward(text, at, count or 1, end)


def _vertical(editor: Editor, start: int, gone: int) -> int | None:
    if not gone:
        return None
    wanted = goal(editor)
    return chars.line_end(editor.text, start) if wanted == END else chars.at_column(editor.text, start, int(wanted))


def _up(editor: Editor, count: int | None) -> int | None:
    return _vertical(editor, *chars.line_up(editor.text, editor.cursor, count or 1))


def _down(editor: Editor, count: int | None) -> int | None:
    return _vertical(editor, *chars.line_down(editor.text, editor.cursor, count or 1))


def _row(editor: Editor, count: int) -> int | None:
    if not editor.width:
        return _down(editor, count) if count > 0 else _up(editor, -count)
    return rows.move(editor.text, editor.cursor, editor.width, count, editor.goal, editor.chips.names)


def _row_up(editor: Editor, count: int | None) -> int | None:
    return _row(editor, -(count or 1))


def _row_down(editor: Editor, count: int | None) -> int | None:
    return _row(editor, count or 1)


def _row_start(editor: Editor, count: int | None) -> int | None:
    if not editor.width:
        return chars.line_start(editor.text, editor.cursor)
    return rows.row_of(editor.text, editor.cursor, editor.width, editor.chips.names).start


def _row_end(editor: Editor, count: int | None) -> int | None:
    if not editor.width:
        return chars.line_end(editor.text, editor.cursor)
    row = rows.row_of(editor.text, editor.cursor, editor.width, editor.chips.names)
    return row.end if row.last else chars.preceding(editor.text, row.end)


def _line_start(editor: Editor, count: int | None) -> int | None:
    return chars.line_start(editor.text, editor.cursor)


def _line_end(editor: Editor, count: int | None) -> int | None:
    start, gone = chars.line_down(editor.text, editor.cursor, (count or 1) - 1)
    return None if gone < (count or 1) - 1 else chars.line_end(editor.text, start)


def _first_nonblank(editor: Editor, count: int | None) -> int | None:
    return chars.first_nonblank(editor.text, editor.cursor)


def _indentation(editor: Editor, count: int | None) -> int | None:
    return chars.indent_end(editor.text, editor.cursor)


def _last_nonblank(editor: Editor, count: int | None) -> int | None:
    text = editor.text
    start, gone = chars.line_down(text, editor.cursor, (count or 1) - 1)
    if gone < (count or 1) - 1:
        return None
    end = chars.line_end(text, start)
    while end > start and text[end - 1] in chars.BLANKS:
        end -= 1
    return chars.preceding(text, end) if end > start else start


def _nonblank_below(editor: Editor, count: int, *, whole: bool = True) -> int | None:
    start, gone = chars.line_down(editor.text, editor.cursor, count)
    return None if whole and gone < count else chars.first_nonblank(editor.text, start)


def _next_line(editor: Editor, count: int | None) -> int | None:
    return _nonblank_below(editor, count or 1)


def _this_line(editor: Editor, count: int | None) -> int | None:
    return _nonblank_below(editor, (count or 1) - 1, whole=False)


def _previous_line(editor: Editor, count: int | None) -> int | None:
    start, gone = chars.line_up(editor.text, editor.cursor, count or 1)
    return None if gone < (count or 1) else chars.first_nonblank(editor.text, start)


def _column(editor: Editor, count: int | None) -> int | None:
    return chars.at_column(editor.text, chars.line_start(editor.text, editor.cursor), (count or 1) - 1)


def _buffer_start(editor: Editor, count: int | None) -> int | None:
    return 0


def _buffer_end(editor: Editor, count: int | None) -> int | None:
    return len(editor.text)


def _first_line(editor: Editor, count: int | None) -> int | None:
    return chars.first_nonblank(editor.text, chars.line_at(editor.text, count or 1))


def _last_line(editor: Editor, count: int | None) -> int | None:
    start = chars.line_at(editor.text, count) if count else chars.line_start(editor.text, len(editor.text))
    return chars.first_nonblank(editor.text, start)


def _word(step: Callable[..., int], kind: Callable[[str], int]) -> Callable[[Editor, int | None], int | None]:
    def run(editor: Editor, count: int | None) -> int | None:
        at = step(editor.text, editor.cursor, count or 1, kind)
        return None if at == editor.cursor and not (editor.pending.operator and step is words.word_end) else at

    return run


def _word_forward(kind: Callable[[str], int]) -> Callable[[Editor, int | None], int | None]:
    def run(editor: Editor, count: int | None) -> int | None:
        stop = editor.pending.operator is not None
        at = words.word_forward(editor.text, editor.cursor, count or 1, kind, stop_at_line_end=stop)
        return None if at == editor.cursor else at

    return run


def _word_left(editor: Editor, count: int | None) -> int | None:
    return words.emacs_backward(editor.text, editor.cursor, count or 1)


def _word_right(editor: Editor, count: int | None) -> int | None:
    return words.emacs_forward(editor.text, editor.cursor, count or 1)


def _paragraph_forward(editor: Editor, count: int | None) -> int | None:
    if not editor.modal:
        return words.emacs_paragraph_forward(editor.text, editor.cursor, count or 1)
    at = words.paragraph_forward(editor.text, editor.cursor, count or 1)
    return at if at is None or not editor.mode.startswith("visual") else min(at, chars.last_char(editor.text, at))


def _paragraph_backward(editor: Editor, count: int | None) -> int | None:
    if not editor.modal:
        return words.emacs_paragraph_backward(editor.text, editor.cursor, count or 1)
    return words.paragraph_backward(editor.text, editor.cursor, count or 1)


def _sentence(step: Callable[[str, int, int], int | None]) -> Callable[[Editor, int | None], int | None]:
    def run(editor: Editor, count: int | None) -> int | None:
        return step(editor.text, editor.cursor, count or 1)

    return run


def _find(back: bool, till: bool) -> Callable[[Editor, int | None, str], int | None]:
    def run(editor: Editor, count: int | None, char: str) -> int | None:
        return scan.in_line(editor.text, editor.cursor, char, count or 1, back=back, till=till)

    return run


FINDS = {
    "find-forward": (False, False),
    "find-backward": (True, False),
    "till-forward": (False, True),
    "till-backward": (True, True),
}


def _find_again(reverse: bool) -> Callable[[Editor, int | None], int | None]:
    def run(editor: Editor, count: int | None) -> int | None:
        if not editor.last_find:
            return None
        name, char = editor.last_find
        back, till = FINDS[name]
        back ^= reverse
        return scan.in_line(editor.text, editor.cursor, char, count or 1, back=back, till=till, again=(count or 1) == 1)

    return run


def again_kind(editor: Editor, name: str) -> str:
    """What an operator takes with `find-again` and its reverse: backward finds are exclusive."""
    back = bool(editor.last_find) and FINDS[editor.last_find[0]][0]
    return "exclusive" if back ^ (name == "find-again-reverse") else "inclusive"


def _match_pair(editor: Editor, count: int | None) -> int | None:
    if count is None:
        return scan.partner(editor.text, editor.cursor)
    if count > 100:
        return None
    number = (count * (editor.text.count("\n") + 1) + 99) // 100
    return chars.first_nonblank(editor.text, chars.line_at(editor.text, number))


def _mark(linewise: bool) -> Callable[[Editor, int | None, str], int | None]:
    def run(editor: Editor, count: int | None, char: str) -> int | None:
        at = editor.marks.get("'" if char == "`" else char)
        if at is None:
            return None
        at = min(at, len(editor.text))
        return chars.first_nonblank(editor.text, at) if linewise else chars.boundary_before(editor.text, at)

    return run


def _search_again(reverse: bool) -> Callable[[Editor, int | None], int | None]:
    def run(editor: Editor, count: int | None) -> int | None:
        if not editor.last_search:
            return None
        wanted, back = editor.last_search
        return scan.pattern(editor.text, editor.cursor, wanted, count or 1, back=back ^ reverse)

    return run


def _steps() -> list[Any]:
    small, big = chars.kind, chars.big_kind
    return [
        ("left", "character left, across lines", "exact", _left),
        ("right", "character right, across lines", "exact", _right),
        ("char-left", "character left in the line", "exclusive", _char_left),
        ("char-right", "character right in the line", "exact", _char_right),
        ("up", "line up", "linewise", _up, {"vertical": True}),
        ("down", "line down", "linewise", _down, {"vertical": True}),
        ("row-up", "row of the screen up", "exact", _row_up, {"vertical": True}),
        ("row-down", "row of the screen down", "exact", _row_down, {"vertical": True}),
        ("row-start", "start of the row on the screen", "exact", _row_start),
        ("row-end", "end of the row on the screen", "exact", _row_end),
        ("line-start", "start of the line", "exclusive", _line_start),
        ("line-end", "end of the line", "exact", _line_end),
        ("first-nonblank", "first character of the line that is not blank", "exclusive", _first_nonblank),
        ("indentation", "end of the blanks that begin the line", "exact", _indentation),
        ("last-nonblank", "last character of the line that is not blank", "inclusive", _last_nonblank),
        ("next-line", "first character of the next line", "linewise", _next_line),
        ("this-line", "first character of the line, count - 1 lines down", "linewise", _this_line),
        ("previous-line", "first character of the previous line", "linewise", _previous_line),
        ("column", "column of the line", "exclusive", _column),
        ("buffer-start", "start of the text", "exact", _buffer_start, {"jump": True}),
        ("buffer-end", "end of the text", "exact", _buffer_end, {"jump": True}),
        ("first-line", "first line, or the line with that number", "linewise", _first_line, {"jump": True}),
        ("last-line", "last line, or the line with that number", "linewise", _last_line, {"jump": True}),
        ("word-forward", "start of the next word", "exclusive", _word_forward(small)),
        ("word-backward", "start of the word", "exclusive", _word(words.word_backward, small)),
        ("word-end", "end of the word", "inclusive", _word(words.word_end, small)),
        ("word-end-backward", "end of the previous word", "inclusive", _word(words.word_end_backward, small)),
        ("big-word-forward", "start of the next WORD", "exclusive", _word_forward(big)),
        ("big-word-backward", "start of the WORD", "exclusive", _word(words.word_backward, big)),
        ("big-word-end", "end of the WORD", "inclusive", _word(words.word_end, big)),
        ("big-word-end-backward", "end of the previous WORD", "inclusive", _word(words.word_end_backward, big)),
        ("word-left", "start of the word, as Emacs counts words", "exact", _word_left),
        ("word-right", "end of the word, as Emacs counts words", "exact", _word_right),
    ]  # fmt: skip


def _leaps() -> list[Any]:
    return [
        ("paragraph-forward", "empty line after the paragraph", "exclusive", _paragraph_forward,
         {"jump": True, "numbered": True}),
        ("paragraph-backward", "empty line before the paragraph", "exclusive", _paragraph_backward,
         {"jump": True, "numbered": True}),
        ("sentence-forward", "start of the next sentence", "exclusive", _sentence(sentences.forward),
         {"jump": True, "numbered": True}),
        ("sentence-backward", "start of the sentence", "exclusive", _sentence(sentences.backward),
         {"jump": True, "numbered": True}),
        ("find-forward", "next place of a character in the line", "inclusive", _find(False, False), {"char": True}),
        ("find-backward", "previous place of a character in the line", "exclusive", _find(True, False), {"char": True}),
        ("till-forward", "before the next place of a character", "inclusive", _find(False, True), {"char": True}),
        ("till-backward", "after the previous place of a character", "exclusive", _find(True, True), {"char": True}),
        ("find-again", "last find again", "inclusive", _find_again(False)),
        ("find-again-reverse", "last find again, the other way", "inclusive", _find_again(True)),
        ("match-pair", "matching bracket, or a percentage of the text", "inclusive", _match_pair,
         {"jump": True, "numbered": True}),
        ("mark", "mark", "exclusive", _mark(False), {"char": True, "jump": True, "numbered": True}),
        ("mark-line", "line of a mark", "linewise", _mark(True), {"char": True, "jump": True}),
        ("search-again", "next match", "exclusive", _search_again(False), {"jump": True, "numbered": True}),
        ("search-again-reverse", "previous match", "exclusive", _search_again(True), {"jump": True, "numbered": True}),
    ]  # fmt: skip


def _table() -> dict[str, Motion]:
    found = [*_steps(), *_leaps()]
    return {row[0]: Motion(*row[:4], **(row[4] if len(row) > 4 else {})) for row in found}


MOTIONS = MappingProxyType(_table())
