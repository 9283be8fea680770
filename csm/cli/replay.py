"""`csm replay`: a stored session stepped through on the terminal, printed as it was, or proved.

What is printed depends on the log and the words alone: not on the clock, the settings or where it is run.

Does not: fold, lay out or compare (the extension `replay`).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csm.cli import log
from csm.cli.arguments import Parsed, UsageError
from csm.protocol.errors import CommandError, CsmError

if TYPE_CHECKING:
    from csm.view.lines import StyledLine

#: Bits of colour where no terminal says what it can show.
_ALL = 24
_THEME = "dark"


def run(parsed: Parsed) -> int:
    """`csm replay LOG`"""
    session = parsed.get("log") or ""
    if parsed.on("verify"):
        return log.printed(log.called("replay.verify", [session]), json=parsed.on("json"))
    if parsed.on("with_model"):
        return log.printed(log.called("replay.run-again", [session]), json=parsed.on("json"))
    at, turn = _number(parsed, "at"), _number(parsed, "turn")
    if at is not None or turn is not None or parsed.on("json"):
        return _print(parsed, session, at, turn)
    return _open(parsed, session)


def _number(parsed: Parsed, name: str) -> int | None:
    text = parsed.get(name)
    if text is not None and not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise UsageError(f"invalid value '{text}' for '--{name} <N>': a number is needed", parsed.command)
    return int(text) if text is not None else None


def _print(parsed: Parsed, session: str, at: int | None, turn: int | None) -> int:
    words = [f"--size={parsed.get('size') or '80x24'}"]
    words += [f"--at={at}"] if at is not None else []
    words += [f"--turn={turn}"] if turn is not None else []
    told = log.called("replay.print", [*words, "--", session], json=parsed.on("json"))
    if parsed.on("json"):
        return log.printed(told, json=True)
    bits = _bits(parsed)
    text = _painted(told.screen, parsed.get("theme") or _THEME, bits) if bits else _plain(told.screen)
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    sys.stdout.flush()
    return 0


def _bits(parsed: Parsed) -> int:
    """Bits of colour, 0 for plain text."""
    if parsed.on("colors"):
        return _ALL
    if parsed.on("plain") or not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return 0
    from csm.ui.styles import depth

    return depth(os.environ)


def _plain(screen: list[StyledLine]) -> str:
    from csm.view.lines import plain

    return "".join(f"{plain(line).rstrip()}\n" for line in screen)


def _painted(screen: list[StyledLine], name: str, bits: int) -> str:
    from csm.ui.styles import Styles

    styles = Styles(_theme(name), bits)
    rows: list[str] = []
    for line in screen:
        row = ""
        for role, text in line:
            sgr = styles.sgr(role)
            row += f"{sgr}{text}\x1b[0m" if sgr else text
        rows.append(row)
    return "".join(f"{row}\n" for row in rows)


def _theme(name: str) -> Any:
    """A theme by its name, whatever settings and terminal make of it. Raises ThemeError."""
    from csm.host import themes
    from csm.host.host import Host
    from csm.host.settings import load

    host = Host.open(load(cwd=Path.cwd(), env=dict(os.environ)), dict(os.environ), init=False)
    try:
        return themes.load(name, host.roots)
    finally:
        host.close()


def _open(parsed: Parsed, session: str) -> int:
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout and sys.stdout.isatty()):
        raise CsmError("Error: this is no terminal to step through a session in", "--at N prints it as it was")
    env = dict(os.environ)
    if env.get("TERM", "dumb") in ("", "dumb", "unknown"):
        raise CsmError("Error: this terminal has no screen to step through a session on", "--at N or --turn N print it")
    from csm.cli import opening
    from csm.host.host import Host
    from csm.ui import entry

    host = Host.open(opening.settings(parsed, env, headless=False), env, init=not parsed.on("no_init"))
    progress = log.Progress()
    try:
        opened = getattr(host.store(), "recording", None)
        if opened is None:
            raise CommandError("this store keeps nothing that can be stepped through")
        recording = opened(session, progress.watch)
        progress.end()
        return entry.view(host, "replay.open", {"replay.recording": recording})
    finally:
        progress.end()
        host.close()
