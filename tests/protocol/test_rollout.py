"""Rollout lines: every body there and back, Codex's own shapes, and what nobody can read."""

import json

import msgspec
import pytest

from csm.core.fold import fold
from csm.protocol import codec, rollout
from csm.protocol import events as ev
from csm.protocol.items import (
    AgentMessage,
    AgentState,
    CollabToolCall,
    CommandExecution,
    Compaction,
    FileChange,
    ImageView,
    McpToolCall,
    Notice,
    PatchChange,
    Plan,
    PlanStep,
    Reasoning,
    ToolUse,
    UserMessage,
    WebSearch,
)
from csm.protocol.model import Usage
from csm.protocol.tools import Ask, Choice, Question, SandboxPolicy

TIME = "2026-01-02T03:04:05.678Z"
POLICY = SandboxPolicy("workspace-write", ("/x",), network_access=True)
CHANGES = (PatchChange("/w/a", "update", "@@ -1 +1 @@\n-a\n+b\n", "/w/c"), PatchChange("/w/n", "add", "x\n"))
RAW = msgspec.Raw(b'{"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}],"odd":1.50}')
AGENT = '{"subagent":{"thread_spawn":{"agent_nickname":"Wren","agent_role":null}}}'
STORED = [
    ev.ThreadStarted("t", "/w", "exec", "csm", "fake", "0.1", TIME, "p", {"branch": "main"}, "Be good."),
    ev.ThreadStarted("t", "/w", AGENT, parent="p", thread_source="subagent"),
    ev.ThreadSpawned("c", "t", "Wren", "worker", "do it"),
    ev.ThreadNamed("my name"),
    ev.TurnStarted("u", 1767323045678, 258400),
    ev.TurnStarted("u", 1767323045678, 258400, "plan"),
    ev.TurnContext("u", "/w", "gpt-5.5", "high", "detailed", "never", POLICY, "2026-01-02", "Etc/UTC"),
    ev.HistoryAppended(RAW),
    ev.HistoryReplaced("short", (RAW, RAW)),
    ev.ItemCompleted("u", UserMessage("1", "see", ("/p.png", "data:image/png;base64,AA"), steer=True), 0),
    ev.ItemCompleted("u", AgentMessage("2", "yes", "commentary", partial=True), 1),
    ev.ItemCompleted("u", Reasoning("3", "a\n\nb"), 2),
    ev.ItemCompleted("u", FileChange("4", CHANGES, "completed", "Done", ""), 3),
    ev.ItemCompleted("u", FileChange("5", CHANGES, "declined"), 4),
    ev.ItemCompleted("u", CommandExecution("6", "ls", "/w", "failed", "out", 3, 12, 7, ("ls",)), 5),
    ev.ItemCompleted("u", Plan("7", (PlanStep("a", "completed"),)), 6),
    ev.ItemCompleted("u", McpToolCall("8", "s", "t", msgspec.Raw(b'{"a":1}'), "failed", error="no"), 7),
    ev.ItemCompleted("u", ToolUse("9", "tool"), 8),
    ev.ItemCompleted("u", McpToolCall("8", "s", "t", result=msgspec.Raw(b'{"content":[]}'), duration_ms=1002), 7),
    ev.ItemCompleted("u", McpToolCall("8", "s", "t", status="failed"), 7),
    ev.ItemCompleted("u", McpToolCall("8", "s", "t", status="declined", result=msgspec.Raw(b"1"), error="e"), 7),
    ev.ItemCompleted("u", WebSearch("10", "c", "q"), 9),
    ev.ItemCompleted("u", WebSearch("10", "c", "q", msgspec.Raw(b'{"type":"other"}'), "failed"), 9),
    ev.ItemCompleted("u", ImageView("13", "/w/a.png"), 11),
    ev.ItemCompleted("", Notice("11", "careful"), 0),
    ev.ItemCompleted("u", CollabToolCall("13", "wait_agent", "t", ("c",), None, {"c": AgentState("errored", "x")}), 11),
    ev.ItemCompleted("u", Compaction("12", "s"), 10),
    ev.Asked("u", Ask("q", "c", "command", "Run?", prefix=("ls",))),
    ev.Answered("q", "accept_rule", by="policy"),
    ev.UsageReported(Usage(1, 2, 3, 4, 5), Usage(6, 7, 8, 9, 10), 258400),
    ev.UsageReported(Usage(1, 2, 3, 4, 5, 6), Usage(6, 7, 8, 9, 10, 11), 258400),
    ev.Configured(model="m", sandbox=SandboxPolicy()),
    ev.Configured(collaboration="plan"),
    ev.Asked("u", Ask("r", "c", "questions", "?", questions=(Question("a", "A", "Which?", (Choice("x", "y"),)),))),
    ev.Answered("r", "accept", answers={"a": ("x", "user_note: z")}),
    ev.Kept("goals", "goal", msgspec.Raw(b'{"objective":"o"}')),
    ev.TurnCompleted("u", "bye", 1767323045999, 321),
    ev.TurnFailed("u", "no key", "unauthorized"),
    ev.TurnInterrupted("u", "resumed"),
    ev.TurnInterrupted("u", "replaced"),
    ev.RolledBack(0, "v"),
]
HIDDEN = [
    ev.ItemStarted("u", AgentMessage("a", "")),
    ev.ItemUpdated("u", Plan("p", ())),
    ev.TextDelta("a", "x"),
    ev.ReasoningDelta("a", "x"),
    ev.OutputDelta("a", "x"),
    ev.Reconnecting("u", "Reconnecting... 1/5", 1, 5),
    ev.Queued(("x",)),
    ev.ThreadClosed(),
]


