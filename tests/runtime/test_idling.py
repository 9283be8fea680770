"""A thread that has nothing to do: who is asked whether to go on, when, and what a turn is that nobody began."""

import asyncio

import pytest

from csm.api.testing import Bench, Gate
from csm.core.fold import fold
from csm.host.hooks import hook
from csm.protocol import codec, events, items, ops

ENDS = (events.TurnCompleted, events.TurnFailed, events.TurnInterrupted)


class Going:
    """Goes on with the texts it was given, one after the other; notes what it hears."""

    def __init__(self, *texts):
        self.texts = list(texts)
        self.heard = []

    @hook
    async def idle(self, ended, code, cx):
        self.heard.append((ended, code))
        return self.texts.pop(0) if self.texts else None


@pytest.fixture
def bench(tmp_path):
    opened = []

    def made(script, *plugins, **more):
        opened.append(Bench(tmp_path, script, plugins=plugins, **more))
        return opened[-1]

    yield made
    for one in opened:
        one.__exit__()


def said(request):
    found = [codec.decode(raw) for raw in request.input]
    return [one["content"][-1]["text"] for one in found if one.get("role") == "user"][1:]


def ended(count):
    """A condition for the end of so many turns."""
    left = [count]

    def reached(event):
        left[0] -= isinstance(event.body, ENDS)
        return not left[0]

    return reached


def quiet(made, thread):
    """Wait until the thread has done all that was asked of it before now."""
    assert made.submit(thread, ops.Rename("quiet")).accepted


def test_a_turn_begins_that_nobody_began(bench):
    going = Going("go on", "and on")
    made = bench([{"text": "one"}, {"text": "two"}, {"text": "three"}], going)
    thread = made.start()
    watcher = made.port.attach(thread)
    made.submit(thread, ops.Submit("hello"))
    found = made.until(watcher, ended(3))
    quiet(made, thread)
    assert said(made.model.requests[-1]) == ["hello", "go on", "and on"]
    assert going.heard == [("completed", None)] * 3
    shown = [event.body.item for event in found if isinstance(event.body, events.ItemCompleted)]
    assert [item.text for item in shown if isinstance(item, items.UserMessage)] == ["hello"]
    live = watcher.snapshot
    for event in [*found, *watcher.drain()]:
        live.apply(event)
    assert fold(made.store.read(thread)).state_hash() == live.state_hash()
    assert [turn.last_message for turn in live.turns if turn.id] == ["one", "two", "three"]


def test_what_the_user_says_goes_first(bench):
    gate = Gate()
    made = bench([{"text": ["o", gate, "ne"]}, {"text": "two"}, {"text": "three"}], going := Going("go on"))
    thread = made.start()
    watcher = made.port.attach(thread)
    made.submit(thread, ops.Submit("hello"))
    gate.wait_arrived()
    made.submit(thread, ops.Submit("and this", busy="queue"))
    gate.open()
    made.until(watcher, ended(3))
    assert said(made.model.requests[-1]) == ["hello", "and this", "go on"]
    quiet(made, thread)
    assert going.heard == [("completed", None)] * 2


def test_nobody_goes_on_in_exec(bench):
    made = bench([{"text": "one"}], going := Going("go on"))
    thread = made.start(headless=True)
    made.turn(thread, "hello")
    quiet(made, thread)
    assert going.heard == [] and len(made.model.requests) == 1


def test_a_turn_that_was_stopped_or_failed_is_told_and_not_gone_on_with(bench):
    gate = Gate()
    fail = {"fail": {"message": "no", "code": "bad"}}
    made = bench([{"text": ["o", gate]}, fail, {"text": "x"}], going := Going("a", "b", "c"))
    thread = made.start()
    watcher = made.port.attach(thread)
    made.submit(thread, ops.Submit("hello"))
    gate.wait_arrived()
    made.submit(thread, ops.Submit("later", busy="queue"))
    made.submit(thread, ops.Interrupt())
    made.until(watcher, events.TurnInterrupted)
    quiet(made, thread)
    assert going.heard == [("interrupted", None)]
    made.submit(thread, ops.Submit(""))
    made.until(watcher, events.TurnFailed)
    quiet(made, thread)
    assert going.heard == [("interrupted", None), ("failed", "bad")] and len(made.model.requests) == 2


