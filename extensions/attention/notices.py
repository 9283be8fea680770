"""What is said, to whom it is said, and how.

Does not: decide when something happens.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from typing import Any

from csm.api import CommandError, Context, Event, command, events

TURN, APPROVAL, QUESTION = "agent-turn-complete", "approval-requested", "async-question"
#: Terminals that show the text of OSC 9; others get the bell.
_PROGRAMS = ("iterm.app", "wezterm", "ghostty", "warpterminal", "rio", "tabby")
_TERMS = ("xterm-kitty", "xterm-ghostty", "foot", "wezterm", "rio")
_LONGEST = 120


@command("attention.test", title="Try the notification")
def test(cx: Context) -> None:
    """Notify as at the end of a turn, whether the terminal has the focus or not."""
    if cx.screen is None:
        raise CommandError("this needs the shell's screen")
    notify(cx, "csm can be heard")
    cx.screen.message(f"notified by {'a text' if _method(cx) == 'osc9' else 'the bell'}")


def tell(cx: Context, event: Event) -> None:
    """Notify of an event, if that is wanted and nobody looks."""
    kind, text = _about(event.body)
    if kind and _wanted(cx.host.setting("tui.notifications", True), kind) and not _seen(cx):
        notify(cx, text)


def notify(cx: Context, text: str) -> None:
    """Notify."""
    assert cx.screen is not None
    text = _plain(text)
    cx.screen.send(sequence(text, _method(cx), tmux="TMUX" in cx.host.env))
    program = cx.host.option("attention.command")
    if program:
        _start([str(word) for word in program], text, cx)


def sequence(text: str, method: str, *, tmux: bool) -> str:
    """What the terminal is sent. tmux hands a text on only where its option `allow-passthrough` is on."""
    if method != "osc9":
        return "\x07"
    told = f"\x1b]9;{text}\x07"
    return f"\x1bPtmux;{told.replace(chr(27), chr(27) * 2)}\x1b\\" if tmux else told


def known(env: Mapping[str, str]) -> bool:
    """Whether the terminal is one that shows the text of OSC 9."""
    if "TMUX" in env or env.get("TERM", "").startswith(("screen", "tmux")):
        return False
    program = env.get("TERM_PROGRAM", "").lower()
    return program in _PROGRAMS or env.get("TERM", "").startswith(_TERMS) or "WT_SESSION" in env


def _about(body: Any) -> tuple[str, str]:
    if isinstance(body, events.TurnCompleted):
        return TURN, body.last_message or "The turn is complete"
    if isinstance(body, events.TurnFailed):
        return TURN, f"The turn failed: {body.message}"
    if isinstance(body, events.Asked):
        ask = body.ask
        if ask.kind == "questions":
            return QUESTION, "The model has a question"
        return APPROVAL, f"Approval wanted: {ask.title}" if getattr(ask, "title", "") else "Approval wanted"
    return "", ""


def _wanted(value: Any, kind: str) -> bool:
    return kind in value if isinstance(value, list) else value is not False


def _seen(cx: Context) -> bool:
    assert cx.screen is not None
    return cx.screen.focused and cx.host.setting("tui.notification_condition", "unfocused") != "always"


def _method(cx: Context) -> str:
    method = cx.host.setting("tui.notification_method", "auto")
    return method if method in ("osc9", "bel") else "osc9" if known(cx.host.env) else "bel"


def _plain(text: str) -> str:
    """One line that a terminal can be given."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    shown = "".join(char for char in first if char.isprintable())
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def _start(program: list[str], text: str, cx: Context) -> None:
    try:
        subprocess.Popen(
            [*program, text],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        cx.host.report("warning", f"attention.command: {program[0]} cannot be started: {error.strerror}")
