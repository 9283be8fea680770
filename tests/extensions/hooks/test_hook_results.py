"""What follows from what hooks say, as Codex 0.169 has it."""

import pytest

from csm.api import events, items, ops

TURNS = ("PreToolUse", "PostToolUse", "UserPromptSubmit", "Stop", "SessionStart")


def deny(kit, **more):
    return kit.say({"hookSpecificOutput": {"hookEventName": "PreToolUse", "permissionDecision": "deny", **more}})


def allow(kit, command):
    given = {"hookEventName": "PreToolUse", "permissionDecision": "allow", "updatedInput": command}
    return kit.say({"hookSpecificOutput": given})


def go(stage, kit, hooks, script=None, **more):
    bench = stage(hooks, [kit.CMD, kit.DONE] if script is None else script, **more)
    return bench, bench.turn(bench.start(), "hello")


@pytest.mark.parametrize(
    "command",
    [
        "exit2",
        {"decision": "block", "reason": "no way"},
        {
            "hookSpecificOutput": {
                "hookEventName": "PreToolUse",
                "permissionDecision": "deny",
                "permissionDecisionReason": "no way",
            }
        },
    ],
)
def test_a_command_is_blocked(stage, kit, command):
    told = kit.block("no way") if command == "exit2" else kit.say(command)
    bench, found = go(stage, kit, {"PreToolUse": [kit.group(told)]})
    assert bench.outputs() == ["Command blocked by PreToolUse hook: no way. Command: echo hi"]
    assert kit.runs(found) == [("PreToolUse", "blocked", "no way")]
    shown = [event.body.item for event in found if isinstance(event.body, events.ItemCompleted)]
    assert not any(isinstance(item, items.CommandExecution) for item in shown)


def test_a_patch_and_another_tool_are_blocked(stage, kit):
    patch = "*** Begin Patch\n*** Add File: n.txt\n+x\n*** End Patch"
    script = [{"custom": ("apply_patch", patch, "c1")}, {"call": ("update_plan", {"plan": []}, "c2")}, kit.DONE]
    bench, _ = go(stage, kit, {"PreToolUse": [kit.group(kit.block("no"))]}, script, plugins=("patch", "plan"))
    assert bench.outputs() == [
        f"Command blocked by PreToolUse hook: no. Command: {patch}",
        "Tool call blocked by PreToolUse hook: no. Tool: update_plan",
    ]
    assert not (bench.work / "n.txt").exists()


def test_the_first_hook_that_blocks_gives_the_reason(stage, kit):
    hooks = {
        "PreToolUse": [kit.group("cat > /dev/null", kit.block("one")), kit.group(kit.block("two"), matcher="Bash")]
    }
    bench, found = go(stage, kit, hooks)
    assert bench.outputs() == ["Command blocked by PreToolUse hook: one. Command: echo hi"]
    assert [status for _, status, _ in kit.runs(found)] == ["completed", "blocked", "blocked"]


def test_another_command_runs_in_its_place(stage, kit):
    hooks = {"PreToolUse": [kit.group(allow(kit, {"command": "echo one"}), allow(kit, {"command": "echo two"}))]}
    bench, _ = go(stage, kit, hooks)
    assert bench.outputs()[0].endswith("two\n")


def test_an_input_that_is_none_keeps_the_tool_from_running(stage, kit):
    bench, _ = go(stage, kit, {"PreToolUse": [kit.group(allow(kit, {"foo": 1}))]})
    assert bench.outputs() == ["hook returned updatedInput without string field `command`"]


def test_a_changed_patch(stage, kit):
    patch = "*** Begin Patch\n*** Add File: {}\n+x\n*** End Patch"
    hooks = {"PreToolUse": [kit.group(allow(kit, {"command": patch.format("m.txt")}), matcher="Edit|Write")]}
    bench, _ = go(stage, kit, hooks, [{"custom": ("apply_patch", patch.format("n.txt"), "c1")}, kit.DONE])
    assert [path.name for path in bench.work.glob("*.txt")] == ["m.txt"]


