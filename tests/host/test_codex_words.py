"""Every slash word of Codex runs something here, or says in one line what to do instead."""

from __future__ import annotations

import os

import pytest

from csm.host import settings
from csm.host.codex_words import INSTEAD
from csm.host.host import Host
from csm.protocol.errors import CommandError

WORDS = (
    "model fast presets ide permissions keymap vim experimental approve memories skills import hooks review rename new "
    "archive delete resume fork worktree init compact config recap plan voice goal agents side copy export raw "
    "tui diff mention status daemon warnings cd pwd title statusline theme pets mcp plugins logout exit feedback ps "
    "stop clear subagents"
).split()


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Host:
    home = tmp_path_factory.mktemp("home")
    env = {"HOME": str(home), "PATH": os.environ["PATH"]}
    return Host.open(settings.load(cwd=home, env=env), env)


@pytest.mark.parametrize("word", WORDS)
def test_a_word_runs_or_tells(host: Host, word: str) -> None:
    if host.commands.slash(word) is not None:
        return
    with pytest.raises(CommandError) as raised:
        host.commands.get(f"/{word}")
    assert raised.value.hint == INSTEAD[word]
    assert "\n" not in INSTEAD[word]
    assert len(INSTEAD[word]) < 80


def test_what_is_told_instead_names_commands_that_are_there(host: Host) -> None:
    named = {word.strip(";:,.") for text in INSTEAD.values() for word in text.split() if word.startswith("/")}
    assert [word for word in named if host.commands.slash(word[1:]) is None] == []
