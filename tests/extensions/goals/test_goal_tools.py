"""Goals: answers and complaints as recorded with 0.169, counting, keeping."""

import pytest

from csm.api import Offer, Spent, Thread, codec, events, model, ops, tools
from csm.api.testing import Bench, FakeToolContext, MemoryStore, bundled

UNFINISHED = "cannot create a new goal because this thread has an unfinished goal; complete the existing goal first"
NOT_YOURS = "update_goal can only mark the existing goal complete, blocked, or paused"
KNOWN = "expected one of `active`, `paused`, `blocked`, `usageLimited`, `budgetLimited`, `complete`"
OBJECTIVE = {"objective": "ship it"}


@pytest.fixture
def offered():
    return bundled("goals").tools()


def used(tokens):
    return {"usage": {"input": tokens + 5, "cached": 5, "output": 0, "reasoning": 0}}


def play(tmp_path, offered, *calls, settings=None, **more):
    """The outputs of calls, one a response of as many tokens as it says (10)."""
    script = [{"call": (name, arguments), **used(more.get("tokens", 10))} for name, arguments in calls]
    with Bench(tmp_path, [*script, {"text": "done"}], tools=offered, settings=settings) as bench:
        bench.turn(bench.start(), "go")
        return [answer(output) for output in bench.outputs()]


def answer(output):
    """An output as JSON where it is JSON, without what differs from run to run."""
    if not output.startswith("{"):
        return output
    value = codec.decode(output)
    for name in ("threadId", "createdAt", "updatedAt"):
        if value["goal"]:
            assert value["goal"].pop(name)
    return value


def goal(status="active", tokens=0, budget=None, remaining=None, report=None, objective="ship it"):
    shown = {"objective": objective, "status": status, **({} if budget is None else {"tokenBudget": budget})}
    shown |= {"tokensUsed": tokens, "timeUsedSeconds": 0}
    return {"goal": shown, "remainingTokens": remaining, "completionBudgetReport": report}


def test_from_none_to_complete(tmp_path, offered):
    none = {"goal": None, "remainingTokens": None, "completionBudgetReport": None}
    assert play(
        tmp_path,
        offered,
        ("get_goal", {}),
        ("update_goal", {"status": "complete"}),
        ("create_goal", {"objective": "  ship it\n"}),
        ("get_goal", "{bad"),
        ("get_goal", {"x": 1}),
        ("create_goal", OBJECTIVE),
        ("update_goal", {"status": "paused"}),
        ("get_goal", ""),
        ("create_goal", OBJECTIVE),
        ("update_goal", {"status": "blocked"}),
        ("update_goal", {"status": "complete"}),
        ("create_goal", {"objective": "next"}),
        ("get_goal", {}),
    ) == [
        none,
        "cannot update goal because this thread has no goal",
        goal(),
        goal(),
        goal(tokens=10),
        UNFINISHED,
        goal("paused", 40),
        goal("paused", 40),
        UNFINISHED,
        goal("blocked", 40),
        goal("complete", 40),
        goal(objective="next"),
        goal(objective="next"),
    ]


def test_a_budget_is_used_up(tmp_path, offered):
    *counted, done = play(
        tmp_path,
        offered,
        ("create_goal", {**OBJECTIVE, "token_budget": 25}),
        ("get_goal", {}),
        ("get_goal", {}),
        ("get_goal", {}),
        ("get_goal", {}),
        ("update_goal", {"status": "paused"}),
        ("update_goal", {"status": "complete"}),
    )
    assert counted == [
        goal(budget=25, remaining=25),
        goal(budget=25, remaining=25),
        goal(budget=25, tokens=10, remaining=15),
        goal(budget=25, tokens=20, remaining=5),
        goal("budgetLimited", 30, 25, 0),
        goal("budgetLimited", 50, 25, 0),
    ]
    report = done.pop("completionBudgetReport")
    assert report.startswith("The goal is complete.")
    assert done == {"goal": goal("complete", 60, 25)["goal"], "remainingTokens": 0}


