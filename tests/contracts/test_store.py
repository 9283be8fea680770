"""The store's contract: what is appended is read, one writer a thread, found by id and name, listed newest first."""

import threading

import msgspec
import pytest

from csm.api.testing import MemoryStore, bundled
from csm.core.fold import fold
from csm.protocol import events as ev
from csm.protocol.errors import StoreError
from csm.protocol.ids import uuid7
from csm.protocol.items import AgentMessage, CommandExecution, UserMessage
from csm.protocol.model import Usage
from csm.protocol.tools import SandboxPolicy

STORES = {
    "memory": lambda folder: MemoryStore(),
    "rollout": lambda folder: bundled("sessions", "store").RolloutStore(folder / "codex"),
}


@pytest.fixture(params=sorted(STORES))
def store(request, tmp_path):
    """A store with nothing in it."""
    return STORES[request.param](tmp_path)


def thread_id(number=1):
    return uuid7(1_700_000_000_000 + number, bytes([number] * 10))


def stamp(number):
    return f"2026-01-02T03:04:{number:02d}.000Z"


def started(number=1, **more):
    fields = {"cwd": "/w", "source": "cli", "provider": "fake", "created": stamp(number), **more}
    return ev.ThreadStarted(thread_id(number), **fields)


def turn(prompt="do it", turn_id="u"):
    return [
        ev.TurnStarted(turn_id, 1, 100),
        ev.TurnContext(turn_id, "/w", "m", None, "auto", "never", SandboxPolicy(), "2026-01-02", "UTC"),
        ev.HistoryAppended(msgspec.Raw(b'{"type":"message","role":"user","content":[]}')),
        ev.ItemCompleted(turn_id, UserMessage(f"{turn_id}-0", prompt), 0),
        ev.TextDelta("x", "never stored"),
        ev.ItemCompleted(turn_id, CommandExecution(f"{turn_id}-1", "ls", status="completed"), 1),
        ev.ItemCompleted(turn_id, AgentMessage(f"{turn_id}-2", "done"), 2),
        ev.UsageReported(Usage(1, 0, 1, 0, 2), Usage(1, 0, 1, 0, 2), 100),
        ev.TurnCompleted(turn_id, "done", 2, 1),
    ]


def write(store, number=1, prompt="do it", **more):
    first = started(number, **more)
    writer = store.create(first, stamp(number))
    writer.append([(stamp(number), body) for body in (first, *turn(prompt))])
    writer.close()
    return first.thread_id


def kept(body):
    return not isinstance(body, ev.TRANSIENT)


def test_what_is_appended_is_read_in_order(store):
    first = started()
    writer = store.create(first, stamp(1))
    bodies = [first, *turn()]
    for number, body in enumerate(bodies, 1):
        writer.append([(stamp(number), body)])
    writer.sync()
    found = list(store.read(first.thread_id))
    assert [body for _, body in found] == [body for body in bodies if kept(body)]
    assert [time for time, _ in found][:3] == [stamp(1), stamp(2), stamp(3)]
    assert store.skipped(first.thread_id) == 0
    writer.close()
    assert fold(store.read(first.thread_id)).last_usage.total == 2


def test_a_thread_that_is_opened_is_the_thread_that_is_read(store):
    name = write(store)
    writer = store.open(name)
    for given in (None, writer):
        opened, whole = store.thread(name, given), fold(store.read(name))
        assert (opened.state_hash(), opened.history, opened.begun) == (whole.state_hash(), whole.history, 1)
        assert [turn.id for turn in opened.whole()] == ["u"]
        opened.recall()
        assert opened.past is None and [turn.id for turn in opened.turns] == ["u"]
    writer.close()
    with pytest.raises(StoreError):
        store.thread(thread_id(9))


