"""Made-up logs: the same to the byte wherever they are made, as long as asked for, read as any log."""

import hashlib

import pytest

from csm.api.testing import bundled
from csm.core.fold import fold
from csm.protocol import events as ev
from csm.protocol import rollout

fixture = bundled("sessions", "fixture")

SUMS = {
    ("paginated", 100, 0): "cd1a216aec222c55",
    ("paginated", 0, 7): "12986199665ae61c",
    ("legacy", 100, 0): "a2e740f884ec76dc",
    ("legacy", 0, -3): "2f9ce97e8b1799f4",
}


@pytest.mark.parametrize(("shape", "compact", "seed"), SUMS)
def test_a_log_is_the_same_to_the_byte(shape, compact, seed):
    wish = fixture.Wish(500, seed, shape, compact)
    data = b"".join(fixture.lines(wish))
    assert hashlib.sha256(data).hexdigest()[:16] == SUMS[shape, compact, seed]


@pytest.mark.parametrize("events", [0, 1, 2, 999])
def test_a_log_has_as_many_lines_as_asked_for_and_each_is_read(events):
    lines = list(fixture.lines(fixture.Wish(events, compact=50)))
    assert len(lines) == events
    assert [rollout.envelope(line).ordinal for line in lines] == list(range(events))
    bodies = [rollout.decode(line)[1] for line in lines]
    assert not any(isinstance(body, ev.UnknownLine) for body in bodies)


@pytest.mark.parametrize("shape", ["paginated", "legacy"])
def test_a_log_makes_a_thread(shape):
    wish = fixture.Wish(2300, shape=shape, compact=300)
    thread = fold(found for line in fixture.lines(wish) if (found := rollout.decode(line)))
    assert thread.thread_id == fixture.thread_id(wish)
    assert thread.thread_id in fixture.name(wish)
    assert thread.compactions == 7
    assert len(thread.history) < 250
    assert len(thread.turns) > 80 and len(thread.entries) >= 2 * len(thread.turns) - 1
    assert {turn.status for turn in thread.turns[:-1]} == {"completed"}
