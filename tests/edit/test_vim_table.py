"""Vim style editing against a table that was filled in by Vim itself, and against Vim where it is installed.

The keys of the table are pressed through a key map in miniature: one function of the editor a binding.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

from csm.edit import adding, edits, ex, ex_lines, modal, vim
from csm.edit.editor import Editor

Bind = Callable[[Editor], object]
LISTED = '"0123456789-abz'


def motion(name: str) -> Bind:
    return lambda editor: modal.move(editor, name)


def operator(name: str) -> Bind:
    return lambda editor: modal.operator(editor, name)


def operate(name: str, what: str) -> Bind:
    return lambda editor: modal.operate(editor, name, what)


def thing(name: str) -> Bind:
    return lambda editor: modal.select(editor, name)


def both(fn: Callable[..., object], **arguments: object) -> Bind:
    return partial(fn, **arguments)


MOTIONS = {
    "h": "char-left", "l": "char-right", " ": "right", "j": "down", "k": "up", "0": "", "^": "first-nonblank",
    "$": "line-end", "g_": "last-nonblank", "|": "column", "+": "next-line", "<CR>": "next-line", "-": "previous-line",
    "_": "this-line", "gg": "first-line", "G": "last-line", "w": "word-forward", "b": "word-backward", "e": "word-end",
    "ge": "word-end-backward", "W": "big-word-forward", "B": "big-word-backward", "E": "big-word-end",
    "gE": "big-word-end-backward", "}": "paragraph-forward", "{": "paragraph-backward", "f": "find-forward",
    "F": "find-backward", "t": "till-forward", "T": "till-backward", ";": "find-again", ",": "find-again-reverse",
    "%": "match-pair", "`": "mark", "'": "mark-line", "n": "search-again", "N": "search-again-reverse",
    ")": "sentence-forward", "(": "sentence-backward",
}  # fmt: skip
OPERATORS = {
    "d": "delete",
    "c": "change",
    "y": "yank",
    "gu": "lowercase",
    "gU": "uppercase",
    "g~": "swap-case",
    "<lt>": "outdent",
    ">": "indent",
    "gq": "fill",
}
OBJECTS = {
    "w": "word", "W": "big-word", "p": "paragraph", '"': "double-quotes", "'": "single-quotes", "`": "backticks",
    "(": "parentheses", ")": "parentheses", "b": "parentheses", "[": "brackets", "]": "brackets", "{": "braces",
    "}": "braces", "B": "braces", "<lt>": "angles", ">": "angles", "s": "sentence",
}  # fmt: skip


def _normal() -> dict[str, Bind]:
    keys: dict[str, Bind] = {key: motion(name) for key, name in MOTIONS.items() if name}
    keys |= {key: operator(name) for key, name in OPERATORS.items()}
    keys |= {str(n): both(modal.digit, value=n) for n in range(1, 10)}
    return keys | {
        "0": modal.zero,
        '"': both(modal.await_char, name="register"),
        "r": both(modal.await_char, name="replace-char"),
        "m": both(modal.await_char, name="set-mark"),
        "x": operate("delete", "char-right"),
        "X": operate("delete", "char-left"),
        "D": operate("delete", "line-end"),
        "C": operate("change", "line-end"),
        "s": operate("change", "char-right"),
        "S": operate("change", "lines"),
        "Y": operate("yank", "lines"),
        "i": both(vim.insert, place="before"),
        "a": both(vim.insert, place="after"),
        "I": both(vim.insert, place="first-nonblank"),
        "A": both(vim.insert, place="line-end"),
        "gI": both(vim.insert, place="line-start"),
        "gi": both(vim.insert, place="last"),
        "o": vim.open_below,
        "O": vim.open_above,
        "R": vim.replace_mode,
        "~": vim.swap_case_char,
        "J": vim.join_lines,
        "gJ": both(vim.join_lines, blanks=False),
        "p": both(vim.put, place="after"),
        "P": both(vim.put, place="before"),
        "gp": both(vim.put, place="after", follow=True),
        "gP": both(vim.put, place="before", follow=True),
        "u": vim.undo,
        "<C-r>": vim.redo,
        ".": modal.repeat,
        "g;": both(vim.go_to_change, step=-1),
        "g,": both(vim.go_to_change, step=1),
        "<C-a>": both(adding.add, by=1),
        "<C-x>": both(adding.add, by=-1),
        "v": both(vim.visual, mode="visual"),
        "V": both(vim.visual, mode="visual-line"),
        "<C-v>": both(vim.visual, mode="visual-block"),
        "gv": vim.reselect,
        "*": modal.search_word,
        "#": both(modal.search_word, back=True),
        "<Esc>": modal.escape,
    }


def _operator() -> dict[str, Bind]:
    keys = {f"i{key}": thing(f"inner-{name}") for key, name in OBJECTS.items()}
    keys |= {f"a{key}": thing(f"around-{name}") for key, name in OBJECTS.items()}
    return keys | {
        "u": operator("lowercase"),
        "U": operator("uppercase"),
        "~": operator("swap-case"),
        "q": operator("fill"),
    }


def _visual() -> dict[str, Bind]:
    lines = {"X": "delete", "D": "delete", "Y": "yank", "C": "change", "S": "change", "R": "change"}
    keys = {key: bound for key, bound in _normal().items() if key not in "ia"} | _operator()
    keys |= {key: operate(name, "lines") for key, name in lines.items()}
    return keys | {
        "x": operator("delete"),
        "s": operator("change"),
        "u": operator("lowercase"),
        "U": operator("uppercase"),
        "~": operator("swap-case"),
        "o": vim.other_end,
        "O": both(vim.other_end, across=True),
        "g<C-a>": both(adding.add, by=1, rising=True),
        "g<C-x>": both(adding.add, by=-1, rising=True),
    }


def _block() -> dict[str, Bind]:
    return {
        "X": operator("delete"),
        "Y": operator("yank"),
        "D": operate("delete", "line-end"),
        "C": operate("change", "line-end"),
    }


def _insert() -> dict[str, Bind]:
    return {
        "<Esc>": modal.escape,
        "<CR>": edits.newline,
        "<BS>": edits.delete_backward,
        "<Left>": motion("left"),
        "<Right>": motion("right"),
        "<Down>": motion("down"),
        "<Up>": motion("up"),
        "<Del>": edits.delete_forward,
    }


MAPS = {
    "normal": _normal(),
    "operator": _operator(),
    "visual": _visual(),
    "visual-line": {},
    "visual-block": _block(),
    "insert": _insert(),
}
MAPS["replace"] = MAPS["insert"]


def press(editor: Editor, keys: str) -> None:
    """Press keys: what begins with `/` and ends with <CR> is a search."""
    words = re.findall(r"<[A-Za-z-]+>|.", keys, re.DOTALL)
    while words:
        if editor.pending.awaiting:
            word = words.pop(0)
            modal.cancel(editor) if word == "<Esc>" else modal.supply(editor, _text(word))
        elif words[0] == ":" and editor.mode not in ("insert", "replace"):
            _run_line(editor, words)
        elif words[0] in "/?" and editor.mode not in ("insert", "replace"):
            end = words.index("<CR>")
            modal.search(editor, "".join(map(_text, words[1:end])), back=words[0] == "?")
            del words[: end + 1]
        else:
            _press_bound(editor, words)


def _run_line(editor: Editor, words: list[str]) -> None:
    """A `:` line up to <CR>, with the range that Vim puts before it; a wrong one does nothing."""
    end = words.index("<CR>")
    text = "".join(map(_text, words[1:end]))
    del words[: end + 1]
    count = editor.pending.take_count()
    before = f".,.+{count - 1}" if count else "'<,'>" if editor.mode.startswith("visual") else ""
    with contextlib.suppress(ex.ExError):
        ex_lines.run(editor, before + text, lambda keys: (press(editor, keys), modal.escape(editor)))


def _text(word: str) -> str:
    return {"<CR>": "\n", "<lt>": "<", "<Tab>": "\t"}.get(word, word)


def _press_bound(editor: Editor, words: list[str]) -> None:
    for mode in editor.modes():
        for length in (1, 2):
            bound = MAPS[mode].get("".join(words[:length]))
            if bound and len(words) >= length:
                del words[:length]
                bound(editor)
                return
    word = words.pop(0)
    if editor.mode in ("insert", "replace"):
        edits.insert(editor, _text(word))
    else:
        raise AssertionError(f"{word!r} is not bound in {editor.modes()}")


class Case(NamedTuple):
    """A row of the table; `|` marks the cursor."""

    text: str
    keys: str
    result: str
    registers: str


def load(path: Path) -> list[Case]:
    """Read a table: columns `text ¦ keys ¦ text ¦ registers`; line feeds are `⏎`, blanks at ends `␣`."""
    rows = (line for line in path.read_text("utf-8").splitlines() if line.strip() and not line.startswith("#"))
    return [load_row(row) for row in rows]


def load_row(row: str) -> Case:
    """One row; what is missing at its end is empty."""
    return Case(*(part.strip(" ") for part in [*row.split("¦"), "", "", ""][:4]))


def plain(text: str) -> str:
    return text.replace("⏎", "\n").replace("␣", " ").replace("⇥", "\t")


def coded(text: str) -> str:
    text = re.sub(r"^ +| +$| {2,}", lambda match: "␣" * len(match.group()), text)
    return text.replace("\n", "⏎").replace("\t", "⇥")


def marked(text: str, at: int) -> str:
    return coded(text[:at] + "|" + text[at:])


def unmarked(text: str) -> tuple[str, int]:
    text = plain(text)
    return text.replace("|", "", 1), text.index("|")


def shown_registers(held: dict[str, str]) -> str:
    """`"foo␣ 0foo␣ 1line⏎`: name and text; linewise ones end with ⏎ by nature."""
    return " ".join(f"{name}{coded(text).replace(' ', '␣')}" for name, text in held.items() if text)


def run(case: Case) -> tuple[str, str]:
    """What the editor makes of a case: text with cursor, and registers."""
    text, at = unmarked(case.text)
    editor = Editor(text, modal=True)
    editor.cursor = at
    press(editor, case.keys)
    for _ in range(3):
        modal.escape(editor)
    held = {name: editor.registers.get(name).text for name in LISTED}
    return marked(editor.text, editor.cursor), shown_registers(held)


SCRIPT = r"""
set nocompatible cpo&vim backspace=indent,eol,start encoding=utf-8 noswapfile viminfo=
set nojoinspaces noautoindent startofline shiftwidth=4 expandtab
let s:cases = json_decode(join(readfile($CASES), ''))
let s:out = []
for s:case in s:cases
  enew!
  for s:name in split('0123456789-abqz', '\zs')
    call setreg(s:name, [])
  endfor
  delmarks!
  call setline(1, s:case.lines)
  set undolevels=-1
  exe "normal! 0"
  call setline(1, s:case.lines)
  set undolevels=1000
  call cursor(s:case.line, s:case.col)
  silent! call feedkeys(eval('"' .. s:case.keys .. '"'), 'ntx')
  let s:regs = {}
  for s:name in split('"0123456789-abz', '\zs')
    let s:regs[s:name] = getreg(s:name)
  endfor
  call add(s:out, {'lines': getline(1, '$'), 'line': line('.'), 'col': col('.'), 'regs': s:regs})
