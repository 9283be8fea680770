"""The connection itself: bodies in every form, TLS, proxies, and servers that do not keep to HTTP."""

import asyncio
import base64
import random
import shutil
import socket
import ssl
import subprocess
import threading
from contextlib import contextmanager

import pytest

from csm.api import ModelError, ProviderSettings, Settings, model
from csm.api.testing import FakeModelContext, ResponsesServer, bundled

chunks = bundled("responses", "chunks")
wire = bundled("responses", "wire")
ResponsesProvider = bundled("responses", "provider").ResponsesProvider
DONE = b'data: {"type":"response.completed","response":{"id":"r"}}\n\n'
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"


def coded(*bodies, last=b"0\r\n\r\n"):
    return b"".join(b"%x\r\n%b\r\n" % (len(body), body) for body in bodies) + last


CODED = {
    "one": (coded(b"abc"), b"abc"),
    "many": (coded(b"a", b"bc\r\n", b"\r\n0\r\n"), b"abc\r\n\r\n0\r\n"),
    "none": (coded(), b""),
    "extensions": (b'3;a=b\r\nabc\r\n3 ; c="d"\r\ndef\r\n0;x\r\n\r\n', b"abcdef"),
    "trailers": (coded(b"a", last=b"0\r\nX-A: b\r\nX-C: d\r\n\r\n"), b"a"),
    "capitals and zeros": (b"00A\r\n0123456789\r\n000\r\n\r\n", b"0123456789"),
    "more after the end": (coded(b"a") + b"HTTP/1.1 200 OK", b"a"),
}


@pytest.mark.parametrize("name", CODED)
@pytest.mark.parametrize("step", [1, 2, 3, 1000])
def test_the_chunked_coding(name, step):
    data, body = CODED[name]
    decoder = chunks.Chunks()
    found = [decoder.feed(data[at : at + step]) for at in range(0, len(data), step) if not decoder.done]
    assert (b"".join(found), decoder.done) == (body, True)


@pytest.mark.parametrize(
    "data", [b"\r\n", b"x\r\n", b"-1\r\n", b"1_0\r\n", b"3\r\nabcd\r\n", b"f" * 9000, b" 3\r\nabc"]
)
def test_what_is_not_chunked_is_refused(data):
    with pytest.raises(chunks.BadChunk):
        chunks.Chunks().feed(data)


def test_what_came_before_a_fault_is_kept():
    with pytest.raises(chunks.BadChunk) as caught:
        chunks.Chunks().feed(b"3\r\nabc\r\n2\r\nde\r\nzz\r\n")
    assert caught.value.before == b"abcde"


def test_a_body_that_breaks_off_is_not_done():
    decoder = chunks.Chunks()
    assert decoder.feed(b"5\r\nab") == b"ab" and not decoder.done


@pytest.mark.parametrize("seed", range(20))
def test_random_bodies_in_random_pieces(seed):
    luck = random.Random(seed)
    bodies = [luck.randbytes(luck.randrange(1, 300)) for _ in range(30)]
    data, decoder, found = coded(*bodies), chunks.Chunks(), b""
    while data:
        size = luck.randrange(1, 200)
        found += decoder.feed(data[:size])
        data = data[size:]
    assert found == b"".join(bodies) and decoder.done


