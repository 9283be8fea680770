"""`csm mcp` as scripts know it from Codex."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFIG = """\
# top
[mcp_servers.one]
command = "npx"   # keep me
args = ["-y", "pkg with space"]
env = { B = "2", A = "1" }
env_vars = ["HOME2"]
cwd = "/tmp"
startup_timeout_sec = 12.5
tool_timeout_sec = 3
enabled_tools = ["a", "b"]
disabled_tools = []

[mcp_servers.two]
url = "https://example.test/mcp"
bearer_token_env_var = "TOK"
http_headers = { X = "y" }
env_http_headers = { H = "HV" }
enabled = false
"""
LIST = """\
Name  Command  Args               Env                            Cwd   Status   Auth       
one   npx      -y pkg with space  A=*****, B=*****, HOME2=*****  /tmp  enabled  Unsupported

Name  Url                       Bearer Token Env Var  Status    Auth       
two   https://example.test/mcp  TOK                   disabled  Unsupported
"""  # noqa: W291
ONE = """\
one
  enabled: true
  enabled_tools: a, b
  disabled_tools: []
  transport: stdio
  command: npx
  args: -y pkg with space
  cwd: /tmp
  env: A=*****, B=*****, HOME2=*****
  startup_timeout_sec: 12.5
  tool_timeout_sec: 3
  remove: csm mcp remove one
"""
WEB = """\
web
  enabled: true
  transport: streamable_http
  url: http://127.0.0.1:9/
  bearer_token_env_var: T
  http_headers: -
  env_http_headers: -
  http_headers_helper: -
  remove: csm mcp remove web
"""
NAMES = "(use letters, numbers, '-', '_', ':', '@', '/', '.')"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "codex/config.toml"
    path.parent.mkdir()
    path.write_text(CONFIG)
    return path


def csm(config: Path, *words: str) -> tuple[int, str, str]:
    env = {"HOME": str(config.parent), "CODEX_HOME": str(config.parent), "PATH": os.defpath}
    argv = [sys.executable, "-m", "csm", "mcp", *words]
    done = subprocess.run(argv, cwd=config.parent, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("words", "status", "out", "err"),
    [
        (("list",), 0, LIST, ""),
        (("get", "one"), 0, ONE, ""),
        (("get", "two"), 0, "two (disabled)\n", ""),
        (("get", "x"), 1, "", "Error: No MCP server named 'x' found.\n"),
        (("login", "x"), 1, "", "Error: No MCP server named 'x' found.\n"),
        (("login", "one"), 1, "", "Error: OAuth login is only supported for streamable HTTP servers.\n"),
        (("logout", "x"), 1, "", "Error: No MCP server named 'x' found in configuration.\n"),
        (("logout", "one"), 1, "", "Error: OAuth logout is only supported for streamable_http transports.\n"),
        (("logout", "two"), 0, "No OAuth credentials stored for 'two'.\n", ""),
        (("remove", "x"), 0, "No MCP server named 'x' found.\n", ""),
        (("remove", "a b"), 1, "", f"Error: invalid server name 'a b' {NAMES}\n"),
        (("add", "a b", "--", "c"), 1, "", f"Error: invalid server name 'a b' {NAMES}\n"),
        (("add", "x", "--env", "A=1", "--url", "https://a"), 1, "", "Error: command is required\n"),
    ],
)
def test_what_is_printed(config: Path, words, status, out, err) -> None:
    assert csm(config, *words) == (status, out, err)
    assert config.read_text() == CONFIG


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "x"), "the following required arguments were not provided:\n  <COMMAND|--url <URL>>"),
        (("add", "x", "--url", "u", "--", "b"), "the argument '--url <URL>' cannot be used with '[COMMAND]...'"),
        (("add", "x", "--env", "NO", "--", "b"), "invalid value 'NO' for '--env <KEY=VALUE>': environment entries"),
        (
            ("add", "x", "--bearer-token-env-var", "T", "--", "b"),
            "the following required argument was not provided: url",
        ),
        (("get",), "the following required arguments were not provided:\n  <NAME>"),
        (("list", "more"), "unexpected argument 'more' found"),
        (("zzz",), "unrecognized subcommand 'zzz'"),
    ],
)
def test_words_that_make_no_sense(config: Path, words, said) -> None:
    status, out, err = csm(config, *words)
    assert (status, out) == (2, "")
    assert err.startswith(f"error: {said}")


def test_servers_as_json(config: Path) -> None:
    _, out, _ = csm(config, "list", "--json")
    one, two = json.loads(out)
    assert out.startswith('[\n  {\n    "name": "one",\n')
    assert one == {
        "name": "one", "enabled": True, "disabled_reason": None,
        "transport": {
            "type": "stdio", "command": "npx", "args": ["-y", "pkg with space"], "env": {"A": "1", "B": "2"},
            "env_vars": ["HOME2"], "cwd": "/tmp",
        },
        "startup_timeout_sec": 12.5, "tool_timeout_sec": 3.0, "auth_status": "unsupported",
    }  # fmt: skip
    assert two["transport"] == {
        "type": "streamable_http", "url": "https://example.test/mcp", "bearer_token_env_var": "TOK",
        "http_headers": {"X": "y"}, "env_http_headers": {"H": "HV"}, "http_headers_helper": None,
    }  # fmt: skip
    shown = json.loads(csm(config, "get", "one", "--json")[1])
    assert list(shown)[4:] == ["enabled_tools", "disabled_tools", "startup_timeout_sec", "tool_timeout_sec"]


def test_servers_come_and_go_and_comments_stay(config: Path) -> None:
    assert csm(config, "add", "new", "--env", "K=v=w", "--", "cmd", "--flag") == (
        0,
        "Added global MCP server 'new'.\n",
        "",
    )
    assert csm(config, "add", "web", "--url", "http://127.0.0.1:9/", "--bearer-token-env-var", "T")[0] == 0
    assert csm(config, "get", "web") == (0, WEB, "")
    assert csm(config, "remove", "two") == (0, "Removed global MCP server 'two'.\n", "")
    text = config.read_text()
    assert text.startswith('# top\n[mcp_servers.one]\ncommand = "npx"   # keep me\n')
    assert '[mcp_servers.new]\ncommand = "cmd"\nargs = ["--flag"]\n\n[mcp_servers.new.env]\nK = "v=w"\n' in text
    assert "example.test" not in text


def test_the_first_server_of_all(config: Path) -> None:
    config.unlink()
    empty = "No MCP servers configured yet. Try `csm mcp add my-tool -- my-command`.\n"
    assert csm(config, "list") == (0, empty, "")
    assert csm(config, "list", "--json") == (0, "[]\n", "")
    csm(config, "add", "x", "--", "true")
    assert config.read_text() == '[mcp_servers.x]\ncommand = "true"\n'


def test_an_address_where_nobody_answers_may_want_a_login(config: Path) -> None:
    said = "MCP server may or may not require login. Run `csm mcp login far` to login.\n"
    assert csm(config, "add", "far", "--url", "http://127.0.0.1:9/")[1] == f"Added global MCP server 'far'.\n{said}"
    assert csm(config, "list")[1].splitlines()[4].split()[-1] == "Unknown"
