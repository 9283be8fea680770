"""What is selected in the transcript is copied as it was before the window broke its lines, without the margin."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from csm.edit.inputs import Mouse
from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]
WORDS = " ".join(f"word{number}" for number in range(30))
LONG = "x" * 90
TEXT = f"{WORDS}\n\n- {WORDS}\n\n```\nif {LONG}:\n    return\n```\n\nend"


def shell(drive: Drive, keymap: str, columns: int = 60) -> ScreenDriver:
    driver = drive({"text": TEXT}, columns=columns, rows=40, csm__keymap=keymap)
    driver.keys("i") if keymap == "vim" and driver.shell.composer.editor.mode == "normal" else None
    driver.type("go")
    driver.keys("enter")
    driver.wait_for("end")
    driver.wait(lambda: not driver.shell.session.thread.running)
    driver.frame()
    return driver


def yanked(driver: ScreenDriver) -> str:
    return str(driver.shell.composer.editor.registers.get().text)


@pytest.mark.parametrize("columns", [24, 40, 60, 130])
def test_whole_lines_in_vim(drive: Drive, columns: int) -> None:
    driver = shell(drive, "vim", columns)
    driver.shell.run("view.cursor")
    driver.keys("g g V G y")
    told = yanked(driver)
    assert told.startswith(f"go\n\n{WORDS}\n\n• {WORDS}\n\n")
    assert f"\nif {LONG}:\n" in told and "\n    return\n" in told
    assert told.rstrip().endswith("\n\nend") and "↪" not in told


def test_a_part_of_a_broken_line_in_vim(drive: Drive) -> None:
    driver = shell(drive, "vim", 40)
    driver.shell.run("view.cursor")
    driver.keys("g g / w o r d 2 enter v / w o r d 1 1 enter e y")
    assert yanked(driver) == " ".join(f"word{number}" for number in range(2, 12))


def test_a_region_in_emacs(drive: Drive) -> None:
    driver = shell(drive, "emacs", 40)
    driver.shell.run("view.cursor")
    driver.frame()
    driver.shell.run("move.buffer-start")
    driver.frame()
    driver.keys("C-space")
    driver.shell.run("move.buffer-end")
    driver.keys("M-w")
    told = driver.shell.composer.editor.kills.get()
    assert told.startswith(f"go\n\n{WORDS}\n\n• {WORDS}\n\n") and told.rstrip().endswith("end")


def test_a_drag_with_the_mouse(drive: Drive) -> None:
    driver = shell(drive, "codex", 40)
    copied: list[str] = []
    driver.shell.screen.copy = copied.append  # type: ignore[method-assign]
    rows = driver.screen().split("\n")
    first = next(index for index, row in enumerate(rows) if row.startswith("  word0 "))
    driver.shell.mouse(Mouse("press", "left", 2, first))
    driver.shell.mouse(Mouse("drag", "left", 2 + len("word5 word6") - 1, first + 1))
    driver.shell.mouse(Mouse("release", "left", 2 + len("word5 word6") - 1, first + 1))
    assert copied and copied[-1].startswith("word0 word1 ") and "\n" not in copied[-1]
