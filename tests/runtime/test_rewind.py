"""Going back to an earlier turn, and copies up to one: the history, what is shown, and what is stored."""

from __future__ import annotations

import msgspec
import pytest

from csm.core import rewind
from csm.core.fold import fold
from csm.protocol import events as ev
from csm.protocol import ops, rollout
from csm.protocol.items import UserMessage


def message(role, text):
    kind = "output_text" if role == "assistant" else "input_text"
    content = [{"type": kind, "text": text}]
    return msgspec.json.encode({"type": "message", "role": role, "content": content})


def texts(history):
    return [part["text"] for raw in history for part in msgspec.json.decode(raw)["content"]]


HISTORY = [
    message("developer", "rules"),
    message("user", "<environment_context>here</environment_context>"),
    message("user", "one"),
    message("assistant", "1"),
    message("user", "<turn_aborted>x</turn_aborted>"),
    message("user", "two"),
    message("assistant", "2"),
    message("developer", "plan"),
    message("user", "three"),
    message("user", "steered"),
]


@pytest.mark.parametrize(
    ("said", "left"),
    [(0, 10), (1, 9), (2, 8), (3, 4), (4, 2), (9, 2)],
    ids=["nothing", "steered", "a turn and not what set it", "a mark of the end", "all but the rules", "too many"],
)
def test_a_history_loses_what_the_user_said_last(said, left):
    assert rewind.cut(HISTORY, said) == HISTORY[:left]


def test_a_history_without_words_of_the_user_stays():
    assert rewind.cut(HISTORY[:2], 3) == HISTORY[:2]


@pytest.mark.parametrize("body", [ev.RolledBack(2, "t"), ev.RolledBack(1)])
def test_it_is_a_line_of_codex(body):
    (line,) = rollout.encode("2026-01-01T00:00:00.000Z", body, ordinal=7)
    told = msgspec.json.decode(line)
    assert (told["type"], told["payload"]["type"], told["payload"]["num_turns"]) == (
        "event_msg",
        "thread_rolled_back",
        body.said,
    )
    assert told["ordinal"] == 7
    assert rollout.decode(line)[1] == body


def turn(number, *words):
    turn_id = f"t{number}"
    bodies = [ev.TurnStarted(turn_id, number)]
    for index, text in enumerate(words):
        bodies += [
            ev.HistoryAppended(msgspec.Raw(message("user", text))),
            ev.ItemCompleted(turn_id, UserMessage(f"{turn_id}-{index}", text), index),
        ]
    bodies += [ev.HistoryAppended(msgspec.Raw(message("assistant", f"answer {number}"))), ev.TurnCompleted(turn_id)]
    return [("t", body) for body in bodies]


THREE = [("t", ev.ThreadStarted("id", "/w")), *turn(1, "one"), *turn(2, "two", "steered"), *turn(3, "three")]


def turns(thread):
    return [one.id for one in thread.turns if one.id]


@pytest.mark.parametrize(
    ("body", "left"),
    [
        (ev.RolledBack(1), ["t1", "t2"]),
        (ev.RolledBack(3), ["t1"]),
        (ev.RolledBack(3, "t2"), ["t1"]),
        (ev.RolledBack(9), []),
        (ev.RolledBack(1, "gone"), ["t1", "t2", "t3"]),
    ],
)
def test_turns_that_were_rolled_back_are_gone(body, left):
    thread = fold([*THREE, ("t", body)])
    assert turns(thread) == left
    assert {entry.turn_id for entry in thread.entries.values()} <= set(left)
    assert thread.state_hash() != fold(THREE).state_hash() or body.turn_id == "gone"
    again = fold([*THREE, ("t", body), *turn(4, "four")])
    assert turns(again) == [*left, "t4"] and texts(again.history)[-2:] == ["four", "answer 4"]


@pytest.mark.parametrize("which", ["2", "t2"])
def test_a_log_up_to_a_turn_and_before_it(which):
    assert turns(fold(rewind.through(THREE, which))) == ["t1", "t2"]
    assert turns(fold(rewind.before(THREE, "t2"))) == ["t1"]
    assert rewind.through(THREE, "3") == THREE


@pytest.mark.parametrize("which", ["0", "4", "-1", "", "x", "1.0", "²", "9" * 5000])
def test_turns_there_are_not(which):
    with pytest.raises(rewind.CommandError) as told:
        rewind.through(THREE, which)
    assert "3 turns" in told.value.message and len(told.value.message) < 200


