"""A thread that goes on with its goal by itself: what the model reads, what stops it, what it costs."""

import pytest

from csm.api import codec, events, items, ops
from csm.api.testing import Bench, Gate, bundled
from csm.core.fold import fold

TURN_ENDS = (events.TurnCompleted, events.TurnFailed, events.TurnInterrupted)
CREATE = {"call": ("create_goal", {"objective": "ship <it> & more"})}
DONE = {"call": ("update_goal", {"status": "complete"})}
WORK = {"call": ("update_plan", {"plan": []})}


def goal(thread):
    """The goal that a folded thread keeps."""
    return codec.decode(thread.kept["goals"]["goal"])


class Stage:
    """A bench with goals, and its one thread, watched."""

    def __init__(self, folder, script, **more):
        start = more.pop("start", {})
        plugins = [bundled("goals"), bundled("plan"), *more.pop("plugins", [])]
        self.bench = Bench(folder, script, plugins=plugins, **more)
        self.thread = self.bench.start(**start)
        self.watcher = self.bench.port.attach(self.thread)
        self.seen = []

    def submit(self, op):
        assert self.bench.submit(self.thread, op).accepted

    def say(self, text):
        self.submit(ops.Submit(text))

    def set(self, **given):
        self.submit(ops.Keep("goals", "goal", {"objective": "ship it", **given}))

    def ends(self, count):
        """Wait for the ends of so many turns, and until the thread has nothing more to do at once; how they ended."""
        found = []
        while len(found) < count:
            self.seen += self.bench.until(self.watcher, TURN_ENDS)
            found.append(type(self.seen[-1].body).__name__.removeprefix("Turn").lower())
        self.submit(ops.Rename("quiet"))
        self.seen += self.bench.until(self.watcher, events.ThreadNamed)
        return found

    @property
    def goal(self):
        return goal(fold(self.bench.store.read(self.thread)))

    @property
    def requests(self):
        return self.bench.model.requests

    def last(self, which=-1):
        """What the last item of a request says."""
        return codec.decode(self.requests[which].input[-1])["content"][-1]["text"]

    def notices(self):
        shown = [event.body.item for event in self.seen if isinstance(event.body, events.ItemCompleted)]
        return [item.message for item in shown if isinstance(item, items.Notice)]


@pytest.fixture
def stage(tmp_path):
    opened = []

    def made(*script, **more):
        opened.append(Stage(tmp_path, list(script), **more))
        return opened[-1]

    yield made
    for one in opened:
        one.bench.__exit__()


def test_until_it_is_reached(stage):
    play = stage(CREATE, {"text": "one"}, WORK, {"text": "two"}, DONE, {"text": "done"})
    play.say("have a goal")
    assert play.ends(3) == ["completed"] * 3
    assert play.goal["status"] == "complete"
    told = play.last(2)
    assert told.startswith('<codex_internal_context source="goal">\nGo on with the goal')
    assert "\nship &lt;it&gt; &amp; more\n" in told and told.endswith("\n</codex_internal_context>")
    shown = [event.body.item for event in play.seen if isinstance(event.body, events.ItemCompleted)]
    assert [item.text for item in shown if isinstance(item, items.UserMessage)] == ["have a goal"]


def test_a_goal_that_the_user_sets_begins_at_once(stage):
    play = stage({"text": "one"}, DONE, {"text": "done"})
    play.set(budget=4000)
    play.ends(2)
    assert "Used for it so far: 0 tokens of 4000 (4000 left), 0 seconds." in play.last(0)
    assert "so far: 110 tokens of 4000 (3890 left)" in play.last(1)
    assert play.goal["status"] == "complete"


def used(tokens, **turn):
    return {"usage": {"input": tokens + 5, "cached": 5, "output": 0, "reasoning": 0}, **turn}


def test_a_budget_that_is_used_within_a_turn_is_told_once(stage):
    play = stage(used(60, **WORK), used(60, **WORK), used(60, **WORK), used(60, text="wrapped up"))
    play.set(budget=100)
    play.ends(1)
    assert len(play.requests) == 4 and (play.goal["status"], play.goal["tokens"]) == ("budgetLimited", 120)
    told = [raw for raw in play.requests[-1].input if b"has used up its budget" in raw]
    assert len(told) == 1 and b"120 tokens of 100 (0 left)" in told[0]
    assert not any(b"has used up" in raw for raw in play.requests[1].input)


def test_a_budget_that_the_last_answer_uses_up_ends_it(stage):
    play = stage(used(150, text="much said"))
    play.set(budget=100)
    play.ends(1)
    assert (play.goal["status"], play.goal["tokens"], len(play.requests)) == ("budgetLimited", 150, 1)