FAILURES = {
    "exit 1": ("echo oh no >&2; exit 1", "hook exited with code 1: oh no"),
    "exit 2 without a word": (
        "exit 2",
        "PreToolUse hook exited with code 2 but did not write a blocking reason to stderr",
    ),
    "killed": ("kill -9 $$", "hook exited without a status code"),
    "no such command": ("/no/such/thing 2>/dev/null", "hook exited with code 127"),
    "too slow": ("sleep 9", "hook timed out after 1s"),
    "a flood": ("yes", "it wrote more than 1 MiB"),
}
ANSWERS = {
    "allow alone": (
        {"hookSpecificOutput": {"hookEventName": "PreToolUse", "permissionDecision": "allow"}},
        "PreToolUse hook returned unsupported permissionDecision:allow",
    ),
    "ask": (
        {"hookSpecificOutput": {"hookEventName": "PreToolUse", "permissionDecision": "ask"}},
        "PreToolUse hook returned unsupported permissionDecision:ask",
    ),
    "continue": ({"continue": False}, "PreToolUse hook returned unsupported continue:false"),
    "reason alone": ({"reason": "x"}, "PreToolUse hook returned reason without decision"),
    "approve": ({"decision": "approve"}, "PreToolUse hook returned unsupported decision:approve"),
    "deny without a reason": (
        {"hookSpecificOutput": {"hookEventName": "PreToolUse", "permissionDecision": "deny"}},
        "PreToolUse hook returned permissionDecision:deny without a non-empty permissionDecisionReason",
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_hook_that_fails_changes_nothing_and_says_why(stage, kit, name):
    command, why = FAILURES[name]
    bench, found = go(stage, kit, {"PreToolUse": [kit.group(command, timeout=1 if name == "too slow" else 60)]})
    assert bench.outputs()[0].endswith("hi\n")
    assert kit.runs(found) == [("PreToolUse", "failed", why)]


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_that_cannot_be_followed_changes_nothing(stage, kit, name):
    answer, why = ANSWERS[name]
    bench, found = go(stage, kit, {"PreToolUse": [kit.group(kit.say(answer))]})
    assert bench.outputs()[0].endswith("hi\n")
    assert kit.runs(found) == [("PreToolUse", "failed", why)]


@pytest.mark.parametrize("text", ["{bad", '{"foo": 1}', "[]", '{"continue": 1}'])
def test_json_that_is_none_of_ours_is_a_failure(stage, kit, text):
    _, found = go(stage, kit, {"PreToolUse": [kit.group(f"cat > /dev/null; printf %s '{text}'")]})
    ((_, status, said),) = kit.runs(found)
    assert status == "failed"
    assert said.startswith("hook returned invalid pre-tool-use JSON output")


def test_a_plain_text_after_a_tool_is_nothing(stage, kit):
    bench, found = go(stage, kit, {name: [kit.group("cat > /dev/null; echo words")] for name in TURNS[:2]})
    assert [status for _, status, _ in kit.runs(found)] == ["completed", "completed"]
    assert kit.heard(bench, "developer", "user") == ["hello"]


def test_context_stands_where_it_belongs(stage, kit):
    hooks = {name: [kit.group(kit.context(name, f"of {name}"))] for name in TURNS if name != "Stop"}
    bench, found = go(stage, kit, hooks)
    assert {status for _, status, _ in kit.runs(found)} == {"completed"}
    said = kit.heard(bench, "developer", "user")
    assert said == ["of SessionStart", "hello", "of UserPromptSubmit", "of PreToolUse", "of PostToolUse"]


@pytest.mark.parametrize("name", ["SessionStart", "UserPromptSubmit"])
def test_a_plain_text_at_the_beginning_is_context(stage, kit, name):
    bench, _ = go(stage, kit, {name: [kit.group("cat > /dev/null; echo one; echo two")]}, [kit.DONE])
    order = ["one\ntwo", "hello"] if name == "SessionStart" else ["hello", "one\ntwo"]
    assert kit.heard(bench, "developer", "user") == order


def test_long_context_is_kept_whole_in_a_file(stage, kit):
    long = "cat > /dev/null; head -c 20000 /dev/zero | tr '\\0' a"
    bench, _ = go(stage, kit, {"UserPromptSubmit": [kit.group(long, additionalContextLimit=100)]}, [kit.DONE])
    (said,) = kit.heard(bench, "developer")
    assert said.startswith("Warning: truncated output (original token count: 5000)\nTotal output lines: 1\n\naaa")
    head, _, path = said.rpartition("\n\nFull hook output saved to: ")
    assert len(head) < 600
    assert stage.file.parent.joinpath(path).read_text() == "a" * 20_000


@pytest.mark.parametrize(
    ("answer", "status"),
    [({"decision": "block", "reason": "no"}, "blocked"), ({"continue": False, "stopReason": "no"}, "stopped")],
)
def test_a_prompt_is_not_taken(stage, kit, answer, status):
    bench, found = go(stage, kit, {"UserPromptSubmit": [kit.group(kit.say(answer))]}, [kit.DONE])
    assert bench.model.requests == []
    assert kit.runs(found) == [("UserPromptSubmit", status, "no")]
    assert isinstance(found[-1].body, events.TurnCompleted)
    assert found[-1].body.last_message is None


def test_what_is_said_into_a_turn_is_judged_too(stage, kit):
    bad = 'in=$(cat); case "$in" in *bad*) echo no >&2; exit 2;; esac'
    fifo = stage.out / "go"
    script = [{"call": ("exec_command", {"cmd": f"mkfifo {fifo}; cat {fifo}", "yield_time_ms": 9000}, "c1")}, kit.DONE]
    bench = stage({"UserPromptSubmit": [kit.group(bad)]}, script)
    thread = bench.start()
    watcher = bench.port.attach(thread)
    bench.submit(thread, ops.Submit("good"))
    bench.until(watcher, lambda event: isinstance(event.body, events.ItemStarted) and event.body.item.id == "c1")
    for text in ("a bad word", "a fine word"):
        bench.submit(thread, ops.Submit(text, busy="steer"))
    fifo.write_text("now")
    found = bench.until(watcher, events.TurnCompleted)
    assert kit.heard(bench, "user") == ["good", "a fine word"]
    assert [status for _, status, _ in kit.runs(found)] == ["blocked", "completed"]


def test_a_session_that_may_not_start(stage, kit):
    bench, found = go(stage, kit, {"SessionStart": [kit.group(kit.say({"continue": False}))]}, [kit.DONE])
    assert bench.model.requests == []
    assert kit.runs(found) == [("SessionStart", "stopped", "")]


@pytest.mark.parametrize(
    ("answers", "output"),
    [
        (["exit2 one"], "one"),
        ([{"decision": "block", "reason": "bad result"}], "bad result"),
        ([{"continue": False, "stopReason": "halt"}, "exit2 two"], "halt\n\ntwo"),
        ([{"continue": False}], "PostToolUse hook stopped execution"),
    ],
)
def test_the_model_reads_feedback_in_place_of_a_result(stage, kit, answers, output):
    commands = [kit.block(one[6:]) if isinstance(one, str) else kit.say(one) for one in answers]
    bench, found = go(stage, kit, {"PostToolUse": [kit.group(*commands)]})
    assert bench.outputs() == [output]
    kinds = [type(event.body.item).__name__ for event in found if isinstance(event.body, events.ItemCompleted)]
    assert kinds.index("CommandExecution") < kinds.index("HookRun")


AGAIN = """in=$(cat); case "$in" in *'"stop_hook_active":true'*) exit 0;; esac; """


def test_the_model_is_sent_back_to_work(stage, kit):
    commands = [AGAIN + kit.say({"decision": "block", "reason": f'{word} <x> & "q"'}) for word in ("on", "more")]
    bench, found = go(stage, kit, {"Stop": [kit.group(*commands)]}, [{"text": "d"}, {"text": "e"}])
    path = stage.file
    assert [text for text in heard_raw(bench) if text.startswith("<hook_prompt")] == [
        f'<hook_prompt hook_run_id="stop:0:{path}">on &lt;x&gt; &amp; "q"</hook_prompt>',
        f'<hook_prompt hook_run_id="stop:1:{path}">more &lt;x&gt; &amp; "q"</hook_prompt>',
    ]
    assert found[-1].body.last_message == "e"
    assert [status for _, status, _ in kit.runs(found)] == ["blocked", "blocked", "completed", "completed"]


def heard_raw(bench):
    from csm.api import codec

    said = [codec.decode(raw) for raw in bench.model.requests[-1].input]
    return [one["content"][0]["text"] for one in said if one.get("role") == "user"]


def test_exit_2_sends_it_back_too(stage, kit):
    bench, _ = go(stage, kit, {"Stop": [kit.group(AGAIN + kit.block("more"))]}, [{"text": "d"}, {"text": "e"}])
    assert heard_raw(bench)[-1].endswith(">more</hook_prompt>")


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ('printf %s \'{"continue": false, "decision": "block", "reason": "x"}\'', "stopped"),
        ('printf %s \'{"decision": "block"}\'', "failed"),
        ("echo words", "failed"),
    ],
)
def test_a_turn_ends_even_so(stage, kit, command, status):
    bench, found = go(stage, kit, {"Stop": [kit.group(f"cat > /dev/null; {command}")]}, [{"text": "d"}])
    assert [one[1] for one in kit.runs(found)] == [status]
    assert len(bench.model.requests) == 1


