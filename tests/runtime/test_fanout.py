"""Queues of watchers: what is joined, what never is."""

from csm.core.fold import Thread
from csm.protocol import events as ev
from csm.protocol.events import Event
from csm.protocol.items import AgentMessage, Notice, Reasoning
from csm.runtime.fanout import Hub


def hub(limit):
    made = Hub(Thread())
    return made, made.attach(limit)


def send(made, *bodies):
    for body in bodies:
        event = Event(made.thread.seq + 1, "", body)
        made.thread.apply(event)
        made.send([event])


def taken(watcher):
    found = []
    while (event := watcher.get(0)) is not None:
        found.append(event.body)
    return found


def test_below_the_limit_nothing_is_joined():
    made, watcher = hub(4)
    send(made, *(ev.TextDelta("m", text) for text in "abcd"))
    assert taken(watcher) == [ev.TextDelta("m", text) for text in "abcd"]


def test_above_it_deltas_join_the_last_one_of_their_item():
    made, watcher = hub(2)
    send(made, ev.TextDelta("m", "a"), ev.TextDelta("n", "1"), ev.TextDelta("m", "b"), ev.TextDelta("n", "2"))
    send(made, ev.TextDelta("m", "c"))
    assert taken(watcher) == [ev.TextDelta("m", "abc"), ev.TextDelta("n", "12")]


def test_kinds_and_paragraphs_are_not_mixed():
    made, watcher = hub(1)
    send(made, ev.ReasoningDelta("r", "a"), ev.ReasoningDelta("r", "b", 1), ev.ReasoningDelta("r", "c", 1))
    send(made, ev.OutputDelta("r", "d"), ev.OutputDelta("r", "e"))
    assert taken(watcher) == [
        ev.ReasoningDelta("r", "a"),
        ev.ReasoningDelta("r", "bc", 1),
        ev.OutputDelta("r", "de"),
    ]


def test_no_delta_jumps_over_a_change_of_its_item():
    made, watcher = hub(1)
    send(
        made,
        ev.ItemStarted("t", AgentMessage("m", "")),
        ev.TextDelta("m", "old"),
        ev.ItemUpdated("t", AgentMessage("m", "")),
        ev.TextDelta("m", "n"),
        ev.TextDelta("m", "ew"),
        ev.ItemCompleted("t", Reasoning("other", "x")),
        ev.TextDelta("m", "er"),
    )
    for body in taken(watcher):
        watcher.snapshot.take(body)
    assert watcher.snapshot.entries["m"].text() == "newer" == made.thread.entries["m"].text()


def test_what_was_taken_is_not_joined_to():
    made, watcher = hub(1)
    send(made, ev.TextDelta("m", "a"))
    assert watcher.get(0).body.text == "a"
    send(made, ev.TextDelta("m", "b"), ev.TextDelta("m", "c"))
    assert taken(watcher) == [ev.TextDelta("m", "bc")]
    send(made, ev.TextDelta("m", "d"))
    watcher.drain()
    send(made, ev.TextDelta("m", "e"))
    assert taken(watcher) == [ev.TextDelta("m", "e")]


def test_ready_is_called_once_until_the_queue_is_empty_again():
    made, watcher = hub(9)
    calls = []
    watcher.on_ready(lambda: calls.append(1))
    send(made, ev.TextDelta("m", "a"), ev.TextDelta("m", "b"))
    assert calls == [1]
    watcher.drain()
    send(made, ev.TextDelta("m", "c"))
    assert calls == [1, 1]
    made.close()
    assert calls == [1, 1, 1]


def test_a_hub_that_is_closed_gives_closed_watchers():
    made, watcher = hub(9)
    send(made, ev.ThreadClosed())
    made.close()
    assert not watcher.closed and watcher.get() is not None and watcher.closed
    assert made.attach().closed


def test_who_comes_later_is_told_the_notices_outside_turns():
    made, early = hub(4)
    send(made, ev.ItemCompleted("", Notice("1", "cut")), ev.ItemCompleted("t", Notice("2", "in a turn")))
    assert early.told == ()
    assert made.attach().told == (Notice("1", "cut"),)
