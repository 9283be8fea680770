"""Chords to command lines, as tables: what is bound, what is pressed (`...` lets time pass), what comes of it."""

from __future__ import annotations

from typing import Any

import pytest

from csm.ui.dispatch import Dispatcher


class Match:
    def __init__(self, command: str | None, prefix: bool) -> None:
        self.command, self.prefix, self.label = command, prefix, ""


class Timer:
    def __init__(self, call: Any) -> None:
        self.call, self.cancelled = call, False

    def cancel(self) -> None:
        self.cancelled = True


class Bench:
    """Keys and clock in one: records what the dispatcher does."""

    def __init__(self, bound: dict[str, str], text: str = "", counts: bool = False) -> None:
        self.bound, self.text, self._counts = bound, text, counts
        self.done: list[str] = []
        self.timers: list[Timer] = []

    def lookup(self, chords: tuple[str, ...]) -> Match:
        text = " ".join(chords)
        return Match(self.bound.get(text), any(one.startswith(text + " ") for one in self.bound))

    def run(self, line: str, count: int | None) -> None:
        self.done.append(line if count is None else f"{count}:{line}")

    def insert(self, chord: str) -> bool:
        if chord in self.text:
            self.done.append(f"'{chord}'")
            return True
        return False

    def counts(self) -> bool:
        return self._counts

    def unbound(self, chords: Any) -> None:
        self.done.append(f"{' '.join(chords)} unbound")

    def changed(self) -> None:
        """Nothing is drawn here."""

    def now(self) -> float:
        return 0.0

    def later(self, seconds: float, call: Any) -> Timer:
        self.timers.append(Timer(call))
        return self.timers[-1]

    def wait(self) -> None:
        timers, self.timers = self.timers, []
        for timer in timers:
            if not timer.cancelled:
                timer.call()


BOUND = {"C-x": "both", "C-x b": "buffers", "C-c t": "tools", "C-c w l": "left", "g g": "top", "d": "delete"}


@pytest.mark.parametrize(
    ("pressed", "done"),
    [
        ("C-x b", ["buffers"]),
        ("C-x ...", ["both"]),
        ("C-x a", ["both", "'a'"]),
        ("C-x C-c t", ["both", "tools"]),
        ("C-c ... t", ["tools"]),
        ("C-c w l", ["left"]),
        ("C-c w z", ["C-c w z unbound"]),
        ("C-c esc", []),
        ("C-c w C-g a", ["'a'"]),
        ("f5", ["f5 unbound"]),
        ("a b", ["'a'", "'b'"]),
        ("g g", ["top"]),
    ],
)
def test_chords_come_to(pressed: str, done: list[str]) -> None:
    bench = Bench(BOUND, text="ab")
    dispatcher = Dispatcher(bench, bench)
    for chord in pressed.split():
        bench.wait() if chord == "..." else dispatcher.press(chord)
    assert bench.done == done


@pytest.mark.parametrize(
    ("pressed", "done"),
    [("3 d", ["3:delete"]), ("1 0 g g", ["10:top"]), ("0", ["0 unbound"]), ("4 esc d", ["esc unbound", "delete"])],
)
def test_digits_are_counts_where_they_are_not_text(pressed: str, done: list[str]) -> None:
    bench = Bench(BOUND, counts=True)
    dispatcher = Dispatcher(bench, bench)
    for chord in pressed.split():
        dispatcher.press(chord)
    assert bench.done == done


def test_popup_waits_for_a_moment_and_stays_for_longer_prefixes() -> None:
    bench = Bench(BOUND)
    dispatcher = Dispatcher(bench, bench)
    dispatcher.press("C-c")
    assert not dispatcher.popup
    bench.wait()
    assert dispatcher.popup
    dispatcher.press("w")
    assert (dispatcher.pending, dispatcher.popup) == (("C-c", "w"), True)
    dispatcher.press("l")
    assert (dispatcher.pending, dispatcher.popup) == ((), False)