@pytest.mark.parametrize("name", ["PreModelRequest", "PostModelRequest"])
def test_requests_are_only_told_of(stage, kit, name):
    commands = [kit.say({"continue": False, "decision": "block"}), kit.block("no")]
    _, found = go(stage, kit, {name: [kit.group(*commands)]}, [kit.DONE])
    assert [one[1] for one in kit.runs(found)] == ["completed", "failed"]
    assert found[-1].body.last_message == "done"


@pytest.mark.parametrize("name", ["PreCompact", "PostCompact"])
def test_a_summary_may_end_the_turn(stage, kit, name):
    full = {**kit.CMD, "usage": {"input": 90_000, "cached": 0, "output": 20, "reasoning": 0, "total": 90_020}}
    bench = stage(
        {name: [kit.group(kit.say({"continue": False, "stopReason": "no"}))]},
        [full, {"text": "short"}, kit.DONE],
        settings={"model_auto_compact_token_limit": 50_000},
    )
    found = bench.turn(bench.start(), "go")
    assert isinstance(found[-1].body, events.TurnInterrupted)
    assert kit.runs(found) == [(name, "stopped", "no")]
    assert len(bench.model.requests) == (1 if name == "PreCompact" else 2)


def decide(kit, **decision):
    return kit.say({"hookSpecificOutput": {"hookEventName": "PermissionRequest", "decision": decision}})


