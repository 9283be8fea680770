"""What hooks are told: Codex's fields, in its order, for each event."""

import json

import pytest

from csm.api import events, ops

TURN = ["session_id", "turn_id", "transcript_path", "cwd", "hook_event_name", "model", "permission_mode"]
ORDER = {
    "SessionStart": [TURN[0], *TURN[2:], "source"],
    "UserPromptSubmit": [*TURN, "prompt"],
    "PreModelRequest": ["session_id", "turn_id", "cwd", "transcript_path", "model", "hook_event_name"],
    "PreToolUse": [*TURN, "tool_name", "tool_input", "tool_use_id"],
    "PostToolUse": [*TURN, "tool_name", "tool_input", "tool_response", "tool_use_id"],
    "Stop": [*TURN, "stop_hook_active", "last_assistant_message"],
    "SessionEnd": ["session_id", "transcript_path", "cwd", "hook_event_name", "reason"],
}
ORDER["PostModelRequest"] = [*ORDER["PreModelRequest"], "status", "error", "token_usage"]


def test_a_turn_from_its_beginning_to_its_end(stage, kit):
    bench = stage(stage.all(*ORDER), [kit.CMD, kit.DONE])
    thread = bench.start()
    turn_id = bench.turn(thread, "hello")[0].body.turn_id
    bench.__exit__()
    for name, fields in ORDER.items():
        told = stage.told(name)
        assert told, name
        assert [list(one) for one in told] == [fields] * len(told)
        head = told[0]
        assert (head["session_id"], head["hook_event_name"], head["cwd"]) == (thread, name, str(bench.work))
        assert head.get("turn_id", turn_id) == turn_id
        assert head.get("permission_mode", "bypassPermissions") == "bypassPermissions"
    assert stage.told("SessionStart")[0]["source"] == "startup"
    assert stage.told("UserPromptSubmit")[0]["prompt"] == "hello"
    before, after = stage.told("PreToolUse")[0], stage.told("PostToolUse")[0]
    assert (before["tool_name"], before["tool_input"], before["tool_use_id"]) == ("Bash", {"command": "echo hi"}, "c1")
    assert (after["tool_response"], after["tool_use_id"]) == ("hi\n", "c1")
    ended = stage.told("PostModelRequest")[0]
    assert (ended["status"], ended["error"], ended["token_usage"]["total_tokens"]) == ("completed", None, 120)
    stop = stage.told("Stop")[0]
    assert (stop["stop_hook_active"], stop["last_assistant_message"]) == (False, "done")
    assert stage.told("SessionEnd")[0]["reason"] == "other"


@pytest.mark.parametrize(
    ("call", "name", "given", "response"),
    [
        ({"call": ("exec_command", {"cmd": "false", "workdir": "/"}, "c1")}, "Bash", {"command": "false"}, ""),
        (
            {"custom": ("apply_patch", "*** Begin Patch\n*** Add File: n.txt\n+x\n*** End Patch", "c1")},
            "apply_patch",
            {"command": "*** Begin Patch\n*** Add File: n.txt\n+x\n*** End Patch"},
            "Exit code: 0\nWall time: 0 seconds\nOutput:\nSuccess. Updated the following files:\nA n.txt\n",
        ),
    ],
)
def test_tools_by_codex_names(stage, kit, call, name, given, response):
    bench = stage(stage.all("PreToolUse", "PostToolUse"), [call, kit.DONE])
    bench.turn(bench.start(), "go")
    before, after = stage.told("PreToolUse")[0], stage.told("PostToolUse")[0]
    assert (before["tool_name"], before["tool_input"]) == (name, given)
    assert (after["tool_name"], after["tool_input"], after["tool_response"]) == (name, given, response)
    if "workdir" in json.dumps(call):
        assert before["cwd"] == after["cwd"] == "/"


def test_a_command_that_goes_on_is_told_of_when_it_has_ended(stage, kit):
    fifo = stage.out / "go"

    def let_go(request):
        fifo.write_text("now\n")
        return {"call": ("write_stdin", {"session_id": number(request)}, "c2")}

    script = [
        {"call": ("exec_command", {"cmd": f"mkfifo {fifo}; cat {fifo}; echo late", "yield_time_ms": 250}, "c1")},
        let_go,
        kit.DONE,
    ]
    bench = stage(stage.all("PreToolUse", "PostToolUse"), script)
    bench.turn(bench.start(), "go")
    assert [one["tool_use_id"] for one in stage.told("PreToolUse")] == ["c1"]
    (ended,) = stage.told("PostToolUse")
    assert (ended["tool_use_id"], ended["tool_response"]) == ("c1", "now\nlate\n")
    assert ended["tool_input"]["command"].endswith("echo late")


def number(request):
    """The session that the model knows its command by."""
    text = next(json.loads(raw)["output"] for raw in request.input if b"session ID" in raw)
    return int(text.split("session ID ")[1].split("\n")[0])


@pytest.mark.parametrize(
    "call",
    [
        {"call": ("exec_command", {"bad": 1}, "c1")},
        {"call": ("exec_command", "no json", "c1")},
        {"call": ("nothing_like_it", {}, "c1")},
    ],
)
def test_calls_that_are_none_are_not_told_of(stage, kit, call):
    bench = stage(stage.all("PreToolUse", "PostToolUse"), [call, kit.DONE])
    bench.turn(bench.start(), "go")
    assert stage.told("PreToolUse") == stage.told("PostToolUse") == []


