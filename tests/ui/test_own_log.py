"""csm's own log in the shell: what a turn leaves in it at each level, and a look at it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]
TURN = ({"call": ("exec_command", {"cmd": "echo told to nobody"})}, {"text": "Said to you alone."})


def turn(driver: ScreenDriver) -> list[str]:
    """Do a turn; the lines of the log once its end is in it."""
    driver.type("what I ask")
    driver.keys("enter")
    driver.wait_for("Said to you alone.")
    driver.wait(lambda: not driver.shell.session.thread.running)
    return driver.shell.host.diagnostics.last(999)


def test_a_quiet_log_is_not_there(drive: Drive, home: Path) -> None:
    assert turn(drive(*TURN)) == []
    assert not (home / ".local/state/csm/log").exists()


def test_turns_and_tools_are_noted_without_their_words(drive: Drive) -> None:
    driver = drive(*TURN, csm__log="info")
    turn(driver)
    driver.wait(lambda: any(" ended after " in line for line in driver.shell.host.diagnostics.last(999)))
    lines = [line.split(" INFO ")[1].strip() for line in driver.shell.host.diagnostics.last(999)]
    assert lines[0].startswith("csm 0.1.0") and lines[1].endswith(" began") and lines[-1].endswith(" ms")
    assert any(line.startswith("CommandExecution ") and "completed 0" in line for line in lines)
    whole = "\n".join(lines)
    assert "told to nobody" not in whole and "Said to you" not in whole and "what I ask" not in whole


def test_debug_notes_every_event(drive: Drive) -> None:
    driver = drive(*TURN, csm__log="debug")
    turn(driver)
    driver.wait(lambda: any("TextDelta" in line for line in driver.shell.host.diagnostics.last(999)))
    assert not any("alone" in line for line in driver.shell.host.diagnostics.last(999))


def test_errors_are_in_the_log_and_the_log_on_the_screen(drive: Drive) -> None:
    driver = drive()
    driver.shell.host.report("error", "the cat ate\nTraceback of the cat")
    driver.shell.run("log.show")
    shown = driver.wait_for("the cat ate")
    assert "csm's own log" in shown and "level warning" in shown and "    Traceback of the cat" in shown


def test_an_empty_log_says_so(drive: Drive) -> None:
    driver = drive()
    driver.shell.run("log.show")
    driver.wait_for("nothing went wrong")
