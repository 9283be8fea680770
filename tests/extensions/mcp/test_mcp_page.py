"""`/mcp`: the page, and starting servers anew."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from csm.api import CommandError, Context
from csm.api.testing import bundled

commands = bundled("mcp", "commands")


@pytest.fixture
def shown() -> SimpleNamespace:
    found = SimpleNamespace(buffers=[], messages=[])
    found.show = found.buffers.append
    found.message = found.messages.append
    return found


def ready(served, servers):
    bench = served.bench([{"text": "done"}], servers)
    bench.turn(bench.start(), "go")
    return bench


def test_what_servers_have_and_what_is_wrong_with_them(served, shown) -> None:
    bench = ready(served, {"echo": served.table(), "bad": served.table("crash"), "off": served.table(enabled=False)})
    pool = bench.host.state["mcp"]["pool"]
    served.until(lambda: pool.tail("bad") and pool.connections["bad"].state == "failed")
    cx = Context(host=bench.host, screen=shown)
    commands.show(cx)
    text = shown.buffers[0].text()
    assert "echo  ready" in text
    assert "  21 tools  servant 1" in text
    assert "say         says  reads" in text
    assert "bad  failed" in text
    assert "    cannot start" in text
    assert "off  disabled" in text
    assert "\x1b" not in text
    commands.show(cx, "off")
    assert "echo" not in shown.buffers[1].text().partition("servant.py")[0]
    with pytest.raises(CommandError, match="there is no MCP server nope"):
        commands.show(cx, "nope")


def test_a_server_is_started_anew(served, shown) -> None:
    bench = ready(served, {"echo": served.table()})
    cx = Context(host=bench.host, screen=shown)
    [first] = served.pids()
    commands.restart(cx, "echo")
    served.until(
        lambda: len(served.pids()) == 2 and bench.host.state["mcp"]["pool"].connections["echo"].state == "ready"
    )
    served.until(lambda: served.gone(first))
    assert shown.messages == ["starting echo anew"]
    with pytest.raises(CommandError, match="there is no MCP server nope"):
        commands.restart(cx, "nope")


def test_servers_that_the_settings_have_now_are_taken_up(served, shown) -> None:
    bench = ready(served, {"echo": served.table()})
    config = bench.host.settings.codex_home / "config.toml"
    table = served.table()
    env = ", ".join(f'{name} = "{value}"' for name, value in table["env"].items())
    config.write_text(
        f'[mcp_servers.more]\ncommand = "{table["command"]}"\nargs = {table["args"]!r}\nenv = {{ {env} }}\n'
    )
    commands.restart(Context(host=bench.host, screen=shown))
    served.until(lambda: any(tool.spec.namespace == "mcp__more" for tool in bench.host.provide("tools")))
    assert len(served.pids()) == 2


def test_where_there_is_none(served, shown) -> None:
    bench = ready(served, {})
    commands.show(Context(host=bench.host, screen=shown))
    assert shown.messages == ["no MCP server is configured; `csm mcp add NAME -- COMMAND` adds one"]
