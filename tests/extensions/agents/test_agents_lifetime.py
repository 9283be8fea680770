"""How many agents there are, how deep, how long; who ends them, and who opens them again."""

import pytest

from csm.api import events, ops
from csm.api.testing import Gate


@pytest.mark.parametrize(("depth", "deepest"), [(1, "kid"), (2, "grandkid")])
def test_agents_of_the_last_depth_have_no_such_tools(play, depth, deepest):
    bench = play(
        {
            "parent": [play.SPAWN, play.WAIT, {"text": "done"}],
            "kid": [
                play.calls(("spawn_agent", {"message": "grandkid"})),
                play.WAIT if depth > 1 else {"text": "k"},
                {"text": "k"},
            ],
            "grandkid": [play.calls(("spawn_agent", {"message": "none"})), {"text": "g"}],
        },
        settings={"agents.max_depth": depth},
    )
    play.go(bench)
    assert play.told(bench, deepest)[0] == "unsupported call: spawn_agent"
    offered = {role: {tool.name for tool in bench.cast.requests(role)[0].tools} for role in bench.cast.roles}
    assert offered["parent"] == {"multi_agent_v1"} and not offered[deepest]
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
    found = play.go(bench)
    first, refused, _, third = play.told(bench)
    assert refused == "collab spawn failed: agent thread limit reached"
    assert first["agent_id"] != third["agent_id"]
    assert [(item.tool, item.status) for item in play.collab(found)] == [
        ("spawn_agent", "completed"),
        ("spawn_agent", "failed"),
        ("close_agent", "completed"),
        ("spawn_agent", "completed"),
    ]


def test_a_closed_agent_is_gone_and_can_be_opened_again(play):
    gate = Gate()

    bench = play(
        {
            "parent": [
                play.SPAWN,
                play.after(gate, ("close_agent", {"target": "{0}"})),
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
    found = play.go(bench)
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


def test_an_interrupt_stops_the_waiting_and_not_the_agent(play):
    gate = Gate()
    bench = play(
        {
            "parent": [
                play.SPAWN,
                play.WAIT,
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
    bench = play(
        {
            "parent": [play.SPAWN, {"text": "done"}],
            "kid": [play.calls(("spawn_agent", {"message": "grandkid"})), play.WAIT],
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


def test_the_user_may_go_on_with_an_agent_as_with_any_thread(play):
    bench = play(
        {
            "parent": [
                play.SPAWN,
                play.WAIT,
                play.calls(("close_agent", {"target": "{0}"})),
                {"text": "done"},
            ],
            "kid": [{"text": "one"}, {"text": "two"}],
        }
    )
    play.go(bench)
    (kid,) = bench.cast.roles["kid"]
    assert bench.start(resume=kid) == kid
    bench.turn(kid, "and on")
    first, second = bench.cast.requests("kid")
    assert play.said(second) == ["kid", "and on"]
    assert [(one.subagent, len(one.tools)) for one in (first, second)] == [("collab_spawn", 0), (None, 1)]


def test_twenty_work_at_the_same_time(play):
    crowd, gates = range(20), [Gate() for _ in range(20)]
    bench = play(
        {
            "parent": [
                play.calls(*[("spawn_agent", {"message": f"kid {n:02}"}) for n in (*crowd, 99)]),
                play.calls(*[("wait_agent", {"targets": [f"{{{n}}}"]}) for n in crowd]),
                *[{"text": "done"}] * 2,
            ],
            **{f"kid {n:02}": [{"text": [f"I am {n}", gates[n]]}] for n in crowd},
        },
        settings={"agents.max_threads": 20},
    )
    thread = bench.start(source="exec")
    watcher = bench.port.attach(thread)
    bench.submit(thread, ops.Submit("parent go"))
    for gate in gates:
        gate.wait_arrived()
    for gate in gates:
        gate.open()
    bench.until(watcher, events.TurnCompleted)
    told = play.told(bench)
    assert told[20] == "collab spawn failed: agent thread limit reached"
    assert len({one["nickname"] for one in told[:20]}) == 20
    answers = [next(iter(one["status"].values())) for one in told[21:]]
    assert answers == [{"completed": f"I am {n}"} for n in crowd]


def test_an_agent_whose_log_is_gone_cannot_be_opened_again(play):
    bench = play(
        {
            "parent": [
                play.SPAWN,
                play.calls(("wait_agent", {"targets": ["{0}"]}), ("close_agent", {"target": "{0}"})),
                {"text": "closed"},
                play.calls(("resume_agent", {"id": "{0}"}), ("send_input", {"target": "{0}", "message": "x"})),
                {"text": "alone"},
            ],
            "kid": [{"text": "k"}],
        }
    )
    thread = bench.start(source="exec")
    bench.turn(thread, "parent go")
    (kid,) = bench.cast.roles["kid"]
    bench.close(thread)
    bench.store.delete(kid)
    assert bench.start(resume=thread) == thread
    bench.turn(thread, "and on")
    assert play.told(bench)[-2:] == [f"agent with id {kid} not found"] * 2
