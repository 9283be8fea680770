"""Following links: the one at the cursor, or one of those that the transcript names.

Does not: judge what is harmless (`csm.api.links`), or start anything through a shell.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from csm.api import CommandError, Context, Row, Screen, Transcript, command, lines, links, screen_of

from . import finding

#: Editors that go to a line with `+LINE`.
_PLUS = frozenset("vi vim nvim view emacs emacsclient nano micro kak less joe ne".split())
_SHOWN = 70
_WORD = re.compile(r"[^\s\"'`()<>\[\]{},;|│]+")


@command("link.open", title="Open a link")
def follow(cx: Context, address: str | None = None) -> None:
    """Open an address or a file, `name:12` at that line: the one given, the one at the cursor, or one out of a list."""
    here = address or _at_cursor(cx)
    if here:
        _open(cx, here)
        return
    choose(cx)


@command("link.open-here", title="Open the link at the cursor")
def follow_here(cx: Context) -> None:
    """Open the link at the cursor, or the next one in its line (Vim's `gx`)."""
    here = _at_cursor(cx)
    if not here:
        raise CommandError("there is no link here")
    _open(cx, here)


@command("link.open-or-fold", title="Open the link here, or unfold")
def follow_or_fold(cx: Context) -> None:
    """Open the link that the cursor is on; elsewhere show or hide the whole output of the block."""
    screen = screen_of(cx)
    link, column = _of_line(screen) if "reading" in screen.places else (None, 0)
    if link is not None and link.start <= column < link.stop:
        _open(cx, link.address)
    else:
        screen.fold("block")


@command("link.choose", title="Choose a link to open")
def choose(cx: Context) -> None:
    """Choose among the links and places in files that the transcript names, the last one first."""
    screen = screen_of(cx)
    rows = [Row(target, _short(target), _short(words)) for target, words in _named(cx, screen)]
    if not rows:
        raise CommandError("no link is named here")
    screen.pick("Open", rows, lambda target: _open(cx, target), recent=True)


@command("link.copy", title="Copy a link")
def copy(cx: Context) -> None:
    """Copy the address of the link at the cursor; of one that is chosen where there is none."""
    screen = screen_of(cx)
    here = _at_cursor(cx)
    if here:
        _copied(screen, here)
        return
    rows = [Row(target, _short(target), _short(words)) for target, words in _named(cx, screen)]
    if not rows:
        raise CommandError("no link is named here")
    screen.pick("Copy", rows, lambda target: _copied(screen, target), recent=True)


def _named(cx: Context, screen: Screen) -> Iterable[tuple[str, str]]:
    shown = screen.buffer
    if not isinstance(shown, Transcript):
        screen.focus("transcript")
        shown = screen.buffer
    return finding.named(shown, Path(cx.host.settings.cwd)) if isinstance(shown, Transcript) else []


def _at_cursor(cx: Context) -> str:
    """Where the link at the cursor leads, or the next one in its line, else the file named there; else empty."""
    screen = screen_of(cx)
    if "reading" not in screen.places:
        return _in_draft(screen)
    link, column = _of_line(screen)
    if link is not None:
        return link.address
    rows = screen.buffer.lines(screen.line, screen.line + 1, screen.columns)
    words = (match for row in rows[:1] for match in _WORD.finditer(lines.plain(row)) if match.end() > column)
    cwd, home = Path(cx.host.settings.cwd), cx.host.env.get("HOME", "")
    return next((match.group() for match in words if finding.place(match.group(), cwd, home)), "")


def _of_line(screen: Screen) -> tuple[links.Link | None, int]:
    """The link at the cursor of what is read, or the next one in its line; and the cursor's column."""
    editor = screen.editor
    rows = screen.buffer.lines(screen.line, screen.line + 1, screen.columns)
    column = editor.cursor - editor.text.rfind("\n", 0, editor.cursor) - 1
    return (links.at(rows[0], column) if rows else None), column


def _in_draft(screen: Screen) -> str:
    """The address in the draft at its cursor, or the next one in the line."""
    if "composer" not in screen.places:
        return ""
    editor = screen.editor
    start = editor.text.rfind("\n", 0, editor.cursor) + 1
    line = editor.text[start:].partition("\n")[0]
    found = (match.group() for match in links.URL.finditer(line) if start + match.end() > editor.cursor)
    return next(found, "")


def _open(cx: Context, target: str) -> None:
    screen = screen_of(cx)
    home = cx.host.env.get("HOME", "")
    if not links.role(target):
        found = finding.place(target, Path(cx.host.settings.cwd), home)
        if found is None:
            raise CommandError(f"{_short(target)} is neither a file here nor a link that may be opened")
        _edit(cx, found)
        return
    address = links.address(links.role(target))
    opener = _opener(cx)
    if opener is None:
        _copied(screen, address)
        return
    try:
        subprocess.Popen(
            [*opener, address], env=dict(cx.host.env), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise CommandError(f"{opener[0]}: {error.strerror}", "set $BROWSER") from None
    screen.message(f"opened {_short(address)}")


def _opener(cx: Context) -> list[str] | None:
    """The program that opens addresses; None over ssh and where there is no desktop."""
    env = cx.host.env
    if env.get("BROWSER"):
        try:
            return shlex.split(env["BROWSER"]) or None
        except ValueError as error:
            raise CommandError(f"$BROWSER cannot be read: {error}") from None
    if env.get("SSH_CONNECTION") or env.get("SSH_TTY"):
        return None
    names = ["wslview"] if env.get("WSL_DISTRO_NAME") else ["open"] if _is_mac() else []
    names += ["xdg-open"] if env.get("DISPLAY") or env.get("WAYLAND_DISPLAY") else []
    found = next(filter(None, (shutil.which(name, path=env.get("PATH")) for name in names)), None)
    return [found] if found else None


def _is_mac() -> bool:
    import sys

    return sys.platform == "darwin"


def _edit(cx: Context, place: finding.Place) -> None:
    env = cx.host.env
    try:
        argv = shlex.split(env.get("VISUAL") or env.get("EDITOR") or "vi")
    except ValueError as error:
        raise CommandError(f"$EDITOR cannot be read: {error}") from None
    at = [f"+{place.line}"] if place.line and Path(argv[0]).name in _PLUS else []
    outcome: list[str] = []

    def call() -> None:
        try:
            done = subprocess.run([*argv, *at, str(place.path)], env=dict(env), cwd=cx.host.settings.cwd, check=False)
            outcome.append(f"ended with status {done.returncode}" if done.returncode else "")
        except OSError as error:
            outcome.append(str(error.strerror))

    screen_of(cx).outside(call)
    if outcome and outcome[0]:
        raise CommandError(f"{argv[0]}: {outcome[0]}", "set $EDITOR")


def _copied(screen: Screen, target: str) -> None:
    screen.copy(target)
    screen.message(f"copied {_short(target)}")


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
