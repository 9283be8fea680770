"""Threads carried on: resumed after a clean end and after a crash, forked, with damaged logs."""

import json
from pathlib import Path

import pytest

from csm.api.testing import Bench, Gate, bundled
from csm.core.fold import fold
from csm.protocol import events as ev
from csm.protocol import ops
from csm.protocol.errors import StoreError
from csm.protocol.items import Notice


@pytest.fixture
def benches(tmp_path):
    """Benches over one store on the disk, one after the other or side by side."""
    home = tmp_path / "codex"
    opened = []

    def make(*script, **more):
        found = Bench(tmp_path / "b", script, store=bundled("sessions", "store").RolloutStore(home), **more)
        opened.append(found)
        return found

    yield make
    for found in opened:
        found.__exit__()


def crash(bench, thread):
    """Leave the log as a process does that dies now: without what a session does at its end."""
    path = Path(bench.store.find(thread).path)
    data = path.read_bytes()
    bench.__exit__()
    path.write_bytes(data)


def test_a_resumed_thread_is_the_thread_that_was(benches):
    first = benches({"text": "one", "call": ("x", {})}, {"text": "two"})
    thread = first.start()
    first.turn(thread, "hi")
    before = first.port.attach(thread).snapshot
    first.__exit__()
    second = benches({"text": "three"})
    assert second.start(resume=thread) == thread
    after = second.port.attach(thread).snapshot
    assert after.state_hash() == before.state_hash()
    events = second.turn(thread, "more")
    sent = second.model.requests[0].input
    assert list(sent[: len(before.history)]) == before.history
    assert len(sent) == len(before.history) + 1
    usage = next(event.body for event in events if isinstance(event.body, ev.UsageReported))
    assert usage.total == before.usage + usage.last
    assert second.model.requests[0].instructions == first.model.requests[0].instructions
    assert fold(second.store.read(thread)).state_hash() == second.port.attach(thread).snapshot.state_hash()


def test_a_turn_that_a_crash_cut_is_closed_and_can_go_on(benches, does):
    gate = Gate()
    first = benches({"text": "working", "call": [("one", {}, "c1"), ("two", {}, "c2")], "wait": gate})
    thread = first.start()
    watcher = first.port.attach(thread)
    first.submit(thread, ops.Submit("go"))
    first.until(watcher, lambda event: b"c2" in bytes(getattr(event.body, "raw", b"")))
    crash(first, thread)
    second = benches({"text": "fine"})
    second.start(resume=thread)
    snapshot = second.port.attach(thread).snapshot
    assert snapshot.running is None and snapshot.turns[-1].status == "interrupted"
    second.turn(thread, "go on")
    outputs = [json.loads(raw) for raw in second.model.requests[0].input if b"function_call_output" in raw]
    assert [output["call_id"] for output in outputs] == ["c1", "c2"]
    stored = [body for _, body in second.store.read(thread) if isinstance(body, ev.TurnInterrupted)]
    assert [body.reason for body in stored] == ["resumed"]
    assert fold(second.store.read(thread)).state_hash() == second.port.attach(thread).snapshot.state_hash()


@pytest.mark.parametrize("lines", range(2, 12))
def test_a_log_cut_anywhere_is_resumed(benches, lines):
    first = benches({"reasoning": "hm", "text": "working", "call": ("x", {})}, {"text": "done"})
    thread = first.start()
    first.turn(thread, "go")
    path = Path(first.store.find(thread).path)
    first.__exit__()
    whole = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(whole[:lines]) + whole[lines][: len(whole[lines]) // 2])
    second = benches({"text": "fine"})
    second.start(resume=thread)
    notices = [
        e.item.message for e in second.port.attach(thread).snapshot.entries.values() if isinstance(e.item, Notice)
    ]
    assert len(notices) == 1 and "cut off" in notices[0]
    assert second.turn(thread, "go on")[-1].body.last_message == "fine"
    assert fold(second.store.read(thread)).state_hash() == second.port.attach(thread).snapshot.state_hash()


def test_lines_that_cannot_be_read_are_told(benches):
    first = benches({"text": "one"})
    thread = first.start()
    first.turn(thread, "hi")
    path = Path(first.store.find(thread).path)
    first.__exit__()
    with path.open("ab") as file:
        file.write(b"{broken}\nnull\n")
    second = benches({"text": "two"})
    second.start(resume=thread)
    (entry,) = second.port.attach(thread).snapshot.turn("").entries
    assert entry.item.message == "2 lines of this session's log could not be read"


def test_two_processes_cannot_hold_one_thread(benches):
    first = benches({"text": "one"})
    thread = first.start()
    first.turn(thread, "hi")
    second = benches()
    with pytest.raises(StoreError, match="already has an active writer"):
        second.start(resume=thread)
    first.__exit__()
    assert second.start(resume=thread) == thread


def test_a_resumed_thread_that_only_looks_leaves_the_file_alone(benches):
    first = benches({"text": "one"})
    thread = first.start()
    first.turn(thread, "hi")
    path = Path(first.store.find(thread).path)
    first.__exit__()
    before = path.read_bytes()
    second = benches()
    second.start(resume=thread)
    second.__exit__()
    assert path.read_bytes() == before


def test_a_fork_goes_its_own_way(benches):
    bench = benches({"text": "one"}, {"text": "forked"}, {"text": "two"})
    parent = bench.start()
    bench.turn(parent, "hi")
    bench.submit(parent, ops.Rename("origin"))
    fork = bench.start(fork=parent)
    assert fork != parent
    snapshot = bench.port.attach(fork).snapshot
    assert (snapshot.forked_from, snapshot.thread_id) == (parent, fork)
    assert [entry.text() for turn in snapshot.turns for entry in turn.entries] == ["hi", "one"]
    assert [head.thread_id for head in bench.store.list()] == [parent]
    bench.turn(fork, "other way")
    assert bench.turn(parent, "straight on")[-1].body.last_message == "two"
    one, two = (fold(bench.store.read(thread)) for thread in (parent, fork))
    assert [turn.last_message for turn in one.turns if turn.id] == ["one", "two"]
    assert [turn.last_message for turn in two.turns if turn.id] == ["one", "forked"]
    assert two.usage.total == one.usage.total
    assert two.state_hash() == bench.port.attach(fork).snapshot.state_hash()
    assert {head.thread_id for head in bench.store.list()} == {parent, fork}


def test_a_fork_of_a_running_thread_has_no_open_turn(benches):
    gate = Gate()
    bench = benches({"text": ["a", gate, "b"]}, {"text": "forked"})
    parent = bench.start()
    watcher = bench.port.attach(parent)
    bench.submit(parent, ops.Submit("hi"))
    gate.wait_arrived()
    fork = bench.start(fork=parent)
    assert bench.port.attach(fork).snapshot.running is None
    gate.open()
    bench.until(watcher, ev.TurnCompleted)
    assert bench.turn(fork, "go")[-1].body.last_message == "forked"


def test_an_ephemeral_resume_writes_nothing(benches):
    first = benches({"text": "one"})
    thread = first.start()
    first.turn(thread, "hi")
    path = Path(first.store.find(thread).path)
    first.__exit__()
    before = path.read_bytes()
    second = benches({"text": "two"})
    second.start(resume=thread, ephemeral=True)
    second.turn(thread, "more")
    second.__exit__()
    assert path.read_bytes() == before
