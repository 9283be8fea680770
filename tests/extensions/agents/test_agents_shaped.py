"""What agents are given: roles, models, limits, names; whom they ask; how their calls are offered and shown."""

import json

import msgspec
import pytest

from csm.api import events, items, model, ops, tools
from csm.api.testing import Gate, bundled
from csm.core.fold import fold
from csm.headless.jsonl import JsonLines
from csm.protocol.events import Event

NAMES = bundled("agents", "names").NAMES


class Asking:
    """A tool that asks before it does nothing."""

    spec = tools.ToolSpec("dig", msgspec.Raw(b'{"type":"function","name":"dig"}'))

    async def run(self, call, cx):
        ask = tools.Ask(f"ask {call.call_id}", call.call_id, "tool", "Dig?", why="it is deep")
        answer = await cx.ask(ask)
        return tools.ToolResult(f"{answer.decision} {answer.text}".strip())


def asked(event):
    return isinstance(event.body, events.Asked)


def test_an_agents_question_is_asked_in_the_thread_that_began_it(play):
    bench = play(
        {
            "parent": [play.SPAWN, play.WAIT, {"text": "done"}],
            "kid": [{"call": ("dig", {})}, {"text": "dug"}],
        },
        tools=[Asking()],
    )
    thread = bench.start()
    watcher = bench.port.attach(thread)
    bench.submit(thread, ops.Submit("parent go"))
    seen = bench.until(watcher, asked)
    question = seen[-1].body.ask
    (kid,) = bench.cast.roles["kid"]
    own = bench.port.attach(kid).snapshot.asks
    assert [one.why for one in own.values()] == ["it is deep"]
    (name,) = [event.body.nickname for event in seen if isinstance(event.body, events.ThreadSpawned)]
    assert (question.title, question.why) == ("Dig?", f"asked by the agent {name}: it is deep")
    assert (question.agent, question.agent_id) == (name, kid)
    assert question.id not in own
    assert not bench.submit(thread, ops.AnswerAsk(question.id, "accept_rule")).accepted
    assert bench.submit(thread, ops.AnswerAsk(question.id, "accept", "deeper")).accepted
    found = bench.until(watcher, events.TurnCompleted)
    (answered,) = [event.body for event in found if isinstance(event.body, events.Answered)]
    assert (answered.ask_id, answered.decision, answered.text) == (question.id, "accept", "deeper")
    assert play.told(bench, "kid") == ["accept deeper"]
    assert not bench.submit(thread, ops.AnswerAsk(question.id, "accept")).accepted
    live = watcher.snapshot
    assert fold(bench.store.read(thread)).asks == live.asks == {}


def test_a_question_outlives_the_turn_and_goes_with_the_agent(play):
    gate = Gate()
    bench = play(
        {
            "parent": [play.SPAWN, {"text": ["do", gate, "ne"]}, *[{"text": "more"}] * 2],
            "kid": [{"call": ("dig", {})}, {"text": "dug"}],
        },
        tools=[Asking()],
    )
    thread = bench.start()
    watcher = bench.port.attach(thread)
    bench.submit(thread, ops.Submit("parent go"))
    question = bench.until(watcher, asked)[-1].body.ask
    gate.open()
    bench.until(watcher, events.TurnCompleted)
    assert bench.until(watcher, asked)[-1].body.ask == question
    assert list(bench.port.attach(thread).snapshot.asks) == [question.id]
    (kid,) = bench.cast.roles["kid"]
    bench.submit(kid, ops.Shutdown())
    gone = bench.until(watcher, events.Answered)[-1].body
    assert (gone.ask_id, gone.decision) == (question.id, "cancel")
    assert fold(bench.store.read(thread)).asks == {}


def test_an_agent_has_model_effort_sandbox_and_approval_of_its_parent_unless_told(play):
    bench = play(
        {
            "parent": [
                play.calls(
                    ("spawn_agent", {"message": "plain"}),
                    ("spawn_agent", {"message": "other", "model": "gpt-5.4"}),
                    ("spawn_agent", {"message": "hard", "model": "gpt-5.4", "reasoning_effort": "high"}),
                    ("spawn_agent", {"message": "fast", "service_tier": "priority"}),
                ),
                play.calls(*[("wait_agent", {"targets": [f"{{{n}}}"]}) for n in range(4)]),
                *[{"text": "done"}] * 2,
            ],
            **{name: [{"text": name}] for name in ("plain", "other", "hard", "fast")},
        },
        settings={"model": "gpt-5.5", "model_reasoning_effort": "low"},
    )
    thread = bench.start()
    bench.submit(
        thread, ops.Configure(model="gpt-5.2", approval="never", sandbox=tools.SandboxPolicy("danger-full-access"))
    )
    bench.turn(thread, "parent go")
    sent = {name: bench.cast.requests(name)[0] for name in ("plain", "other", "hard", "fast")}
    assert {name: (one.model, one.effort) for name, one in sent.items()} == {
        "plain": ("gpt-5.2", "low"),
        "other": ("gpt-5.4", "medium"),
        "hard": ("gpt-5.4", "high"),
        "fast": ("gpt-5.2", "low"),
    }
    assert (sent["fast"].service_tier, sent["plain"].service_tier) == ("priority", None)
    kid = bench.port.attach(bench.cast.roles["plain"][0]).snapshot
    assert (kid.approval, kid.sandbox.mode) == ("never", "danger-full-access")


