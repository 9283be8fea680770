"""The history of the composer: older and newer prompts, the draft kept.

Does not: read the file (`prompts`).
"""

from __future__ import annotations

import time
from typing import Any

from csm.api import CommandError, Context, Editor, History, command

from . import prompts
from .place import Choice, screen


class _Past:
    """What is known of earlier prompts: all of them in the order of their age, and those of this project."""

    def __init__(self, cx: Context) -> None:
        self.project = str(cx.host.settings.project_root)
        self._folder = cx.host.settings.state_dir / "projects.jsonl"
        self._noted: set[str] = set()
        known = prompts.projects(self._folder)
        admit = screen(cx).composer.chips.admit
        read = prompts.read(cx.host.settings.codex_home / "history.jsonl")
        found = [one._replace(text=admit(one.text)) for one in read]
        self.all = [one.text for one in found]
        self.own = [one.text for one in found if known.get(one.session) == self.project]
        others = [one.text for one in found if known.get(one.session) != self.project]
        #: To walk through: those of the project before all others.
        self.walk = History([*others, *self.own])

    def add(self, text: str) -> None:
        """One more, the newest."""
        self.walk.add(text)
        if text.strip():
            self.all.append(text)
            self.own.append(text)

    def note(self, thread_id: str) -> None:
        """Remember which project a session is of."""
        if thread_id and thread_id not in self._noted:
            self._noted.add(thread_id)
            prompts.note(self._folder, thread_id, self.project)


def past(cx: Context) -> _Past:
    """What this host knows, read from the files at first use."""
    own: dict[str, Any] = cx.host.state.setdefault("basics", {})
    if "past" not in own:
        own["past"] = _Past(cx)
    return own["past"]


def history(cx: Context) -> History:
    """The history to walk through."""
    return past(cx).walk


def remember(cx: Context, text: str) -> None:
    """Keep a prompt, in the file too unless the setting `history.persistence` says `none`."""
    past(cx).add(text)
    settings = cx.host.settings
    whole = screen(cx).composer.chips.whole(text)
    if settings.history_persistence != "none" and whole.strip() and len(whole) <= prompts.LARGEST:
        thread_id = screen(cx).session().thread_id
        prompts.append(settings.codex_home / "history.jsonl", thread_id, int(time.time()), whole)
        past(cx).note(thread_id)


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
    """Choose among earlier prompts, the newest first, narrowed by what is typed: those of this project, or all."""
    known = past(cx)
    if not known.all:
        raise CommandError("there are no earlier prompts")
    _search(cx, "", everywhere=not known.own)


def _search(cx: Context, typed: str, *, everywhere: bool) -> None:
    shown, known = screen(cx), past(cx)
    texts = known.all if everywhere else known.own
    rows = [Choice(text, " ".join(shown.composer.chips.labelled(text).split())) for text in dict.fromkeys(texts[::-1])]
    other = "this project" if everywhere else "all"

    def turn(_: Any) -> None:
        _search(cx, panel.editor.text if panel is not None else "", everywhere=not everywhere)

    title = "History, all" if everywhere else "History, this project"
    actions = {"scope": (other, turn)} if known.own else {}
    take = shown.composer.set_text
    shown.pick(title, rows, lambda text: take(text), actions=actions, keys="history", recent=True, typed=typed)
    panel = getattr(shown, "panel", None)


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
