"""Addresses, heads, certificates and packed bodies; httpx is the judge of addresses."""

import asyncio
import gzip
import os
import socket
import ssl
import subprocess
import threading
import zlib
from contextlib import aclosing, contextmanager

import httpx
import pytest

from csm.api import ModelError, ProviderSettings, Settings, model
from csm.api.testing import FakeModelContext, bundled

address = bundled("responses", "address")
certificates = bundled("responses", "certificates")
heads = bundled("responses", "heads")
ResponsesProvider = bundled("responses", "provider").ResponsesProvider
DONE = b'data: {"type":"response.completed","response":{"id":"r"}}\n\n'


@pytest.mark.parametrize(
    "url",
    [
        "http://host",
        "http://HOST:80/v1",
        "https://host:443/v1/",
        "https://host:8443/a%20b/c?x=1",
        "http://host/a b/ü?ä=1 2&y",
        "http://exämple.com/v1",
        "http://[::1]:8080/v1",
        "http://host/v1?q#fragment",
        "http://127.0.0.1:99/~a/(b)/c;d,e=f@g:h",
    ],
)
def test_addresses_are_what_httpx_makes_of_them(url):
    found, judge = address.parse(url), httpx.URL(url)
    assert (found.scheme, found.host, found.target) == (judge.scheme, judge.raw_host.decode(), judge.raw_path.decode())
    assert found.authority == judge.netloc.decode()


@pytest.mark.parametrize(
    "url", ["", "host", "ftp://h", "http://", "http:///x", "http://h:x/", "http://h:99999/", "http://[::1/"]
)
def test_what_is_no_address_is_said_to_be_none(url):
    with pytest.raises(address.Unsendable):
        address.parse(url)


def test_a_query_is_added_to_the_address_s_own():
    assert address.parse("http://h/v1?a=1", {"b": "2 3", "c": "&"}).target == "/v1?a=1&b=2+3&c=%26"


def test_credentials_of_an_address():
    found = address.parse("http://me:p%40ss@host/v1")
    assert (found.user, found.password, found.authority, found.whole) == ("me", "p@ss", "host", "http://host/v1")


