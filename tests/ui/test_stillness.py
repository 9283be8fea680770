"""Nothing moves by itself where that is not wanted: no clock runs, and what waits says so once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from csm.ui.driver import ScreenDriver
from csm.ui.elapsed import Elapsed

Drive = Callable[..., ScreenDriver]


class Clock:
    """Timers that somebody could run."""

    def __init__(self) -> None:
        self.timers: list[Callable[[], None]] = []

    def wall(self) -> float:
        return 100.0

    def later(self, seconds: float, call: Callable[[], None]) -> Any:
        self.timers.append(call)
        return object()


@pytest.mark.parametrize("moving", [True, False])
def test_a_turn_has_a_clock_only_where_things_may_move(moving: bool) -> None:
    clock, ticks = Clock(), list[int]()
    elapsed = Elapsed(clock, lambda: ticks.append(1), lambda: moving)  # type: ignore[arg-type]
    elapsed.begin(90_000)
    assert elapsed.seconds == 10.0
    assert len(clock.timers) == moving
    for timer in clock.timers[:]:
        timer()
    assert len(ticks) == moving


@pytest.mark.parametrize(
    ("settings", "still"),
    [
        ({}, False),
        ({"tui__animations": False}, True),
        ({"csm__animations": False}, True),
        ({"tui__animations": False, "csm__animations": True}, False),
    ],
)
def test_what_works_says_so_without_counting(drive: Drive, settings: dict[str, Any], still: bool) -> None:
    driver = drive({"text": ["It begins", threading.Event()]}, **settings)
    driver.type("go\n")
    driver.wait_for("It begins")
    assert driver.shell.elapsed.moving() is not still
    rule = next(row for row in driver.screen().split("\n") if "Working" in row)
    assert rule.startswith("── • Working ─") == still
    assert ("s ─" in rule) is not still