def test_a_value_that_is_kept_wakes_a_thread_and_is_noted_in_a_turn(bench):
    gate = Gate()
    made = bench([{"text": ["on", gate, "e"]}, {"text": "two"}], going := Going("go on"))
    thread = made.start()
    watcher = made.port.attach(thread)
    assert made.submit(thread, ops.Keep("who", "what", {"a": [1]})).accepted
    gate.wait_arrived()
    assert made.submit(thread, ops.Keep("who", "what", None, "it is gone")).accepted
    gate.open()
    made.until(watcher, ended(1))
    quiet(made, thread)
    assert going.heard == [("", None), ("completed", None)]
    assert said(made.model.requests[0]) == ["go on"] and said(made.model.requests[1]) == ["go on", "it is gone"]
    kept = [body for _, body in made.store.read(thread) if isinstance(body, events.Kept)]
    assert [(body.owner, body.name, codec.decode(body.value)) for body in kept] == [
        ("who", "what", {"a": [1]}),
        ("who", "what", None),
    ]


class Slow(Going):
    """Takes its time."""

    def __init__(self, gate):
        super().__init__()
        self.gate = gate

    @hook
    async def idle(self, ended, code, cx):
        self.heard.append((ended, code))
        await asyncio.to_thread(self.gate.arrive_and_wait) if len(self.heard) == 1 else None
        return "too late" if len(self.heard) == 1 else None


class Held:
    """A gate for a thread."""

    def __init__(self):
        import threading

        self.arrived, self.opened = threading.Event(), threading.Event()

    def arrive_and_wait(self):
        self.arrived.set()
        self.opened.wait(10)


def test_what_the_user_says_while_an_extension_thinks_counts_more(bench):
    gate = Held()
    made = bench([{"text": "one"}, {"text": "two"}], slow := Slow(gate))
    thread = made.start()
    watcher = made.port.attach(thread)
    made.submit(thread, ops.Submit("hello"))
    made.until(watcher, ended(1))
    assert gate.arrived.wait(10)
    future = made.port.submit(thread, ops.Submit("this instead"))
    gate.opened.set()
    assert future.result(10).accepted
    made.until(watcher, ended(1))
    quiet(made, thread)
    assert said(made.model.requests[-1]) == ["hello", "this instead"] and len(slow.heard) == 2


def test_closing_does_not_wait_for_an_extension_that_thinks(bench):
    gate = Held()
    made = bench([{"text": "one"}], Slow(gate))
    thread = made.start()
    watcher = made.port.attach(thread)
    made.submit(thread, ops.Submit("hello"))
    made.until(watcher, ended(1))
    assert gate.arrived.wait(10)
    assert made.submit(thread, ops.Shutdown()).accepted
    made.until(watcher, events.ThreadClosed)
    gate.opened.set()


class Judging(Going):
    """Hears what the user says, too."""

    def __init__(self, *texts):
        super().__init__(*texts)
        self.prompts = []

    @hook
    def before_prompt(self, prompt):
        self.prompts.append(prompt)

    @hook
    async def idle(self, ended, code, cx):
        return self.texts.pop(0) if self.texts else None


def test_what_nobody_said_is_not_judged_as_a_prompt(bench):
    made = bench([{"text": "one"}, {"text": "two"}], judging := Judging("go on"))
    thread = made.start()
    watcher = made.port.attach(thread)
    made.submit(thread, ops.Submit("hello"))
    found = made.until(watcher, ended(2))
    assert judging.prompts == ["hello"]
    begun = [event.body.item for event in found if isinstance(event.body, events.ItemStarted)]
    assert [item.text for item in begun if isinstance(item, items.UserMessage)] == ["hello"]


def test_a_broken_extension_does_not_keep_the_thread(bench):
    class Broken:
        @hook
        def idle(self, ended):
            raise RuntimeError("no")

    made = bench([{"text": "one"}, {"text": "two"}], Broken(), Going("go on"))
    thread = made.start()
    watcher = made.port.attach(thread)
    made.submit(thread, ops.Submit("hello"))
    made.until(watcher, ended(2))
    assert any("no" in message.text for message in made.host.messages)
