"""The session port's contract: snapshots, events, acknowledgements, queries, bounded queues, closing.

`doors` names the ports that must pass it; a remote port joins by another entry.
"""

from __future__ import annotations

import threading
from concurrent.futures import wait

import pytest

from csm.api.testing import Bench, Gate
from csm.core.fold import Thread
from csm.protocol import events as ev
from csm.protocol import ops
from csm.protocol.errors import CommandError, CsmError, StoreError
from csm.runtime.port import Start

ENDS = (ev.TurnCompleted, ev.TurnFailed, ev.TurnInterrupted)


def local(folder, script, **more):
    """A bench, whose port is the one in this process."""
    return Bench(folder, script, **more)


DOORS = {"local": local}


@pytest.fixture(params=sorted(DOORS))
def door(request, tmp_path):
    """Opens benches behind the port under test."""
    opened = []

    def make(*script, **more):
        bench = DOORS[request.param](tmp_path / str(len(opened)), script, **more)
        opened.append(bench)
        return bench

    yield make
    for bench in opened:
        bench.__exit__()


def hashed(thread: Thread) -> str:
    return thread.state_hash()


def test_a_snapshot_and_what_follows_add_up(door):
    gate = Gate()
    bench = door({"text": ["one ", gate, "two"]}, {"text": "three"})
    thread = bench.start()
    early = bench.port.attach(thread)
    bench.submit(thread, ops.Submit("go"))
    gate.wait_arrived()
    bench.until(early, ev.TextDelta)
    late = bench.port.attach(thread)
    assert late.snapshot.running is not None
    assert [entry.text() for entry in late.snapshot.turns[-1].entries] == ["go", "one "]
    gate.open()
    for event in bench.until(late, ENDS):
        late.snapshot.apply(event)
    again = bench.port.attach(thread)
    assert hashed(again.snapshot) == hashed(late.snapshot)
    bench.turn(thread, "more")
    for event in late.drain():
        late.snapshot.apply(event)
    assert hashed(bench.port.attach(thread).snapshot) == hashed(late.snapshot)


def test_events_are_numbered_without_gaps_after_the_snapshot(door):
    bench = door({"text": "a"}, {"text": "b"})
    thread = bench.start()
    bench.turn(thread, "one")
    watcher = bench.port.attach(thread)
    bench.submit(thread, ops.Submit("two"))
    events = bench.until(watcher, ENDS)
    assert [event.seq for event in events] == list(
        range(watcher.snapshot.seq + 1, watcher.snapshot.seq + 1 + len(events))
    )


def test_a_snapshot_belongs_to_its_holder(door):
    bench = door({"text": "a"})
    thread = bench.start()
    mine, other = bench.port.attach(thread), bench.port.attach(thread)
    mine.snapshot.take(ev.ThreadNamed("mine"))
    assert other.snapshot.name is None and bench.port.attach(thread).snapshot.name is None


def test_ops_are_acknowledged_or_refused_with_a_reason(door):
    bench = door({"hang": True})
    thread = bench.start()
    for op in (ops.Interrupt(), ops.Unqueue(), ops.AnswerAsk("q", "accept"), ops.Configure(), ops.Rename("")):
        ack = bench.submit(thread, op)
        assert not ack.accepted and ack.reason, op
    started = bench.submit(thread, ops.Submit("go"))
    assert started.accepted and started.turn_id
    assert bench.submit(thread, ops.Submit("x", busy="reject")).reason
    assert bench.submit(thread, ops.Submit("x", busy="steer")).turn_id == started.turn_id
    assert bench.submit(thread, ops.Interrupt()).turn_id == started.turn_id


