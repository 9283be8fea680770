"""Agents as a model drives them: begun, told, awaited, closed, opened again."""

import pytest

from csm.api import codec, events, items, ops
from csm.api.testing import Gate
from csm.core.fold import fold

NOWHERE = "00000000-0000-7000-8000-000000000000"


def lines(bench, thread):
    return list(bench.store.read(thread))


def test_an_agent_is_begun_awaited_and_heard(play):
    bench = play(
        {
            "parent": [
                play.calls(("spawn_agent", {"message": "kid, count"})),
                play.WAIT,
                {"text": "done"},
            ],
            "kid": [{"text": "three"}],
        }
    )
    thread = bench.start(source="exec")
    watcher = bench.port.attach(thread)
    found = bench.turn(thread, "parent go")
    kid = play.agents(bench.cast.requests("parent")[-1])[0]
    begun, waited = play.told(bench)
    assert begun == {"agent_id": kid, "nickname": begun["nickname"]} and begun["nickname"]
    assert waited == {"status": {kid: {"completed": "three"}}, "timed_out": False}
    spawn, wait = play.collab(found)
    assert (spawn.tool, spawn.sender, spawn.receivers, spawn.prompt) == ("spawn_agent", thread, (kid,), "kid, count")
    assert (spawn.agents, spawn.status) == ({kid: items.AgentState("pending_init")}, "completed")
    assert (wait.agents, wait.names) == ({kid: items.AgentState("completed", "three")}, {kid: begun["nickname"]})
    (announced,) = [event.body for event in found if isinstance(event.body, events.ThreadSpawned)]
    assert announced == events.ThreadSpawned(kid, thread, begun["nickname"], None, "kid, count")
    notice = f'<subagent_notification>\n{{"agent_path":"{kid}","status":{{"completed":"three"}}}}\n'
    assert play.said(bench.cast.requests("parent")[-1]) == ["parent go", notice + "</subagent_notification>"]
    live = watcher.snapshot
    for event in watcher.drain():
        live.apply(event)
    assert fold(lines(bench, thread)).state_hash() == live.state_hash()
    assert live.spawned == {kid: announced}


def test_an_agent_has_a_log_of_its_own_that_names_its_parent(play):
    bench = play({"parent": [play.SPAWN, play.WAIT, {"text": "x"}], "kid": [{"text": "a"}]})
    thread = bench.start(source="exec")
    bench.turn(thread, "parent go")
    (kid,) = bench.cast.roles["kid"]
    started = lines(bench, kid)[0][1]
    assert started.parent == thread and started.thread_source == "subagent" and started.thread_id == kid
    name = play.told(bench)[0]["nickname"]
    assert codec.decode(started.source) == {
        "subagent": {
            "thread_spawn": {
                "parent_thread_id": thread,
                "depth": 1,
                "agent_path": None,
                "agent_nickname": name,
                "agent_role": None,
            }
        }
    }
    request = bench.cast.requests("kid")[0]
    assert (request.subagent, request.parent_id, request.session_id) == ("collab_spawn", thread, thread)
    assert bench.cast.requests("parent")[0].subagent is None


def test_two_work_at_the_same_time_and_the_first_to_end_counts(play):
    slow, quick = Gate(), Gate()
    bench = play(
        {
            "parent": [
                play.calls(("spawn_agent", {"message": "slow"}), ("spawn_agent", {"message": "quick"})),
                play.calls(("wait_agent", {"targets": ["{0}", "{1}"]})),
                play.WAIT,
                {"text": "done"},
            ],
            "slow": [{"text": ["a", slow]}],
            "quick": [{"text": ["b", quick]}],
        }
    )
    thread = bench.start(source="exec")
    watcher = bench.port.attach(thread)
    assert bench.submit(thread, ops.Submit("parent go")).accepted
    slow.wait_arrived()
    quick.wait_arrived()
    quick.open()
    bench.until(watcher, lambda event: [one.tool for one in play.collab([event])] == ["wait_agent"])
    slow.open()
    bench.until(watcher, events.TurnCompleted)
    first, second = play.agents(bench.cast.requests("parent")[-1])
    assert play.told(bench)[2:] == [
        {"status": {second: {"completed": "b"}}, "timed_out": False},
        {"status": {first: {"completed": "a"}}, "timed_out": False},
    ]


