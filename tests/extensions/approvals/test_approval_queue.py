"""Questions that wait, in a window: read whole, answered in any order, changed, allowed in pieces."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from csm.api.testing import ResponsesServer, bundled
from csm.edit.inputs import Mouse
from csm.host import settings
from csm.host.host import Host
from csm.protocol import items
from csm.runtime.local import LocalPort
from csm.runtime.port import Start
from csm.ui.driver import ScreenDriver

Shell = Callable[..., ScreenDriver]
PATCH = """*** Begin Patch
*** Update File: l.txt
@@
-two
+TWO
@@
-eight
+EIGHT
*** Add File: n.txt
+new
*** End Patch
"""
LINES = "one two three four five six seven eight nine".split()


def command(text: str, **more: Any) -> dict[str, Any]:
    return {"call": ("exec_command", {"cmd": text, "login": False, **more})}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled("approvals", "buffer"), "SETTLE", 0.0)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    (tmp_path / ".codex").mkdir()
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "l.txt").write_text("\n".join(LINES) + "\n")
    return tmp_path / "w"


@pytest.fixture
def shell(work: Path) -> Iterator[Shell]:
    """`shell(*turns, keymap=, columns=, rows=)`: everything is asked about."""
    env = {"HOME": str(work.parent), "CODEX_HOME": str(work.parent / ".codex"), "PATH": os.environ["PATH"]}
    with contextlib.ExitStack() as stack:

        def start(*turns: Any, keymap: str = "codex", columns: int = 90, rows: int = 30) -> ScreenDriver:
            server = stack.enter_context(ResponsesServer([*turns, {"text": "Done."}, {"text": "Done."}]))
            more = {"csm.keymap": keymap, "sandbox_mode": "danger-full-access", "approval_policy": "untrusted"}
            more |= {f"projects.{work}.trust_level": "trusted"}
            found = settings.load(cwd=work, env=env, overrides={**server.overrides(), **more})
            host = Host.open(found, env)
            stack.callback(host.close)
            port = LocalPort(host)
            stack.callback(port.close)
            begin = Start(cwd=str(work), overrides=found.overrides)
            driver = ScreenDriver(host, port, begin, columns=columns, rows=rows)
            stack.callback(driver.close)
            driver.server = server  # type: ignore[attr-defined]
            while driver.shell.panels:
                driver.keys("enter")
            driver.type("go")
            driver.keys("enter")
            driver.wait(lambda: driver.shell.ask)
            driver.frame()
            return driver

        yield start


def asks(driver: ScreenDriver) -> list[Any]:
    return list(driver.shell.session.thread.asks.values())


def outputs(driver: ScreenDriver) -> list[str]:
    driver.wait(lambda: driver.shell.session.thread.running is None)
    found = driver.server.requests[-1].json["input"]  # type: ignore[attr-defined]
    return [one["output"] for one in found if one["type"].endswith("_output")]


def shown(driver: ScreenDriver) -> Any:
    return driver.shell.windows.current.top.buffer


TWO = {"call": [("exec_command", {"cmd": f"touch {name}", "login": False}) for name in ("a", "b")]}


def test_all_of_them_are_shown_and_the_window_goes(shell: Shell) -> None:
    driver = shell(TWO)
    driver.wait(lambda: len(asks(driver)) == 2)
    assert "1 more to answer" in driver.screen()
    driver.keys("C-a")
    screen = driver.wait_for("1/2")
    assert "Questions · 2 to answer" in screen
    assert screen.count("Run outside the sandbox?") == 2
    for word in ("$ touch a", "$ touch b", "Where", "~/w", "Sandbox", "y once", "e change it", "Always", "prefix_rule"):
        assert word in screen
    driver.keys("C-a")
    assert driver.shell.place == "approval"
    assert "Questions ·" not in driver.screen()
    assert len(asks(driver)) == 2


@pytest.mark.parametrize("keymap", ["codex", "emacs", "vim"])
def test_the_second_is_answered_before_the_first(shell: Shell, work: Path, keymap: str) -> None:
    driver = shell(TWO, keymap=keymap)
    driver.wait(lambda: len(asks(driver)) == 2)
    first, second = (ask.argv[-1] for ask in asks(driver))
    driver.keys("C-a")
    driver.frame()
    driver.keys("tab y")
    driver.wait(lambda: len(asks(driver)) == 1)
    assert asks(driver)[0].argv[-1] == first
    driver.wait(lambda: (work / second.split()[1]).exists())
    driver.frame()
    driver.keys("d")
    driver.wait_for("Done.")
    assert not (work / first.split()[1]).exists()
    assert driver.shell.place == "composer"
    entries = driver.shell.session.thread.turns[-1].entries
    told = {e.item.argv[-1]: e.item.status for e in entries if isinstance(e.item, items.CommandExecution)}
    assert told == {first: "declined", second: "completed"}
    assert first in driver.screen()


def test_a_command_is_changed_before_it_runs(shell: Shell, work: Path) -> None:
    driver = shell(command("touch a"))
    driver.keys("e")
    assert "Run instead:" in driver.screen()
    driver.keys("backspace")
    driver.type("c && echo")
    driver.keys("S-enter")
    driver.type("echo two")
    driver.keys("enter")
    (output,) = outputs(driver)
    assert output.endswith("changed the command before allowing it, to:\ntouch c && echo\necho two\n")
    assert [(work / name).exists() for name in "ac"] == [False, True]
    assert "touch c && echo" in driver.screen()


def test_an_unchanged_command_is_the_models_own(shell: Shell, work: Path) -> None:
    driver = shell(command("touch a"))
    driver.keys("e enter")
    assert "changed" not in outputs(driver)[0]
    assert (work / "a").exists()


def test_nothing_in_place_of_a_command_leaves_the_question_open(shell: Shell) -> None:
    driver = shell(command("touch a"))
    driver.keys("e C-u enter")
    assert "still waits" in driver.screen()
    assert len(asks(driver)) == 1


def test_declined_in_several_lines_the_turn_goes_on(shell: Shell) -> None:
    driver = shell(command("touch a"))
    driver.keys("n")
    driver.type("use b")
    driver.keys("C-j")
    driver.type("not a")
    driver.keys("enter")
    assert outputs(driver)[0].endswith("\nuse b\nnot a")
    assert "Done." in driver.screen()


def test_hunks_are_ticked_and_the_rest_is_declined(shell: Shell, work: Path) -> None:
    driver = shell({"custom": ("apply_patch", PATCH)}, rows=40)
    driver.keys("C-a")
    screen = driver.screen()
    assert screen.count("[x] ") == 3
    assert "[x] n.txt  new  +1 -0" in screen
    driver.shell.screen.go_to(
        next(at for at in range(60) if shown(driver).spot(at, driver.shell.screen.columns).piece == 1)
    )
    driver.frame()
    driver.keys("space")
    assert driver.screen().count("[ ] @@ 7,3 → 7,3") == 1
    driver.keys("a")
    assert "a part can be allowed once" in driver.screen()
    driver.keys("y")
    (output,) = outputs(driver)
    assert "These parts were declined and not applied:\n" in output
    assert (work / "l.txt").read_text().split() == ["TWO" if word == "two" else word for word in LINES]
    assert (work / "n.txt").exists()
    screen = driver.screen()
    assert "declined" in screen
    assert "EIGHT" in screen


def test_with_nothing_ticked_there_is_nothing_to_allow(shell: Shell) -> None:
    driver = shell({"custom": ("apply_patch", PATCH)}, rows=40)
    driver.keys("C-a")
    driver.frame()
    driver.keys("space")
    assert driver.screen().count("[ ] ") == 3
    driver.keys("y")
    assert "nothing is ticked" in driver.screen()
    driver.keys("enter")
    assert driver.screen().count("[x] ") == 3


def test_all_are_answered_at_once(shell: Shell, work: Path) -> None:
    driver = shell(TWO)
    driver.wait(lambda: len(asks(driver)) == 2)
    driver.keys("C-a")
    driver.frame()
    driver.keys("Y")
    assert "Allow 2 questions?" in driver.screen()
    driver.keys("enter")
    driver.wait_for("Done.")
    assert sorted(path.name for path in work.iterdir()) == ["a", "b", "l.txt"]


def test_a_key_pressed_twice_answers_one_question(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled("approvals", "buffer"), "SETTLE", 60.0)
    driver = shell(TWO)
    driver.wait(lambda: len(asks(driver)) == 2)
    driver.keys("C-a")
    driver.frame()
    driver.keys("y")
    driver.wait(lambda: len(asks(driver)) == 1)
    driver.frame()
    driver.keys("y")
    assert "answered just now" in driver.screen()
    assert len(asks(driver)) == 1


@pytest.mark.parametrize(("columns", "rows"), [(40, 12), (20, 6), (1, 1), (200, 50)])
def test_long_questions_scroll_at_every_size(shell: Shell, columns: int, rows: int) -> None:
    script = "\n".join(f"echo line {number} 漢字 {'x' * 60}" for number in range(60))
    driver = shell(command(script), columns=columns, rows=rows)
    if (columns, rows) == (40, 12):
        assert "C-a shows all" in driver.screen()
    driver.keys("C-a")
    driver.frame()
    driver.keys("G")
    if columns >= 40:
        assert "y once" in driver.screen()
    driver.resize(60, 20)
    driver.keys("g g")
    assert "Run outside the sandbox?" in driver.screen()


def test_a_click_on_the_question_opens_the_window(shell: Shell) -> None:
    driver = shell(command("touch a"))
    row = driver.screen().split("\n").index(next(line for line in driver.screen().split("\n") if "touch a" in line))
    driver.shell.mouse(Mouse("press", "left", 5, row))
    assert driver.shell.place == "approvals"


def test_without_questions_there_is_nothing_to_open(shell: Shell) -> None:
    driver = shell(command("touch a"))
    driver.keys("y")
    driver.wait_for("Done.")
    driver.shell.run("approval.open")
    assert "no question waits for an answer" in driver.screen()
    driver.shell.run("buffer.choose approvals")
    assert "Nothing waits for an answer." in driver.screen()


@pytest.mark.parametrize(("keymap", "size"), [("codex", (90, 30)), ("vim", (40, 12)), ("emacs", (80, 24))])
def test_answers_are_chosen_by_number_and_by_going_to_them(
    shell: Shell, work: Path, keymap: str, size: tuple[int, int]
) -> None:
    driver = shell({"call": [("exec_command", {"cmd": f"touch {name}", "login": False}) for name in "abc"]},
                   keymap=keymap, columns=size[0], rows=size[1])  # fmt: skip
    driver.wait(lambda: len(asks(driver)) == 3)
    driver.wait(lambda: driver.shell.place == "approval")
    assert "› 1 y" in driver.screen()
    decisions = list(asks(driver)[0].decisions)
    driver.keys("down")
    assert "› 2 a" in driver.screen() or "› 2 p" in driver.screen()
    driver.keys("up up")
    assert f"› {len(decisions)} c" in driver.screen()  # round and round, also where the others find no room
    driver.keys("down enter")
    driver.wait(lambda: len(asks(driver)) == 2 and driver.shell.place == "approval")
    assert "› 1 y" in driver.screen()  # each question begins at its first answer
    declined = next(name for name in "abc" if f"touch {name}" in str(asks(driver)[0]))
    driver.keys(str(decisions.index("decline") + 1))
    driver.wait_for("Do instead:")
    driver.type("no b")
    driver.keys("enter")
    driver.wait(lambda: len(asks(driver)) == 1 and driver.shell.place == "approval")
    driver.keys("1")
    driver.wait(lambda: not asks(driver))
    assert "no b" in "".join(outputs(driver))
    assert {path.name for path in work.iterdir()} == {"a", "b", "c", "l.txt"} - {declined}


def test_enter_that_was_meant_for_a_draft_allows_nothing(shell: Shell, work: Path) -> None:
    driver = shell(command("touch a"))
    driver.wait(lambda: driver.shell.place == "approval")
    driver.shell.composer.editor.insert("what I was writing")
    driver.keys("enter")
    assert asks(driver) and "there is a draft" in " ".join(driver.screen().split())
    driver.keys("down up enter")
    driver.wait(lambda: not asks(driver))
    driver.wait(lambda: (work / "a").exists())
    assert driver.text == "what I was writing"
