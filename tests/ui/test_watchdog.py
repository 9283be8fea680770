"""The watchdog interrupts what computes and what sleeps, and leaves alone what is excused."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from csm.ui.watchdog import HeldError, Watchdog


def computes() -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        pass


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def watchdog(told: list[str]) -> Iterator[Watchdog]:
    made = Watchdog(told.append, limit=0.15)
    made.start()
    yield made
    made.stop()


@pytest.mark.parametrize("step", [computes, lambda: time.sleep(20)])
def test_a_step_that_takes_too_long_is_interrupted_and_named(
    watchdog: Watchdog, told: list[str], step: Callable[[], None]
) -> None:
    with pytest.raises(HeldError), watchdog.step("C-x y"):
        step()
    assert told
    assert told[0].startswith("C-x y held the screen for 0.")


def test_a_step_that_waits_for_the_user_is_excused(watchdog: Watchdog, told: list[str]) -> None:
    with watchdog.step("C-g"):
        watchdog.excuse()
        time.sleep(0.2)
    assert told == []


def test_nothing_rings_after_a_step(watchdog: Watchdog, told: list[str]) -> None:
    with watchdog.step("a"):
        pass
    time.sleep(0.2)
    assert told == []