def test_pieces_of_a_message_reach_the_agent(play):
    pieces = [
        {"type": "text", "text": "kid, look"},
        {"type": "image", "image_url": "data:image/png;base64,AA"},
        {"type": "mention", "name": "app", "path": "app://x"},
    ]
    bench = play(
        {
            "parent": [play.calls(("spawn_agent", {"items": pieces})), play.WAIT, {"text": "x"}],
            "kid": [{"text": "k"}],
        }
    )
    found = play.go(bench)
    assert play.collab(found)[0].prompt == "kid, look\n[image]\n[mention:$app](app://x)"
    content = next(json.loads(raw) for raw in bench.cast.requests("kid")[0].input if b"kid, look" in raw)["content"]
    assert content[-1]["text"] == "kid, look\n[$app](app://x)"


@pytest.mark.parametrize(
    ("asked", "seconds"), [(None, 30), (1, 10), (10_000, 10), (45_000, 45), (3_600_000, 3600), (10**12, 3600)]
)
def test_waiting_has_bounds(asked, seconds):
    assert bundled("agents", "limits").seconds(asked) == seconds


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("abc", "ParseSimpleLength { len: 3 }"),
        ("", "ParseSimpleLength { len: 0 }"),
        ("Wren", "ParseChar { character: 'W', index: 1 }"),
        ("a-b", "ParseGroupCount { count: 2 }"),
        ("ä", "ParseChar { character: 'ä', index: 1 }"),
        ("a1'", "ParseChar { character: '\\'', index: 3 }"),
        ("01a1f98a-974d-7ca1-a7e8-e4f88a466aa12", "ParseGroupLength { group: 4, len: 13, index: 25 }"),
        ("{abc}", "ParseGroupCount { count: 1 }"),
        ("urn:uuid:xyz", "ParseChar { character: 'x', index: 10 }"),
        ("01a1f98-974d-7ca1-a7e8-e4f88a466aa12", "ParseGroupLength { group: 0, len: 7, index: 1 }"),
    ],
)
def test_ids_that_are_none_are_named_as_codex_names_them(text, fault):
    with pytest.raises(Exception) as caught:
        bundled("agents", "given").agent_id(text)
    assert caught.value.message == f"invalid agent id {text}: Error({fault})"


def test_ids_are_read_in_every_form():
    read = bundled("agents", "given").agent_id
    told = "01a1f98a-974d-7ca1-a7e8-e4f88a466aa1"
    assert {read(told.upper()), read(told.replace("-", "")), read(f"{{{told}}}"), read(f"urn:uuid:{told}")} == {told}


def test_there_are_names_enough():
    assert len(set(NAMES)) == len(NAMES) > 60 and all(name.isalpha() and name.istitle() for name in NAMES)


def test_a_script_sees_what_codex_shows_it():
    lines = JsonLines(model.Usage())
    item = items.CollabToolCall("c", "resume_agent", "p", ("k",))
    done = items.CollabToolCall(
        "c", "resume_agent", "p", ("k",), None, {"k": items.AgentState("errored", "no")}, {"k": "Wren"}, "failed"
    )
    first, second = (
        json.loads(lines.take(Event(1, "", body))[0])
        for body in (events.ItemStarted("t", item), events.ItemCompleted("t", done))
    )
    begun = {
        "id": "item_0",
        "type": "collab_tool_call",
        "tool": "wait",
        "sender_thread_id": "p",
        "receiver_thread_ids": ["k"],
        "prompt": None,
        "agents_states": {},
        "status": "in_progress",
    }
    assert first == {"type": "item.started", "item": begun}
    states = {"k": {"status": "errored", "message": "no"}}
    assert second == {"type": "item.completed", "item": {**begun, "agents_states": states, "status": "failed"}}
    assert list(first["item"]) == list(begun)