def test_other_tools_go_by_their_own_names(stage, kit):
    script = [{"call": ("update_plan", {"plan": [{"step": "a", "status": "pending"}]}, "c1")}, kit.DONE]
    bench = stage(stage.all("PreToolUse", "PostToolUse"), script, plugins=("plan",))
    bench.turn(bench.start(), "go")
    assert stage.told("PreToolUse")[0]["tool_input"] == {"plan": [{"step": "a", "status": "pending"}]}
    assert stage.told("PostToolUse")[0]["tool_response"] == "Plan updated"


def test_why_a_session_begins_again(stage, kit):
    bench = stage(stage.all("SessionStart"), [kit.DONE] * 4)
    first = bench.start()
    bench.turn(first, "one")
    stage.leave(bench, first)
    bench.turn(bench.start(resume=first), "two")
    bench.turn(bench.start(fork=first), "three")
    bench.turn(bench.start(cleared=True), "four")
    assert [one["source"] for one in stage.told("SessionStart")] == ["startup", "resume", "fork", "clear"]


def test_around_a_summary(stage, kit):
    bench = stage(stage.all("PreCompact", "PostCompact", "SessionStart"), [kit.DONE, {"text": "short"}, kit.DONE])
    thread = bench.start()
    bench.turn(thread, "one")
    watcher = bench.port.attach(thread)
    bench.submit(thread, ops.Compact())
    bench.until(watcher, events.TurnCompleted)
    bench.turn(thread, "two")
    for name in ("PreCompact", "PostCompact"):
        (told,) = stage.told(name)
        assert list(told) == [*TURN[:6], "trigger"]
        assert told["trigger"] == "manual"
    assert [one["source"] for one in stage.told("SessionStart")] == ["startup", "compact"]


def test_an_automatic_summary_says_so(stage, kit):
    full = {**kit.CMD, "usage": {"input": 90_000, "cached": 0, "output": 20, "reasoning": 0, "total": 90_020}}
    script = [full, {"text": "short"}, kit.DONE]
    settings = {"model_auto_compact_token_limit": 50_000}
    bench = stage(stage.all("PreCompact", "PostCompact", "SessionStart"), script, settings=settings)
    bench.turn(bench.start(), "go")
    assert [stage.told(name)[0]["trigger"] for name in ("PreCompact", "PostCompact")] == ["auto", "auto"]
    assert [one["source"] for one in stage.told("SessionStart")] == ["startup", "compact"]


def test_a_question_and_an_interrupt(stage, kit):
    call = {"cmd": "echo hi", "sandbox_permissions": "require_escalated", "justification": "need it"}
    script = [{"call": ("exec_command", call, "c1")}]
    settings = {"approval_policy": "on-request", "sandbox_mode": "workspace-write"}
    bench = stage(stage.all("PermissionRequest", "Interrupt"), script, settings=settings)
    thread = bench.start()
    watcher = bench.port.attach(thread)
    ack = bench.submit(thread, ops.Submit("go"))
    bench.until(watcher, events.Asked)
    bench.submit(thread, ops.Interrupt())
    bench.until(watcher, events.TurnInterrupted)
    bench.__exit__()
    (asked,) = stage.told("PermissionRequest")
    assert list(asked) == [*TURN, "tool_name", "tool_input"]
    assert (asked["tool_name"], asked["permission_mode"]) == ("Bash", "default")
    assert asked["tool_input"] == {"command": "echo hi", "description": "need it"}
    (stopped,) = stage.told("Interrupt")
    assert list(stopped) == TURN
    assert stopped["turn_id"] == ack.turn_id


def test_agents_are_told_of_as_such(stage, kit):
    def play(request):
        first = json.loads(request.input[-1])
        text = first.get("content", [{}])[0].get("text", "")
        if text == "kid":
            return {"text": "child says"}
        if text == "go":
            return {"call": ("spawn_agent", {"message": "kid", "agent_type": "worker"}, "c1")}
        if first.get("call_id") == "c1":
            agent = json.loads(first["output"])["agent_id"]
            return {"call": ("wait_agent", {"targets": [agent]}, "c2")}
        return kit.DONE

    names = ("SubagentStart", "SubagentStop", "SessionStart", "Stop", "UserPromptSubmit", "SessionEnd")
    bench = stage(stage.all(*names), [play] * 6, plugins=("agents",))
    thread = bench.start()
    bench.turn(thread, "go")
    bench.__exit__()
    (begun,) = stage.told("SubagentStart")
    assert list(begun) == [*TURN, "agent_id", "agent_type"]
    assert (begun["session_id"], begun["agent_type"]) == (thread, "worker")
    assert begun["agent_id"] != thread
    (ended,) = stage.told("SubagentStop")
    agent = ["stop_hook_active", "agent_id", "agent_type", "last_assistant_message"]
    assert list(ended) == [*TURN[:3], "agent_transcript_path", *TURN[3:], *agent]
    assert ended["last_assistant_message"] == "child says"
    mine, kids = sorted(stage.told("UserPromptSubmit"), key=len)
    assert (mine["prompt"], kids["prompt"]) == ("go", "kid")
    assert list(kids) == [*TURN[:2], "agent_id", "agent_type", *TURN[2:], "prompt"]
    assert kids["session_id"] == thread
    assert len(stage.told("SessionStart")) == len(stage.told("Stop")) == len(stage.told("SessionEnd")) == 1
