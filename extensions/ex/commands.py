"""The `:` line itself: opening it, telling what a line means, running it.

Does not: hold Vim's words (`words`) or carry out those that csm has no command for (`files`, `telling`).
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from csm.api import CommandError, Context, Editor, command, ex, ex_lines, macros, modal

from .place import WRITING, screen
from .words import WORDS

_WORD = re.compile(r"[a-zA-Z]+")


@command("ex.open", title="Command line (:)")
def open_line(cx: Context, *line: str) -> None:
    """Ask for a line: `:3,5d`, `:%s/a/b/g`, `:vs diff`, `:theme.use dark`. With a count, or while selecting, it has a
    range already. Below it stand commands that fit, as in the palette.
    """
    shown = screen(cx)
    editor = shown.editor
    count = editor.pending.take_count(cx.count)
    text = " ".join(line)
    if editor.mode.startswith("visual"):
        modal.escape(editor)
        text = f"'<,'>{text}"
    elif count is not None:
        text = f".,.+{count - 1}{text}" if count > 1 else f".{text}"
    reading = shown.place not in WRITING
    shown.palette(text, offer=partial(meaning, cx, editor, reading))


@command("ex.run", title="Run a : line", hidden=True)
def run(cx: Context, line: str) -> Any:
    """Run a line as the `:` line does: `ex.run "%s/a/b/g"`."""
    shown = screen(cx)
    text = line.strip().removeprefix(":").strip()
    if not text:
        return None
    elsewhere = _elsewhere(cx, text)
    if elsewhere is not None:
        return cx.host.commands.run(elsewhere, cx)
    if shown.place not in WRITING and text.isdigit():
        shown.go_to(int(text) - 1)
        return None
    try:
        said = ex_lines.run(shown.editor, text, partial(_press, cx))
    except ex.ExError as error:
        raise CommandError(str(error)) from None
    except ex_lines.Elsewhere as other:
        return _other(cx, other.line)
    if said:
        shown.message(said)
    return None


def meaning(cx: Context, editor: Editor, reading: bool, typed: str) -> tuple[str, str] | None:
    """What a typed line means: the command line that does it, and its title."""
    text = typed.strip().removeprefix(":").strip()
    first = text.split(maxsplit=1)[0] if text else ""
    if not first or first in cx.host.commands:
        return None
    line = f"ex.run {lines_quote(text)}"
    try:
        if _elsewhere(cx, text) is not None:
            return line, _title(cx, text)
    except CommandError as error:
        return line, error.message
    try:
        read = ex.parse(editor, text)
    except ex.ExError as error:
        return line, str(error)
    name = ex.named(read.name)
    if name is None:
        return (line, f"{read.name} takes no range") if read.name in WORDS else None
    if name == "" and reading and not text.isdigit():
        return line, "go to a line"
    return line, ex.TEXT[name][1]


def _elsewhere(cx: Context, text: str) -> str | None:
    """The command line of a line that is none of those on lines of a text."""
    first = text.partition(" ")[0]
    if first.split(";")[0] in cx.host.commands:
        return text
    if text.startswith("!"):
        return f"ex.shell {lines_quote(text[1:].strip())}"
    match = _WORD.match(text)
    name = match.group() if match else ""
    after = text[len(name) :]
    bang = after.startswith("!")
    word = WORDS.get(name)
    if word is not None and (not after or bang or after[0] in " \t") and ex.named(name) is None:
        return _filled(word.line, after.removeprefix("!").strip(), name)
    if first.isalpha() and ex.named(name) is None and cx.host.commands.slash(first) is not None:
        return f"/{text}"
    if "-" in first and cx.host.commands.slash(first) is not None:
        return f"/{text}"
    return None


def _filled(line: str, rest: str, name: str) -> str:
    if "{}" not in line:
        if rest:
            raise CommandError(f"{name} takes nothing more: {rest}")
        return line
    return line.replace("{}", lines_quote(rest) if rest else "").strip()


def _other(cx: Context, line: ex.Line) -> Any:
    """A line with a range, or one that nobody knows."""
    known = sorted({*WORDS, *ex.TEXT})
    if line.name in WORDS and line.given:
        raise CommandError(f"{line.name} takes no range")
    import difflib

    near = difflib.get_close_matches(line.name, known, 2)
    raise CommandError(f"there is no {line.name}", f"did you mean {' or '.join(near)}?" if near else None)


def _title(cx: Context, text: str) -> str:
    match = _WORD.match(text)
    name = match.group() if match else ""
    if text.startswith("!"):
        return "run a command in the shell"
    if name in WORDS:
        return WORDS[name].title
    try:
        first = text.split(maxsplit=1)[0]
        return cx.host.commands.get(first if first in cx.host.commands else f"/{first}").title
    except CommandError:
        return ""


def _press(cx: Context, keys: str) -> None:
    """Press the keys of `:normal`, and leave whatever mode they led to."""
    shown = screen(cx)
    shown.macros.press(macros.typed(keys))
    for _ in range(2):
        modal.escape(shown.editor)


def lines_quote(text: str) -> str:
    """A text as one word of a command line."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
