"""Calling hooks one by one: order, failures, guards, pipelines, observers."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Callable
from typing import Any

import pluggy
import pytest

from csm.host import marks
from csm.host.hooks import Hooks, hook
from csm.protocol.errors import ExtensionError


def plugin(**functions: Callable[..., Any]) -> types.ModuleType:
    module = types.ModuleType("plugin")
    for name, function in functions.items():
        setattr(module, name, hook(function))
    return module


@pytest.fixture
def reports() -> list[tuple[str, str, str]]:
    return []


@pytest.fixture
def hooks(reports: list[tuple[str, str, str]]) -> Hooks:
    return Hooks(lambda *report: reports.append(report))


def test_marks_are_those_of_pluggy() -> None:
    theirs, ours = pluggy.HookimplMarker("csm"), pluggy.HookspecMarker("csm")
    for options in ({}, {"tryfirst": True}, {"trylast": True, "specname": "models"}, {"wrapper": True}):
        assert vars(hook(**options)(lambda: None)) == vars(theirs(**options)(lambda: None))
    assert vars(marks.spec(lambda: None)) == vars(ours(lambda: None))
    with pytest.raises(TypeError, match="firstly"):
        hook(firstly=True)  # type: ignore[call-overload]


def broken(*_: Any) -> Any:
    raise RuntimeError("no luck")


def says(answer: Any) -> Callable[..., Any]:
    return lambda call: answer


def test_contributions_are_flattened_in_order_and_named(hooks: Hooks) -> None:
    hooks.register(plugin(tools=lambda host: ["c", "d"]), "late", 2)
    hooks.register(plugin(tools=lambda host: "b"), "middle", 1)
    hooks.register(plugin(tools=lambda: (name for name in "a")), "early", 0)
    hooks.register(plugin(tools=lambda host: None), "silent", 3)
    assert hooks.collect("tools", host=None) == ["a", "b", "c", "d"]
    assert [found.owner for found in hooks.contributions("tools")] == ["early", "middle", "late", "late"]


def test_tryfirst_and_trylast_move_to_the_ends(hooks: Hooks) -> None:
    first, last = types.ModuleType("first"), types.ModuleType("last")
    first.tools = hook(tryfirst=True)(lambda: "first")  # type: ignore[attr-defined]
    last.tools = hook(trylast=True)(lambda: "last")  # type: ignore[attr-defined]
    for module, function in ((first, first.tools), (last, last.tools)):
        function.__name__ = "tools"
        module.tools = function
    hooks.register(last, "last", 0)
    hooks.register(plugin(tools=lambda: "middle"), "middle", 1)
    hooks.register(first, "first", 2)
    assert hooks.collect("tools") == ["first", "middle", "last"]


def test_a_broken_contribution_is_named_and_left_out(hooks: Hooks, reports: list[tuple[str, str, str]]) -> None:
    hooks.register(plugin(tools=broken), "bad", 0)
    hooks.register(plugin(tools=lambda: ["good"]), "good", 1)
    assert hooks.collect("tools") == ["good"]
    ((level, text, where),) = reports
    assert (level, text) == ("error", "bad: tools failed: RuntimeError: no luck")
    assert where.startswith(__file__)


def test_a_generator_that_breaks_halfway_gives_nothing(hooks: Hooks, reports: list[tuple[str, str, str]]) -> None:
    def half() -> Any:
        yield "one"
        raise RuntimeError("half")

    hooks.register(plugin(tools=half), "half")
    assert hooks.collect("tools") == []
    assert "half: tools failed" in reports[0][1]


def test_an_async_contribution_is_refused(hooks: Hooks, reports: list[tuple[str, str, str]]) -> None:
    async def tools() -> list[str]:
        return ["never"]

    hooks.register(plugin(tools=tools), "late")
    assert hooks.collect("tools") == []
    assert "cannot be async" in reports[0][1]


@pytest.mark.parametrize(
    ("functions", "message"),
    [
        ({"tool": lambda: None}, "there is no hook named tool"),
        ({"tools": lambda nothing: None}, "nothing"),
    ],
)
def test_what_fits_no_specification_is_refused_whole(
    hooks: Hooks, functions: dict[str, Callable[..., Any]], message: str
) -> None:
    with pytest.raises(ExtensionError, match=message):
        hooks.register(plugin(models=lambda: ["left behind"], **functions), "bad")
    assert hooks.collect("models") == []


def test_wrappers_are_refused(hooks: Hooks) -> None:
    module = types.ModuleType("wrapper")

    def tools() -> Any:
        return (yield)

    module.tools = hook(wrapper=True)(tools)  # type: ignore[attr-defined]
    with pytest.raises(ExtensionError, match="wrappers"):
        hooks.register(module, "wrapper")


def test_what_is_needed_is_loaded_before_the_call(reports: list[tuple[str, str, str]]) -> None:
    asked: list[str] = []

    def need(name: str) -> None:
        asked.append(name)
        if len(asked) == 1:
            hooks.register(plugin(tools=lambda: "loaded"), "late")

    hooks = Hooks(lambda *report: reports.append(report), need)
    assert hooks.collect("tools") == ["loaded"]
    assert asked == ["tools"]


def test_unregistering_forgets_everything(hooks: Hooks) -> None:
    module = plugin(tools=lambda: "gone")
    hooks.register(module, "one")
    hooks.unregister("one")
    assert hooks.collect("tools") == []
    hooks.register(module, "one")
    assert hooks.collect("tools") == ["gone"]


def test_a_pipeline_hands_its_value_on_and_passes_over_failures(
    hooks: Hooks, reports: list[tuple[str, str, str]]
) -> None:
    async def add(request: str) -> str:
        await asyncio.sleep(0)
        return request + "b"

    hooks.register(plugin(before_request=add), "async", 0)
    hooks.register(plugin(before_request=broken), "bad", 1)
    hooks.register(plugin(before_request=lambda request: None), "quiet", 2)
    hooks.register(plugin(before_request=lambda request, thread: request + thread), "sync", 3)
    assert asyncio.run(hooks.pipeline("before_request", "a", thread="c")) == "abc"
    assert len(reports) == 1


def test_a_pipeline_that_failed_three_times_is_not_called_again(
    hooks: Hooks, reports: list[tuple[str, str, str]]
) -> None:
    hooks.register(plugin(after_tool=broken), "bad")
    for _ in range(5):
        assert asyncio.run(hooks.pipeline("after_tool", "result")) == "result"
    assert len(reports) == 3
    assert reports[-1][1].endswith("it is not called again")


def test_the_last_answer_counts_where_one_is_asked_for(hooks: Hooks) -> None:
    hooks.register(plugin(render_item=lambda item: ["first"]), "a", 0)
    hooks.register(plugin(render_item=lambda item: ["second"] if item == 1 else None), "b", 1)
    assert hooks.latest("render_item", list, item=1, width=10) == ["second"]
    assert hooks.latest("render_item", list, item=2, width=10) == ["first"]


def test_an_answer_that_cannot_be_read_is_a_failure_and_leaves_it_to_the_others(
    hooks: Hooks, reports: list[tuple[str, str, str]]
) -> None:
    hooks.register(plugin(render_item=lambda item: "12"), "good", 0)
    hooks.register(plugin(render_item=lambda item: "many"), "bad", 1)
    for _ in range(5):
        assert hooks.latest("render_item", int, item=1, width=10) == 12
    assert len(reports) == 3
    assert "bad: render_item failed: ValueError" in reports[0][1]


@pytest.mark.parametrize(
    ("answers", "decision"),
    [
        ([], None),
        ([None, None], None),
        (["allow"], "allow"),
        (["deny", "allow"], "deny"),
        (["allow", ("ask", "because"), None], "ask"),
        (["allow", "maybe"], "deny"),
        ([broken, "allow"], "deny"),
    ],
)
def test_the_strictest_guard_wins(hooks: Hooks, answers: list[Any], decision: str | None) -> None:
    for rank, answer in enumerate(answers):
        guard = answer if callable(answer) else says(answer)
        hooks.register(plugin(before_tool=guard), f"guard{rank}", rank)
    assert asyncio.run(hooks.guard("before_tool", call=None)).decision == decision


def test_a_guard_that_keeps_failing_keeps_denying(hooks: Hooks) -> None:
    hooks.register(plugin(before_tool=broken), "bad")
    verdicts = [asyncio.run(hooks.guard("before_tool", call=None)) for _ in range(5)]
    assert {verdict.decision for verdict in verdicts} == {"deny"}
    assert verdicts[-1].owner == "bad"
    assert "no luck" in verdicts[-1].reason


@pytest.mark.parametrize(
    ("loosen", "decision"), [(False, None), (True, "accept"), (["eager"], "accept"), (["other"], None)]
)
def test_an_extension_accepts_only_where_a_setting_lets_it(loosen: bool | list[str], decision: str | None) -> None:
    hooks = Hooks(lambda *_: None, loosen=loosen)
    hooks.register(plugin(decide_approval=lambda ask: "accept"), "eager")
    assert asyncio.run(hooks.guard("decide_approval", ask=None)).decision == decision
    hooks.register(plugin(decide_approval=lambda ask: "decline"), "strict")
    assert asyncio.run(hooks.guard("decide_approval", ask=None)).decision == "decline"


def test_observers_see_every_event_and_one_that_fails_is_muted(
    hooks: Hooks, reports: list[tuple[str, str, str]]
) -> None:
    seen: list[int] = []
    hooks.register(plugin(on_event=broken), "bad", 0)
    hooks.register(plugin(on_event=lambda event: seen.append(event)), "good", 1)
    for number in range(5):
        hooks.observe(number)
    assert seen == [0, 1, 2, 3, 4]
    assert [text for _, text, _ in reports] == [
        "bad: on_event failed: RuntimeError: no luck",
        "bad: on_event failed: RuntimeError: no luck",
        "bad: on_event failed: RuntimeError: no luck; it is not called again",
    ]


def test_async_observers_keep_the_order_of_events(hooks: Hooks) -> None:
    seen: list[int] = []

    async def slow_first(event: int) -> None:
        for _ in range(10 if event == 0 else 0):
            await asyncio.sleep(0)
        seen.append(event)

    hooks.register(plugin(on_event=slow_first), "async")

    async def session() -> None:
        for number in range(3):
            hooks.observe(number)
        while len(seen) < 3:
            await asyncio.sleep(0)

    asyncio.run(asyncio.wait_for(session(), 5))
    assert seen == [0, 1, 2]
    hooks.observe(3)
    assert seen[-1] == 3
