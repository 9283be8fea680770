"""The example server, made with the official SDK: as a program and at an address, with a login where it wants one."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from csm.api import CsmError
from csm.api.testing import bundled

EXAMPLE = Path(__file__).resolve().parents[3] / "examples/mcp_server.py"
tokens, login, servers = (bundled("mcp", part) for part in ("tokens", "login", "servers"))


def call(name, arguments, call_id):
    item = {"type": "function_call", "call_id": call_id, "name": name, "namespace": "mcp__notes"}
    return {"item": {**item, "arguments": json.dumps(arguments)}}


SCRIPT = [
    call("keep", {"text": "use Redis"}, "a"),
    call("look_up", {"word": "redis"}, "b"),
    {"call": ("read_mcp_resource", {"server": "notes", "uri": "notes://all"})},
    call("look_up", {}, "c"),
    {"text": "done"},
]


def works(served, table) -> None:
    bench = served.bench(SCRIPT, {"notes": {**table, "required": True}})
    bench.turn(bench.start(), "go")
    kept, found, read, wrong = bench.outputs()
    assert kept.endswith('Output:\n{"result":"kept as note 2"}')
    assert found.endswith('Output:\n{"result":["use Redis"]}')
    assert read == (
        '{"server":"notes","uri":"notes://all","contents":[{"uri":"notes://all","mimeType":"text/plain",'
        '"text":"csm speaks to this server\\nuse Redis"}]}'
    )
    assert "Field required" in wrong[1]["text"]


def test_as_a_program(served) -> None:
    works(served, {"command": sys.executable, "args": [str(EXAMPLE)]})


def test_at_an_address(served) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, str(EXAMPLE), str(port)], stderr=subprocess.DEVNULL)

    def listens() -> bool:
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", port)) == 0

    try:
        served.until(listens)
        works(served, {"url": f"http://127.0.0.1:{port}/mcp"})
    finally:
        process.kill()
        process.wait()


class _Guarded(BaseHTTPRequestHandler):
    """A server that wants a login, and the one that gives tokens, in one. `seen` holds what came."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *words) -> None:
        return

    def answer(self, status, value=None, **headers) -> None:
        data = b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        for name, text in {"content-type": "application/json", "content-length": str(len(data)), **headers}.items():
            self.send_header(name.replace("_", "-"), text)
        self.end_headers()
        self.wfile.write(data)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/.well-known/oauth-protected-resource/mcp":
            self.answer(200, {"resource": f"{self.origin}/mcp", "authorization_servers": [self.origin]})
        elif parts.path == "/.well-known/oauth-authorization-server":
            ends = {f"{kind}_endpoint": f"{self.origin}/{kind}" for kind in ("authorization", "token", "registration")}
            self.answer(200, {"issuer": self.server.issuer or self.origin, **ends, "scopes_supported": ["read"]})
        elif parts.path == "/authorization":
            asked = dict(parse_qsl(parts.query))
            self.server.seen.append(asked)
            back = urlencode({"code": "the-code", "state": asked["state"]})
            self.answer(302, location=f"{asked['redirect_uri']}?{back}")
        else:
            self.answer(405)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path == "/registration":
            self.answer(201, {**json.loads(body), "client_id": "client"})
        elif self.path == "/token":
            asked = dict(parse_qsl(body.decode()))
            self.server.seen.append(asked)
            token = f"token-{len(self.server.seen)}"
            self.answer(200, {"access_token": token, "refresh_token": "again", "expires_in": 3600})
        else:
            self.serve(json.loads(body))

    def serve(self, message) -> None:
        if self.headers.get("authorization") != f"Bearer token-{len(self.server.seen)}":
            self.answer(401)
        elif "id" not in message:
            self.answer(202)
        elif message["method"] == "initialize":
            told = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": {"name": "g"}}
            self.answer(200, {"jsonrpc": "2.0", "id": message["id"], "result": told}, mcp_session_id="s1")
        else:
            tool = {"name": "hi", "inputSchema": {"type": "object"}, "annotations": {"readOnlyHint": True}}
            said = [{"type": "text", "text": f"in session {self.headers.get('mcp-session-id')}"}]
            result = {"tools": [tool]} if message["method"] == "tools/list" else {"content": said}
            self.answer(200, {"jsonrpc": "2.0", "id": message["id"], "result": result})


@pytest.fixture
def guarded() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Guarded)
    server.daemon_threads = True
    server.seen, server.issuer = [], ""
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def logged_in(server, home) -> dict:
    def tell(address: str) -> None:
        Thread(target=lambda: urllib.request.urlopen(address).read(), daemon=True).start()

    entry = asyncio.run(login.login(server, login.Wish(), tell))
    tokens.save(home, server, entry)
    return entry


def test_a_login_is_kept_used_and_renewed(served, guarded) -> None:
    table = {"url": f"http://127.0.0.1:{guarded.server_port}/mcp", "required": True}
    home = served.folder / "home/.codex"
    home.mkdir(parents=True)
    server = servers.read({"mcp_servers": {"notes": table}})["notes"]
    with pytest.raises(CsmError, match=r"The notes MCP server is not logged in\. Run `csm mcp login notes`\."):
        served.bench([], {"notes": table}).start()
    entry = logged_in(server, home)
    asked, given = guarded.seen
    assert asked["code_challenge_method"] == "S256"
    assert asked["resource"] == server.url
    assert len(given["code_verifier"]) >= 43
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/callback/\S+", given["redirect_uri"])
    file = home / ".credentials.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert json.loads(file.read_text()) == {tokens.key(server): entry}
    assert (entry["access_token"], entry["refresh_token"], entry["client_id"]) == ("token-2", "again", "client")
    tokens.save(home, server, {**entry, "expires_at": 1})
    bench = served.bench([call("hi", {}, "a"), {"text": "done"}], {"notes": table})
    bench.turn(bench.start(), "go")
    assert bench.outputs()[0][1]["text"] == "in session s1"
    assert guarded.seen[-1] == {
        "grant_type": "refresh_token", "refresh_token": "again", "client_id": "client", "resource": server.url,
    }  # fmt: skip
    assert tokens.find(home, server)["access_token"] == "token-3"
    tokens.save(home, server, None)
    assert not file.exists()


def test_an_authorization_server_that_is_another_than_it_says_is_refused(served, guarded) -> None:
    guarded.issuer = "https://evil.test"
    server = servers.Server(name="x", url=f"http://127.0.0.1:{guarded.server_port}/mcp")
    with pytest.raises(CsmError, match=r"says that it is https://evil\.test"):
        logged_in(server, served.folder)
    assert guarded.seen == []


def test_the_key_of_a_login_is_codex_s() -> None:
    server = servers.Server(name="h", url="http://127.0.0.1:34757/mcp")
    assert tokens.key(server) == "h|6aee02737d3a73b7"


def test_a_token_of_a_variable_must_be_there(served) -> None:
    table = {"url": "http://127.0.0.1:9/mcp", "bearer_token_env_var": "NO_SUCH", "required": True}
    with pytest.raises(CsmError, match="Environment variable NO_SUCH for MCP server 'notes' is not set"):
        served.bench([], {"notes": table}).start()


def test_nobody_at_the_address(served) -> None:
    with pytest.raises(CsmError, match=r"error sending request for url \(http://127\.0\.0\.1:9/mcp\)"):
        served.bench([], {"notes": {"url": "http://127.0.0.1:9/mcp", "required": True}}).start()
