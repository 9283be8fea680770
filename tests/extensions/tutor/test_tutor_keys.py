"""The keys that the tutor names, and the command line that it starts: both must be true in every keymap."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from csm.api import Context
from csm.cli.arguments import parse
from csm.cli.table import ROOT
from csm.host.host import Host
from csm.host.settings import load
from csm_extensions.tutor import lessons, world
from csm_extensions.tutor.script import Say

KEYS = {word: chord for chord, word in world.WORDS.items()}


@pytest.fixture(params=["codex", "emacs", "vim"])
def host(request: pytest.FixtureRequest, tmp_path: Path, env: dict[str, str]) -> Any:
    opened = Host.open(load(cwd=tmp_path, env=env, overrides={"csm.keymap": request.param}), env, init=False)
    yield opened
    opened.close()


def named(text: str) -> list[str]:
    """The key names in a text: words in backticks that are chords."""
    words = [word for span in re.findall(r"`([^`]+)`", text) for word in span.split()]
    return [word for word in words if re.match(r"(?:[CM]-.)|(?:Enter|Esc|Tab|Page|Up|Home|End)", word)]


def chord(word: str) -> str:
    lead, name = re.fullmatch(r"((?:[CMSs]-)*)(.+)", word).groups()  # type: ignore[union-attr]
    return lead + KEYS.get(name, name)


def test_every_key_that_a_lesson_names_is_bound(host: Host) -> None:
    look = world.Watcher(host).look(False)
    text = "".join(
        move.text
        for number in range(1, len(lessons.LESSONS) + 1)
        for move in lessons.opening(number, look)
        if isinstance(move, Say)
    )
    bound = {one for binding in host.keymap.bindings() for one in binding.chords}
    assert len(named(text)) > 10
    assert [word for word in named(text) if chord(word) not in bound] == []
    assert "M-x " not in re.sub(r"`M-x`", "", text)  # a key is known for everything that the lessons teach


def test_keys_are_those_of_the_mode_in_which_they_are_pressed(host: Host) -> None:
    look = world.Watcher(host).look(False)
    if host.keymap.editing != "vi":
        assert look.normal is None
        return
    assert look.normal is not None
    assert look.normal("edit.undo") == "`u`"
    assert look.normal("move.line-end") == "`$`"
    assert look.key("edit.undo") == "`M-x edit.undo`"


def started(host: Host, *options: str) -> Any:
    words: list[str] = []
    cx = Context(host=host, state={"launch": lambda given: words.extend(given) or 0})
    assert host.commands.call("tutor.start", options, cx) == 0
    return parse(ROOT, words)


def test_it_keeps_nothing_and_passes_options_on(host: Host) -> None:
    parsed = started(host, "--no-alt-screen", "--keymap", "vim")
    assert (parsed.on("ephemeral"), parsed.on("no_alt_screen"), parsed.get("keymap")) == (True, True, "vim")
    assert parsed.get("prompt") == "Hello"
    assert "history.persistence=none" in parsed.all("config")
    assert list(host.settings.state_dir.glob("tutor-*")) == []


def test_a_number_is_the_lesson_to_begin_with(host: Host) -> None:
    assert started(host, "5", "--no-alt-screen").get("prompt") == "lesson 5"


@pytest.mark.parametrize(("term", "options", "told"), [("dumb", (), 1), ("xterm", (), 0), ("xterm", ("--plain",), 1)])
def test_in_plain_lines_it_says_how_to_pass_lessons_about_keys(
    host: Host, capsys: pytest.CaptureFixture[str], term: str, options: tuple[str, ...], told: int
) -> None:
    host.env["TERM"] = term
    started(host, *options)
    said = capsys.readouterr().out
    assert said.count("send `skip`") == said.count("\n") == told
