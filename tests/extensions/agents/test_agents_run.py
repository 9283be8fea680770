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
                play.calls(("wait_agent", {"targets": ["{0}"]})),
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
    wait = play.calls(("wait_agent", {"targets": ["{0}"]}))
    bench = play(
        {"parent": [play.calls(("spawn_agent", {"message": "kid"})), wait, {"text": "x"}], "kid": [{"text": "a"}]}
    )
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
                play.calls(("wait_agent", {"targets": ["{0}"]})),
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


@pytest.mark.parametrize(("depth", "deepest"), [(1, "kid"), (2, "grandkid")])
def test_agents_of_the_last_depth_have_no_such_tools(play, depth, deepest):
    wait = play.calls(("wait_agent", {"targets": ["{0}"]}))
    bench = play(
        {
            "parent": [play.calls(("spawn_agent", {"message": "kid"})), wait, {"text": "done"}],
            "kid": [
                play.calls(("spawn_agent", {"message": "grandkid"})),
                wait if depth > 1 else {"text": "k"},
                {"text": "k"},
            ],
            "grandkid": [play.calls(("spawn_agent", {"message": "none"})), {"text": "g"}],
        },
        settings={"agents.max_depth": depth},
    )
    bench.turn(bench.start(source="exec"), "parent go")
    assert play.told(bench, deepest)[0] == "unsupported call: spawn_agent"
    offered = {role: {tool.name for tool in bench.cast.requests(role)[0].tools} for role in bench.cast.roles}
    assert "spawn_agent" in offered["parent"] and not offered[deepest] & {"spawn_agent", "wait_agent", "close_agent"}
    assert len(bench.cast.roles) == depth + 1


def test_only_so_many_are_open_until_one_is_closed(play):
    bench = play(
        {
            "parent": [
                play.calls(("spawn_agent", {"message": "kid"}), ("spawn_agent", {"message": "kid"})),
                play.calls(("close_agent", {"target": "{0}"}), ("spawn_agent", {"message": "kid"})),
                *[{"text": "done"}] * 3,
            ],
            "kid": [{"text": "k"}],
        },
        settings={"agents.max_threads": 1},
    )
    found = bench.turn(bench.start(source="exec"), "parent go")
    first, refused, _, third = play.told(bench)
    assert refused == "collab spawn failed: agent thread limit reached"
    assert first["agent_id"] != third["agent_id"]
    assert [(item.tool, item.status) for item in play.collab(found)] == [
        ("spawn_agent", "completed"),
        ("spawn_agent", "failed"),
        ("close_agent", "completed"),
        ("spawn_agent", "completed"),
    ]


