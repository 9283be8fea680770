"""Emacs style editing against a table that was filled in by Emacs itself, and against Emacs where it is installed.

The keys of the table are pressed through a key map in miniature: one function of the editor a binding.
"""

from __future__ import annotations

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

from csm.edit import edits, emacs, filling, kills, modal, rectangles
from csm.edit.editor import Editor

Bind = Callable[[Editor], object]


def motion(name: str) -> Bind:
    return lambda editor: modal.move(editor, name)


def kill(name: str) -> Bind:
    return lambda editor: kills.kill_motion(editor, name)


MAP: dict[str, Bind] = {
    "C-f": motion("right"),
    "C-b": motion("left"),
    "M-f": motion("word-right"),
    "M-b": motion("word-left"),
    "C-a": motion("line-start"),
    "C-e": motion("line-end"),
    "C-n": motion("down"),
    "C-p": motion("up"),
    "M-<": motion("buffer-start"),
    "M->": motion("buffer-end"),
    "M-m": motion("indentation"),
    "M-}": motion("paragraph-forward"),
    "M-{": motion("paragraph-backward"),
    "C-d": edits.delete_char,
    "DEL": edits.delete_backward,
    "RET": edits.newline,
    "C-o": edits.open_line,
    "C-t": edits.transpose_chars,
    "M-t": edits.transpose_words,
    "C-x C-t": edits.transpose_lines,
    "M-u": edits.uppercase_word,
    "M-l": edits.lowercase_word,
    "M-c": edits.capitalize_word,
    "M-^": edits.join_line,
    "M-\\": edits.delete_blanks,
    "C-k": kills.kill_line,
    "M-d": kill("word-right"),
    "M-DEL": kill("word-left"),
    "C-S-DEL": kills.kill_whole_line,
    "C-w": kills.kill_region,
    "M-w": kills.copy_region,
    "C-y": kills.yank,
    "M-y": kills.yank_pop,
    "C-SPC": kills.set_mark,
    "C-x C-x": kills.exchange_mark,
    "C-x h": kills.select_all,
    "M-@": emacs.mark_word,
    "M-h": emacs.mark_paragraph,
    "M-k": emacs.kill_sentence,
    "C-x C-o": emacs.delete_blank_lines,
    "C-x C-u": partial(emacs.convert_region, how="upper"),
    "C-x C-l": partial(emacs.convert_region, how="lower"),
    "POP": emacs.pop_mark,
    "M-SPC": partial(edits.delete_blanks, count=1),
    "C-/": Editor.undo,
    "SPC": partial(edits.insert, text=" "),
    "M-q": filling.fill_paragraph,
    "C-x r k": rectangles.kill,
    "C-x r d": partial(rectangles.kill, keep=False),
    "C-x r M-w": partial(rectangles.kill, delete=False),
    "C-x r y": rectangles.yank,
    "C-x r o": rectangles.open_up,
    "C-x r c": rectangles.clear,
}
#: Commands that take one more key.
MORE: dict[str, Callable[[Editor, str], object]] = {
    "C-x r s": rectangles.to_register,
    "C-x r i": rectangles.from_register,
    "C-x r r": rectangles.rectangle_to_register,
    "C-x r SPC": rectangles.point_to_register,
    "C-x r j": rectangles.to_point,
}
NAMED = {"C-S-DEL": "<C-S-backspace>", "C-SPC": "C-@", "POP": "C-u C-@"}


class Case(NamedTuple):
    """A row of the table; `|` marks the cursor, kills are newest first."""

    text: str
    keys: str
    result: str
    kills: str


def load(path: Path) -> list[Case]:
    rows = (line for line in path.read_text("utf-8").splitlines() if line.strip() and not line.startswith("#"))
    return [Case(*(part.strip(" ") for part in [*row.split("¦"), "", "", ""][:4])) for row in rows]


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


def shown(held: list[str]) -> str:
    return " · ".join(coded(text).replace(" ", "␣") for text in held)


