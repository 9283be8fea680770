"""Laws of the editor under random actions: the cursor is always on a character, undo and redo lose nothing."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from csm.edit import chars, edits, kills, modal, objects, vim
from csm.edit.editor import MODES, Editor
from csm.edit.motions import MOTIONS
from csm.edit.operators import OPERATORS

TEXTS = [
    "",
    "foo",
    'foo bar\n\n  baz.qux (a [b] {c}) "d e"\n',
    "日本 text e\u0301a 👩‍👩‍👧 🇩🇪🇫🇷\n\tnaïve\u0301",
    "x\n" * 12,
    "\u0301 starts with a mark\n\u200d",
]
TYPED = ["x", "foo ", "\n", "日", "\u0301", "🇩", "\u200d", "a\nb", "(", '"']
Action = Callable[[Editor, random.Random], object]


def _count(rng: random.Random) -> int | None:
    return rng.choice([None, None, None, 1, 2, 3, 99])


def _motion(editor: Editor, rng: random.Random) -> object:
    name = rng.choice(list(MOTIONS))
    return modal.move(editor, name, _count(rng), rng.choice("aox'é") if MOTIONS[name].char else None)


def _operator(editor: Editor, rng: random.Random) -> object:
    modal.operator(editor, rng.choice(list(OPERATORS)), _count(rng))
    return _motion(editor, rng) if rng.random() < 0.6 else modal.select(editor, rng.choice(list(objects.OBJECTS)))


def _vim(editor: Editor, rng: random.Random) -> object:
    count = _count(rng)
    actions: list[Callable[[], object]] = [
        lambda: vim.insert(editor, rng.choice(vim.PLACES), count),
        lambda: vim.open_below(editor, count),
        lambda: vim.open_above(editor, count),
        lambda: vim.replace_mode(editor, count),
        lambda: vim.replace_char(editor, rng.choice("xé日\n"), count),
        lambda: vim.swap_case_char(editor, count),
        lambda: vim.join_lines(editor, count, blanks=rng.random() < 0.5),
        lambda: vim.put(editor, rng.choice(["before", "after"]), count, follow=rng.random() < 0.3),
        lambda: vim.visual(editor, rng.choice(["visual", "visual-line"])),
        lambda: vim.other_end(editor),
        lambda: vim.reselect(editor),
        lambda: vim.set_mark(editor, rng.choice("aox")),
        lambda: modal.repeat(editor, count),
        lambda: modal.search(editor, rng.choice(["o", "[", "a|b", ""]), count),
        lambda: modal.search_word(editor, count),
    ]
    return rng.choice(actions)()


def _emacs(editor: Editor, rng: random.Random) -> object:
    plain = [
        edits.newline, edits.open_line, edits.delete_backward, edits.delete_forward, edits.delete_char,
        edits.delete_word_backward, edits.delete_word_forward, edits.delete_line_start, edits.delete_blanks,
        edits.join_line, edits.transpose_chars, edits.transpose_words, edits.transpose_lines, edits.uppercase_word,
        edits.lowercase_word, edits.capitalize_word, kills.kill_line, kills.kill_line_start, kills.kill_whole_line,
        kills.kill_big_word_backward, kills.kill_region, kills.copy_region, kills.yank, kills.yank_pop,
    ]  # fmt: skip
    if rng.random() < 0.2:
        clear = lambda editor: editor.set_text("")  # noqa: E731
        return rng.choice([kills.set_mark, kills.exchange_mark, kills.select_all, clear])(editor)
    return rng.choice(plain)(editor, _count(rng))


def _type(editor: Editor, rng: random.Random) -> object:
    return rng.choice([edits.insert, edits.paste])(editor, rng.choice(TYPED))


def _escape(editor: Editor, rng: random.Random) -> object:
    return modal.escape(editor)


ACTIONS: list[Action] = [_motion, _motion, _operator, _vim, _emacs, _type, _type, _escape, _escape]


def check(editor: Editor) -> None:
    text, at = editor.text, editor.cursor
    assert editor.mode in MODES
    assert 0 <= at <= len(text)
    assert chars.is_boundary(text, at)
    if editor.mode == "normal":
        assert at <= chars.last_char(text, at)
    found = editor.selection
    assert found is None or 0 <= found.start <= found.end <= len(text)
    assert editor.mark is None or 0 <= editor.mark <= len(text)
    assert all(0 <= mark <= len(text) for mark in editor.marks.values())


def act(editor: Editor, rng: random.Random, number: int) -> None:
    for _ in range(number):
        if len(editor.text) > 2000:
            editor.set_text(editor.text[:100])
        rng.choice(ACTIONS)(editor, rng)
        check(editor)


@pytest.mark.parametrize("seed", range(120))
def test_cursor_undo_and_redo(seed: int) -> None:
    rng = random.Random(seed)
    start = TEXTS[seed % len(TEXTS)]
    editor = Editor(start, modal=seed % 2 == 0)
    act(editor, rng, 60)
    if editor.mode in ("insert", "replace"):
        modal.leave_insert(editor)
    end, steps = editor.text, 0
    while editor.undo():
        check(editor)
        steps += 1
    assert editor.text == start
    while editor.redo():
        check(editor)
        steps -= 1
    assert (editor.text, steps) == (end, 0)


@pytest.mark.parametrize("seed", range(40))
def test_no_branch_is_ever_lost(seed: int) -> None:
    rng = random.Random(seed)
    editor = Editor(TEXTS[seed % len(TEXTS)], modal=seed % 2 == 0)
    seen = {0: editor.text}
    for _ in range(25):
        act(editor, rng, 3)
        modal.escape(editor)
        editor.break_undo()
        seen[editor.undo_tree.current.number] = editor.text
        if rng.random() < 0.4:
            rng.choice([editor.undo, editor.earlier])(rng.randint(1, 3))
        elif rng.random() < 0.3:
            rng.choice([editor.redo, editor.later])(1)
        check(editor)
    for number in rng.sample(sorted(seen), len(seen)):
        assert editor.goto_step(number)
        assert editor.text == seen[number]
        check(editor)
    assert not editor.goto_step(99_999)


@pytest.mark.parametrize("seed", range(10))
def test_nothing_changes_a_read_only_text(seed: int) -> None:
    rng = random.Random(seed)
    editor = Editor(TEXTS[2], modal=True)
    editor.read_only = True
    for _ in range(80):
        rng.choice([_motion, _operator, _vim, _emacs, _type, _escape])(editor, rng)
        check(editor)
        assert editor.text == TEXTS[2]
    editor.load("other")
    assert editor.text == "other"