@pytest.mark.parametrize("body", STORED, ids=lambda body: type(body).__name__)
def test_every_stored_body_there_and_back(body):
    (line,) = rollout.encode(TIME, body, thread_id="t")
    assert b"\n" not in line
    assert rollout.decode(line + b"\n") == (TIME, body)


@pytest.mark.parametrize("body", HIDDEN, ids=lambda body: type(body).__name__)
def test_transient_bodies_have_no_line(body):
    assert rollout.encode(TIME, body) == []
    assert not rollout.numbered(body)


def test_every_body_is_tried_above():
    assert {type(body) for body in STORED + HIDDEN} | {ev.UnknownLine} == set(ev.Body.__args__)


def test_history_is_the_same_without_our_own_lines():
    lines = [line for body in STORED for line in rollout.encode(TIME, body, thread_id="t")]
    theirs = [line for line in lines if json.loads(line)["type"] != rollout.CSM_EVENT]
    assert 0 < len(theirs) < len(lines)
    whole, rest = (fold(filter(None, map(rollout.decode, some))) for some in (lines, theirs))
    assert whole.history == rest.history == [bytes(RAW)] * 2
    assert (whole.usage, whole.name, whole.thread_id) == (rest.usage, rest.name, rest.thread_id)


def test_history_bytes_are_not_touched():
    (line,) = rollout.encode(TIME, ev.HistoryAppended(RAW))
    assert bytes(RAW) in line
    (line,) = rollout.encode(TIME, ev.HistoryAppended(msgspec.Raw(b'{"a":\n1}')))
    assert line.endswith(b'"payload":{"a":1}}')


def test_ordinals_stand_on_the_lines_codex_knows():
    for body in STORED:
        (line,) = rollout.encode(TIME, body, ordinal=7)
        known = json.loads(line)["type"] != rollout.CSM_EVENT
        assert (json.loads(line).get("ordinal") == 7) is known is rollout.numbered(body)


def mcp(**more):
    whole = {"status": "completed", "result": None, "error": None, **more}
    return McpToolCall("c", "s", "t", msgspec.Raw(b'{"a": 1}'), duration_ms=2003, **whole)