def run(case: Case) -> tuple[str, str]:
    """What the editor makes of a case: text with cursor, and kills."""
    text, at = unmarked(case.text)
    editor = Editor(text)
    editor.cursor = at
    words = case.keys.split(" ")
    while words:
        if words[0].startswith("C-u"):
            editor.pending.count = int(words.pop(0)[3:])
            continue
        length = 3 if words[:2] == ["C-x", "r"] else 2 if words[0] == "C-x" else 1
        key = " ".join(words[:length])
        del words[:length]
        if key == "C-x r t":
            end = words.index("RET")
            rectangles.string(editor, "".join(words[:end]))
            del words[: end + 1]
        elif key in MORE:
            MORE[key](editor, words.pop(0))
        elif key in MAP:
            MAP[key](editor)
        else:
            edits.insert(editor, key)
    return marked(editor.text, editor.cursor), shown(list(editor.kills.all()))


SCRIPT = r"""
(require 'json)
(transient-mark-mode 1)
(setq line-move-visual nil ring-bell-function 'ignore sentence-end-double-space nil)
(put 'upcase-region 'disabled nil)
(put 'downcase-region 'disabled nil)
(let* ((json-array-type 'list) (out nil))
  (dolist (case (json-read-file (getenv "CASES")))
    (setq kill-ring nil kill-ring-yank-pointer nil killed-rectangle nil last-command nil this-command nil)
    (let ((buffer (generate-new-buffer "case")))
      (switch-to-buffer buffer)
      (buffer-enable-undo)
      (insert (alist-get 'text case))
      (goto-char (1+ (alist-get 'at case)))
      (setq buffer-undo-list nil)
      (ignore-errors (execute-kbd-macro (kbd (alist-get 'keys case))))
      (push (list (buffer-string) (1- (point))
                  (vconcat (mapcar #'substring-no-properties kill-ring))) out)
      (kill-buffer buffer)))
  (with-temp-file (getenv "OUT") (insert (json-encode (vconcat (nreverse out))))))
"""


def _emacs_keys(keys: str) -> str:
    words = []
    for word in keys.split(" "):
        if word.startswith("C-u"):
            words += ["C-u", *word[3:]]
        else:
            words.append(NAMED.get(word, word))
    return " ".join(words)


def ask_emacs(cases: list[Case], scratch: Path) -> list[tuple[str, str]]:
    """What Emacs makes of cases."""
    asked = [
        dict(zip(("text", "at"), unmarked(case.text), strict=True)) | {"keys": _emacs_keys(case.keys)} for case in cases
    ]
    (scratch / "script.el").write_text(SCRIPT)
    (scratch / "cases.json").write_text(json.dumps(asked, ensure_ascii=False), "utf-8")
    out = scratch / "out.json"
    env = {"CASES": str(scratch / "cases.json"), "OUT": str(out), "LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}
    argv = ["emacs", "-Q", "--batch", "-l", str(scratch / "script.el")]
    done = subprocess.run(argv, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    assert out.exists(), done.stderr.decode()
    return [(marked(text, at), shown(held)) for text, at, held in json.loads(out.read_text("utf-8"))]


CASES = load(Path(__file__).parent / "data" / "emacs.txt")


@pytest.mark.parametrize("case", CASES, ids=[f"{case.text} {case.keys}" for case in CASES])
def test_table(case: Case) -> None:
    assert run(case) == (case.result, case.kills)


@pytest.mark.skipif(not shutil.which("emacs"), reason="emacs is not installed")
def test_emacs_agrees_with_the_table(tmp_path: Path) -> None:
    answers = ask_emacs(CASES, tmp_path)
    differing = [
        f"{case.text} ¦ {case.keys}: table {case.result} ¦ {case.kills}, emacs {answer[0]} ¦ {answer[1]}"
        for case, answer in zip(CASES, answers, strict=True)
        if answer != (case.result, case.kills)
    ]
    assert not differing, "\n".join(differing)
