"""Events to the lines of `exec --json`: order of keys, nulls and numbers are part of the promise."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from csm.headless.jsonl import JsonLines
from csm.protocol import events, items
from csm.protocol.events import Body, Event
from csm.protocol.model import Usage


def lines(*bodies: Body, usage: Usage | None = None) -> list[str]:
    projector = JsonLines(usage or Usage())
    taken = (projector.take(Event(seq, "", body)) for seq, body in enumerate(bodies, 1))
    return [line.decode() for found in taken for line in found]


def started(item: items.Item) -> Body:
    return events.ItemStarted("t", item)


def completed(item: items.Item) -> Body:
    return events.ItemCompleted("t", item)


def plan(*steps: tuple[str, Any]) -> items.Plan:
    return items.Plan("p", tuple(items.PlanStep(*step) for step in steps))


COMMAND = items.CommandExecution("c", "/bin/bash -lc ls", cwd="/w")
CHANGE = items.FileChange("f", (items.PatchChange("/w/a", "update", "@@"), items.PatchChange("/w/b", "add", "x")))
SEARCH = items.WebSearch("w", "ws_1", "q", msgspec.Raw(b'{"type":"search","query":"q"}'))
CALL = items.McpToolCall("m", "echo", "say", msgspec.Raw(b'{"text":"hi"}'))
USE = items.ToolUse("u", "weather", '{"place": "here"}')


def changed(item: Any, **fields: Any) -> Any:
    return msgspec.structs.replace(item, **fields)


ITEMS: dict[str, tuple[Body, str]] = {
    "message": (
        completed(items.AgentMessage("a", "hi\n\u001b[31m\u00e9", "final_answer")),
        '{"type":"item.completed","item":{"id":"item_0","type":"agent_message","text":"hi\\n\\u001b[31m\u00e9"}}',
    ),
    "reasoning": (
        completed(items.Reasoning("r", "**A**\n\nb")),
        '{"type":"item.completed","item":{"id":"item_0","type":"reasoning","text":"**A**\\n\\nb"}}',
    ),
    "command begins": (
        started(COMMAND),
        '{"type":"item.started","item":{"id":"item_0","type":"command_execution","command":"/bin/bash -lc ls",'
        '"aggregated_output":"","exit_code":null,"status":"in_progress"}}',
    ),
    "command fails": (
        completed(changed(COMMAND, status="failed", output="no\n", exit_code=2, duration_ms=5)),
        '{"type":"item.completed","item":{"id":"item_0","type":"command_execution","command":"/bin/bash -lc ls",'
        '"aggregated_output":"no\\n","exit_code":2,"status":"failed"}}',
    ),
    "patch": (
        completed(changed(CHANGE, status="completed")),
        '{"type":"item.completed","item":{"id":"item_0","type":"file_change","changes":[{"path":"/w/a","kind":"update"},'
        '{"path":"/w/b","kind":"add"}],"status":"completed"}}',
    ),
    "mcp begins": (
        started(CALL),
        '{"type":"item.started","item":{"id":"item_0","type":"mcp_tool_call","server":"echo","tool":"say",'
        '"arguments":{"text":"hi"},"result":null,"error":null,"status":"in_progress"}}',
    ),
    "mcp ends": (
        completed(changed(CALL, status="completed", result=msgspec.Raw(b'{"content":[{"type":"text","text":"hi"}]}'))),
        '{"type":"item.completed","item":{"id":"item_0","type":"mcp_tool_call","server":"echo","tool":"say",'
        '"arguments":{"text":"hi"},"result":{"content":[{"type":"text","text":"hi"}],"structured_content":null},'
        '"error":null,"status":"completed"}}',
    ),
    "mcp fails": (
        completed(changed(CALL, status="failed", error="boom")),
        '{"type":"item.completed","item":{"id":"item_0","type":"mcp_tool_call","server":"echo","tool":"say",'
        '"arguments":{"text":"hi"},"result":null,"error":{"message":"boom"},"status":"failed"}}',
    ),
    "tool of an extension": (
        completed(changed(USE, status="completed", output="sun")),
        '{"type":"item.completed","item":{"id":"item_0","type":"mcp_tool_call","server":"csm","tool":"weather",'
        '"arguments":{"place":"here"},"result":{"content":[{"type":"text","text":"sun"}],"structured_content":null},'
        '"error":null,"status":"completed"}}',
    ),
    "notice": (
        completed(items.Notice("n", "careful")),
        '{"type":"item.completed","item":{"id":"item_0","type":"error","message":"careful"}}',
    ),
    "turn": (events.TurnStarted("t"), '{"type":"turn.started"}'),
    "retry": (
        events.Reconnecting("t", "Reconnecting... 1/5", 1, 5),
        '{"type":"error","message":"Reconnecting... 1/5"}',
    ),
}


@pytest.mark.parametrize("name", ITEMS)
def test_lines_are_exact(name: str) -> None:
    body, line = ITEMS[name]
    assert lines(body) == [line]


SILENT = [
    started(items.AgentMessage("a", "")),
    started(items.Reasoning("r", "")),
    completed(items.UserMessage("u", "hi")),
    completed(items.Compaction("c", "s")),
    completed(items.Notice("n", "by the way", "info")),
    started(items.HookRun("h", "Stop")),
    completed(items.HookRun("h", "Stop", "blocked", said="more")),
    events.TextDelta("a", "x"),
    events.OutputDelta("c", "x"),
    events.TurnInterrupted("t"),
    events.Queued(("x",)),
    events.UsageReported(Usage(), Usage()),
]


@pytest.mark.parametrize("body", SILENT, ids=lambda body: type(body).__name__)
def test_what_readers_do_not_expect_is_not_said(body: Body) -> None:
    assert lines(body) == []


def test_the_first_line_names_the_thread() -> None:
    assert JsonLines(Usage()).open("T") == [b'{"type":"thread.started","thread_id":"T"}']


def test_a_search_names_its_call_too_and_is_started_by_its_end() -> None:
    shape = (
        '{"type":"item.%s","item":{"id":"item_0","type":"web_search","id":"ws_1","query":"q",'
        '"action":{"type":"search","query":"q"}}}'
    )
    assert lines(completed(SEARCH)) == [shape % "started", shape % "completed"]
    assert lines(started(SEARCH), completed(SEARCH)) == [shape % "started", shape % "completed"]


def test_items_are_numbered_as_they_show() -> None:
    other = changed(COMMAND, id="d")
    found = lines(
        started(COMMAND), started(other), completed(other), completed(COMMAND), completed(items.AgentMessage("a", "x"))
    )
    assert [json.loads(line)["item"]["id"] for line in found] == ["item_0", "item_1", "item_1", "item_0", "item_2"]


def kinds(found: list[str]) -> list[tuple[str, list[bool] | None]]:
    values = [json.loads(line) for line in found]
    return [
        (v["type"], [s["completed"] for s in v["item"]["items"]] if "items" in v.get("item", {}) else None)
        for v in values
    ]


def test_a_plan_is_completed_just_before_its_turn() -> None:
    one, two = plan(("a", "in_progress"), ("b", "pending")), plan(("a", "completed"), ("b", "completed"))
    done = events.TurnCompleted("t")
    wanted = [
        ("item.started", [False, False]),
        ("item.updated", [True, True]),
        ("item.completed", None),
        ("item.completed", [True, True]),
        ("turn.completed", None),
    ]
    message = completed(items.AgentMessage("a", "x"))
    assert kinds(lines(started(one), events.ItemUpdated("t", two), message, done)) == wanted
    assert kinds(lines(completed(one), completed(two), message, done)) == wanted
    assert (
        kinds(lines(started(one), completed(one), events.ItemUpdated("t", two), completed(two), message, done))
        == wanted
    )


def test_a_plan_said_again_is_an_update() -> None:
    one = plan(("a", "pending"))
    assert [kind for kind, _ in kinds(lines(started(one), events.ItemUpdated("t", one)))] == [
        "item.started",
        "item.updated",
    ]


def test_a_failed_turn_says_so_twice_with_the_plan_between() -> None:
    found = lines(started(plan(("a", "pending"))), events.TurnFailed("t", "nope", "bad_request"))
    assert found[1] == '{"type":"error","message":"nope"}'
    assert json.loads(found[2])["item"]["type"] == "todo_list"
    assert found[3] == '{"type":"turn.failed","error":{"message":"nope"}}'


def test_usage_is_of_the_whole_thread() -> None:
    before, total = Usage(1, 2, 3, 4, 5, 6), Usage(100, 10, 20, 5, 120)
    assert lines(events.TurnCompleted("t"), usage=before) == [
        '{"type":"turn.completed","usage":{"input_tokens":1,"cached_input_tokens":2,"cache_write_input_tokens":6,'
        '"output_tokens":3,"reasoning_output_tokens":4}}'
    ]
    found = lines(events.UsageReported(Usage(1), total), events.TurnCompleted("t"), usage=before)
    assert json.loads(found[0])["usage"]["input_tokens"] == 100


@pytest.mark.parametrize("text", ["\ud800", "\u2028", "\x00", '"\\', "\U0001f600" * 3])
def test_any_text_is_one_line_of_json(text: str) -> None:
    (line,) = lines(completed(items.AgentMessage("a", text)))
    assert "\n" not in line
    assert json.loads(line)["item"]["text"] == text


@pytest.mark.parametrize("arguments", ["", "{", '"x"', "[1]"])
def test_arguments_of_any_shape_are_carried(arguments: str) -> None:
    (line,) = lines(started(changed(USE, arguments=arguments)))
    assert json.loads(line)["item"]["tool"] == "weather"


@pytest.mark.parametrize("item", [items.AgentMessage("a", "so f", partial=True), items.Reasoning("r", "h", True)])
def test_what_was_cut_short_is_not_told(item: items.Item) -> None:
    assert lines(completed(item)) == []