def old(text, answer):
    """A turn as old logs have it: no beginning, and the history first."""
    return [
        ("t", ev.HistoryAppended(msgspec.Raw(message("user", text)))),
        ("t", ev.ItemCompleted("", UserMessage("", text))),
        ("t", ev.HistoryAppended(msgspec.Raw(message("assistant", answer)))),
    ]


def test_a_log_that_tells_turns_by_their_words_only():
    pairs = [("t", ev.ThreadStarted("id", "/w")), *old("a", "A"), *old("b", "B"), *old("c", "C")]
    cut = fold(rewind.through(pairs, "2"))
    assert texts(cut.history) == ["a", "A", "b", "B"]
    back = fold([*pairs, ("t", ev.RolledBack(2))])
    assert texts(back.history) == ["a", "A"] and len(turns(back)) == 1


def said(bench):
    """What the user is told to have said, in the last request."""
    items = [raw for raw in bench.model.requests[-1].input if msgspec.json.decode(raw).get("role") == "user"]
    return [text for text in texts(items) if not text.startswith(("<", "#"))]


def compacting(bench, thread_id):
    watcher = bench.port.attach(thread_id)
    assert bench.submit(thread_id, ops.Compact()).accepted
    bench.until(watcher, ev.TurnCompleted)
    watcher.detach()


def words(*more):
    return [{"text": text} for text in ("A", "B", "C", "D", *more)]


def test_a_running_session_goes_back_and_on(bench):
    made = bench(*words())
    thread_id = made.start()
    for text in ("one", "two", "three"):
        made.turn(thread_id, text)
    assert made.submit(thread_id, ops.Rewind("2")).accepted
    live = made.port.attach(thread_id).snapshot
    assert live.state_hash() == fold(made.store.read(thread_id)).state_hash()
    made.turn(thread_id, "four")
    assert said(made) == ["one", "four"]
    assert [type(body) for _, body in made.store.read(thread_id)].count(ev.TurnStarted) == 4  # nothing is taken out
    assert len(turns(fold(made.store.read(thread_id)))) == 2


def test_back_to_before_a_summary(bench):
    made = bench(*words("E", "F"))
    thread_id = made.start()
    for text in ("one", "two"):
        made.turn(thread_id, text)
    before = list(fold(made.store.read(thread_id)).history)
    compacting(made, thread_id)
    made.turn(thread_id, "three")
    assert made.submit(thread_id, ops.Rewind("2")).accepted
    after = fold(made.store.read(thread_id))
    assert after.history == rewind.cut(before, 1)
    made.turn(thread_id, "four")
    assert said(made) == ["one", "four"]


def test_back_to_the_very_beginning_of_what_was_summarised(bench):
    made = bench(*words())
    thread_id = made.start()
    made.turn(thread_id, "one")
    compacting(made, thread_id)
    assert made.submit(thread_id, ops.Rewind("1")).accepted
    made.turn(thread_id, "two")
    assert said(made) == ["two"]


def test_an_ephemeral_session_goes_back_too(bench):
    made = bench(*words())
    thread_id = made.start(ephemeral=True)
    for text in ("one", "two"):
        made.turn(thread_id, text)
    assert made.submit(thread_id, ops.Rewind("2")).accepted
    compacting(made, thread_id)
    refused = made.submit(thread_id, ops.Rewind("1"))
    assert not refused.accepted and "leaves no log" in refused.reason


@pytest.mark.parametrize("which", ["9", "", "nowhere"])
def test_where_one_cannot_go_back_to(bench, which):
    made = bench(*words())
    thread_id = made.start()
    made.turn(thread_id, "one")
    known = len(list(made.store.read(thread_id)))
    refused = made.submit(thread_id, ops.Rewind(which))
    assert not refused.accepted and "no turn" in refused.reason
    assert len(list(made.store.read(thread_id))) == known


@pytest.mark.parametrize(("at", "kept"), [("1", ["one"]), ("2", ["one", "two"]), ("", ["one", "two", "three"])])
def test_a_fork_goes_up_to_a_turn(bench, at, kept):
    made = bench(*words())
    thread_id = made.start()
    for text in ("one", "two", "three"):
        made.turn(thread_id, text)
    copy = made.start(fork=thread_id, fork_at=at)
    assert copy != thread_id
    made.turn(copy, "four")
    assert said(made) == [*kept, "four"]
    assert fold(made.store.read(copy)).forked_from == thread_id


def test_a_fork_at_no_turn_is_refused(bench):
    made = bench(*words())
    thread_id = made.start()
    made.turn(thread_id, "one")
    with pytest.raises(rewind.CommandError):
        made.start(fork=thread_id, fork_at="7")
    assert len(list(made.store.list())) == 1