def mcp_end(result):
    called = {"server": "s", "tool": "t", "arguments": {"a": 1}}
    payload = {"type": "mcp_tool_call_end", "call_id": "c", "invocation": called, "result": result}
    return {"type": "event_msg", "payload": {**payload, "duration": {"secs": 2, "nanos": 3_000_000}}}


def item_completed(**item):
    return {"type": "event_msg", "payload": {"type": "item_completed", "turn_id": "u", "item": item}}


CODEX = [
    (
        {"type": "event_msg", "payload": {"type": "task_started", "turn_id": "u", "started_at": 5, "more": {}}},
        ev.TurnStarted("u", 5000),
    ),
    (
        {
            "type": "event_msg",
            "payload": {"type": "task_complete", "turn_id": "u", "completed_at": 6, "duration_ms": 7},
        },
        ev.TurnCompleted("u", None, 6000, 7),
    ),
    (
        {"type": "event_msg", "payload": {"type": "task_complete", "turn_id": "u", "error": {"message": "m"}}},
        ev.TurnFailed("u", "m"),
    ),
    (
        {"type": "event_msg", "payload": {"type": "turn_aborted", "turn_id": "u", "reason": "review_ended"}},
        ev.TurnInterrupted("u"),
    ),
    (
        {"type": "event_msg", "payload": {"type": "user_message", "message": "m", "images": ["data:x"]}},
        ev.ItemCompleted("", UserMessage("", "m", ("data:x",))),
    ),
    (
        {"type": "event_msg", "payload": {"type": "agent_message", "message": "m", "phase": "final_answer"}},
        ev.ItemCompleted("", AgentMessage("", "m", "final_answer")),
    ),
    (
        {
            "type": "event_msg",
            "payload": {
                "type": "item_completed",
                "turn_id": "u",
                "item": {
                    "type": "CommandExecution",
                    "id": "c",
                    "command": ["/bin/bash", "-lc", "exit 3"],
                    "cwd": "file:///w%20x",
                    "status": "failed",
                    "aggregated_output": "o",
                    "exit_code": 3,
                    "duration": {"secs": 1, "nanos": 2_000_000},
                },
            },
        },
        ev.ItemCompleted(
            "u",
            CommandExecution(
                "c", "/bin/bash -lc 'exit 3'", "/w x", "failed", "o", 3, 1002, argv=("/bin/bash", "-lc", "exit 3")
            ),
        ),
    ),
    (
        {
            "type": "event_msg",
            "payload": {
                "type": "item_completed",
                "turn_id": "u",
                "item": {"type": "AgentMessage", "id": "m", "content": [{"type": "Text", "text": "hi"}]},
            },
        },
        ev.ItemCompleted("u", AgentMessage("m", "hi")),
    ),
    (
        {"type": "compacted", "payload": {"message": "old, without history"}},
        ev.HistoryReplaced("old, without history", ()),
    ),
    (
        {"type": "event_msg", "payload": {"type": "context_compacted"}},
        ev.ItemCompleted("", Compaction("")),
    ),
    (
        {
            "type": "event_msg",
            "payload": {"type": "web_search_end", "call_id": "w", "query": "cats", "action": {"type": "other"}},
        },
        ev.ItemCompleted("", WebSearch("w", "w", "cats", msgspec.Raw(b'{"type": "other"}'))),
    ),
    (mcp_end({"Ok": {"content": []}}), ev.ItemCompleted("", mcp(result=msgspec.Raw(b'{"content": []}')))),
    (
        mcp_end({"Ok": {"isError": True}}),
        ev.ItemCompleted("", mcp(result=msgspec.Raw(b'{"isError": true}'), status="failed")),
    ),
    (mcp_end({"Err": "gone"}), ev.ItemCompleted("", mcp(error="gone", status="failed"))),
    (
        item_completed(
            type="McpToolCall",
            id="c",
            server="s",
            tool="t",
            arguments={"a": 1},
            status="failed",
            error={"message": "gone"},
            duration={"secs": 2, "nanos": 3_000_000},
        ),
        ev.ItemCompleted("u", mcp(error="gone", status="failed")),
    ),
    (
        item_completed(
            type="McpToolCall",
            id="c",
            server="s",
            tool="t",
            arguments={"a": 1},
            status="completed",
            result={"content": []},
            duration={"secs": 2, "nanos": 3_000_000},
        ),
        ev.ItemCompleted("u", mcp(result=msgspec.Raw(b'{"content": []}'))),
    ),
    (
        item_completed(type="WebSearch", id="w", query="cats", action={"type": "other"}),
        ev.ItemCompleted("u", WebSearch("w", "w", "cats", msgspec.Raw(b'{"type": "other"}'))),
    ),
    (item_completed(type="ContextCompaction", id="k"), ev.ItemCompleted("u", Compaction("k"))),
    (
        {"type": "session_meta", "payload": {"id": "t", "source": {"subagent": "review"}, "git": {"branch": None}}},
        ev.ThreadStarted("t", "", '{"subagent":"review"}', ""),
    ),
    (
        {
            "type": "turn_context",
            "payload": {"cwd": "/w", "model": "m", "sandbox_policy": {"type": "external-sandbox"}},
        },
        ev.TurnContext("", "/w", "m", None, None, "on-request", SandboxPolicy()),
    ),
]


