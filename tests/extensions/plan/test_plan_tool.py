"""update_plan: one item a turn, and clear complaints."""

import asyncio
import dataclasses

import pytest

from csm.api import ToolError, codec, items
from csm.api.testing import Bench, FakeToolContext, bundled


@pytest.fixture
def tool():
    return bundled("plan").tools()[0]


def plan(*steps, **more):
    return {"plan": [{"step": step, "status": status} for step, status in steps], **more}


def test_the_first_call_of_a_turn_shows_the_plan_and_later_ones_change_it(tool, tmp_path):
    cx = FakeToolContext(tmp_path)

    async def run():
        first = await cx.call(tool, plan(("look", "in_progress"), ("fix", "pending"), explanation="so"))
        second = await cx.call(tool, plan(("look", "completed"), ("fix", "completed")))
        later = dataclasses.replace(cx, turn_id="turn 2")
        return first, second, await later.call(tool, plan())

    for result in asyncio.run(run()):
        assert (result.output, result.success, result.item) == ("Plan updated", True, None)
    assert [what for what, _ in cx.shown] == ["started", "updated", "started"]
    shown = [item for _, item in cx.shown]
    assert shown[0].id == shown[1].id != shown[2].id
    assert shown[0].steps == (items.PlanStep("look", "in_progress"), items.PlanStep("fix", "pending"))
    assert (shown[0].explanation, shown[1].explanation, shown[2].steps) == ("so", None, ())


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("{bad", "key must be a string at line 1 column 2"),
        ("", "EOF while parsing a value at line 1 column 0"),
        ('{"plan":[]} x', "trailing characters at line 1 column 13"),
        ("{}", "missing field `plan` at line 1 column 2"),
        ("[]", "invalid length 1, expected struct UpdatePlanArgs with 2 elements at line 1 column 2"),
        ('{"plan": [{"step": "a"}]}', "missing field `status` at line 1 column 23"),
        (
            '{"plan": [{"step": "a", "status": "done"}]}',
            "unknown variant `done`, expected one of `pending`, `in_progress`, `completed` at line 1 column 40",
        ),
        ('{"plan": "x"}', 'invalid type: string "x", expected a sequence at line 1 column 12'),
        ('{"plan": [5]}', "invalid type: integer `5`, expected struct PlanItemArg at line 1 column 11"),
        (
            '{"plan": [{"step": 1, "status": "pending"}]}',
            "invalid type: integer `1`, expected a string at line 1 column 20",
        ),
        ('{"plan": [{"step": "a", "status": 5}]}', "expected value at line 1 column 35"),
        ('{"plan": [], "more": 1}', "unknown field `more`, expected `explanation` or `plan` at line 1 column 19"),
        ("[" * 100_000, "recursion limit exceeded"),
    ],
)
def test_bad_arguments(tool, tmp_path, arguments, complaint):
    cx = FakeToolContext(tmp_path)
    with pytest.raises(ToolError) as caught:
        asyncio.run(cx.call(tool, arguments))
    assert caught.value.message == f"failed to parse function arguments: {complaint}"
    assert cx.shown == []


def test_the_model_is_told_the_same_as_is_checked(tool):
    told = codec.decode(bytes(tool.spec.raw))
    assert told["name"] == tool.spec.name == "update_plan"
    assert told["parameters"]["required"] == ["plan"]


@pytest.mark.parametrize(("settings", "there"), [({}, True), ({"enabled": True}, True), ({"enabled": False}, False)])
def test_a_setting_takes_the_tool_away(tmp_path, settings, there):
    named = {f"tools.update_plan.{name}": value for name, value in settings.items()}
    with Bench(tmp_path, [{"text": "hi"}], plugins=[bundled("plan")], settings=named) as bench:
        bench.turn(bench.start(), "hello")
        assert ("update_plan" in {tool.name for tool in bench.model.requests[0].tools}) is there