def test_input_joins_the_turn_of_an_agent_or_begins_another(play):
    gate = Gate()
    wait = play.calls(("wait_agent", {"targets": ["{0}"]}))
    bench = play(
        {
            "parent": [
                play.calls(("spawn_agent", {"message": "kid"})),
                play.calls(("send_input", {"target": "{0}", "message": "more"}), ("wait_agent", {"targets": ["{0}"]})),
                play.calls(("send_input", {"target": "{0}", "message": "later"})),
                wait,
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

    def after(gate, call):
        def turn(request):
            gate.wait_arrived()
            return play.calls(call)(request)

        return turn

    bench = play(
        {
            "parent": [
                play.calls(("spawn_agent", {"message": "kid"})),
                after(gate, ("send_input", {"target": "{0}", "message": "stop", "interrupt": True})),
                play.calls(("wait_agent", {"targets": ["{0}"]})),
                {"text": "done"},
            ],
            "kid": [{"text": ["one", gate]}, {"text": "two"}],
        }
    )
    bench.turn(bench.start(source="exec"), "parent go")
    (kid,) = play.agents(bench.cast.requests("parent")[-1])
    assert play.told(bench)[-1] == {"status": {kid: {"completed": "two"}}, "timed_out": False}
    first, marker, last = play.said(bench.cast.requests("kid")[-1])
    assert (first, last) == ("kid", "stop") and marker.startswith("<turn_aborted>")


def test_a_closed_agent_is_gone_and_can_be_opened_again(play):
    gate = Gate()

    def after(gate, call):
        def turn(request):
            gate.wait_arrived()
            return play.calls(call)(request)

        return turn

    bench = play(
        {
            "parent": [
                play.calls(("spawn_agent", {"message": "kid"})),
                after(gate, ("close_agent", {"target": "{0}"})),
                play.calls(
                    ("wait_agent", {"targets": ["{0}"]}),
                    ("send_input", {"target": "{0}", "message": "x"}),
                    ("close_agent", {"target": "{0}"}),
                ),
                play.calls(("resume_agent", {"id": "{0}"}), ("send_input", {"target": "{0}", "message": "go on"})),
                play.calls(("wait_agent", {"targets": ["{0}"]}), ("resume_agent", {"id": "{0}"})),
                {"text": "done"},
            ],
            "kid": [{"text": ["one", gate]}, {"text": "two"}],
        }
    )
    found = bench.turn(bench.start(source="exec"), "parent go")
    (kid,) = play.agents(bench.cast.requests("parent")[-1])
    gone = f"agent with id {kid} not found"
    waited = {"status": {kid: {"completed": "two"}}, "timed_out": False}
    assert play.told(bench)[1:5] == [
        {"previous_status": "running"},
        {"status": {kid: "not_found"}, "timed_out": False},
        gone,
        gone,
    ]
    assert play.told(bench)[5] == {"status": "pending_init"} and play.told(bench)[7:] == [
        waited,
        {"status": {"completed": "two"}},
    ]
    assert play.said(bench.cast.requests("kid")[-1])[0::2] == ["kid", "go on"]
    assert bench.cast.roles["kid"] == [kid]
    notes = [text for text in play.said(bench.cast.requests("parent")[-1]) if text.startswith("<subagent")]
    assert ['"status":"shutdown"' in note for note in notes] == [True, False]
    names = {item.names[kid] for item in play.collab(found) if item.names}
    assert names == {play.told(bench)[0]["nickname"]}


def test_how_an_agent_failed_is_told(play):
    wait = play.calls(("wait_agent", {"targets": ["{0}"]}))
    bench = play(
        {
            "parent": [
                play.calls(("spawn_agent", {"message": "kid"})),
                wait,
                play.calls(("send_input", {"target": "{0}", "message": "again"})),
                wait,
                {"text": "done"},
            ],
            "kid": [{"fail": {"message": "no good", "code": "bad"}}, {"text": "well"}],
        }
    )
    found = bench.turn(bench.start(source="exec"), "parent go")
    (kid,) = play.agents(bench.cast.requests("parent")[-1])
    assert [one["status"] for one in play.told(bench) if "status" in one] == [
        {kid: {"errored": "no good"}},
        {kid: {"completed": "well"}},
    ]
    assert [item.status for item in play.collab(found)] == ["completed", "failed", "completed", "completed"]


def test_an_interrupt_stops_the_waiting_and_not_the_agent(play):
    gate = Gate()
    bench = play(
        {
            "parent": [
                play.calls(("spawn_agent", {"message": "kid"})),
                play.calls(("wait_agent", {"targets": ["{0}"]})),
                {"text": "heard"},
            ],
            "kid": [{"text": ["one", gate]}],
        }
    )
    thread = bench.start(source="exec")
    watcher = bench.port.attach(thread)
    bench.submit(thread, ops.Submit("parent go"))
    bench.until(
        watcher, lambda event: isinstance(event.body, events.ItemStarted) and event.body.item.tool == "wait_agent"
    )
    gate.wait_arrived()
    bench.submit(thread, ops.Interrupt())
    found = bench.until(watcher, events.TurnInterrupted)
    assert [(item.tool, item.status) for item in play.collab(found)] == [("wait_agent", "failed")]
    (kid,) = bench.cast.roles["kid"]
    assert bench.port.attach(kid).snapshot.running
    gate.open()
    bench.until(
        watcher,
        lambda event: isinstance(event.body, events.HistoryAppended) and b"subagent_notif" in bytes(event.body.raw),
    )
    bench.turn(thread, "and now?")
    assert '{"completed":"one"}' in play.said(bench.cast.requests("parent")[-1])[-2]


def test_agents_close_with_the_thread_that_began_them(play):
    gate = Gate()
    wait = play.calls(("wait_agent", {"targets": ["{0}"]}))
    bench = play(
        {
            "parent": [play.calls(("spawn_agent", {"message": "kid"})), {"text": "done"}],
            "kid": [play.calls(("spawn_agent", {"message": "grandkid"})), wait],
            "grandkid": [{"text": ["g", gate]}],
        },
        settings={"agents.max_depth": 2},
    )
    thread = bench.start(source="exec")
    bench.turn(thread, "parent go")
    gate.wait_arrived()
    below = [bench.port.attach(bench.cast.roles[role][0]) for role in ("kid", "grandkid")]
    watcher = bench.port.attach(thread)
    assert bench.submit(thread, ops.Shutdown()).accepted
    bench.until(watcher, events.ThreadClosed)
    for agent in below:
        assert [type(event.body) for event in bench.until(agent, events.ThreadClosed)][-2:] == [
            events.TurnInterrupted,
            events.ThreadClosed,
        ]


def test_a_forked_agent_knows_what_was_said_and_not_what_was_done(play):
    bench = play(
        {
            "parent": [
                {"text": "looking", "phase": "commentary", "call": ("wait_agent", {"targets": [NOWHERE]})},
                {"text": "found"},
                play.calls(("spawn_agent", {"message": "kid", "fork_context": True})),
                play.calls(("wait_agent", {"targets": ["{0}"]})),
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


def test_the_user_may_go_on_with_an_agent_as_with_any_thread(play):
    bench = play(
        {
            "parent": [
                play.calls(("spawn_agent", {"message": "kid"})),
                play.calls(("wait_agent", {"targets": ["{0}"]})),
                play.calls(("close_agent", {"target": "{0}"})),
                {"text": "done"},
            ],
            "kid": [{"text": "one"}, {"text": "two"}],
        }
    )
    bench.turn(bench.start(source="exec"), "parent go")
    (kid,) = bench.cast.roles["kid"]
    assert bench.start(resume=kid) == kid
    bench.turn(kid, "and on")
    first, second = bench.cast.requests("kid")
    assert play.said(second) == ["kid", "and on"]
    assert [(one.subagent, len(one.tools)) for one in (first, second)] == [("collab_spawn", 0), (None, 5)]
