"""Commands that only looked at files: a line each, close to each other, their output a key away."""

from __future__ import annotations

import pytest

from csm.protocol import items
from csm.view.render.exploring import explores

OUTPUT = "".join(f"line {number}\n" for number in range(20))


def command(name, script, output=OUTPUT, **rest):
    return items.CommandExecution(name, script, "", rest.pop("status", "completed"), output, **{"exit_code": 0, **rest})


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("cat app.py", True), ("rg -n foo src", True), ("sed -n '1,200p' app.py", True), ("ls -la && pwd", True),
        ("cat a | head -5", True), ("git status", False), ("echo done", False), ("cat a > b", False),
        ("find . -delete", False), ("rg --pre x y", False), ("./cat a", False), ("cat $(rm x)", False), ("", False),
        ("make test", False), ("cat " + "x" * 5000, False),
    ],
)  # fmt: skip
def test_what_is_only_looking(script: str, expected: bool) -> None:
    assert explores(script) is expected


def test_they_are_a_list_without_their_output(stage) -> None:
    for name, script in (("a", "cat app.py"), ("b", "rg -n foo"), ("c", "make"), ("d", "ls")):
        stage.item(command(name, script))
    assert stage.screen(60) == [
        "✓ $ cat app.py  20 lines",
        "✓ $ rg -n foo  20 lines",
        "",
        "✓ $ make",
        "    line 0",
        "    line 1",
        "    … 16 lines",
        "    line 18",
        "    line 19",
        "",
        "✓ $ ls  20 lines",
    ]


def test_unfolded_they_show_all_and_stand_apart(stage) -> None:
    stage.item(command("a", "cat app.py"))
    stage.item(command("b", "ls"))
    stage.screen(60)
    stage.transcript.toggle(stage.transcript.blocks[0])
    shown = stage.screen(60)
    assert shown[:3] == ["✓ $ cat app.py", "    line 0", "    line 1"]
    assert shown[20:] == ["    line 19", "", "✓ $ ls  20 lines"]
    stage.transcript.toggle(stage.transcript.blocks[0])
    assert stage.screen(60) == ["✓ $ cat app.py  20 lines", "✓ $ ls  20 lines"]


def test_one_that_failed_shows_why(stage) -> None:
    stage.item(command("a", "cat nothing", "cat: nothing: No such file or directory\n", status="failed", exit_code=1))
    assert stage.screen(60) == ["✗ $ cat nothing  exit 1", "    cat: nothing: No such file or directory"]


def test_nothing_found_is_said(stage) -> None:
    stage.item(command("a", "ls empty", ""))
    assert stage.screen(60) == ["✓ $ ls empty  0 lines"]