ESCAPE = {"cmd": "echo hi", "sandbox_permissions": "require_escalated", "justification": "need it"}


def asked(stage, kit, command):
    settings = {"approval_policy": "on-request", "sandbox_mode": "workspace-write"}
    script = [{"call": ("exec_command", ESCAPE, "c1")}, kit.DONE]
    return stage({"PermissionRequest": [kit.group(command)]}, script, settings=settings)


def test_a_hook_says_yes_in_the_users_place(stage, kit):
    bench = asked(stage, kit, decide(kit, behavior="allow"))
    found = bench.turn(bench.start(), "go")
    assert bench.outputs()[0].endswith("hi\n")
    answered = next(event.body for event in found if isinstance(event.body, events.Answered))
    assert (answered.decision, answered.by) == ("accept", "hooks")


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ({"behavior": "deny", "message": "nope"}, "nope"),
        ({"behavior": "deny"}, "PermissionRequest hook denied approval"),
        ("exit2", "bad"),
    ],
)
def test_a_hook_says_no_in_the_users_place(stage, kit, command, reason):
    bench = asked(stage, kit, kit.block("bad") if command == "exit2" else decide(kit, **command))
    bench.turn(bench.start(), "go")
    (output,) = bench.outputs()
    assert output == f'exec_command failed: CreateProcess {{ message: "Rejected(\\"{reason}\\")" }}'


@pytest.mark.parametrize(
    "decision", [{"behavior": "allow", "updatedInput": {}}, {"behavior": "deny", "interrupt": True}]
)
def test_the_user_is_asked_where_a_hook_makes_no_sense(stage, kit, decision):
    bench = asked(stage, kit, decide(kit, **decision))
    thread = bench.start()
    watcher = bench.port.attach(thread)
    bench.submit(thread, ops.Submit("go"))
    found = bench.until(watcher, events.Asked)
    assert [one[1] for one in kit.runs(found)] == ["failed"]


def test_a_setting_keeps_hooks_from_saying_yes(stage, kit):
    own = stage.folder / "home" / ".config" / "csm" / "settings.toml"
    own.parent.mkdir(parents=True)
    own.write_text("extensions_may_approve = false\n")
    bench = asked(stage, kit, decide(kit, behavior="allow"))
    thread = bench.start()
    watcher = bench.port.attach(thread)
    bench.submit(thread, ops.Submit("go"))
    bench.until(watcher, events.Asked)


def test_what_it_has_to_remark_is_for_the_user(stage, kit):
    answer = kit.context("UserPromptSubmit", "for the model", systemMessage="for you")
    bench, found = go(stage, kit, {"UserPromptSubmit": [kit.group(answer)]}, [kit.DONE])
    assert kit.runs(found) == [("UserPromptSubmit", "completed", "for you")]
    assert kit.heard(bench, "developer") == ["for the model"]


def test_runs_are_in_the_log_and_not_in_the_history(stage, kit):
    bench, _ = go(stage, kit, {"PreToolUse": [kit.group("cat > /dev/null", statusMessage="Looking")]})
    bodies = [body for _, body in bench.store.read(next(iter(bench.store.list())).thread_id)]
    runs = [body.item for body in bodies if isinstance(body, events.ItemCompleted)]
    (run,) = [item for item in runs if isinstance(item, items.HookRun)]
    assert (run.doing, run.command, run.source) == ("Looking", "cat > /dev/null", str(stage.file))
    assert run.duration_ms is not None
    assert not any(b"Looking" in raw for raw in bench.model.requests[-1].input)