endfor
call writefile([json_encode(s:out)], $OUT)
qall!
"""


def ask_vim(cases: list[Case], scratch: Path) -> list[tuple[str, str]]:
    """What the real Vim makes of cases."""
    asked = []
    for case in cases:
        text, at = unmarked(case.text)
        before = text[:at].split("\n")
        keys = re.sub(r"(<[A-Za-z-]+>)", r"\\\1", re.sub(r'(["\\])', r"\\\1", case.keys))
        asked.append(
            {
                "lines": text.split("\n"),
                "line": len(before),
                "col": len(before[-1].encode()) + 1,
                "keys": keys,
            }
        )
    (scratch / "script.vim").write_text(SCRIPT)
    (scratch / "cases.json").write_text(json.dumps(asked))
    out = scratch / "out.json"
    argv = ["vim", "-Nu", "NONE", "-n", "-i", "NONE", "--not-a-term", "-T", "dumb", "-S", str(scratch / "script.vim")]
    env = {"CASES": str(scratch / "cases.json"), "OUT": str(out), "LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}
    subprocess.run(argv, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    return [_answer(answer) for answer in json.loads(out.read_text())]


def _answer(answer: dict) -> tuple[str, str]:
    lines = answer["lines"]
    start = sum(len(line) + 1 for line in lines[: answer["line"] - 1])
    at = start + len(lines[answer["line"] - 1].encode()[: answer["col"] - 1].decode("utf-8", "replace"))
    held = {name: answer["regs"][name] for name in LISTED}
    return marked("\n".join(lines), at), shown_registers(held)


CASES = load(Path(__file__).parent / "data" / "vim.txt")


@pytest.mark.parametrize("case", CASES, ids=[f"{case.text} {case.keys}" for case in CASES])
def test_table(case: Case) -> None:
    assert run(case) == (case.result, case.registers)


def same_vim() -> bool:
    """Whether the Vim that filled in the table is here: others differ in a few places."""
    if not shutil.which("vim"):
        return False
    said = subprocess.run(["vim", "--version"], capture_output=True, text=True, timeout=60, check=False).stdout
    return said.startswith("VIM - Vi IMproved 9.0 ")


@pytest.mark.skipif(not same_vim(), reason="Vim 9.0 is not installed")
def test_vim_agrees_with_the_table(tmp_path: Path) -> None:
    answers = ask_vim(CASES, tmp_path)
    differing = [
        f"{case.text} ¦ {case.keys}: table {case.result} ¦ {case.registers}, vim {answer[0]} ¦ {answer[1]}"
        for case, answer in zip(CASES, answers, strict=True)
        if answer != (case.result, case.registers)
    ]
    assert not differing, "\n".join(differing)