def test_an_interrupt_pauses_it(stage):
    gate = Gate()
    play = stage({"text": ["o", gate]}, {"text": "answer"})
    play.set()
    gate.wait_arrived()
    play.submit(ops.Interrupt())
    assert play.ends(1) == ["interrupted"] and play.goal["status"] == "paused"
    play.say("what is it?")
    play.ends(1)
    assert len(play.requests) == 2 and play.goal["status"] == "paused"


@pytest.mark.parametrize(
    ("code", "status"), [("bad", "blocked"), ("usage_limit_reached", "usageLimited"), (None, "blocked")]
)
def test_a_turn_that_fails_stops_it(stage, code, status):
    play = stage({"fail": {"message": "no", "code": code}}, {"text": "x"})
    play.set()
    assert play.ends(1) == ["failed"]
    assert play.goal["status"] == status and len(play.requests) == 1


def test_three_turns_of_talk_pause_it(stage):
    play = stage(*[{"text": f"still thinking {n}"} for n in range(9)])
    play.set()
    play.ends(3)
    assert len(play.requests) == 3 and play.goal["status"] == "paused"
    assert play.notices() == ["The goal is paused: 3 turns in a row did nothing but talk. /goal resume goes on."]


def test_work_between_lets_it_go_on(stage):
    talk = {"text": "hm"}
    play = stage(talk, talk, WORK, talk, talk, talk, talk, talk)
    play.set()
    play.ends(6)
    assert play.goal["status"] == "paused" and len(play.requests) == 7


def test_it_does_not_go_on_for_ever(stage):
    play = stage(*[turn for _ in range(9) for turn in (WORK, {"text": "on and on"})], settings={"goals.max_turns": 4})
    play.set()
    play.ends(4)
    assert play.goal["status"] == "paused" and play.goal["turns"] == 4 and len(play.requests) == 8
    assert play.notices() == ["The goal is paused after 4 turns by itself. /goal resume goes on."]


def test_what_the_user_says_lets_the_count_begin_anew(stage):
    script = [turn for _ in range(9) for turn in (WORK, {"text": "on"})]
    gate = Gate()
    script[3] = {"text": ["o", gate, "n"]}
    play = stage(*script, settings={"goals.max_turns": 3})
    play.set()
    gate.wait_arrived()
    play.submit(ops.Submit("mind the tests", busy="queue"))
    gate.open()
    play.ends(6)
    assert play.goal["turns"] == 3 and len(play.requests) == 12
    assert [play.last(n).startswith("<codex") for n in (0, 2, 4, 6, 8, 10)] == [True, True, False, True, True, True]


@pytest.mark.parametrize(
    "more",
    [
        {"start": {"headless": True}},
        {"settings": {"features.goals": False}},
        {"settings": {"csm.collaboration": "plan"}},
    ],
)
def test_where_it_does_not_go_on(stage, more):
    play = stage({"text": "one"}, {"text": "two"}, **more)
    play.set()
    play.say("hello")
    play.ends(1)
    assert len(play.requests) == 1 and play.goal == {"objective": "ship it"}


def test_a_resumed_thread_waits_for_the_user(stage):
    gate = Gate()
    play = stage({"text": ["o", gate]}, {"text": "two"}, DONE, {"text": "done"})
    play.set()
    gate.wait_arrived()
    bench = play.bench
    bench.close(play.thread)
    thread = bench.start(resume=play.thread)
    watcher = bench.port.attach(thread)
    assert goal(watcher.snapshot)["status"] == "active" and len(bench.model.requests) == 1
    bench.submit(thread, ops.Submit("go on then"))
    bench.until(watcher, TURN_ENDS)
    bench.until(watcher, TURN_ENDS)
    assert goal(fold(bench.store.read(thread)))["status"] == "complete"


def test_it_ends_with_the_thread_in_the_midst_of_going_on(stage):
    play = stage(*[turn for _ in range(200) for turn in (WORK, {"text": "on and on"})])
    play.set()
    for _ in range(3):
        play.seen += play.bench.until(play.watcher, TURN_ENDS)
    play.submit(ops.Shutdown())
    play.bench.until(play.watcher, events.ThreadClosed)
    before = len(play.requests)
    assert before < 200
    with pytest.raises(Exception, match="not open"):
        play.bench.port.attach(play.thread)
    assert len(play.requests) == before


def test_a_kept_goal_that_cannot_be_read_is_none(stage):
    play = stage({"text": "one"})
    play.submit(ops.Keep("goals", "goal", {"objective": 5}))
    play.say("hello")
    play.ends(1)
    assert len(play.requests) == 1
    ((_, segment),) = bundled("goals").status()
    assert segment(fold(play.bench.store.read(play.thread))) == ""
