"""When frames are painted."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from csm.ui.pacing import FRAME, URGENT, Pacer


class Timer:
    def __init__(self, at: float, call: Callable[[], None]) -> None:
        self.at, self.call, self.cancelled = at, call, False

    def cancel(self) -> None:
        self.cancelled = True


class Clock:
    """Time that moves when told."""

    def __init__(self) -> None:
        self.time, self.timers = 100.0, list[Timer]()

    def now(self) -> float:
        return self.time

    def later(self, seconds: float, call: Callable[[], None]) -> Timer:
        self.timers.append(Timer(self.time + seconds, call))
        return self.timers[-1]

    def pass_by(self, seconds: float) -> None:
        end = self.time + seconds
        while due := [one for one in self.timers if not one.cancelled and one.at <= end]:
            timer = min(due, key=lambda one: one.at)
            self.timers.remove(timer)
            self.time = max(self.time, timer.at)
            timer.call()
        self.time = end


def paced() -> tuple[Clock, Pacer, list[float]]:
    clock, painted = Clock(), list[float]()
    made: Any = clock
    return clock, Pacer(made, lambda: painted.append(clock.time)), painted


def test_the_first_wish_is_painted_at_once_and_none_without_a_wish() -> None:
    clock, pacer, painted = paced()
    clock.pass_by(10)
    assert painted == []
    pacer.ask()
    clock.pass_by(0)
    assert painted == [110.0]
    clock.pass_by(10)
    assert len(painted) == 1


def test_many_wishes_are_sixty_frames_a_second() -> None:
    clock, pacer, painted = paced()
    for _ in range(1000):
        pacer.ask()
        clock.pass_by(0.001)
    assert 55 <= len(painted) <= 61
    assert min(b - a for a, b in pairwise(painted)) >= FRAME * 0.99


def test_a_key_does_not_wait_for_the_pace() -> None:
    clock, pacer, painted = paced()
    pacer.ask()
    clock.pass_by(0)
    pacer.ask()
    clock.pass_by(URGENT)
    pacer.ask(urgent=True)
    clock.pass_by(0)
    assert len(painted) == 2
    pacer.ask()
    pacer.stop()
    clock.pass_by(1)
    assert len(painted) == 2


def test_nothing_is_painted_until_the_size_stands_still() -> None:
    clock, pacer, painted = paced()
    for _ in range(20):
        pacer.hold(0.3)
        pacer.ask(urgent=True)
        clock.pass_by(0.2)
        pacer.ask()
    assert painted == []
    clock.pass_by(0.1)
    assert len(painted) == 1
    clock.pass_by(1)
    pacer.ask(urgent=True)
    clock.pass_by(0)
    assert len(painted) == 2
