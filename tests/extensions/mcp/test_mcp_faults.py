"""Servers that hang, crash, flood, lie or change: they hurt only themselves, and none outlives csm."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from csm.api import CsmError, StoreError, events, items, ops
from csm.api.testing import FakeModel, bundled
from csm.runtime.port import Start

CLOSED = "handshaking with MCP server failed: connection closed: initialize response"
SILENT = {"mode": "silent", "startup_timeout_sec": 0.3}


def call(name, arguments="{}"):
    item = {"type": "function_call", "call_id": name, "name": name, "namespace": "mcp__echo", "arguments": arguments}
    return {"item": item}


def names(bench):
    return {tool.spec.name for tool in bench.host.provide("tools")}


def warnings(bench):
    return [message.text for message in bench.host.messages if message.level == "warning"]


@pytest.mark.parametrize(
    ("server", "said"),
    [
        (
            {"mode": "crash"},
            f"MCP startup failed: {CLOSED}",
        ),
        (
            {"mode": "silent", "startup_timeout_sec": 0.3},
            "timed out after 0.3 seconds. Add or adjust `startup_timeout_sec` in",
        ),
        ({"mode": "endless"}, "the server sent a line of more than 16777216 bytes"),
        ({"command": "/no/such/program"}, "MCP startup failed: No such file or directory (os error 2)"),
        ({"command": "a\0b"}, "MCP startup failed: embedded null byte"),
        ({"cwd": "/no/such/folder"}, "No such file or directory (os error 2)"),
    ],
)
def test_one_that_cannot_start_is_a_warning(served, server, said) -> None:
    bench = served.bench([{"text": "done"}], {"bad": served.table(**server), "echo": served.table()})
    thread = bench.start()
    assert isinstance(bench.turn(thread, "go")[-1].body, events.TurnCompleted)
    served.until(lambda: any(said in text and "`bad`" in text for text in warnings(bench)), str(warnings(bench)))
    assert "say" in names(bench)


@pytest.mark.parametrize(
    ("server", "said"),
    [
        ({"mode": "crash"}, f"echo: {CLOSED}"),
        ({"mode": "silent", "startup_timeout_sec": 0.2}, "echo: timed out handshaking with MCP server after 200ms"),
        ({"command": "/no/such/program"}, "echo: No such file or directory (os error 2)"),
    ],
)
def test_a_required_one_that_cannot_start_keeps_the_thread_from_opening(served, server, said) -> None:
    bench = served.bench([{"text": "done"}], {"echo": served.table(required=True, **server)})
    with pytest.raises(CsmError) as caught:
        bench.start()
    assert f"required MCP servers failed to initialize: {said} (code -32603)" in caught.value.message
    assert caught.value.message.startswith("Error: thread/start: thread/start failed: ")


def test_one_that_is_slow_joins_while_a_turn_runs(served) -> None:
    def answer(request):
        served.open_gate()
        served.until(lambda: "say" in names(bench))
        return call("nothing")

    bench = served.bench(
        [answer, call("say"), {"text": "done"}],
        {"echo": served.table("slow")},
        settings={"mcp_optional_startup_grace_ms": 0},
    )
    thread = bench.start()
    bench.turn(thread, "go")
    assert "echo:" in str(bench.outputs())


def test_a_disabled_one_is_not_started(served) -> None:
    bench = served.bench([{"text": "done"}], {"echo": served.table(enabled=False)})
    bench.turn(bench.start(), "go")
    assert served.pids() == []


def test_an_interrupted_call_is_cancelled_and_told_to_the_server(served) -> None:
    bench = served.bench([call("hang"), {"text": "done"}])
    thread = bench.start()
    watcher = bench.port.attach(thread)
    bench.submit(thread, ops.Submit("go"))
    served.until(lambda: served.heard("tools/call"))
    bench.submit(thread, ops.Interrupt())
    seen = bench.until(watcher, events.TurnInterrupted)
    done = [one.body.item for one in seen if isinstance(one.body, events.ItemCompleted)]
    [item] = [item for item in done if isinstance(item, items.McpToolCall)]
    assert item.status == "failed"
    told = served.until(lambda: served.heard("notifications/cancelled"))
    assert told[0]["params"]["requestId"] == served.heard("tools/call")[0]["id"]


def test_a_call_has_only_so_long(served) -> None:
    bench = served.bench([call("hang"), call("say"), {"text": "done"}], {"echo": served.table(tool_timeout_sec=0.1)})
    bench.turn(bench.start(), "go")
    first, second = bench.outputs()
    assert first[1]["text"].endswith("Caused by:\n    timed out awaiting tools/call after 100ms")
    assert second[1]["text"] == "echo:"


def test_one_that_died_is_started_anew_by_the_next_call(served) -> None:
    bench = served.bench([call("die"), call("say"), {"text": "done"}])
    bench.turn(bench.start(), "go")
    assert [output[1]["text"][-16:] for output in bench.outputs()] == ["Transport closed", "echo:"]
    assert len(served.pids()) == 2


def test_what_it_writes_to_its_standard_error_is_kept(served) -> None:
    bench = served.bench([call("die"), {"text": "done"}])
    bench.turn(bench.start(), "go")
    pool = bench.host.state["mcp"]["pool"]
    assert served.until(lambda: pool.tail("echo")) == ["dying"]
    assert (bench.host.settings.state_dir / "mcp/echo.log").read_text() == "dying\n"


def test_it_gets_little_of_the_environment(served) -> None:
    env = {"OPENAI_API_KEY": "sk-secret", "OWN": "yes", "HIDDEN": "no", "LANG": "C.UTF-8"}
    bench = served.bench(
        [{"text": "done"}], {"echo": served.table(env_vars=["OWN", "ABSENT"], env={"EXTRA": "1"})}, env=env
    )
    bench.turn(bench.start(), "go")
    started = served.heard()[0]
    assert {"OPENAI_API_KEY", "HIDDEN", "ABSENT"}.isdisjoint(started["env"])
    assert [started["env"][name] for name in ("OWN", "EXTRA", "LANG")] == ["yes", "1", "C.UTF-8"]
    assert started["cwd"] == str(bench.work)


def test_a_stubborn_one_is_made_to_end(served) -> None:
    bench = served.bench([{"text": "done"}], {"echo": served.table("stubborn")})
    bench.turn(bench.start(), "go")
    [pid] = served.pids()
    began = time.monotonic()
    bench.port.close()
    bench.host.hooks.tell("deactivate", "mcp", host=bench.host)
    assert served.gone(pid)
    assert time.monotonic() - began < 5


HOLDER = """
import sys, threading
from pathlib import Path
sys.path.insert(0, {folder!r})
import conftest
served = conftest.Served(Path({tmp!r}))
bench = served.bench([{{"text": "done"}}], {{"echo": served.table("stubborn")}})
bench.turn(bench.start(), "go")
print("ready", flush=True)
threading.Event().wait()
"""


def test_none_outlives_a_csm_that_is_killed(served, tmp_path) -> None:
    from pathlib import Path

    source = HOLDER.format(folder=str(Path(__file__).parent), tmp=str(tmp_path))
    holder = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline() == "ready\n"
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        holder.stdout.close()
    assert len(served.pids()) == 1  # the fixture sees it end


def test_resources_are_listed_and_read(served) -> None:
    def ask(name, arguments="{}"):
        return {"call": (name, arguments)}

    script = [
        ask("list_mcp_resources"),
        ask("list_mcp_resources", {"server": "echo", "cursor": "x"}),
        ask("list_mcp_resource_templates", {"server": "echo"}),
        ask("read_mcp_resource", {"server": "echo", "uri": "mem://a"}),
        ask("read_mcp_resource", {"server": "echo", "uri": "mem://b"}),
        ask("read_mcp_resource", {"server": "nope", "uri": "mem://b"}),
        ask("read_mcp_resource", {"server": "echo"}),
        ask("list_mcp_resources", {"cursor": "x"}),
        {"text": "done"},
    ]
    bench = served.bench(script)
    seen = bench.turn(bench.start(), "go")
    found = '{"server":"echo","uri":"mem://a","name":"a"}'
    assert bench.outputs() == [
        f'{{"resources":[{found}]}}',
        f'{{"server":"echo","resources":[{found}]}}',
        '{"server":"echo","resourceTemplates":[{"server":"echo","uriTemplate":"mem://{x}","name":"t"}]}',
        '{"server":"echo","uri":"mem://a","contents":[{"uri":"mem://a","text":"alpha"}]}',
        "resources/read failed: resources/read failed for `echo` (mem://b): "
        'Mcp error: -32000: it went bad({"why":[1]})',
        "unknown MCP server 'nope'",
        "failed to parse function arguments: missing field `uri`",
        "cursor can only be used when a server is specified",
    ]
    done = [one.body.item for one in seen if isinstance(one.body, events.ItemCompleted)]
    shown = [(item.server, item.tool, item.status) for item in done if isinstance(item, items.McpToolCall)]
    assert shown[0] == ("codex", "list_mcp_resources", "completed")
    assert [status for _, _, status in shown] == ["completed"] * 4 + ["failed"] * 2


def test_tools_wait_to_be_found_where_the_model_can_search(served) -> None:
    for slug, late in (("gpt-5.5", True), ("mystery", False)):
        model = FakeModel([{"text": "done"}], id="fake")
        bench = served.bench(model=model, settings={"model": slug}, plugins=[bundled("tool_search")])
        bench.turn(bench.start(), "go")
        told = [bytes(spec.raw) for spec in model.requests[0].tools]
        assert any(b'"mcp__echo"' in raw for raw in told) is not late
        assert any(b"list_mcp_resources" in raw for raw in told)
        bench.port.close()


def test_waiting_for_servers_ends_when_the_user_stops_it(served) -> None:
    bench = served.bench(
        [{"text": "done"}],
        {"echo": served.table("silent")},
        settings={"mcp_optional_startup_grace_ms": 3_600_000},
    )
    thread = bench.start()
    watcher = bench.port.attach(thread)
    bench.port.submit(thread, ops.Submit("go"))
    bench.port.submit(thread, ops.Interrupt())
    bench.until(watcher, events.TurnInterrupted)


def test_opening_ends_when_the_port_closes(served) -> None:
    bench = served.bench([], {"echo": served.table("silent", required=True)})
    opening = bench.port.start(Start(cwd=str(bench.work)))
    served.until(served.pids)
    bench.port.close()
    with pytest.raises(StoreError, match="the port is closed"):
        opening.result(0)


def test_a_server_at_work_is_not_waited_for_at_the_end(served) -> None:
    bench = served.bench([call("hang"), {"text": "done"}], {"echo": served.table("stubborn")})
    thread = bench.start()
    bench.port.submit(thread, ops.Submit("go"))
    served.until(lambda: served.heard("tools/call"))
    bench.port.close()
    bench.host.hooks.tell("deactivate", "mcp", host=bench.host)
    assert served.gone(served.pids()[0])
