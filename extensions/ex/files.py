"""Files and windows by Vim's words: `:q :e :w :r :!`, and the file under the cursor.

Does not: keep a file open; $EDITOR does.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

from csm.api import CommandError, Context, command, edits

from .place import WRITING, screen

#: The keys after C-w, for `:wincmd`.
_WINDOWS = {
    "h": "left", "j": "down", "k": "up", "l": "right", "w": "next", "W": "previous", "p": "previous",
    "s": "split-below", "v": "split-right", "c": "close", "q": "close", "o": "only", "x": "swap", "=": "balance",
    ">": "wider", "<": "narrower", "+": "taller", "-": "shorter", "z": "zoom",
}  # fmt: skip
_TOKEN = re.compile(r"[^\s\"'`()<>\[\]{},;|│]+")
_AT_LINE = re.compile(r"^(?P<path>.+?)(?::(?P<line>\d+)(?::\d+)?)?[.:,]*$")
#: Editors that go to a line with `+LINE`.
_PLUS = frozenset("vi vim nvim view emacs emacsclient nano micro kak less joe ne".split())


@command("ex.quit", title="Close the window, or leave", hidden=True)
def quit_window(cx: Context) -> None:
    """Close the window that has the keys; from the composer, or where it is the only one, leave csm."""
    shown = screen(cx)
    if shown.place in WRITING:
        shown.quit()
    elif shown.windows.count > 1:
        shown.windows.close()
    elif shown.place == "transcript":
        shown.quit()
    else:
        shown.close()


@command("ex.window", title="A window command by its key", hidden=True)
def window(cx: Context, key: str) -> None:
    """Do what `C-w KEY` does in Vim."""
    if key not in _WINDOWS:
        raise CommandError(f"C-w {key} is no window command")
    cx.host.commands.run(f"window.{_WINDOWS[key]}", cx)


@command("ex.edit", title="Edit a file in $EDITOR", hidden=True)
def edit(cx: Context, path: str | None = None) -> None:
    """Open a file in $EDITOR; without a name, the draft."""
    if path is None:
        cx.host.commands.run("composer.edit-externally", cx)
    else:
        _edit(cx, _path(cx, path), None)


@command("ex.write", title="Write to a file", hidden=True)
def write(cx: Context, path: str | None = None) -> None:
    """Write the draft, or what is read, to a new file. The session itself is written as it goes on."""
    if path is None:
        raise CommandError("the session is written as it goes on", ":w FILE writes the draft, or what is read")
    shown, target = screen(cx), _path(cx, path)
    if shown.place in WRITING:
        text = shown.composer.text
    else:
        text = str(getattr(shown.buffer, "text", lambda: shown.editor.text)())
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text if text.endswith("\n") else text + "\n")
    except FileExistsError:
        raise CommandError(f"{target} is there already", "give another name") from None
    except OSError as error:
        raise CommandError(f"{target}: {error.strerror}") from None
    shown.message(f"{target}: {text.count(chr(10)) + 1} lines")


@command("ex.read", title="Insert a file", hidden=True)
def read(cx: Context, path: str) -> None:
    """Insert a file's text below the line of the cursor."""
    target, editor = _path(cx, path), screen(cx).editor
    try:
        text = target.read_text("utf-8", errors="replace")
    except OSError as error:
        raise CommandError(f"{target}: {error.strerror}") from None
    if editor.read_only:
        raise CommandError("what is read here cannot be changed")
    end = editor.text.find("\n", editor.cursor)
    end = len(editor.text) if end < 0 else end
    with editor.group():
        editor.cursor = end
        edits.paste(editor, ("\n" if editor.text else "") + text.removesuffix("\n"))


@command("ex.shell", title="Run a command in the terminal", hidden=True)
def shell(cx: Context, line: str) -> None:
    """Give the terminal to a command of yours, and come back when a key is pressed (`:!make`). No model sees it."""
    if not line:
        raise CommandError("which command?")
    outcome: list[str] = []

    def call() -> None:
        try:
            done = subprocess.run(["/bin/sh", "-c", line], env=dict(cx.host.env), cwd=_folder(cx), check=False)
            outcome.append(f"it ended with status {done.returncode}" if done.returncode else "")
            os.write(1, b"\r\nEnter goes back to csm ")
            os.read(0, 1024)
        except OSError as error:
            outcome.append(str(error))

    screen(cx).outside(call)
    if outcome and outcome[0]:
        raise CommandError(f"{line}: {outcome[0]}")


@command("file.open-here", title="Open the file at the cursor in $EDITOR")
def open_file(cx: Context) -> None:
    """Open the file whose name is at the cursor, `name:12` at that line, in $EDITOR (Vim's `gf`)."""
    found = _at_cursor(cx, _TOKEN)
    match = _AT_LINE.match(found) if found else None
    if match is None:
        raise CommandError("there is no file name here")
    path = _path(cx, re.sub(r"^[ab]/", "", match["path"]) if not _path(cx, match["path"]).exists() else match["path"])
    if not path.exists():
        raise CommandError(f"there is no file {path}")
    _edit(cx, path, match["line"])


def _row(cx: Context) -> tuple[str, int]:
    """The line the cursor is on and the cursor's offset in it."""
    editor = screen(cx).editor
    start = editor.text.rfind("\n", 0, editor.cursor) + 1
    end = editor.text.find("\n", editor.cursor)
    return editor.text[start : len(editor.text) if end < 0 else end], editor.cursor - start


def _at_cursor(cx: Context, pattern: re.Pattern[str]) -> str:
    """What fits at the cursor, or next in its line."""
    row, at = _row(cx)
    return next((match.group() for match in pattern.finditer(row) if match.end() > at), "")


def _folder(cx: Context) -> Path:
    return Path(cx.host.settings.cwd)


def _path(cx: Context, text: str) -> Path:
    home = cx.host.env.get("HOME", "")
    text = home + text[1:] if home and (text == "~" or text.startswith("~/")) else text
    return _folder(cx) / text


def _edit(cx: Context, path: Path, line: str | None) -> None:
    env = cx.host.env
    try:
        argv = shlex.split(env.get("VISUAL") or env.get("EDITOR") or "vi")
    except ValueError as error:
        raise CommandError(f"$EDITOR cannot be read: {error}") from None
    place = [f"+{line}"] if line and Path(argv[0]).name in _PLUS else []
    outcome: list[str] = []

    def call() -> None:
        try:
            status = subprocess.run([*argv, *place, str(path)], env=dict(env), cwd=_folder(cx), check=False).returncode
            outcome.append(f"ended with status {status}" if status else "")
        except OSError as error:
            outcome.append(str(error.strerror))

    screen(cx).outside(call)
    if outcome and outcome[0]:
        raise CommandError(f"{argv[0]}: {outcome[0]}", "set $EDITOR")
