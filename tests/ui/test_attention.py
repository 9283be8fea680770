"""When a question has the keys: time passes between what happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from csm.ui.attention import Attention


class Clock:
    def __init__(self) -> None:
        self.time = 100.0

    def now(self) -> float:
        return self.time

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        """Nothing is drawn here."""


@pytest.mark.parametrize(
    ("pressed", "answering", "writing", "passed", "has"),
    [
        (False, False, False, 0.0, True),
        (True, False, False, 0.0, True),
        (True, False, True, 0.0, False),
        (True, False, True, 0.5, False),
        (True, False, True, 0.7, True),
        (True, True, False, 0.0, False),
        (True, True, False, 0.2, True),
    ],
)
def test_a_new_question(pressed: bool, answering: bool, writing: bool, passed: float, has: bool) -> None:
    clock: Any = Clock()
    attention = Attention(clock, lambda: None)
    if pressed:
        attention.pressed(answering=answering)
    attention.has("first", writing=writing)
    clock.time += passed
    assert attention.has("first", writing=writing) is has


def test_keys_can_be_taken_and_given() -> None:
    attention = Attention(Clock(), lambda: None)  # type: ignore[arg-type]
    assert attention.has("first", writing=False)
    attention.take("first")
    assert not attention.has("first", writing=False)
    attention.give()
    assert attention.has("first", writing=False)
    attention.take("first")
    assert attention.has("second", writing=False)