@contextmanager
def serving(*answers, wrap=lambda connection: connection):
    """A server that takes one request and gives one of `answers` a connection; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            for answer in answers:
                plain, _ = listener.accept()
                try:
                    with wrap(plain) as connection:
                        read_request(connection)
                        connection.sendall(answer)
                except OSError:
                    continue

        server = threading.Thread(target=serve, daemon=True)
        server.start()
        yield listener.getsockname()[1]


def read_request(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))[16:])
    while len(body) < length:
        body += connection.recv(65536)


@pytest.fixture
def read(tmp_path):
    """Read one answer from a base URL: its parts."""

    def run(url, **env):
        provider = ProviderSettings("x", base_url=url, request_max_retries=0)
        folders = dict.fromkeys(("cwd", "codex_home", "config_dir", "state_dir", "project_root"), tmp_path)
        served = ResponsesProvider(provider, Settings(**folders, model_providers={"x": provider}), env)

        async def read():
            asked = model.ModelRequest("m", "", (), thread_id="t")
            return [part async for part in served.stream(asked, FakeModelContext())]

        return asyncio.run(asyncio.wait_for(read(), 20))

    return run


@pytest.mark.parametrize(
    "answer",
    [
        HEAD + b"connection: close\r\n\r\n" + DONE,
        HEAD + b"\r\n" + DONE,
        HEAD + b"content-length: %d\r\n\r\n" % len(DONE) + DONE,
        HEAD + b"transfer-encoding: chunked\r\n\r\n" + coded(DONE),
        HEAD + b"Transfer-Encoding: CHUNKED\r\n\r\n" + coded(DONE[:9], DONE[9:]),
        b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + b"\r\n" + DONE,
        b"HTTP/1.0 200 OK\r\n\r\n" + DONE,
        HEAD + b"content-length: 100000\r\n\r\n" + DONE,
    ],
)
def test_bodies_of_every_form(read, answer):
    with serving(answer) as port:
        assert read(f"http://127.0.0.1:{port}/v1") == [model.PartCompleted("r")]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"", "connection_failed"),
        (b"SSH-2.0-OpenSSH\r\n", "connection_failed"),
        (b"HTTP/1.1 200 OK\r\n" + b"x-long: " + b"y" * 100_000, "connection_failed"),
        (HEAD + b"transfer-encoding: chunked\r\n\r\nnonsense\r\n", "stream_closed"),
        (HEAD + b"transfer-encoding: chunked\r\n\r\n" + coded(b"data: {}\n\n", last=b""), "stream_closed"),
        (HEAD + b"content-length: 5\r\n\r\n12", "stream_closed"),
    ],
)
def test_servers_that_do_not_keep_to_http(read, answer, code):
    with serving(answer) as port, pytest.raises(ModelError) as caught:
        read(f"http://127.0.0.1:{port}/v1")
    assert caught.value.code == code and caught.value.retryable


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 and `models.example`, signed by itself: (certificate, key)."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    pair = folder / "cert.pem", folder / "key.pem"
    names = "subjectAltName=IP:127.0.0.1,DNS:models.example"
    options = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    files = ["-out", str(pair[0]), "-keyout", str(pair[1])]
    command = [openssl, "req", *options, *files, "-subj", "/CN=test", "-addext", names]
    subprocess.run(command, check=True, capture_output=True)
    return pair


@pytest.fixture
def secure(certificate):
    """A function that puts TLS on a server's connection."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return lambda connection: context.wrap_socket(connection, server_side=True)


def test_tls_with_a_certificate_that_is_trusted(read, certificate, secure):
    with serving(HEAD + b"\r\n" + DONE, wrap=secure) as port:
        parts = read(f"https://127.0.0.1:{port}/v1", CODEX_CA_CERTIFICATE=str(certificate[0]))
    assert parts == [model.PartCompleted("r")]


def test_tls_with_a_certificate_that_is_not(read, secure):
    with serving(HEAD + b"\r\n" + DONE, wrap=secure) as port, pytest.raises(ModelError) as caught:
        read(f"https://127.0.0.1:{port}/v1")
    assert caught.value.code == "connection_failed" and "CERTIFICATE_VERIFY_FAILED" in caught.value.hint


def test_an_https_address_goes_through_a_tunnel(read, certificate, secure):
    """CONNECT, with the credentials for the proxy only, then TLS with the server behind it."""
    seen = []

    def behind(connection):
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(1)
        seen.append(head)
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return secure(connection)

    with serving(HEAD + b"\r\n" + DONE, wrap=behind) as port:
        env = {"https_proxy": f"http://me:p%40ss@127.0.0.1:{port}", "CODEX_CA_CERTIFICATE": str(certificate[0])}
        assert read("https://models.example/v1", **env) == [model.PartCompleted("r")]
    head = seen[0].decode()
    assert head.startswith("CONNECT models.example:443 HTTP/1.")
    assert f"Proxy-Authorization: Basic {base64.b64encode(b'me:p@ss').decode()}\r\n" in head
    assert "originator" not in head


def test_an_http_address_is_asked_of_the_proxy(read):
    with ResponsesServer([{"text": "through"}]) as server:
        read("http://models.example/v1", http_proxy=f"127.0.0.1:{server.port}")
        assert server.requests[0].path == "http://models.example/v1/responses"
        assert server.requests[0].headers["host"] == "models.example"


@pytest.mark.parametrize(
    ("url", "env", "expected"),
    [
        ("http://models.example/v1", {"HTTP_PROXY": "http://p:1"}, "http://p:1"),
        ("http://models.example/v1", {"https_proxy": "http://p:1"}, None),
        ("https://models.example/v1", {"ALL_PROXY": "p:1"}, "http://p:1"),
        ("https://models.example/v1", {"HTTPS_PROXY": "http://a:1", "https_proxy": "http://b:1"}, "http://b:1"),
        ("https://models.example/v1", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "example"}, None),
        ("https://models.example:8443/v1", {"HTTPS_PROXY": "http://p:1", "no_proxy": "*"}, None),
        ("https://models.example/v1", {"HTTPS_PROXY": "http://p:1", "no_proxy": "other"}, "http://p:1"),
        ("http://localhost:1/v1", {"ALL_PROXY": "http://p:1"}, None),
        ("http://127.0.0.1:1/v1", {"ALL_PROXY": "http://p:1"}, None),
        ("http://[::1]:1/v1", {"ALL_PROXY": "http://p:1"}, None),
        ("http://models.example/v1", {}, None),
    ],
)
def test_which_proxy(url, env, expected):
    assert wire.proxy(url, env) == expected
