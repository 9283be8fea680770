"""The fold: deltas, order, endings, copies, and the digest that forgets what was never stored."""

from csm.core.fold import Thread, fold
from csm.protocol import events as ev
from csm.protocol import rollout
from csm.protocol.events import Event
from csm.protocol.items import STORED_BYTES, AgentMessage, CommandExecution, Notice, Reasoning, UserMessage
from csm.protocol.items import stored as stored_item
from csm.protocol.model import Usage
from csm.protocol.tools import Ask


def live(*bodies: ev.Body) -> Thread:
    thread = Thread()
    for seq, body in enumerate(bodies, 1):
        thread.apply(Event(seq, "2026-01-01T00:00:00.000Z", body))
    return thread


def stored(*bodies: ev.Body) -> Thread:
    return fold(("", body) for body in bodies if not isinstance(body, ev.TRANSIENT))


START = ev.ThreadStarted(thread_id="t", cwd="/w", source="exec", provider="fake", created="2026")


def test_deltas_join_and_the_final_text_wins():
    message = AgentMessage("m", "")
    bodies = [START, ev.TurnStarted("1"), ev.ItemStarted("1", message)]
    thread = live(*bodies, ev.TextDelta("m", "he"), ev.TextDelta("m", "llo"))
    entry = thread.entries["m"]
    assert (entry.text(), entry.done, entry.version) == ("hello", False, 2)
    thread.take(ev.ItemCompleted("1", AgentMessage("m", "Hello!"), place=0))
    thread.take(ev.TextDelta("m", "late"))
    assert (entry.text(), entry.done) == ("Hello!", True)


def test_reasoning_parts_are_paragraphs():
    thread = live(ev.TurnStarted("1"), ev.ItemStarted("1", Reasoning("r", "")))
    for text, index in (("a", 0), ("b", 0), ("c", 1)):
        thread.take(ev.ReasoningDelta("r", text, index))
    assert thread.entries["r"].text() == "ab\n\nc"


def test_entries_stand_where_they_began_however_they_ended():
    one, two = CommandExecution("a", "sleep 1"), CommandExecution("b", "true")
    bodies = [
        START,
        ev.TurnStarted("1", started=5),
        ev.ItemStarted("1", one),
        ev.ItemStarted("1", two),
        ev.OutputDelta("a", "x"),
        ev.ItemCompleted("1", CommandExecution("b", "true", status="completed"), place=1),
        ev.ItemCompleted("1", CommandExecution("a", "sleep 1", status="completed"), place=0),
        ev.TurnCompleted("1", "done", ended=9, duration_ms=4),
    ]
    assert [entry.item.id for entry in live(*bodies).turns[0].entries] == ["a", "b"]
    assert [entry.item.id for entry in stored(*bodies).turns[0].entries] == ["a", "b"]
    assert live(*bodies).state_hash() == stored(*bodies).state_hash()


def test_long_output_is_as_short_in_a_thread_as_in_a_log():
    long = CommandExecution("a", "yes", output="é" * 20_000 + "\n" + "x" * 900_000 + "\nend", status="completed")
    bodies = [START, ev.TurnStarted("1"), ev.ItemCompleted("1", long, place=0), ev.TurnCompleted("1")]
    kept = live(*bodies).entries["a"].text()
    assert len(kept.encode()) <= STORED_BYTES
    assert kept.startswith("éé") and kept.endswith("x\nend")
    assert "\n... the middle of 940005 bytes of output is not kept ...\n" in kept
    lines = [line for body in bodies for line in rollout.encode("t", body)]
    read = fold(found for line in lines if (found := rollout.decode(line)) is not None)
    assert read.entries["a"].text() == kept
    assert live(*bodies).state_hash() == stored(*bodies).state_hash()


def test_what_was_cut_before_counts_as_not_kept():
    cut = CommandExecution("a", "yes", output="x" * 50_000 + "\n... 99000000 bytes omitted ...\n" + "y" * 50_000)
    kept = stored_item(cut)
    assert "\n... the middle of 99100032 bytes of output is not kept ...\n" in kept.output
    assert stored_item(kept) == kept


def test_what_still_runs_is_not_in_the_digest():
    bodies = [START, ev.TurnStarted("1"), ev.ItemStarted("1", CommandExecution("a", "top")), ev.Queued(("next",))]
    bodies += [ev.TurnCompleted("1")]
    assert live(*bodies).state_hash() == stored(*bodies).state_hash()
    assert live(*bodies, ev.ThreadNamed("x")).state_hash() != stored(*bodies).state_hash()


