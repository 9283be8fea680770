"""Command lines: words, arguments from signatures, errors, async, completion."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Literal

import pytest

from csm.host import lines, signature
from csm.host.commands import Commands, command, marked
from csm.host.context import Context
from csm.protocol.errors import CommandError, StoreError


@command("move.left", slash="left")
def move_left(cx: Context, count: int = 1) -> int:
    """Move left."""
    return count


@command("scroll.to", complete={"spot": lambda cx: ["beta", "alpha"]})
def scroll_to(cx: Context, where: Literal["top", "bottom"], spot: str | None = None) -> tuple[str, str | None]:
    return where, spot


@command("fold.set", hidden=True)
def fold(cx: Context, on: bool, ratio: float = 0.5, *names: str, deep: bool = False, file: Path | None = None) -> Any:
    return on, ratio, names, deep, file


@command("wait.long")
async def wait(cx: Context, text: str) -> str:
    await asyncio.sleep(0)
    if text == "bad":
        raise StoreError("store is gone", "find it")
    cx.state.setdefault("seen", []).append(text)
    return text


@command("break.down")
def break_down(cx: Context) -> None:
    raise ZeroDivisionError("oh")


@command("tell.arguments")
def tell(cx: Context, *words: str) -> tuple[str, ...]:
    return cx.arguments


class Told:
    """The only part of a host that running commands uses."""

    def __init__(self) -> None:
        self.reports: list[tuple[str, str, str]] = []

    def report(self, *report: str) -> None:
        self.reports.append(report)  # type: ignore[arg-type]


@pytest.fixture
def commands() -> Commands:
    import sys

    found = Commands()
    for one in marked(sys.modules[__name__], "test", 0):
        found.add(one)
    return found


@pytest.fixture
def cx() -> Context:
    return Context(Told())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "result"),
    [
        ("", []),
        ("  ", []),
        ("a b  c", [["a", "b", "c"]]),
        ("""say "two words" 'and "this"'""", [["say", "two words", 'and "this"']]),
        (r'say a\ b "\"" \;', [["say", "a b", '"', ";"]]),
        ("one ; two x; ; three", [["one"], ["two", "x;"], ["three"]]),
        ("say ';'", [["say", ";"]]),
        ('say ""', [["say", ""]]),
        ("sagen 'äöü 漢字'", [["sagen", "äöü 漢字"]]),
    ],
)
def test_lines_are_split_into_words(line: str, result: list[list[str]]) -> None:
    assert lines.split(line) == result


def test_an_open_quote_is_an_error() -> None:
    with pytest.raises(CommandError, match="not closed"):
        lines.split("say 'what")


@pytest.mark.parametrize("text", ["", "a", "a b", ";", "it's", 'a"b', "a\\b", "tab\tand\nline"])
def test_quoting_comes_back(text: str) -> None:
    assert lines.split(f"say {lines.quote(text)}") == [["say", text]]


def test_an_apostrophe_is_no_quote():
    assert lines.split("say don't; the users' 'own words'") == [["say", "don't;", "the", "users'", "own words"]]


@pytest.mark.parametrize(
    ("line", "result"),
    [
        ("move.left", 1),
        ("move.left 3", 3),
        ("move.left -3", -3),
        ("/left 2", 2),
        ("scroll.to top", ("top", None)),
        ("scroll.to bottom here", ("bottom", "here")),
        ("fold.set on", (True, 0.5, (), False, None)),
        ("fold.set off 2 a b --deep --file=x/y", (False, 2.0, ("a", "b"), True, Path("x/y"))),
        ("fold.set yes 1 --file x -- --deep", (True, 1.0, ("--deep",), False, Path("x"))),
        ("tell.arguments a 'b c'", ("a", "b c")),
    ],
)
def test_arguments_come_from_the_signature(commands: Commands, cx: Context, line: str, result: Any) -> None:
    assert commands.run(line, cx) == result


def test_the_count_is_the_prefix_unless_given(commands: Commands) -> None:
    cx = Context(Told(), count=4)  # type: ignore[arg-type]
    assert commands.run("move.left", cx) == 4
    assert commands.run("move.left 2", cx) == 2


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("move.lft", "there is no command move.lft", "did you mean move.left?"),
        ("/lef", "there is no command /lef", "did you mean /left?"),
        ("zzz", "there is no command zzz", None),
        ("move.left x", "move.left: 'x' is no whole number", "usage: move.left [COUNT]"),
        ("move.left 1 2", "move.left: too much: 2", "usage: move.left [COUNT]"),
        ("scroll.to", "scroll.to: top|bottom is missing", "usage: scroll.to top|bottom [SPOT]"),
        ("scroll.to up", "scroll.to: 'up' is none of top, bottom", "usage: scroll.to top|bottom [SPOT]"),
        ("fold.set maybe", "fold.set: 'maybe' is neither on nor off", None),
        ("fold.set on --depp", "fold.set: there is no option --depp", None),
        ("fold.set on --file", "fold.set: --file needs a value", None),
        ("break.down '\0'", "break.down takes no character 0", None),
        ("break.down", "break.down failed: ZeroDivisionError: oh", "the messages buffer has more"),
    ],
)
def test_errors_are_one_line_with_a_hint(
    commands: Commands, cx: Context, line: str, message: str, hint: str | None
) -> None:
    with pytest.raises(CommandError) as caught:
        commands.run(line, cx)
    assert caught.value.message == message
    assert hint is None or caught.value.hint == hint


def test_a_fault_of_a_command_is_reported_with_its_traceback(commands: Commands, cx: Context) -> None:
    with pytest.raises(CommandError):
        commands.run("break.down", cx)
    ((level, text, where),) = cx.host.reports  # type: ignore[attr-defined]
    assert level == "error"
    assert "ZeroDivisionError: oh" in text
    assert where.startswith(__file__)


def test_async_commands_and_the_rest_of_their_line(commands: Commands, cx: Context) -> None:
    assert asyncio.run(commands.run("wait.long a ; wait.long b ; move.left 7", cx)) == 7
    assert cx.state["seen"] == ["a", "b"]
    with pytest.raises(CommandError, match="store is gone"):
        asyncio.run(commands.run("wait.long bad ; wait.long c", cx))
    assert cx.state["seen"] == ["a", "b"]


def test_the_usage_shows_every_kind_of_argument() -> None:
    assert (
        signature.usage("fold.set", signature.parameters(fold))
        == "fold.set ON [RATIO] [NAMES ...] [--deep] [--file FILE]"
    )


@pytest.mark.parametrize(
    ("line", "texts"),
    [
        ("", ["break.down", "move.left", "scroll.to", "tell.arguments", "wait.long"]),
        ("mo", ["move.left"]),
        ("/l", ["/left"]),
        ("scroll.to ", ["top", "bottom"]),
        ("scroll.to b", ["bottom"]),
        ("scroll.to top ", ["alpha", "beta"]),
        ("scroll.to top a", ["alpha"]),
        ("scroll.to top a b", []),
        ("fold.set ", ["on", "off"]),
        ("fold.set on --d", ["--deep"]),
        ("nothing.here x", []),
        ("move.left ; scroll.to t", ["top"]),
    ],
)
def test_completion(commands: Commands, cx: Context, line: str, texts: list[str]) -> None:
    found = commands.complete(line, cx)
    assert [completion.text for completion in found] == texts
    assert all(
        line[completion.start :] == "" or completion.text.startswith(line[completion.start :]) for completion in found
    )


def test_the_higher_root_runs_and_the_lower_comes_back(commands: Commands, cx: Context) -> None:
    import sys

    for one in marked(sys.modules[__name__], "above", 9):
        commands.add(one)
    assert commands.get("move.left").owner == "above"
    commands.remove("above")
    assert commands.get("move.left").owner == "test"
    commands.remove("test")
    assert commands.all() == []


def test_names_are_held_to_their_form(commands: Commands) -> None:
    @command("Move Left")
    def odd(cx: Context) -> None: ...

    module = type(pytest)("odd")
    odd.__module__, module.odd = "odd", odd  # type: ignore[attr-defined]
    (new,) = marked(module, "odd", 0)
    with pytest.raises(CommandError, match="no command name"):
        commands.add(new)