@pytest.mark.parametrize(("line", "body"), CODEX)
def test_lines_of_codex(line, body):
    assert rollout.decode(json.dumps({"timestamp": TIME, "ordinal": 3, **line}).encode()) == (TIME, body)


UNKNOWN = [
    b'{"timestamp":"t","ordinal":4,"type":"world_state","payload":{"full": true}}',
    b'{"timestamp":"t","type":"event_msg","payload":{"type":"thread_settings_applied"}}',
    b'{"timestamp":"t","type":"event_msg","payload":{"type":"item_completed","turn_id":"u","item":{"type":"New"}}}',
    b'{"timestamp":"t","type":"event_msg","payload":{"type":"task_started","turn_id":7}}',
    b'{"timestamp":"t","type":"csm_event","payload":{"type":"from_the_future"}}',
    b'{"timestamp":"t","type":"session_meta","payload":[]}',
]


@pytest.mark.parametrize("line", UNKNOWN)
def test_unknown_lines_are_kept_to_the_byte(line):
    time, body = rollout.decode(line + b"\n")
    assert (time, body) == ("t", ev.UnknownLine(msgspec.Raw(line)))
    assert rollout.encode(time, body) == [line]


@pytest.mark.parametrize("line", [b"", b"\n", b"{", b"[1]", b"null", b'{"payload":{}}', b'{"type":3}', b"\x00\xff" * 9])
def test_what_is_no_line(line):
    assert rollout.decode(line) is None


def test_lone_surrogates_and_nan():
    line = b'{"timestamp":"t","type":"response_item","payload":{"type":"x","a":"\\ud800","b":NaN}}'
    _, body = rollout.decode(line)
    assert codec.decode(body.raw)["a"] == "\ud800"
    message = b'{"timestamp":"t","type":"event_msg","payload":{"type":"agent_message","message":"\\ud800x","n":NaN}}'
    assert rollout.decode(message)[1].item.text.endswith("x")
    (written,) = rollout.encode("t", ev.ItemCompleted("u", AgentMessage("1", "\ud800x"), 0))
    assert json.loads(written)["payload"]["message"] == "\ud800x"
    item = McpToolCall("8", "\ud800", "t", msgspec.Raw(b'{"a":1}'))
    (written,) = rollout.encode("t", ev.ItemCompleted("u", item, 0))
    assert json.loads(written)["payload"]["invocation"]["arguments"] == {"a": 1}
