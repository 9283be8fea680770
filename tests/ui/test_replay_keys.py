"""A session stepped through in the shell and without one: keys of every keymap, search, going on from a turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from csm.api.testing import bundled
from csm.host import settings
from csm.host.host import Host
from csm.protocol import events, ops
from csm.runtime.port import Start
from csm.ui import driver as drivers
from csm.ui.driver import ScreenDriver
from csm.ui.viewer import Viewer

Drive = Callable[..., ScreenDriver]


@pytest.fixture
def driver(drive: Drive) -> ScreenDriver:
    made = drive({"text": "First answer."}, {"text": "Second answer."}, {"text": "Third."}, columns=90)
    for number, answer in enumerate(("First answer.", "Second answer."), 1):
        made.type(f"prompt {number}\n")
        made.wait_for(answer)
        made.wait(lambda: not made.shell.session.thread.running)
    return made


def opened(driver: ScreenDriver) -> Any:
    driver.shell.run("replay.open")
    driver.wait_for("Replay of")
    return driver.shell.windows.current.top.buffer


def test_the_session_on_the_screen_is_stepped_through(driver: ScreenDriver) -> None:
    shown = opened(driver)
    last = shown.recording.events
    assert f"event {last} of {last} · turn 2 of 2 · turn_completed" in driver.screen()
    driver.keys("[")
    assert "First answer." in driver.screen() and "prompt 2" not in driver.screen()
    driver.keys("]")
    assert shown.number == last and "Second answer." in driver.screen()
    driver.keys("left h k")
    assert shown.number == last - 3
    driver.keys("right l j")
    assert shown.number == last
    driver.keys("right")
    assert "this is the last event" in driver.screen()
    driver.keys("g g")
    assert shown.number == 1 and "prompt 1" not in driver.screen()
    driver.keys("G 5 G")
    assert shown.number == 5
    driver.keys("q")
    assert driver.shell.place == "composer" and "Replay of" not in driver.screen()


def test_going_to_an_event_or_turn_by_its_number(driver: ScreenDriver) -> None:
    shown = opened(driver)
    driver.keys("g t 1 enter")
    assert shown.number == shown.recording.turn(1).last
    driver.keys("g e 3 enter")
    assert shown.number == 3
    for keys, says in (("g e 9 9 9 enter", "there is no event 999"), ("g t 7 enter", "there is no turn 7")):
        driver.keys(keys)
        assert says in driver.screen() and shown.number == 3
    driver.keys("g t x enter")
    assert "x is no number" in driver.screen()


def test_search_goes_to_the_event_that_shows_it(driver: ScreenDriver) -> None:
    shown = opened(driver)
    driver.keys("g g /")
    driver.type("second")
    driver.keys("enter")
    driver.wait(lambda: shown.number > 1)
    assert "Second answer." in driver.screen() and shown.turn == 2
    here = shown.number
    driver.keys("/")
    driver.type("nowhere")
    driver.keys("enter")
    driver.wait_for("“nowhere” is not found further on")
    assert shown.number == here
    driver.shell.run("replay.search --back first")
    driver.wait(lambda: shown.turn == 1)


def test_going_on_from_a_turn_makes_a_copy(driver: ScreenDriver) -> None:
    opened(driver)
    old = driver.shell.session.thread_id
    driver.keys("[ f")
    driver.wait(lambda: driver.shell.session.thread_id not in ("", old))
    driver.wait_for("First answer.")
    assert "Second answer." not in driver.screen() and driver.shell.place == "composer"
    driver.type("prompt 3\n")
    driver.wait_for("Third.")


def test_the_event_itself_is_shown(driver: ScreenDriver) -> None:
    opened(driver)
    driver.keys("i")
    assert '"task_complete"' in driver.screen()


def test_there_is_nothing_to_step_through_yet(drive: Drive) -> None:
    made = drive({"text": "x"})
    made.shell.run("replay.open")
    made.wait_for("nothing was said in this session yet")
    made.shell.run("replay.next")
    assert "replay.open opens it" in made.screen()


@pytest.mark.parametrize(
    ("keymap", "back", "on", "turn"),
    [("codex", "h", "l", "["), ("vim", "k", "j", "{"), ("emacs", "p", "n", "M-p")],
)
def test_every_keymap_steps(drive: Drive, keymap: str, back: str, on: str, turn: str) -> None:
    made = drive({"text": "An answer."}, columns=90, csm__keymap=keymap)
    made.shell.run("session.new")
    made.wait(lambda: made.shell.session.thread_id)
    made.shell.submit(ops.Submit("hi"))
    made.wait_for("An answer.")
    made.wait(lambda: not made.shell.session.thread.running)
    shown = opened(made)
    last = shown.number
    made.keys(back)
    assert shown.number == last - 1
    made.keys(on)
    assert shown.number == last
    made.keys(turn)
    assert shown.number == 1
    made.keys("v")
    assert made.shell.reader is not None


@pytest.fixture
def viewer(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., ScreenDriver]]:
    """A made-up session, looked at without a shell."""
    fixture = bundled("sessions", "fixture")
    wish = fixture.Wish(300, 2)
    path = home / fixture.name(wish)
    path.write_bytes(b"".join(fixture.lines(wish)))
    env = {"HOME": str(home), "CODEX_HOME": str(home / ".codex"), "TERM": "xterm"}
    host = Host.open(settings.load(cwd=home / "work", env=env), env)
    monkeypatch.setattr(drivers, "Shell", Viewer)
    made: list[ScreenDriver] = []

    def view(columns: int, rows: int) -> ScreenDriver:
        one = ScreenDriver(host, None, Start(cwd=str(home / "work")), columns=columns, rows=rows)  # type: ignore[arg-type]
        made.append(one)
        one.shell.state["replay.recording"] = host.store().recording(str(path))
        one.shell.run("replay.open")
        one.wait_for("Repl")
        return one

    yield view
    for one in made:
        one.close()
    host.close()


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (200, 50), (20, 5), (8, 3)])
def test_without_a_shell_the_whole_screen_is_the_session(viewer: Any, size: tuple[int, int]) -> None:
    made = viewer(*size)
    frame = made.frame()
    rows = frame.rows()
    assert len(rows) == size[1] and frame.cursor is None
    assert all(sum(len(text) for _, text in row) <= size[0] for row in rows)
    screen = made.screen()
    assert "What shall be done" not in screen
    if size[0] >= 40:
        assert "300" in screen.splitlines()[-2 if size[1] > 7 else -1]


def test_without_a_shell_closing_leaves_and_nothing_is_forked(viewer: Any) -> None:
    made = viewer(80, 24)
    made.keys("f")
    assert "--at turn11" in made.screen()
    made.keys("?")
    assert "replay.next" in made.screen()
    made.keys("q")
    assert made.exit_code is None
    made.keys("i")
    assert made.exit_code is None and "Event 300" in made.screen()
    made.keys("q q")
    assert made.exit_code == 0


def test_going_on_from_a_turn_that_was_taken_back(driver: ScreenDriver) -> None:
    driver.shell.run("session.rewind 2")
    driver.wait(lambda: "Second answer." not in driver.screen())
    shown = opened(driver)
    assert shown.turn == 2 and "Second answer." not in driver.screen()
    back = next(step.number for step in shown.recording.steps(0) if isinstance(step.body, events.RolledBack)) - 1
    driver.shell.run(f"replay.go-to-event {back}")
    assert "Second answer." in driver.screen()
    old = driver.shell.session.thread_id
    driver.keys("f")
    driver.wait(lambda: driver.shell.session.thread_id not in ("", old))
    driver.wait_for("Second answer.")
