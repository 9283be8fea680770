"""Words against the table of commands: what is read, and what is refused with which words."""

from __future__ import annotations

import pytest

from csm.cli.arguments import Asked, Parsed, UsageError, parse
from csm.cli.table import ROOT


def read(*words: str) -> Parsed:
    return parse(ROOT, list(words))


GOOD = {
    "": ("csm", {}),
    "hello": ("csm", {"prompt": "hello"}),
    "-m x hello": ("csm", {"model": "x", "prompt": "hello"}),
    "--model=x": ("csm", {"model": "x"}),
    "--model=": ("csm", {"model": ""}),
    "-mx": ("csm", {"model": "x"}),
    "-m=x": ("csm", {"model": "x"}),
    "-a never --no-alt-screen --no-init": (
        "csm",
        {"ask_for_approval": "never", "no_alt_screen": True, "no_init": True},
    ),
    "-- -m": ("csm", {"prompt": "-m"}),
    "-- exec": ("csm", {"prompt": "exec"}),
    "--yolo": ("csm", {"dangerously_bypass_approvals_and_sandbox": True}),
    "exec": ("csm exec", {}),
    "e -": ("csm exec", {"prompt": "-"}),
    "exec --json --experimental-json": None,
    "exec --experimental-json hi": ("csm exec", {"json": True, "prompt": "hi"}),
    "exec -c a=1 -c b=2 hi": ("csm exec", {"config": ["a=1", "b=2"], "prompt": "hi"}),
    "-c a=1 -m x exec -c b=2 hi": ("csm exec", {"config": ["a=1", "b=2"], "model": "x", "prompt": "hi"}),
    "-m x exec -m y hi": ("csm exec", {"model": "y", "prompt": "hi"}),
    "-a never exec hi": ("csm exec", {"prompt": "hi"}),
    "exec -i a.png b.png": ("csm exec", {"image": ["a.png", "b.png"]}),
    "exec -i a.png,b.png -i c.png -- hi": ("csm exec", {"image": ["a.png", "b.png", "c.png"], "prompt": "hi"}),
    "exec hi resume": None,
    "exec resume --last two": ("csm exec resume", {"last": True, "session_id": "two"}),
    "exec --json resume ID go": ("csm exec resume", {"json": True, "session_id": "ID", "prompt": "go"}),
    "resume --last --all": ("csm resume", {"last": True, "all": True}),
    "completion zsh": ("csm completion", {"shell": "zsh"}),
    "exec review --commit abc --title T": ("csm exec review", {"commit": "abc", "title": "T"}),
    "exec review --title T words": ("csm exec review", {"title": "T", "prompt": "words"}),
    "--search exec hi": ("csm exec", {"search": True, "prompt": "hi"}),
    "--search review hi": ("csm review", {"prompt": "hi"}),
    "exec --enable a --disable b --enable c": ("csm exec", {"enable": ["a", "c"], "disable": ["b"]}),
    "exec --full-auto --profile-v2 x": ("csm exec", {"full_auto": True, "profile": "x"}),
    "exec --ephemeral fork ID": ("csm exec fork", {"ephemeral": True, "session_id": "ID"}),
    "features enable x": ("csm features enable", {"feature": "x"}),
    "help exec resume": ("csm help", {"command": ["exec", "resume"]}),
}


@pytest.mark.parametrize("line", [line for line, wanted in GOOD.items() if wanted])
def test_words_are_read(line: str) -> None:
    parsed = read(*line.split())
    assert (parsed.command.path, parsed.values) == GOOD[line]


BAD = {
    "exec review --uncommitted --base x": "the argument '--uncommitted' cannot be used with '--base <BRANCH>'",
    "exec review --commit x words": "the argument '--commit <SHA>' cannot be used with '[PROMPT]'",
    "exec review words --commit x": "the argument '[PROMPT]' cannot be used with '--commit <SHA>'",
    "exec review --title x": "the following required arguments were not provided:\n  --commit <SHA>",
    "exec fork --json": "the following required arguments were not provided:\n  <SESSION_ID>",
    "exec fork --last x": "unexpected argument '--last' found",
    "exec --yolo --full-auto x": "cannot be used with '--full-auto'",
    "exec --approve-for-me --yolo x": "the argument '--approve-for-me' cannot be used with '--dangerously",
    "exec --search x": "unexpected argument '--search' found",
    "exec --cyber-access-program x y": "[possible values: standard, daybreak_blue, daybreak_red]",
    "review --json": "unexpected argument '--json' found",
    "features": "'csm features' requires a subcommand but one was not provided",
    "features list x": "unexpected argument 'x' found",
    "--no-such": "unexpected argument '--no-such' found",
    "exec --jsn": "a similar argument exists: '--json'",
    "exec -q": "tip: to pass '-q' as a value, use '-- -q'",
    "exec -s nowhere x": "invalid value 'nowhere' for '--sandbox <SANDBOX_MODE>'\n  [possible values: read-only,",
    "exec -s": "a value is required for '--sandbox <SANDBOX_MODE>' but none was supplied\n  [possible values",
    "exec -m": "a value is required for '--model <MODEL>' but none was supplied",
    "exec -m --json": "a value is required for '--model <MODEL>' but none was supplied",
    "exec --cd= x": "a value is required for '--cd <DIR>' but none was supplied",
    "exec -o= x": "a value is required for '--output-last-message <FILE>' but none was supplied",
    "exec -i a,,b -- x": "a value is required for '--image <FILE>...' but none was supplied",
    "exec -s= x": "a value is required for '--sandbox <SANDBOX_MODE>' but none was supplied\n  [possible values: read-",
    "exec -i": "a value is required for '--image <FILE>...' but none was supplied",
    "exec --json --json": "the argument '--json' cannot be used multiple times",
    "exec -m a -m b": "the argument '--model <MODEL>' cannot be used multiple times",
    "exec --json=1": "unexpected value '1' for '--json' found; no more were expected",
    "exec a b": "unexpected argument 'b' found",
    "exec -a never": "unexpected argument '-a' found",
    "foo bar": "unexpected argument 'bar' found",
    "exce bar": "tip: a similar subcommand exists: 'exec'",
    "resume a b c": "unexpected argument 'c' found",
    "completion tcsh": "invalid value 'tcsh' for '[SHELL]'\n  [possible values: bash, fish, zsh]",
}


@pytest.mark.parametrize("line", BAD)
def test_words_are_refused(line: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(*line.split())
    text = str(caught.value)
    assert BAD[line] in text
    assert text.startswith("error: ")
    assert text.endswith("\n\nFor more information, try '--help'.")


def test_an_error_shows_the_usage_of_its_command() -> None:
    with pytest.raises(UsageError) as caught:
        read("exec", "resume", "--jsn")
    assert "\n\nUsage: csm exec resume [OPTIONS] [SESSION_ID] [PROMPT]\n\n" in str(caught.value)


@pytest.mark.parametrize(
    ("line", "what", "path"),
    [
        ("-h", "-h", "csm"),
        ("--help exec", "--help", "csm"),
        ("exec --help", "--help", "csm exec"),
        ("exec resume -h", "-h", "csm exec resume"),
        ("-m x -V", "--version", "csm"),
        ("exec -V", "--version", "csm exec"),
    ],
)
def test_help_and_version_are_asked_of_a_command(line: str, what: str, path: str) -> None:
    with pytest.raises(Asked) as caught:
        read(*line.split())
    assert (caught.value.what, caught.value.command.path) == (what, path)
