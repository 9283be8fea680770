"""The history of the composer: older and newer prompts, the draft kept.

Does not: read the file (`prompts`).
"""

from __future__ import annotations

import time
from typing import Any

from csm.api import CommandError, Context, Editor, History, command

from . import prompts
from .place import Choice, screen


def history(cx: Context) -> History:
    """The history of this host, read from the file at first use."""
    own: dict[str, Any] = cx.host.state.setdefault("basics", {})
    if "history" not in own:
        own["history"] = History(prompts.read(cx.host.settings.codex_home / "history.jsonl"))
    return own["history"]


def remember(cx: Context, text: str) -> None:
    """Keep a prompt, in the file too unless the setting `history.persistence` says `none`."""
    history(cx).add(text)
    settings = cx.host.settings
    whole = screen(cx).composer.chips.whole(text)
    if settings.history_persistence != "none" and whole.strip() and len(whole) <= prompts.LARGEST:
        path = settings.codex_home / "history.jsonl"
        prompts.append(path, screen(cx).session().thread_id, int(time.time()), whole)


@command("composer.history-older", title="Older prompt", places=("composer",))
def older(cx: Context) -> None:
    """Put the prompt before in the composer; the draft is kept below the newest."""
    _show(cx, history(cx).older(screen(cx).composer.text))


@command("composer.history-newer", title="Newer prompt", places=("composer",))
def newer(cx: Context) -> None:
    """Put the prompt after in the composer, at last the draft."""
    _show(cx, history(cx).newer(screen(cx).composer.text))


@command("composer.history-search", title="Find a prompt", places=("composer",))
def search(cx: Context) -> None:
    """Choose among all earlier prompts, narrowed by what is typed."""
    shown = screen(cx)
    newest_first = dict.fromkeys(reversed(history(cx).entries))
    if not newest_first:
        raise CommandError("there are no earlier prompts")
    rows = [Choice(text, " ".join(text.split())) for text in newest_first]
    shown.pick("History", rows, lambda text: shown.composer.set_text(text))


@command("composer.find-older", title="Older prompt that begins so", places=("composer",))
def find_older(cx: Context) -> None:
    """Put the last prompt in the composer that begins as it does up to the cursor."""
    editor = screen(cx).composer
    _found(editor, history(cx).older(editor.text, editor.text[: editor.cursor]), "older")


@command("composer.find-newer", title="Newer prompt that begins so", places=("composer",))
def find_newer(cx: Context) -> None:
    """Put the next prompt in the composer that begins as it does up to the cursor."""
    editor = screen(cx).composer
    _found(editor, history(cx).newer(editor.text, editor.text[: editor.cursor]), "newer")


@command("composer.line-up", title="Up, or older prompt", places=("composer",))
def line_up(cx: Context, count: int = 1) -> None:
    """Move up a row; from the first row on, or while walking through history, show an older prompt."""
    _vertical(cx, "row-up", -count)


@command("composer.line-down", title="Down, or newer prompt", places=("composer",))
def line_down(cx: Context, count: int = 1) -> None:
    """Move down a row; from the last row on, or while walking through history, show a newer prompt."""
    _vertical(cx, "row-down", count)


def _found(editor: Editor, text: str | None, age: str) -> None:
    if text is None:
        raise CommandError(f"no {age} prompt begins so")
    editor.set_text(text, editor.cursor)


def _vertical(cx: Context, motion: str, rows: int) -> None:
    from csm.api import modal

    editor, past = screen(cx).composer, history(cx)
    at_end = editor.cursor == len(editor.text)
    if not (past.walking and at_end) and modal.move(editor, motion, abs(rows)):
        return
    _show(cx, past.older(editor.text) if rows < 0 else past.newer(editor.text))


def _show(cx: Context, text: str | None) -> None:
    if text is not None:
        screen(cx).composer.set_text(text)