@pytest.mark.parametrize(
    ("data", "status", "closes", "length", "headers"),
    [
        (b"HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 5", 200, False, 5, {"a": "b", "content-length": "5"}),
        (b"HTTP/1.1 200\nA:b\nA:  c ", 200, False, None, {"a": "b, c"}),
        (b"HTTP/1.0 404 Not Found", 404, True, None, {}),
        (b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive", 200, False, None, {"connection": "Keep-Alive"}),
        (b"HTTP/1.1 200 OK\r\nConnection: Close", 200, True, None, {"connection": "Close"}),
        (b"HTTP/1.1 204 No Content\r\nContent-Length: 5", 204, False, 0, {"content-length": "5"}),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5", 200, False, None, {"content-length": "-5"}),
        (b"HTTP/1.1 200 OK\r\nA: b\r\n  and c", 200, False, None, {"a": "b and c"}),
        (b"HTTP/1.1 200 OK\r\nA: caf\xe9\r\nodd", 200, False, None, {"a": "caf\xe9", "odd": ""}),
    ],
)
def test_heads_of_answers(data, status, closes, length, headers):
    found = heads.answer(data)
    assert (found.status, found.closes, found.length, found.headers) == (status, closes, length, headers)


def test_a_chunked_body_has_no_length():
    found = heads.answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nContent-Length: 5")
    assert found.chunked and found.length is None


@pytest.mark.parametrize("data", [b"", b"HTTP/2 200 OK", b"HTTP/1.1 2000 OK", b"HTTP/1.1 abc", b"ICY 200 OK"])
def test_what_is_no_head(data):
    with pytest.raises(heads.BadHead):
        heads.answer(data)


def test_a_head_ends_somewhere():
    assert heads.split(b"a\r\nb\r\n\r\nrest") == (b"a\r\nb", b"rest")
    assert heads.split(b"a\r\nb\r\n") is None
    with pytest.raises(heads.BadHead):
        heads.split(b"x" * 70_000)


@pytest.mark.parametrize(
    ("name", "value"), [("a", "sk-1\r\nc: d"), ("a", "sk-1\0"), ("a b", "sk-1"), ("", "sk-1"), ("a", "sk-1€")]
)
def test_headers_that_cannot_be_sent_do_not_show_what_they_hold(name, value):
    with pytest.raises(address.Unsendable) as caught:
        heads.request("POST", "/", [(name, value)])
    assert "sk-1" not in str(caught.value) and repr(name) in str(caught.value)


@contextmanager
def serving(answer):
    """A server that gives every connection one answer, and stays silent on it from then on; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        kept = []

        def serve():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                kept.append(connection)
                if answer:
                    connection.recv(65536)
                    connection.sendall(answer)
                    connection.shutdown(socket.SHUT_WR)

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        for connection in kept:
            connection.close()


@pytest.fixture
def provide(tmp_path):
    def build(url, **env):
        provider = ProviderSettings("x", base_url=url, request_max_retries=0)
        folders = dict.fromkeys(("cwd", "codex_home", "config_dir", "state_dir", "project_root"), tmp_path)
        return ResponsesProvider(provider, Settings(**folders, model_providers={"x": provider}), env)

    return build


ASKED = model.ModelRequest("m", "", (), thread_id="t")


async def read(provider):
    return [part async for part in provider.stream(ASKED, FakeModelContext())]


def refused():
    return pytest.raises(ModelError)


@pytest.mark.parametrize(("coding", "pack"), [("gzip", gzip.compress), ("Deflate", zlib.compress)])
def test_a_server_that_packs_though_asked_not_to(provide, coding, pack):
    head = f"HTTP/1.1 200 OK\r\ncontent-encoding: {coding}\r\n\r\n".encode()
    with serving(head + pack(DONE)) as port:
        assert asyncio.run(read(provide(f"http://127.0.0.1:{port}/v1"))) == [model.PartCompleted("r")]


def test_a_server_that_only_says_that_it_packs(provide):
    """As 0.169: what is plain is read as it is."""
    with serving(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n" + DONE) as port:
        assert asyncio.run(read(provide(f"http://127.0.0.1:{port}/v1"))) == [model.PartCompleted("r")]


@pytest.mark.parametrize(("coding", "body"), [("br", DONE)])
def test_a_body_that_cannot_be_unpacked(provide, coding, body):
    with serving(f"HTTP/1.1 200 OK\r\ncontent-encoding: {coding}\r\n\r\n".encode() + body) as port, refused() as caught:
        asyncio.run(read(provide(f"http://127.0.0.1:{port}/v1")))
    assert caught.value.code == "stream_closed"


@pytest.mark.parametrize("env", [{}, {"https_proxy": "PROXY"}])
def test_cancelling_while_tls_or_the_proxy_has_us_wait(provide, env):
    """A server that takes the connection and says nothing: the thread is free again as soon as nobody waits."""

    async def run(provider):
        async with aclosing(provider.stream(ASKED, FakeModelContext())) as stream:
            reading = asyncio.ensure_future(anext(stream))
            while not (provider._lines and connected()):
                await asyncio.sleep(0.005)
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
        while threads():
            await asyncio.sleep(0.005)

    def threads():
        return [thread for thread in threading.enumerate() if thread.name == "csm-model"]

    with serving(b"") as port:
        proxy = dict.fromkeys(env, f"http://127.0.0.1:{port}")
        held = []
        provider = provide("https://models.example/v1" if env else f"https://127.0.0.1:{port}/v1", **proxy)
        provider._lines = provider._open_lines(provider._call(ASKED, FakeModelContext()))
        take = provider._lines.take
        provider._lines.take = lambda: held.append(take()) or held[-1]

        def connected():
            return held and held[0]._transport._socket is not None

        asyncio.run(asyncio.wait_for(run(provider), 5))


def test_a_proxy_that_refuses_is_told_of(provide):
    with serving(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n") as port, refused() as caught:
        asyncio.run(read(provide("https://models.example/v1", https_proxy=f"http://127.0.0.1:{port}")))
    assert caught.value.code == "connection_failed" and "407" in caught.value.hint


def test_a_proxy_that_speaks_no_http_is_refused(provide):
    with refused() as caught:
        asyncio.run(read(provide("http://models.example/v1", all_proxy="socks5://127.0.0.1:1")))
    assert "proxy" in caught.value.message and not caught.value.retryable


@pytest.fixture(scope="module")
def pem(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=t".split()
    done = subprocess.run([*command, "-out", str(folder / "c.pem"), "-keyout", os.devnull], capture_output=True)
    if done.returncode:
        pytest.skip("openssl is not installed")
    return folder / "c.pem"


@pytest.mark.parametrize("name", ["CODEX_CA_CERTIFICATE", "SSL_CERT_FILE"])
def test_only_what_is_named_is_trusted(pem, name):
    made = certificates.context({name: str(pem)})
    assert made.cert_store_stats()["x509"] == 1 and made.verify_mode is ssl.CERT_REQUIRED and made.check_hostname


def test_a_folder_of_certificates(tmp_path):
    assert certificates.context({"SSL_CERT_DIR": str(tmp_path)}).cert_store_stats()["x509"] == 0


def test_certificates_that_cannot_be_read_are_named():
    with pytest.raises(OSError, match=r"/nowhere/c\.pem"):
        certificates.context({"SSL_CERT_FILE": "/nowhere/c.pem"})


def test_a_system_without_certificates_gets_those_of_the_package(monkeypatch, tmp_path):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    assert certificates.context({}).cert_store_stats()["x509_ca"] > 50
