"""How the shell behaves in small matters: what it says in full, keeps, asks first."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]


@pytest.mark.parametrize("keymap", ["codex", "emacs", "vim"])
def test_shift_tab_changes_the_mode_and_the_status_line_tells(drive: Drive, keymap: str) -> None:
    driver = drive(columns=100, csm__keymap=keymap)
    for mode in ("plan", "default"):
        driver.keys("S-tab")
        driver.wait(lambda mode=mode: driver.shell.session.thread.collaboration == mode)
        driver.wait(lambda mode=mode: ("plan mode" in driver.screen().split("\n")[-2]) == (mode == "plan"))
