"""Calls of servers' tools in whole turns: what is offered, what the model reads, what is shown, what is asked."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from csm.api import codec, events, items, ops

TOO_LONG = "the server sent a line of more than 16777216 bytes"
BAD = "tool call error: tool call failed for `echo/{}`\n\nCaused by:\n    {}"


def call(name: str, arguments: Any = "{}", call_id: str = "c", namespace: str = "mcp__echo") -> dict[str, Any]:
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    item = {"type": "function_call", "call_id": call_id, "name": name, "namespace": namespace, "arguments": text}
    return {"item": item}


def once(served, name: str, arguments: Any = "{}", *, answer: Any = None, start: Any = None, **more: Any):
    """A turn with one call: its output, and the finished item of it, if any."""
    bench = served.bench([call(name, arguments), {"text": "done"}], **more)
    thread = bench.start(**(start or {}))
    watcher = bench.port.attach(thread)
    bench.submit(thread, ops.Submit("go"))

    def over(event: events.Event) -> bool:
        body = event.body
        if isinstance(body, events.Asked) and answer is not None:
            bench.submit(thread, answer(body.ask))
        return isinstance(body, events.TurnCompleted | events.TurnInterrupted | events.TurnFailed)

    seen = bench.until(watcher, over)
    done = [one.body.item for one in seen if isinstance(one.body, events.ItemCompleted)]
    shown = [item for item in done if isinstance(item, items.McpToolCall)]
    return said(bench.outputs()[-1]), shown[-1] if shown else None


def said(output: Any) -> Any:
    """An output without its time."""
    return codec.decode(re.sub(rb"Wall time: [\d.]+ seconds", b"Wall time: T", codec.encode(output)))


def told(*texts: str) -> list[dict[str, str]]:
    return [{"type": "input_text", "text": text} for text in ("Wall time: T\nOutput:", *texts)]


APPROVE = {"mcp_servers.echo.default_tools_approval_mode": "approve"}


@pytest.mark.parametrize(
    ("name", "arguments", "output", "status", "error"),
    [
        ("say", {"msg": "hello"}, told("echo:hello"), "completed", None),
        ("say", "", told("echo:"), "completed", None),
        ("structured", {}, 'Wall time: T\nOutput:\n{"x":1}', "completed", None),
        ("fail", {}, told("bad thing"), "failed", None),
        ("wordless", {}, told(), "completed", None),
        ("odd_name_x", {}, told("did odd.name/x"), "completed", None),
        ("mild", {}, told("did mild"), "completed", None),
        ("strange", {}, told("still here"), "completed", None),
        ("flood", {}, told("flooded"), "completed", None),
        ("broken", {}, told(BAD.format("broken", "Mcp error: -32000: it went bad")), "failed", "same"),
        ("die", {}, told(BAD.format("die", "Transport closed")), "failed", "same"),
        (
            "say",
            "[1]",
            told(BAD.format("say", "MCP tool arguments must be a JSON object, got [1]")),
            "failed",
            "same",
        ),
        (
            "endless",
            {},
            told(BAD.format("endless", TOO_LONG)),
            "failed",
            "same",
        ),
    ],
)
def test_what_comes_of_a_call(served, name, arguments, output, status, error) -> None:
    found, item = once(served, name, arguments)
    assert found == output
    assert (item.server, item.status) == ("echo", status)
    assert item.error == (output[1]["text"] if error else None)
    assert (item.result is None) is (error is not None)


def test_arguments_that_are_no_json_are_told_and_not_shown(served) -> None:
    assert once(served, "say", '{"msg":') == (told("err: EOF while parsing a value at line 1 column 7"), None)


def test_images_are_handed_on_and_what_cannot_be_is_named(served) -> None:
    found, item = once(served, "mixed")
    assert found[0]["text"] == "Wall time: T\nOutput:"
    assert found[1] == {"type": "input_text", "text": "see"}
    assert found[2]["image_url"].startswith("data:image/png;base64,iVBOR")
    assert found[2]["detail"] == "original"
    assert [part["text"] for part in found[3:]] == [
        "<image content omitted because it is no image that can be read>",
        "<audio content omitted because you do not support audio input>",
        '{"type":"resource_link","uri":"mem://a","name":"a"}',
    ]
    kinds = [part["type"] for part in codec.decode(item.result)["content"]]
    assert kinds == ["text", "image", "image", "text", "resource_link"]


def test_a_long_result_is_cut_for_the_model_and_bounded_in_the_item(served) -> None:
    found, item = once(served, "big")
    assert len(found[1]["text"].encode()) < 49_000
    assert re.search(r"…29880\d\d tokens truncated…", found[1]["text"])
    assert len(bytes(item.result)) <= 1_310_720


@pytest.mark.parametrize(
    ("policy", "settings", "start", "runs"),
    [
        ("never", {}, {}, False),
        ("on-request", {}, {"headless": True}, False),
        ("never", APPROVE, {}, True),
        ("never", {"sandbox_mode": "danger-full-access"}, {}, True),
        ("never", {"mcp_servers.echo.tools.write.approval_mode": "approve"}, {}, True),
        ("never", {**APPROVE, "mcp_servers.echo.tools.write.approval_mode": "prompt"}, {}, False),
    ],
)
def test_where_nobody_can_be_asked(served, policy, settings, start, runs) -> None:
    found, item = once(served, "write", settings={"approval_policy": policy, **settings}, start=start)
    if runs:
        assert (found, item.status) == (told("did write"), "completed")
    else:
        refused = "MCP tool call requires approval, but approval policy is never"
        assert (found, item.status, item.error) == (told(refused), "failed", refused)


@pytest.mark.parametrize(
    ("decision", "text", "output"),
    [
        ("accept", "", "did write"),
        ("accept_session", "", "did write"),
        ("decline", "", "user rejected MCP tool call"),
        ("decline", "use say", "user rejected MCP tool call: use say"),
    ],
)
def test_the_user_is_asked(served, decision, text, output) -> None:
    asks: list[Any] = []

    def answer(ask: Any) -> ops.Op:
        asks.append(ask)
        return ops.AnswerAsk(ask.id, decision, text)

    found, _ = once(served, "write", answer=answer, settings={"approval_policy": "on-request"})
    assert found == told(output)
    assert [(ask.title, ask.why) for ask in asks] == [("Let the MCP server echo run write?", "writes[31m")]


def test_always_is_said_in_the_settings(served) -> None:
    home = served.folder / "home/.codex"
    home.mkdir(parents=True)
    (home / "config.toml").write_text("# mine\n[mcp_servers.echo]\ncommand = 'x' # stays\n")
    once(
        served,
        "write",
        answer=lambda ask: ops.AnswerAsk(ask.id, "accept_rule"),
        settings={"approval_policy": "on-request"},
    )
    text = (home / "config.toml").read_text()
    assert "# mine" in text
    assert "# stays" in text
    assert '[mcp_servers.echo.tools.write]\napproval_mode = "approve"' in text


def test_a_tool_that_changes_is_asked_for_again(served) -> None:
    script = [call("write"), call("write"), call("add"), {"text": "one"}, call("write"), {"text": "two"}]
    bench = served.bench(script, settings={"approval_policy": "on-request"})
    thread = bench.start()
    watcher = bench.port.attach(thread)
    asked: list[str] = []

    def over(event: events.Event) -> bool:
        if isinstance(event.body, events.Asked):
            asked.append(event.body.ask.why)
            bench.submit(thread, ops.AnswerAsk(event.body.ask.id, "accept_session"))
        return isinstance(event.body, events.TurnCompleted)

    bench.submit(thread, ops.Submit("go"))
    bench.until(watcher, over)
    served.until(lambda: any(tool.spec.name == "added" for tool in bench.host.provide("tools")))
    bench.submit(thread, ops.Submit("again"))
    bench.until(watcher, over)
    assert asked == ["writes[31m", "writes something else"]
