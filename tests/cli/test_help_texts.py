"""Help and completion, from the table: nothing missing, nothing made up."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

import csm.cli
from csm.cli.arguments import Command
from csm.cli.completion import script
from csm.cli.table import ADDED, ROOT
from csm.cli.usage import render


def commands(command: Command = ROOT) -> list[Command]:
    return [command, *(one for inner in command.commands for one in commands(inner))]


@pytest.mark.parametrize("command", commands(), ids=lambda command: command.path)
def test_help_names_everything_and_fits(command: Command) -> None:
    text = render(command)
    for option in command.options:
        assert all(name in text for name in option.names)
        assert not any(name in text for name in option.hidden)
        assert option.help
    assert all(inner.name in text for inner in command.commands)
    assert all(place.shown in text for place in command.positionals)
    assert max(map(len, text.splitlines())) <= 100


def test_the_ready_made_help_is_fresh() -> None:
    """Renew with: python -m csm.cli.usage > csm/cli/help.txt"""
    assert Path(csm.cli.__file__).with_name("help.txt").read_text() == render(ROOT, ADDED)


def test_help_shows_what_extensions_add() -> None:
    assert "\n  tutor       Learn" in render(ROOT, {"tutor": "Learn"})


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts_are_valid_where_the_shell_is(shell: str, tmp_path: Path) -> None:
    text = script(ROOT, shell)
    missing = [o.key for c in commands() for o in c.options if o.names[-1].lstrip("-") not in text]
    assert missing == []
    if program := shutil.which(shell):
        path = tmp_path / f"csm.{shell}"
        path.write_text(text)
        subprocess.run([program, "-n", str(path)], check=True)


COMPLETED = {
    "csm exec -s wo": ["workspace-write"],
    "csm e --js": ["--json"],
    "csm exec resume --la": ["--last"],
    "csm comp": ["completion"],
    "csm completion z": ["zsh"],
    "csm exec -m x": [],
    "csm exec --color n": ["never"],
}


@pytest.mark.parametrize("line", COMPLETED)
def test_bash_completes(line: str) -> None:
    words = line.split()
    program = (
        f'{script(ROOT, "bash")}\nCOMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _csm; echo "${{COMPREPLY[@]}}"'
    )
    done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == COMPLETED[line]