@pytest.mark.parametrize(
    ("name", "arguments", "complaint"),
    [
        ("create_goal", {}, "missing field `objective` at line 1 column 2"),
        ("create_goal", "{bad", "key must be a string at line 1 column 2"),
        ("create_goal", {"objective": ""}, "goal objective must not be empty"),
        ("create_goal", {"objective": " \n"}, "goal objective must not be empty"),
        ("create_goal", {"objective": "y" * 4001}, "goal objective must be at most 4000 characters"),
        ("create_goal", {"objective": "x", "token_budget": 0}, "goal budgets must be positive when provided"),
        ("create_goal", {"objective": "x", "token_budget": -5}, "goal budgets must be positive when provided"),
        (
            "create_goal",
            '{"objective": "x", "token_budget": 1.5}',
            "invalid type: floating point `1.5`, expected i64 at line 1 column 38",
        ),
        ("update_goal", '{"status": "done"}', f"unknown variant `done`, {KNOWN} at line 1 column 17"),
        ("update_goal", {}, "missing field `status` at line 1 column 2"),
        ("update_goal", {"status": "active"}, NOT_YOURS),
    ],
)
def test_complaints(tmp_path, offered, name, arguments, complaint):
    (found,) = play(tmp_path, offered, (name, arguments))
    assert found.startswith(complaint) and (complaint is NOT_YOURS or found == complaint)


def test_budgets_are_bounded_by_the_settings(tmp_path, offered):
    calls = [("create_goal", {**OBJECTIVE, "token_budget": 500}), ("create_goal", OBJECTIVE)]
    assert play(tmp_path, offered, *calls, settings={"goals.max_goal_token_budget": 100}) == [
        "goal token budget 500 exceeds the maximum allowed goal token budget of 100",
        goal(budget=100, remaining=100),
    ]


def test_two_goals_at_once(tmp_path, offered):
    script = [{"call": [("create_goal", OBJECTIVE), ("create_goal", {"objective": "b"})]}, {"text": "done"}]
    with Bench(tmp_path, script, tools=offered) as bench:
        bench.turn(bench.start(), "go")
        assert [answer(output) for output in bench.outputs()] == [goal(), UNFINISHED]


def test_a_resumed_and_a_forked_thread_have_the_goal(tmp_path, offered):
    turn = [{"call": ("get_goal", {}), **used(10)}, {"text": "done", **used(10)}]
    script = [{"call": ("create_goal", OBJECTIVE), **used(10)}, {"text": "done", **used(10)}, *turn, *turn]
    with Bench(tmp_path, script, tools=offered, store=MemoryStore()) as bench:
        thread = bench.start()
        bench.turn(thread, "go")
        bench.submit(thread, ops.Shutdown())
        bench.turn(bench.start(resume=thread), "go on")
        assert answer(bench.outputs()[-1]) == goal(tokens=10)
        bench.turn(bench.start(fork=thread), "and so")
        assert answer(bench.outputs()[-1]) == goal(tokens=30)


def test_seconds_are_those_of_turns_while_the_goal_is_worked_on():
    from csm_extensions.goals.goal import begin, change, count

    def at(seconds, now):
        return Spent(model.Usage(), seconds, now)

    found = begin("o", None, at(5.0, 1_000_000))
    found = count(found, at(6.5, 1_002_000))
    assert (found.seconds, found.created, found.updated) == (1.5, 1000, 1002)
    found = change(found, "paused", at(7.0, 1_003_000))
    assert (count(found, at(99.0, 1_009_000)), found.seconds) == (found, 2.0)
    early = count(begin("o", 5, at(5.0, 0)), at(1.0, 0))
    assert (early.seconds, early.tokens, early.status) == (0.0, 0, "active")


def test_the_feature_may_be_switched_off(tmp_path, offered):
    with Bench(tmp_path, settings={"features.goals": False}) as bench:
        offer = Offer(model.ModelInfo("m"), bench.host.settings, tools.SandboxPolicy())
        assert [tool.offered(offer) for tool in offered] == [None, None, None]
    names = [codec.decode(bytes(tool.spec.raw))["name"] for tool in offered]
    assert names == [tool.spec.name for tool in offered] == ["get_goal", "create_goal", "update_goal"]


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        ("active", "goal: ship it all, as soon as the tes…"),
        ("paused", "goal: ship it all, as soon a… (paused)"),
        ("budgetLimited", "goal: ship it all, as s… (budget used)"),
        ("complete", ""),
    ],
)
def test_the_goal_is_in_the_status_line(status, shown):
    ((name, segment),) = bundled("goals").status()
    thread = Thread()
    assert (name, segment(thread)) == ("goal", "")
    kept = {"objective": "ship it all,\nas soon as the tests pass", "status": status}
    thread.take(events.Kept("goals", "goal", codec.encode(kept)))
    assert segment(thread) == shown


def test_without_a_session(tmp_path, offered):
    import asyncio

    get, create, update = offered
    cx = FakeToolContext(tmp_path)
    asyncio.run(cx.call(create, OBJECTIVE))
    assert cx.values["goal"]["objective"] == "ship it"
    asyncio.run(cx.call(update, {"status": "complete"}))
    assert answer(asyncio.run(cx.call(get, {})).output.replace('At":0', 'At":1')) == goal("complete")
