"""Requests: a beginning that stays the same to the byte, context only where it changed."""

import json

import msgspec

from csm.core import models, prompts, request
from csm.core.response_items import message, user_message
from csm.protocol.tools import SandboxPolicy, ToolSpec


def tool(name, namespace=None):
    return ToolSpec(name, msgspec.Raw(json.dumps({"name": name}).encode()), namespace)


READ_ONLY = prompts.permissions(SandboxPolicy(), "never", "/w")
WRITE = prompts.permissions(SandboxPolicy("workspace-write", ("/x",)), "on-request", "/w")
RULES = prompts.agents("/w", "", ["Be nice."])
HERE = prompts.environment("/w", "bash", "2026-01-02", "Etc/UTC")


def added(history, *texts):
    wanted = request.Wanted(
        tuple(text for text in texts if text.startswith((prompts.PERMISSIONS, "Rule"))),
        tuple(text for text in texts if not text.startswith((prompts.PERMISSIONS, "Rule"))),
    )
    found = request.missing(history, wanted)
    return [(json.loads(raw)["role"], [part["text"] for part in json.loads(raw)["content"]]) for raw in found]


def test_the_first_turn_gets_everything_in_order():
    assert added([], READ_ONLY, "Rule 1", RULES, HERE) == [
        ("developer", [READ_ONLY, "Rule 1"]),
        ("user", [RULES, HERE]),
    ]


def test_a_later_turn_gets_nothing_new():
    history = [message("developer", [READ_ONLY, "Rule 1"]), message("user", [RULES, HERE]), user_message("hi")]
    assert added(history, READ_ONLY, "Rule 1", RULES, HERE) == []
    assert added(history, READ_ONLY, "", "", HERE) == []


def test_only_what_changed_is_said_again():
    history = [message("developer", [READ_ONLY]), message("user", [RULES, HERE]), user_message("hi")]
    assert added(history, WRITE, RULES, HERE) == [("developer", [WRITE])]
    tomorrow = HERE.replace("01-02", "01-03")
    assert added(history, READ_ONLY, RULES, tomorrow) == [("user", [tomorrow])]
    assert added(history, READ_ONLY, "Rule 2", RULES, HERE) == [("developer", ["Rule 2"])]


def test_going_back_is_a_change_too():
    history = [message("developer", [READ_ONLY]), user_message("hi"), message("developer", [WRITE])]
    assert added(history, READ_ONLY) == [("developer", [READ_ONLY])]


def test_what_the_user_pastes_is_not_context():
    assert added([user_message("<environment_context>")], HERE) == [("user", [HERE])]


def build(history, slug="gpt-5.5", tools=(), **choices):
    return request.build(
        history,
        thread_id="t",
        turn_id="u",
        instructions=prompts.BASE,
        tools=tools,
        info=models.info(slug),
        choices=request.Choices(slug, **choices),
    )


def test_the_beginning_stays_the_same_to_the_byte():
    tools = request.arrange([tool("b"), tool("a"), tool("c", "mcp")])
    history, before = [], None
    for turn in range(4):
        history += request.missing(history, request.Wanted((READ_ONLY,), (RULES, HERE)))
        history.append(user_message(f"turn {turn}"))
        now = build(history, tools=tools)
        if before is not None:
            assert now.input[: len(before.input)] == before.input
            assert (now.instructions, now.tools) == (before.instructions, before.tools)
        before = now
    assert len(history) == 6


def test_tools_stand_in_one_order_whoever_came_first():
    one, two = tool("exec"), tool("exec")
    assert request.arrange([tool("z"), one, tool("a")]) == request.arrange([tool("a"), tool("z"), two])
    changed = ToolSpec("exec", msgspec.Raw(b'{"name":"exec","new":1}'))
    assert request.arrange([one, changed]) == (changed,)


def test_models_we_do_not_know():
    known = build([], tools=(tool("apply_patch"),))
    assert (known.effort, known.verbosity, len(known.tools), known.parallel) == ("medium", "low", 1, True)
    odd = build([], "llama", tools=(tool("apply_patch"), tool("x")))
    assert (odd.effort, odd.verbosity, [one.name for one in odd.tools]) == (None, None, ["x"])
    assert build([], effort="high", verbosity="high", summary="auto", service_tier="priority").effort == "high"


def test_the_usable_window():
    assert models.usable(272_000) == 258_400


def test_what_newer_codex_adds_to_stored_items_is_not_sent():
    raw = b'{"type":"message","role":"user","content":[],"internal_chat_message_metadata_passthrough":{"turn_id":"x"}}'
    plain = b'{"type": "message", "role": "user", "content": []}'
    assert build([raw, plain]).input == (b'{"type":"message","role":"user","content":[]}', plain)


def test_permissions_say_what_holds():
    assert "`read-only`" in READ_ONLY and "Network access is blocked" in READ_ONLY and "`never`" in READ_ONLY
    assert "`/w`, `/x`, `/tmp`, `$TMPDIR`" in WRITE
    free = prompts.permissions(SandboxPolicy("danger-full-access"), "never", "/w")
    assert "no sandbox" in free and "Network access is allowed" in free


def test_rules_of_agents_files():
    assert prompts.agents("/w", "", []) == "" == prompts.agents("/w", " \n", ["\n"])
    both = prompts.agents("/w", "mine\n", ["one\n", "", "two\n"])
    assert both == (
        "# AGENTS.md instructions for /w\n\n<INSTRUCTIONS>\n"
        "mine\n\n--- project-doc ---\n\none\n\n\ntwo\n\n</INSTRUCTIONS>"
    )
    assert prompts.agents("/w", "\n mine\n\n", [" \n"]) == (
        "# AGENTS.md instructions\n\n<INSTRUCTIONS>\nmine\n</INSTRUCTIONS>"
    )
    assert prompts.agents("/w", "", ["\n a"]).endswith("<INSTRUCTIONS>\n\n a\n</INSTRUCTIONS>")