def test_input_joins_the_turn_of_an_agent_or_begins_another(play):
    gate = Gate()
    bench = play(
        {
            "parent": [
                play.SPAWN,
                play.calls(("send_input", {"target": "{0}", "message": "more"}), ("wait_agent", {"targets": ["{0}"]})),
                play.calls(("send_input", {"target": "{0}", "message": "later"})),
                play.WAIT,
                {"text": "done"},
            ],
            "kid": [{"text": ["one", gate]}, {"text": "two"}, {"text": "three"}],
        }
    )
    thread = bench.start(source="exec")
    watcher = bench.port.attach(thread)
    assert bench.submit(thread, ops.Submit("parent go")).accepted
    bench.until(watcher, lambda event: [one.tool for one in play.collab([event])] == ["send_input"])
    gate.open()
    found = bench.until(watcher, events.TurnCompleted)
    (kid,) = play.agents(bench.cast.requests("parent")[-1])
    assert [one["status"][kid] for one in play.told(bench) if "status" in one] == [
        {"completed": "two"},
        {"completed": "three"},
    ]
    assert set(play.told(bench)[1]) == {"submission_id"}
    assert play.said(bench.cast.requests("kid")[-1]) == ["kid", "more", "later"]
    (later,) = [item for item in play.collab(found) if item.tool == "send_input"]
    assert (later.prompt, later.agents, later.status) == (
        "later",
        {kid: items.AgentState("completed", "two")},
        "completed",
    )


def test_input_can_stop_what_an_agent_is_doing(play):
    gate = Gate()

    bench = play(
        {
            "parent": [
                play.SPAWN,
                play.after(gate, ("send_input", {"target": "{0}", "message": "stop", "interrupt": True})),
                play.WAIT,
                {"text": "done"},
            ],
            "kid": [{"text": ["one", gate]}, {"text": "two"}],
        }
    )
    play.go(bench)
    (kid,) = play.agents(bench.cast.requests("parent")[-1])
    assert play.told(bench)[-1] == {"status": {kid: {"completed": "two"}}, "timed_out": False}
    first, marker, last = play.said(bench.cast.requests("kid")[-1])
    assert (first, last) == ("kid", "stop") and marker.startswith("<turn_aborted>")


def test_how_an_agent_failed_is_told(play):
    bench = play(
        {
            "parent": [
                play.SPAWN,
                play.WAIT,
                play.calls(("send_input", {"target": "{0}", "message": "again"})),
                play.WAIT,
                {"text": "done"},
            ],
            "kid": [{"fail": {"message": "no good", "code": "bad"}}, {"text": "well"}],
        }
    )
    found = play.go(bench)
    (kid,) = play.agents(bench.cast.requests("parent")[-1])
    assert [one["status"] for one in play.told(bench) if "status" in one] == [
        {kid: {"errored": "no good"}},
        {kid: {"completed": "well"}},
    ]
    assert [item.status for item in play.collab(found)] == ["completed", "failed", "completed", "completed"]


def test_a_forked_agent_knows_what_was_said_and_not_what_was_done(play):
    bench = play(
        {
            "parent": [
                {"text": "looking", "phase": "commentary", "call": ("wait_agent", {"targets": [NOWHERE]})},
                {"text": "found"},
                play.calls(("spawn_agent", {"message": "kid", "fork_context": True})),
                play.WAIT,
                {"text": "done"},
            ],
            "kid": [{"text": "a"}],
        }
    )
    thread = bench.start(source="exec")
    bench.turn(thread, "parent go")
    bench.turn(thread, "and then")
    (kid,) = bench.cast.roles["kid"]
    (request,) = bench.cast.requests("kid")
    assert play.said(request) == ["parent go", "and then", "kid"]
    kinds = [codec.decode(raw) for raw in request.input]
    assert [one["content"][0]["text"] for one in kinds if one.get("role") == "assistant"] == ["found"]
    assert {one["type"] for one in kinds} == {"message"}
    assert sum(one.get("role") == "developer" for one in kinds) == 1
    assert lines(bench, kid)[0][1].forked_from == thread
    watcher = bench.port.attach(kid)
    assert fold(lines(bench, kid)).state_hash() == watcher.snapshot.state_hash()


@pytest.mark.parametrize("told", [True, False])
def test_a_setting_says_whether_the_model_reads_that_it_was_stopped(play, told):
    gate = Gate()
    stop = ("send_input", {"target": "{0}", "message": "stop", "interrupt": True})
    bench = play(
        {
            "parent": [play.SPAWN, play.after(gate, stop), play.WAIT, {"text": "done"}],
            "kid": [{"text": ["one", gate]}, {"text": "two"}],
        },
        settings={"agents.interrupt_message": told},
    )
    play.go(bench)
    said = play.said(bench.cast.requests("kid")[-1])
    assert (said[0], said[-1]) == ("kid", "stop")
    assert any(text.startswith("<turn_aborted>") for text in said) is told
