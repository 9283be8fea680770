"""Calls for agents that come to nothing: what the model reads, and what is shown."""

import json

import pytest

from csm.api import SettingError, events, items

NOWHERE = "00000000-0000-7000-8000-000000000000"


def test_arguments_are_refused_as_codex_refuses_them(play):
    cases = [
        (("spawn_agent", {}), "Provide one of: message or items"),
        (("spawn_agent", {"message": " "}), "Empty message can't be sent to an agent"),
        (("spawn_agent", {"message": "a", "items": []}), "Provide either message or items, but not both"),
        (("spawn_agent", {"items": []}), "Items can't be empty"),
        (("spawn_agent", {"message": "a", "agent_type": "nope"}), "unknown agent_type 'nope'"),
        (("spawn_agent", {"message": "a", "model": "nope"}), "Unknown model `nope` for spawn_agent. Available "),
        (
            ("spawn_agent", {"message": "a", "reasoning_effort": "minimal"}),
            "Reasoning effort `minimal` is not supported for model `gpt-5.5`. Supported reasoning efforts: low",
        ),
        (
            ("spawn_agent", {"message": "a", "service_tier": "x"}),
            "Service tier `x` is not supported for model `gpt-5.5`. Supported service tiers: priority",
        ),
        (
            ("spawn_agent", {"message": "a", "fork_context": True, "agent_type": "worker"}),
            "Full-history forked agents inherit the parent agent type, model, and reasoning effort; omit ",
        ),
        (("send_input", {"target": NOWHERE, "message": "a"}), f"agent with id {NOWHERE} not found"),
        (("send_input", {"message": "a"}), "failed to parse function arguments: missing field `target` at line 1 colu"),
        (("wait_agent", {"targets": []}), "agent ids must be non-empty"),
        (("wait_agent", {}), "agent ids must be non-empty"),
        (("wait_agent", {"targets": ["abc"]}), "invalid agent id abc: Error(ParseSimpleLength { len: 3 })"),
        (("wait_agent", {"targets": [NOWHERE], "timeout_ms": 0}), "timeout_ms must be greater than zero"),
        (("wait_agent", {"targets": [NOWHERE]}), {"status": {NOWHERE: "not_found"}, "timed_out": False}),
        (("close_agent", {"target": NOWHERE}), f"agent with id {NOWHERE} not found"),
        (("resume_agent", {"id": NOWHERE}), f"agent with id {NOWHERE} not found"),
        (("resume_agent", {}), "failed to parse function arguments: missing field `id` at line 1 column 2"),
    ]
    bench = play({"parent": [play.calls(*[call for call, _ in cases]), {"text": "done"}]})
    thread = bench.start(source="exec")
    found = bench.turn(thread, "parent go")
    for (call, wanted), got in zip(cases, play.told(bench), strict=True):
        assert got.startswith(wanted) if isinstance(wanted, str) else got == wanted, json.dumps(call)
    assert {item.status for item in play.collab(found)} == {"failed"}
    begun = [event.body.item for event in found if isinstance(event.body, events.ItemStarted)]
    assert len([item for item in begun if isinstance(item, items.CollabToolCall)]) == len(play.collab(found)) == 9


def test_what_cannot_be_opened_is_told_and_leaves_its_place_free(play, monkeypatch):
    bench = play(
        {
            "parent": [
                play.SPAWN,
                {"text": "done"},
            ]
        },
        settings={"agents.max_threads": 1},
    )
    thread = bench.start(source="exec")
    born = bench.port.born

    def refuse(start, given):
        from concurrent.futures import Future

        from csm.api import StoreError

        if given is None:
            return born(start, given)
        future = Future()
        future.set_exception(StoreError("no room"))
        return future

    monkeypatch.setattr(bench.port, "born", refuse)
    bench.turn(thread, "parent go")
    assert play.told(bench) == ["collab spawn failed: no room"]


def test_an_agent_that_finds_no_place_again_stays_closed(play):
    bench = play(
        {
            "parent": [
                play.SPAWN,
                play.calls(("close_agent", {"target": "{0}"}), ("spawn_agent", {"message": "kid"})),
                play.calls(("resume_agent", {"id": "{0}"}), ("wait_agent", {"targets": ["{0}"]})),
                *[{"text": "done"}] * 2,
            ],
            "kid": [{"text": "k"}],
        },
        settings={"agents.max_threads": 1},
    )
    play.go(bench)
    first = play.told(bench)[0]["agent_id"]
    assert play.told(bench)[3:] == [
        "collab tool failed: agent thread limit reached",
        {"status": {first: "not_found"}, "timed_out": False},
    ]


@pytest.mark.parametrize("name", ["max_threads", "max_concurrent_threads_per_session"])
def test_limits_are_at_least_one(play, name):
    with pytest.raises(SettingError, match="must be at least 1"):
        play({}, settings={f"agents.{name}": 0})
