"""Faults everywhere: writes that fail at any point, tools that never end, items that are no items."""

import threading

import pytest

from csm.api.testing import MemoryStore
from csm.core.fold import fold
from csm.protocol import events as ev
from csm.protocol import ops
from csm.protocol.errors import StoreError
from csm.protocol.model import PartCompleted, PartItemDone, PartText


class Failing(MemoryStore):
    """A store whose n-th write or sync fails."""

    def __init__(self, at):
        super().__init__()
        self.left = at
        self.failed = False

    def count(self):
        self.left -= 1
        if self.left == 0:
            self.failed = True
            raise StoreError("no space left on device")

    def keep(self, thread_id, kept, lines):
        self.count()
        super().keep(thread_id, kept, lines)

    def create(self, started, time):
        return Syncs(super().create(started, time), self)


class Syncs:
    """A writer that counts its syncs too."""

    def __init__(self, writer, store):
        self._writer, self._store = writer, store
        self.path, self.append, self.close = writer.path, writer.append, writer.close
        self.take_back = writer.take_back

    def sync(self):
        self._store.count()
        self._writer.sync()


@pytest.mark.parametrize("at", range(1, 26))
def test_a_write_that_fails_anywhere_loses_nothing(bench, does, at):
    store = Failing(at)
    script = [
        {"text": "a", "call": [("one", {}, "c1"), ("two", {}, "c2")]},
        {"text": "b"},
        {"text": "c"},
        {"text": "d"},
    ]
    tools = [does("one", lambda call, cx: "1"), does("two", lambda call, cx: "2")]
    made = bench(*script, tools=tools, store=store)
    thread = made.start()
    ends = [made.turn(thread, text)[-1].body for text in ("go", "again", "and again")]
    failed = [body for body in ends if isinstance(body, ev.TurnFailed)]
    assert all(body.code == "store" and "no space left" in body.message for body in failed)
    told = [message for message in made.host.messages if "no space left" in message.text]
    assert len(told) + len(failed) == store.failed  # it is told once, as a message or as the end of a turn
    if failed and failed[0] is ends[-1]:
        made.turn(thread, "once more")
    live = made.port.attach(thread).snapshot
    assert fold(store.read(thread)).state_hash() == live.state_hash()
    assert [turn.entries[0].text() for turn in live.turns if turn.id][:3] == ["go", "again", "and again"]


def test_a_tool_that_never_returns_is_left_behind(bench, does):
    running, never = threading.Event(), threading.Event()

    def stuck(call, cx):
        running.set()
        never.wait()
        return "late"

    made = bench({"call": ("one", {})}, {"text": "ok"}, tools=[does("one", stuck)])
    thread = made.start()
    watcher = made.port.attach(thread)
    made.submit(thread, ops.Submit("go"))
    assert running.wait(10)
    made.submit(thread, ops.Interrupt())
    made.until(watcher, ev.TurnInterrupted)
    assert made.turn(thread, "next")[-1].body.last_message == "ok"
    made.port.close()
    workers = [one for one in threading.enumerate() if one.name == "csm-worker"]
    assert workers and all(one.daemon for one in workers)
    never.set()


class Odd:
    """A provider that sends what no provider should."""

    id = name = "odd"

    def problem(self):
        return None

    async def stream(self, request, cx):
        yield PartText("m", "so \ud800 it")
        yield PartItemDone("x", b"no json")
        yield PartItemDone("y", b"[1, 2]")
        yield PartItemDone("m", b'{"type":"message","role":"assistant","content":[{"text":"so \\ud800 it"}, 3, null]}')
        yield PartCompleted("r")


def test_odd_items_and_odd_text(bench):
    made = bench(model=Odd())
    thread = made.start()
    events = made.turn(thread, "say \udcff it")
    assert events[-1].body.last_message == "so \ufffd it"
    live = made.port.attach(thread).snapshot
    assert [entry.text() for entry in live.turns[-1].entries] == ["say \ufffd it", "so \ufffd it"]
    assert fold(made.store.read(thread)).state_hash() == live.state_hash()


class Silent(Odd):
    """A provider whose stream ends before it is complete."""

    async def stream(self, request, cx):
        return
        yield


def test_a_stream_that_just_ends_is_a_broken_one(bench):
    made = bench(model=Silent(), settings={"model_providers.odd.stream_max_retries": 0})
    body = made.turn(made.start(), "go")[-1].body
    assert body.message == "stream disconnected before completion: stream closed before response.completed"