def test_many_submitters_at_once_are_served_in_some_order(door):
    bench = door({"text": "1"}, {"text": "2"}, {"text": "3"}, {"text": "4"})
    thread = bench.start()
    watcher = bench.port.attach(thread)
    acks = []
    threads = [
        threading.Thread(target=lambda number=number: acks.append(bench.submit(thread, ops.Submit(f"{number}"))))
        for number in range(4)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join(10)
    assert all(ack.accepted for ack in acks)
    ends = 0
    while ends < 4:
        bench.until(watcher, ev.TurnCompleted)
        ends += 1
    prompts = [turn.entries[0].text() for turn in bench.port.attach(thread).snapshot.turns if turn.id]
    assert sorted(prompts) == ["0", "1", "2", "3"]


def test_an_interrupt_ends_the_turn(door):
    bench = door({"text": "x", "hang": True}, {"text": "fine"})
    thread = bench.start()
    watcher = bench.port.attach(thread)
    bench.submit(thread, ops.Submit("go"))
    bench.until(watcher, ev.TextDelta)
    bench.submit(thread, ops.Interrupt())
    assert isinstance(bench.until(watcher, ENDS)[-1].body, ev.TurnInterrupted)
    assert bench.turn(thread, "and now")[-1].body.last_message == "fine"


def test_a_slow_consumer_gets_deltas_joined_and_nothing_lost(door):
    count = 300
    gates = [Gate() for _ in range(count)]
    text = [piece for gate in gates for piece in (gate, "x")]
    bench = door({"text": text}, limit=16)
    thread = bench.start()
    slow, quick = bench.port.attach(thread), bench.port.attach(thread)
    bench.submit(thread, ops.Submit("go"))
    seen = []
    for gate in gates:
        gate.open()
        seen += bench.until(quick, ev.TextDelta)
    seen += bench.until(quick, ENDS)
    late = slow.drain()
    deltas = [event.body.text for event in late if isinstance(event.body, ev.TextDelta)]
    assert "".join(deltas) == "x" * count
    assert len(deltas) < 20 < len([event for event in seen if isinstance(event.body, ev.TextDelta)])
    rest = [event for event in late if not isinstance(event.body, ev.TextDelta)]
    assert rest == [event for event in seen if not isinstance(event.body, ev.TextDelta)]
    for event in late:
        slow.snapshot.apply(event)
    assert hashed(slow.snapshot) == hashed(bench.port.attach(thread).snapshot)


def test_ready_is_called_when_events_begin_to_wait(door):
    bench = door({"text": "x"})
    thread = bench.start()
    watcher = bench.port.attach(thread)
    ready = threading.Event()
    watcher.on_ready(ready.set)
    assert not ready.is_set()
    bench.submit(thread, ops.Submit("go"))
    assert ready.wait(10)
    ready.clear()
    watcher.on_ready(ready.set)
    assert ready.is_set() and watcher.drain()


def test_get_waits_no_longer_than_asked(door):
    bench = door()
    watcher = bench.port.attach(bench.start())
    assert watcher.get(0) is None and watcher.get(0.01) is None
    assert not watcher.closed


def test_a_watcher_that_leaves_gets_nothing_more(door):
    bench = door({"text": "x"})
    thread = bench.start()
    watcher = bench.port.attach(thread)
    watcher.detach()
    bench.turn(thread, "go")
    assert watcher.drain() == [] and watcher.closed and watcher.get() is None


def test_shutdown_interrupts_closes_and_says_so(door):
    bench = door({"hang": True})
    thread = bench.start()
    watcher = bench.port.attach(thread)
    bench.submit(thread, ops.Submit("go"))
    assert bench.submit(thread, ops.Shutdown()).accepted
    kinds = [type(event.body) for event in bench.until(watcher, ev.ThreadClosed)]
    assert ev.TurnInterrupted in kinds
    assert watcher.get() is None and watcher.closed
    ack = bench.submit(thread, ops.Submit("x"))
    assert not ack.accepted and ack.reason
    wait_until_gone(bench, thread)
    assert list(bench.store.read(thread))


def wait_until_gone(bench, thread):
    """The thread may be named until its session has wound up."""
    deadline = threading.Event()
    for _ in range(1000):
        try:
            bench.port.attach(thread)
        except StoreError:
            return
        deadline.wait(0.01)
    raise AssertionError("the thread never closed")


def test_closing_the_port_closes_every_thread(door):
    bench = door({"hang": True}, {"hang": True})
    threads = [bench.start(), bench.start()]
    watchers = [bench.port.attach(thread) for thread in threads]
    for thread in threads:
        bench.submit(thread, ops.Submit("go"))
    bench.port.close()
    for watcher in watchers:
        assert isinstance(watcher.drain()[-1].body, ev.ThreadClosed)
        assert watcher.closed
    with pytest.raises(StoreError):
        bench.port.start(Start(cwd=str(bench.work))).result(10)
    bench.port.close()


def test_threads_that_are_not_open(door):
    bench = door()
    with pytest.raises(StoreError):
        bench.port.attach("nobody")
    assert not bench.port.submit("nobody", ops.Interrupt()).result(10).accepted


@pytest.mark.parametrize("start", [{"resume": "nobody"}, {"fork": "nobody"}])
def test_a_thread_that_cannot_be_opened_fails_its_future(door, start):
    bench = door()
    with pytest.raises(StoreError):
        bench.start(**start)


def test_a_thread_is_open_once(door):
    bench = door({"text": "x"})
    thread = bench.start()
    bench.turn(thread, "go")
    with pytest.raises(StoreError):
        bench.start(resume=thread)


def test_queries(door):
    bench = door({"text": "x"})
    thread = bench.start()
    bench.turn(thread, "find me")
    heads = bench.port.query("sessions").result(10)
    assert [(head.thread_id, head.prompt) for head in heads] == [(thread, "find me")]
    assert bench.port.query("sessions", cwd="/elsewhere").result(10) == []
    assert bench.port.query("settings").result(10).model == "gpt-5.5"
    assert bench.port.query("tools").result(10) == []
    assert "gpt-5.5" in bench.port.query("models").result(10)
    for name, arguments in (("nonsense", {}), ("models", {"wrong": 1})):
        with pytest.raises(CommandError):
            bench.port.query(name, **arguments).result(10)


def test_futures_may_be_waited_for_together(door):
    bench = door({"text": "a"}, {"text": "b"})
    starts = [bench.port.start(Start(cwd=str(bench.work))) for _ in range(4)]
    done, left = wait(starts, timeout=10)
    assert not left and len({future.result() for future in done}) == 4


def test_errors_are_ours(door):
    bench = door()
    future = bench.port.start(Start(cwd=str(bench.work), resume="../../etc/passwd"))
    assert isinstance(future.exception(10), CsmError)
