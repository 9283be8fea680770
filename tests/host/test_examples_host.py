"""The examples for keys, themes and init.py do what they say."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from csm.host.context import Context
from csm.protocol import events, ops
from csm.protocol.errors import CommandError
from csm.protocol.events import Event
from csm.protocol.items import UserMessage

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
def adopt(home: Path):
    """Put an example where a user would have it."""

    def copy(name: str) -> None:
        target = home / ".config/csm" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(EXAMPLES / name, target)

    return copy


class Screen:
    """The little of a screen that the example uses."""

    def __init__(self) -> None:
        from csm.core.fold import Thread
        from csm.edit.editor import Editor

        self.thread, self.editor = Thread(), Editor()
        self.said: list[str] = []
        self.submitted: list[Any] = []

    def session(self) -> Screen:
        return self

    def submit(self, op: Any) -> None:
        self.submitted.append(op)

    def message(self, text: str) -> None:
        self.said.append(text)


def test_init(adopt, open_host) -> None:
    adopt("init.py")
    host, screen = open_host(bundled=True), Screen()
    cx = Context(host, screen)
    assert host.messages == []
    assert (host.keymap.name, host.theme.name, host.settings.effort) == ("emacs", "light", "medium")
    assert host.keymap.problems == []
    assert host.keymap.lookup(["composer"], "insert", ("C-c", "r")).command == "mine.ask-again"
    assert host.keymap.lookup(["composer"], "insert", ("C-z",)).command is None
    assert host.provide("instructions") == ["Keep answers short."]

    assert [(one.kind, one.name) for one in host.standing.by("init")] == [
        ("abbreviation", "tnx"),
        ("status", "time"),
        ("poll", "time"),
        ("on", "turn-end"),
    ]

    host.commands.run("mine.date 'on %Y'", cx)
    assert screen.editor.text.startswith("on 20")
    with pytest.raises(CommandError, match="nothing was said"):
        host.commands.run("/again", cx)
    screen.thread.take(events.ItemCompleted("turn", UserMessage("1", "do it")))
    host.commands.run("/again", cx)
    assert screen.submitted == [ops.Submit("do it")]

    host.commands.run("mine.failures", cx)
    host.hooks.observe(Event(1, "", events.TurnFailed("turn", "no luck")), host=host)
    host.commands.run("mine.failures", cx)
    assert screen.said == ["none failed", "1 failed"]


def test_keymap(adopt, open_host) -> None:
    adopt("keymaps/desk.toml")
    host = open_host(bundled=True, overrides={"csm.keymap": "desk"})
    assert (host.keymap.name, host.messages) == ("desk", [])
    look = host.keymap.lookup
    assert look(["transcript"], None, ("space", "t", "a")).command == "tool.toggle-all"
    assert look(["transcript"], None, ("space",)).label == "read"
    assert look(["composer"], "insert", ("C-o",)).command is None


def test_theme(adopt, open_host) -> None:
    adopt("themes/paper.toml")
    host = open_host(bundled=True, overrides={"csm.theme": "paper"})
    assert (host.theme.name, host.theme.problems, host.messages) == ("paper", [], [])
    assert host.theme.style("status.model").fg == "#0f5c6e"
    assert host.theme.style("diff.added.word").underline
