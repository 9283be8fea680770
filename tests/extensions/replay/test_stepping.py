"""A log gone through: every state and screen as a fresh fold of as many events, from wherever one comes."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import msgspec
import pytest

from csm.api.testing import bundled
from csm.core.fold import Thread, fold
from csm.protocol.errors import StoreError
from csm.view.lines import plain
from tests.extensions.sessions.odd_logs import THREAD, Odd

RolloutStore = bundled("sessions", "store").RolloutStore
fixture = bundled("sessions", "fixture")
printing = bundled("replay", "printing")
buffer = bundled("replay", "buffer")
NAME = f"rollout-2026-01-02T03-04-05-{THREAD}.jsonl"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many states, in the index and while reading, for every log, however small."""
    for name in ("index", "scanning"):
        monkeypatch.setattr(bundled("sessions", name), "POINT_EVERY", 300)
    for name, value in (("MARK_EVERY", 200), ("POINTS", 6), ("MARKS", 12)):
        monkeypatch.setattr(bundled("sessions", "scanning"), name, value)
    monkeypatch.setattr(bundled("sessions", "recording"), "EVERY", 7)
    monkeypatch.setattr(bundled("sessions", "recording"), "_COPY_EVERY", 5)


def opened(folder: Path, lines: list[bytes]) -> Any:
    path = folder / NAME
    path.write_bytes(b"\n".join(lines) + b"\n")
    return RolloutStore(folder, folder / "state").recording(str(path))


def seen(thread: Thread) -> list[Any]:
    """All that a thread shows."""
    turns = [turn for turn in thread.whole() if turn.entries or turn.begun]
    return [
        (turn.id, turn.status, turn.number, [(entry.item, entry.place, entry.done) for entry in turn.entries])
        for turn in turns
    ]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.usefixtures("small")
def test_any_event_of_any_log_is_as_a_fresh_fold(tmp_path: Path, seed: int) -> None:
    made = Odd(seed)
    recording = opened(tmp_path, [made.beginning(), *made.lines(150)])
    pairs = [(step.time, step.body) for step in recording.steps(0)]
    assert [step.number for step in recording.steps(0)] == list(range(1, recording.events + 1))
    places = list(range(recording.events + 1))
    random.Random(seed).shuffle(places)
    for number in places:
        fresh = fold(pairs[:number])
        found = recording.thread(number)
        assert seen(found) == seen(fresh), number
        assert (found.begun, found.seq, found.cwd, found.model) == (fresh.begun, number, fresh.cwd, fresh.model)
        assert [step.number for step in recording.steps(number)][:1] == ([number + 1] if number < len(pairs) else [])
    for number in places[:20]:
        assert recording.thread(number, history=True).state_hash() == fold(pairs[:number]).state_hash()


@pytest.mark.parametrize("shape", ["paginated", "legacy"])
@pytest.mark.usefixtures("small")
def test_any_screen_is_that_of_a_fresh_fold(tmp_path: Path, shape: str) -> None:
    lines = [line.rstrip() for line in fixture.lines(fixture.Wish(400, 3, shape, 100))]
    recording = opened(tmp_path, lines)
    pairs = [(step.time, step.body) for step in recording.steps(0)]
    stepped = buffer.Replay(recording, number=0)
    places = [*range(60), *random.Random(1).sample(range(401), 60), *range(340, 401), 200, 199, 198]
    for number in places:
        stepped.go(number)
        (tmp_path / "fresh").mkdir(exist_ok=True)
        fresh = buffer.Replay(_Fresh(fold(pairs[:number]), recording), number=number)
        for columns, rows in ((80, 24), (40, 12)):
            assert printing.screen_of(stepped, columns, rows) == printing.screen_of(fresh, columns, rows), number


class _Fresh:
    """A recording that is at one event, folded from the beginning."""

    def __init__(self, thread: Thread, recording: Any) -> None:
        self._thread, self._recording = thread, recording
        self.events, self.turns, self.thread_id = recording.events, recording.turns, recording.thread_id

    def thread(self, number: int) -> Thread:
        return fold((step.time, step.body) for step in self._recording.steps(0) if step.number <= number)

    def steps(self, after: int) -> Any:
        return self._recording.steps(after)


def test_turns_are_where_their_events_are(tmp_path: Path) -> None:
    recording = opened(tmp_path, [line.rstrip() for line in fixture.lines(fixture.Wish(300, 1))])
    kinds = {step.number: type(step.body).__name__ for step in recording.steps(0)}
    spans = [recording.turn(number) for number in range(1, recording.turns + 1)]
    assert [kinds[span.first] for span in spans] == ["TurnStarted"] * recording.turns
    assert all(kinds[span.last] == "TurnCompleted" for span in spans[:-1])
    assert spans[-1].last == 300
    assert [recording.thread(span.last).begun for span in spans] == list(range(1, recording.turns + 1))
    for wrong in (0, -1, recording.turns + 1):
        with pytest.raises(StoreError):
            recording.turn(wrong)
    with pytest.raises(StoreError):
        recording.thread(301)


def test_going_back_reads_from_the_nearest_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recording = opened(tmp_path, [line.rstrip() for line in fixture.lines(fixture.Wish(20_000, 1))])
    recording.thread(19_000)
    read = []
    pair = bundled("sessions", "recording").pair
    monkeypatch.setattr(bundled("sessions", "recording"), "pair", lambda *given: read.append(1) or pair(*given))
    for number in range(18_999, 18_990, -1):
        read.clear()
        recording.thread(number)
        assert len(read) < 2 * bundled("sessions", "recording").EVERY


@pytest.mark.usefixtures("small")
def test_search_finds_what_every_event_shows(tmp_path: Path) -> None:
    import re

    seeking = bundled("sessions", "seeking")
    recording = opened(tmp_path, [line.rstrip() for line in fixture.lines(fixture.Wish(900, 5))])
    for text in ("kayak", "kayak amber", "no such word", "ä", "K"):
        pattern = re.compile(re.escape(text), 0 if text != text.lower() else re.IGNORECASE)
        hits = [step.number for step in recording.steps(0) if seeking.shows(step.body, pattern)]
        for number in (0, 1, 13, 450, 899, 900):
            after = next((hit for hit in hits if hit > number), None)
            before = next((hit for hit in reversed(hits) if hit < number), None)
            assert recording.find(pattern, number) == after, (text, number)
            assert recording.find(pattern, number, back=True) == before, (text, number)


def test_a_narrow_line_says_the_most_important(tmp_path: Path) -> None:
    recording = opened(tmp_path, [line.rstrip() for line in fixture.lines(fixture.Wish(60, 1))])
    shown = buffer.Replay(recording, number=27)
    lines = {width: plain(shown.foot(width)) for width in (100, 60, 30, 12, 3)}
    assert lines[100] == "  event 27 of 60 · turn 1 of 3 · turn_completed · 2026-01-02 03:04:05.962"
    assert lines[30] == "  27/60 · turn 1" and lines[12] == "  27/60"
    assert all(len(line) <= width for width, line in lines.items())
    assert msgspec.structs.asdict(shown.step)["number"] == 27