def test_the_first_append_stores_how_the_thread_began(store):
    first = started()
    writer = store.create(first, stamp(1))
    writer.append([(stamp(2), ev.TurnStarted("u"))])
    writer.close()
    assert [type(body) for _, body in store.read(first.thread_id)] == [ev.ThreadStarted, ev.TurnStarted]


def test_nothing_is_there_before_the_first_append(store):
    writer = store.create(started(), stamp(1))
    with pytest.raises(StoreError):
        store.read(thread_id())
    assert list(store.list()) == []
    writer.close()
    assert list(store.list()) == []


def test_a_thread_goes_on_where_it_ended(store):
    name = write(store)
    writer = store.open(name)
    writer.append([(stamp(9), ev.TurnStarted("v"))])
    writer.close()
    assert list(store.read(name))[-1] == (stamp(9), ev.TurnStarted("v"))


def test_one_writer_at_a_time(store):
    name = write(store)
    writer = store.open(name)
    with pytest.raises(StoreError):
        store.open(name)
    refused = []

    def other():
        try:
            store.open(name)
        except StoreError as error:
            refused.append(error)

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert len(refused) == 1
    writer.close()
    writer.close()
    store.open(name).close()


def test_a_closed_writer_writes_no_more(store):
    name = write(store)
    writer = store.open(name)
    writer.close()
    with pytest.raises(StoreError):
        writer.append([(stamp(9), ev.TurnStarted("v"))])


def test_a_thread_is_made_once(store):
    write(store)
    with pytest.raises(StoreError):
        store.create(started(), stamp(1))
    with pytest.raises(StoreError):
        store.create(ev.ThreadNamed("x"), stamp(1))


@pytest.mark.parametrize("act", ["open", "read"])
def test_threads_there_are_not(store, act):
    for text in (thread_id(9), "no-id", "", "../x", "*"):
        with pytest.raises(StoreError):
            getattr(store, act)(text)


def test_threads_are_found_by_id_and_by_their_last_name(store):
    one, two = write(store, 1), write(store, 2, "other", cwd="/elsewhere")
    for name, text in ((one, "first"), (one, "second"), (two, "a name")):
        writer = store.open(name)
        writer.append([(stamp(9), ev.ThreadNamed(text))])
        writer.close()
    head = store.find(two)
    assert (head.thread_id, head.cwd, head.source, head.provider) == (two, "/elsewhere", "cli", "fake")
    assert (head.prompt, head.name, head.created) == ("other", "a name", stamp(2))
    assert store.find("second").thread_id == one
    for text in ("first", "Second", "", " ", "a/b", "..", "*", thread_id(9)):
        with pytest.raises(StoreError):
            store.find(text)


def test_lists_are_newest_update_first_and_filtered(store):
    one, two = write(store, 1), write(store, 2, cwd="/elsewhere")
    three = write(store, 3, source="exec")
    write(store, 4, source='{"subagent":"review"}')
    writer = store.open(one)
    writer.append([(stamp(30), ev.ThreadNamed("again"))])
    writer.close()

    def ids(**how):
        return [head.thread_id for head in store.list(**how)]

    assert ids() == [one, two]
    assert ids(non_interactive=True) == [one, three, two]
    assert ids(cwd="/elsewhere") == [two]
    assert ids(cwd="/nowhere") == []
    assert ids(archived=True) == []


def test_lines_nobody_knows_are_kept(store):
    name = write(store)
    line = b'{"timestamp":"t","type":"from_the_future","payload":{"a": 1.50}}'
    writer = store.open(name)
    writer.append([("t", ev.UnknownLine(msgspec.Raw(line)))])
    writer.close()
    assert bytes(list(store.read(name))[-1][1].raw) == line


def test_text_of_every_kind(store):
    text = "é\n\t\x00\u2028\U0001f600\ufffe" + "x" * 100_000
    name = write(store, prompt=text)
    entry = fold(store.read(name)).turns[-1].entries[0]
    assert entry.text() == text
    assert store.find(name).prompt == text