def test_endings():
    ask = Ask("q", "c", "command", "Run?")
    running = [START, ev.TurnStarted("1"), ev.Asked("1", ask)]
    assert list(live(*running).asks) == ["q"] and live(*running).running == "1"
    for end, status in (
        (ev.TurnCompleted("1"), "completed"),
        (ev.TurnFailed("1", "no"), "failed"),
        (ev.TurnInterrupted("1"), "interrupted"),
        (ev.TurnStarted("2"), "interrupted"),
    ):
        thread = live(*running, end)
        assert thread.turns[0].status == status
        assert thread.asks == {}
    assert live(*running, ev.Answered("q", "accept")).asks == {}


def test_a_copy_goes_its_own_way():
    thread = live(START, ev.TurnStarted("1"), ev.ItemStarted("1", AgentMessage("m", "")), ev.TextDelta("m", "a"))
    twin = thread.copy()
    twin.take(ev.TextDelta("m", "b"))
    twin.take(ev.HistoryAppended(b"{}"))
    twin.take(ev.TurnCompleted("1"))
    assert (thread.entries["m"].text(), thread.history, thread.running) == ("a", [], "1")
    assert (twin.entries["m"].text(), twin.turns[0].entries[0].text(), twin.running) == ("ab", "ab", None)


def test_old_rollouts_name_neither_turns_nor_items():
    told = [UserMessage("", "one"), AgentMessage("", "1"), UserMessage("", "two"), AgentMessage("", "2")]
    thread = live(START, *(ev.ItemCompleted("", item) for item in told))
    assert [(turn.id, turn.status) for turn in thread.turns] == [("turn-0", "completed"), ("turn-1", "completed")]
    assert [[entry.text() for entry in turn.entries] for turn in thread.turns] == [["one", "1"], ["two", "2"]]
    assert len(thread.entries) == 4


def test_an_id_used_again_in_a_later_turn_is_another_item():
    bodies = []
    for turn in ("1", "2"):
        bodies += [ev.TurnStarted(turn), ev.ItemCompleted(turn, AgentMessage("m", turn)), ev.TurnCompleted(turn)]
    assert [[entry.text() for entry in turn.entries] for turn in live(*bodies).turns] == [["1"], ["2"]]


def test_an_id_used_again_in_one_turn_is_another_item_live_and_stored():
    bodies = [ev.TurnStarted("1")]
    for place in (0, 1):
        command = CommandExecution("c", str(place))
        bodies += [ev.ItemStarted("1", command), ev.ItemCompleted("1", command, place)]
    for thread in (live(*bodies), stored(*bodies)):
        assert [entry.item.command for entry in thread.turns[0].entries] == ["0", "1"]
        assert all(entry.done for entry in thread.turns[0].entries)


def test_an_item_completed_twice_is_one_item():
    bodies = [ev.TurnStarted("1")] + [ev.ItemCompleted("1", AgentMessage("m", text), 0) for text in "ab"]
    assert [entry.text() for entry in live(*bodies).turns[0].entries] == ["b"]


def test_the_first_thread_started_counts():
    assert live(START, ev.ThreadStarted(thread_id="parent", cwd="/")).thread_id == "t"


def test_items_before_any_turn_have_a_turn_of_their_own():
    thread = live(START, ev.ItemCompleted("", Notice("n", "careful"), place=0), ev.TurnStarted("1"))
    assert [turn.id for turn in thread.turns] == ["", "1"]
    assert thread.turns[0].status == "completed"


def test_history_usage_and_settings():
    thread = live(
        ev.HistoryAppended(b'{"a":1}'),
        ev.HistoryReplaced("s", (b'{"b":2}', b'{"c":3}')),
        ev.UsageReported(Usage(1, 0, 2, 0, 3), Usage(4, 0, 5, 0, 9), 100),
        ev.Configured(model="m", approval="never"),
    )
    assert thread.history == [b'{"b":2}', b'{"c":3}']
    assert (thread.usage.total, thread.last_usage, thread.context_window) == (9, Usage(1, 0, 2, 0, 3), 100)
    assert (thread.model, thread.approval, thread.effort) == ("m", "never", None)


def test_a_hundred_thousand_deltas_are_linear_in_work():
    thread = live(ev.TurnStarted("1"), ev.ItemStarted("1", AgentMessage("m", "")))
    for _ in range(100_000):
        thread.take(ev.TextDelta("m", "x"))
    entry = thread.entries["m"]
    assert len(entry._parts) == 100_001  # joined only when read
    assert entry.text() == "x" * 100_000
    assert len(entry._parts) == 1
