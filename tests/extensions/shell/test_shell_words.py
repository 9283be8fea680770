"""Quoting, shells and the environment of a command; no process."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

QUOTED = {
    "pwd": "pwd",
    "": "''",
    "a=b": "'a=b'",
    "a]b": "a]b",
    "a,b": "'a,b'",
    "a%b": "'a%b'",
    "x^b": "x'^b'",
    "^a": "'^a'",
    "ä": "'ä'",
    "a\nb": "'a\nb'",
    "back\\slash": '"back\\\\slash"',
    "it's": '"it\'s"',
    "'$x'": "\"'\"'$x'\"'\"",
    "!x": "'!x'",
    "echo 'a b' \"c\" $HOME `date +%Y` \\x !": "\"echo 'a b' \\\"c\\\" \"'$HOME `date +%Y` '\"\\\\x \"'!'",
}


@pytest.mark.parametrize(("word", "quoted"), QUOTED.items())
def test_words_are_quoted_as_in_codex(word: str, quoted: str) -> None:
    from csm_extensions.shell.quoting import quote

    assert quote(word) == quoted
    assert shlex.split(quoted) == [word]


def test_a_nul_is_not_shown() -> None:
    from csm_extensions.shell.quoting import join

    assert "\0" not in join(["bash", "a\0b"])


@pytest.mark.parametrize(
    ("shell", "name"), [("sh", "sh"), ("bash", "bash"), ("/bin/bash", "bash"), ("python3", "sh"), ("/nope/zsh", "zsh")]
)
def test_only_shells_we_can_call_are_called(shell: str, name: str, tmp_path: Path) -> None:
    from csm_extensions.shell import shells

    (tmp_path / "zsh").write_text("#!/bin/sh\n")
    (tmp_path / "zsh").chmod(0o755)
    program, flag, script = shells.argv("x", shell=shell, login=True, env={"PATH": f"/usr/bin:/bin:{tmp_path}"})
    assert (Path(program).name, flag, script) == (name, "-lc", "x")


def test_an_unknown_shell_is_sh() -> None:
    from csm_extensions.shell import shells

    assert shells.argv("x", shell="zsh", login=False, env={"PATH": "/nowhere"}) == ("/bin/sh", "-c", "x")


ENV = {
    "PATH": "/bin",
    "HOME": "/h",
    "OPENAI_API_KEY": "k",
    "MY_TOKEN": "t",
    "db_secret": "s",
    "MY": "p",
    "TERM": "xterm",
}
SETTINGS = [
    ({}, {"PATH", "HOME", "MY"}),
    ({"ignore_default_excludes": True}, {"PATH", "HOME", "MY", "MY_TOKEN", "db_secret"}),
    ({"inherit": "core"}, {"PATH", "HOME"}),
    ({"inherit": "none"}, set()),
    ({"exclude": ["m*"]}, {"PATH", "HOME"}),
    ({"include_only": ["PA??"]}, {"PATH"}),
    ({"inherit": "none", "set": {"OPENAI_API_KEY": "given", "N": 1}}, {"OPENAI_API_KEY", "N"}),
    ({"include_only": ["PATH", "N"], "set": {"N": 1, "M": 2}}, {"PATH", "N"}),
    ({"exclude": ["?Y", "[P]*"]}, {"HOME"}),
    ({"exclude": ["MY*"], "set": {"MY_TOKEN": "given"}}, {"PATH", "HOME", "MY_TOKEN"}),
    ({"experimental_use_profile": True}, {"PATH", "HOME", "MY"}),
    ({"exclude": 7, "set": "x"}, {"PATH", "HOME", "MY"}),
]


@pytest.mark.parametrize(("setting", "names"), SETTINGS)
def test_what_of_the_environment_a_command_gets(setting: dict[str, object], names: set[str]) -> None:
    from csm_extensions.shell import environment

    made = environment.for_command(ENV, setting, thread_id="t", network=True, keys={"OPENAI_API_KEY"})
    assert made.keys() - environment.PLAIN.keys() - {"CODEX_THREAD_ID"} == names
    assert made["CODEX_THREAD_ID"] == "t"


def test_what_the_environment_says_of_terminal_and_network() -> None:
    from csm_extensions.shell import environment

    pipe = environment.for_command(ENV, {}, thread_id="t", network=False)
    tty = environment.for_command(ENV, {}, thread_id="t", network=True, tty=True)
    plain = environment.for_command({}, {}, thread_id="t", network=True, tty=True)
    assert (pipe["TERM"], tty["TERM"], plain["TERM"]) == ("dumb", "xterm", "xterm-256color")
    assert pipe["CODEX_SANDBOX_NETWORK_DISABLED"] == "1"
    assert "CODEX_SANDBOX_NETWORK_DISABLED" not in tty
