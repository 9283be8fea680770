"""Keys that scroll have no cursor: what was gone to is what folds."""

from __future__ import annotations

from collections.abc import Callable

from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]


def test_the_block_gone_to_unfolds_and_not_the_last_one_in_sight(drive: Drive) -> None:
    driver = drive(
        {"call": ("exec_command", {"cmd": "seq 30 | sed s/^/bad/; exit 3"})},
        {"call": ("exec_command", {"cmd": "seq 30 | sed s/^/good/"})},
        {"text": "Done."},
        sandbox_mode="danger-full-access",
        approval_policy="never",
        rows=60,
    )
    driver.type("go\n")
    driver.wait_for("Done.")
    driver.keys("f4 [ e")
    assert "bad15" not in driver.screen()
    driver.keys("tab")
    screen = driver.screen()
    assert "bad15" in screen and "good15" not in screen
    driver.keys("tab")
    assert "bad15" not in driver.screen()
