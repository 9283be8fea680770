"""The provider against a real server: retries, faults, cancellation, connections."""

import asyncio
import socket
import threading
from contextlib import aclosing

import pytest

from csm.api import ModelError, ProviderSettings, Settings, model
from csm.api.testing import FakeModelContext, Gate, ResponsesServer, bundled

ResponsesProvider = bundled("responses", "provider").ResponsesProvider
ASKED = model.ModelRequest("m", "", (), thread_id="t")


@pytest.fixture
def provide(tmp_path):
    """A provider for a base URL; its HTTP layer does not repeat unless told to."""

    def build(url, env=None, **values):
        provider = ProviderSettings("x", base_url=url, **{"request_max_retries": 0, **values})
        folders = dict.fromkeys(("cwd", "codex_home", "config_dir", "state_dir", "project_root"), tmp_path)
        return ResponsesProvider(provider, Settings(**folders, model_providers={"x": provider}), env or {})

    return build


async def read(provider, cx=None):
    return [part async for part in provider.stream(ASKED, cx or FakeModelContext())]


def failure(provider):
    with pytest.raises(ModelError) as caught:
        asyncio.run(asyncio.wait_for(read(provider), 20))
    return caught.value


def text_of(parts):
    return "".join(part.text for part in parts if isinstance(part, model.PartText))


def threads():
    return [thread for thread in threading.enumerate() if thread.name == "csm-model"]


async def until(condition):
    for _ in range(2000):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it did not happen in time")


def test_key_headers_and_query_arrive(provide):
    with ResponsesServer([{"text": "hello"}]) as server:
        provider = provide(server.url, {"KEY": "sk-1"}, env_key="KEY", query_params={"v": "1 2", "w": "ü"})
        cx = FakeModelContext()
        assert text_of(asyncio.run(read(provider, cx))) == "hello"
        (request,) = server.requests
    assert request.headers["authorization"] == "Bearer sk-1"
    assert request.headers["content-type"] == "application/json"
    assert request.path in ("/v1/responses?v=1+2&w=%C3%BC", "/v1/responses?v=1%202&w=%C3%BC")
    assert cx.secrets == ["sk-1"]


def test_without_a_key_nothing_is_sent(provide):
    with ResponsesServer([]) as server:
        error = failure(provide(server.url, env_key="NO_SUCH_KEY"))
        assert "NO_SUCH_KEY" in error.message and not error.retryable
        assert server.requests == []


def test_an_address_is_needed(provide):
    assert "base_url" in provide("").problem()


@pytest.mark.parametrize(
    ("turns", "requests"),
    [
        ([{"http": 500}, {"http": 502}, {"text": "at last"}], 3),
        ([{"http": 503, "body": {"error": {"code": "server_is_overloaded"}}}, {"text": "at last"}], 2),
    ],
)
def test_5xx_is_tried_again_in_silence(provide, turns, requests):
    with ResponsesServer(turns) as server:
        assert text_of(asyncio.run(read(provide(server.url, request_max_retries=2)))) == "at last"
        assert len(server.requests) == requests


@pytest.mark.parametrize(
    ("turn", "requests"),
    [({"http": 500}, 3), ({"http": 401}, 1), ({"http": 429}, 1), ({"http": 400}, 1), ({"text": "a", "drop": 1}, 1)],
)
def test_how_often_the_http_layer_tries(provide, turn, requests):
    with ResponsesServer([turn], repeat=True) as server:
        failure(provide(server.url, request_max_retries=2))
        assert len(server.requests) == requests


LOST = "stream disconnected before completion: stream closed before response.completed"


@pytest.mark.parametrize(
    "turn",
    [
        {"text": "hello", "drop": 0},
        {"text": "hello", "drop": 3},
        {"text": "hello", "open_end": True},
        {"raw": "<html>hi</html>", "headers": {"content-type": "text/html"}},
        {"raw": ""},
        {"raw": "data: {not json}\n\n"},
        {"raw": 'data: {"type":"response.completed"}'},
    ],
)
def test_streams_that_end_too_early(provide, turn):
    with ResponsesServer([turn]) as server:
        error = failure(provide(server.url))
    assert (error.message, error.retryable) == (LOST, True)


def test_what_came_before_the_break_is_kept(provide):
    async def run(provider):
        parts = []
        with pytest.raises(ModelError):
            async for part in provider.stream(ASKED, FakeModelContext()):
                parts.append(part)
        return parts

    with ResponsesServer([{"text": "hello", "fail": {"code": "server_error", "message": "m"}}]) as server:
        parts = asyncio.run(run(provide(server.url)))
    assert text_of(parts) == "hello" and isinstance(parts[-1], model.PartItemDone)


def test_a_stream_that_falls_silent(provide):
    with ResponsesServer([{"text": "hello", "hang": True}]) as server:
        error = failure(provide(server.url, stream_idle_timeout_ms=100))
    assert error.message == "stream disconnected before completion: idle timeout waiting for SSE" and error.retryable


def test_comments_alone_do_not_keep_a_stream_alive(provide):
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
                while not stop.wait(0.02):
                    try:
                        connection.sendall(b": still here\n\n")
                    except OSError:
                        return

        server = threading.Thread(target=serve)
        server.start()
        error = failure(provide(f"http://127.0.0.1:{listener.getsockname()[1]}/v1", stream_idle_timeout_ms=200))
        stop.set()
        server.join(5)
    assert error.code == "idle_timeout"


def test_a_server_that_never_begins_to_answer(provide):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        provider = provide(f"http://127.0.0.1:{listener.getsockname()[1]}/v1", stream_idle_timeout_ms=100)
        provider.patience = 0.2
        error = failure(provider)
    assert error.code == "idle_timeout" and error.retryable


def test_an_answer_may_take_longer_to_begin_than_to_go_on(provide):
    patience = []

    def serve(listener, lines):
        connection, _ = listener.accept()
        with connection:
            request = connection.makefile("rb")
            size = next(int(line.split()[1]) for line in request if line.lower().startswith(b"content-length"))
            while request.readline() != b"\r\n":
                pass
            request.read(size)
            (line,) = lines
            patience.append(line._transport._socket.gettimeout())
            connection.sendall(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
            first = b'data: {"type":"response.created","response":{"id":"r"}}\n\n'
            connection.sendall(first)
            patience.append(request.read(1))  # until the client has read that and gives up on more

    lines = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        provider = provide(f"http://127.0.0.1:{listener.getsockname()[1]}/v1", stream_idle_timeout_ms=100)
        call = provider._call(ASKED, FakeModelContext())
        opened = provider._open_lines(call)
        take = opened.take
        opened.take = lambda: lines.append(take()) or lines[-1]
        server = threading.Thread(target=serve, args=(listener, lines))
        server.start()
        assert failure(provider).code == "idle_timeout"
        server.join(5)
    assert patience == [300.0, b""]


@pytest.mark.parametrize("status", [307, 308])
def test_a_request_follows_to_another_place_of_the_server(provide, status):
    moved = {"http": status, "body": "", "headers": {"location": "/v2/responses?x=1"}}
    with ResponsesServer([moved, {"text": "hello"}]) as server:
        provider = provide(server.url, {"KEY": "sk-1"}, env_key="KEY", query_params={"v": "1"})
        assert text_of(asyncio.run(read(provider))) == "hello"
        first, second = server.requests
    assert (first.path, second.path) == ("/v1/responses?v=1", "/v2/responses?x=1")
    assert (second.headers["authorization"], second.body) == ("Bearer sk-1", first.body)


@pytest.mark.parametrize(
    ("status", "place", "requests", "message"),
    [
        (307, "/v1/responses", 11, "stream disconnected before completion: too many redirects"),
        (
            307,
            "http://other.invalid/v1/responses",
            1,
            "307 Temporary Redirect: Unknown error, url: URL/responses, moved to",
        ),
        (302, "/login", 1, "302 Found: Unknown error, url: URL/responses, moved to: /login"),
        (308, None, 1, "308 Permanent Redirect: Unknown error, url: URL/responses"),
    ],
)
def test_a_key_goes_to_no_other_server(provide, status, place, requests, message):
    moved = {"http": status, "body": "", "headers": {"location": place} if place else {}}
    with ResponsesServer([moved], repeat=True) as server:
        error = failure(provide(server.url, {"KEY": "sk-1"}, env_key="KEY"))
        assert len(server.requests) == requests
        assert message.replace("URL", server.url) in error.message and error.retryable


@pytest.mark.parametrize("status", [201, 203, 204, 226])
def test_every_good_status_is_the_head_of_a_stream(provide, status):
    with ResponsesServer([{"http": status, "body": ""}]) as server:
        error = failure(provide(server.url))
    assert error.message == "stream disconnected before completion: stream closed before response.completed"


def test_nobody_listens(provide):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}/v1"
    error = failure(provide(url, request_max_retries=1))
    assert error.message == f"stream disconnected before completion: error sending request for url ({url}/responses)"
    assert error.retryable


@pytest.mark.parametrize("url", ["nonsense", "ftp://host/v1", "http://", "http://[::1/v1"])
def test_addresses_that_are_none(provide, url):
    error = failure(provide(url))
    assert "cannot be sent" in error.message and not error.retryable


def test_header_values_that_cannot_be_sent(provide):
    with ResponsesServer([]) as server:
        error = failure(provide(server.url, http_headers={"X-A": "secret\nb: c"}))
        assert "cannot be sent" in error.message and not error.retryable
        assert "x-a" in error.message.lower() and "secret" not in error.message
        assert server.requests == []


def test_secrets_of_the_query_are_not_shown(provide):
    with ResponsesServer([{"http": 401}]) as server:
        error = failure(provide(server.url, query_params={"token": "sk-1"}))
    assert "sk-1" not in error.message


def test_one_connection_serves_request_after_request(provide):
    with ResponsesServer([{"text": "a"}], repeat=True) as server:
        provider = provide(server.url)

        async def run():
            for _ in range(3):
                await read(provider)
                await until(lambda: not threads())
            return provider._lines._idle

        (line,) = asyncio.run(run())
        assert len(server.requests) == 3 and not line.aborted


def test_a_connection_that_died_meanwhile_is_replaced(provide):
    with ResponsesServer([{"text": "a"}], repeat=True) as server:
        provider = provide(server.url, request_max_retries=1)

        async def run():
            await read(provider)
            await until(lambda: provider._lines._idle)
            provider._lines._idle[0]._transport._socket.shutdown(socket.SHUT_RDWR)
            return await read(provider)

        assert text_of(asyncio.run(run())) == "a"


def test_two_requests_at_once(provide):
    first, second = Gate(), Gate()
    with ResponsesServer([{"text": ["a", first, "b"]}, {"text": ["c", second, "d"]}]) as server:
        provider = provide(server.url)

        async def run():
            both = asyncio.gather(read(provider), read(provider))
            await until(lambda: first.arrived.is_set() and second.arrived.is_set())
            second.open()
            first.open()
            return await both

        assert sorted(text_of(parts) for parts in asyncio.run(run())) == ["ab", "cd"]


@pytest.mark.parametrize("where", ["in the stream", "before the answer"])
def test_closing_breaks_the_connection(provide, where):
    """Also while the server has not answered at all: what nobody reads must not go on being made."""
    gone = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(20)
                if where == "in the stream":
                    connection.sendall(b'HTTP/1.1 200 OK\r\n\r\ndata: {"type":"response.created"}\n\n')
                while connection.recv(65536):
                    pass
                gone.set()

        server = threading.Thread(target=serve)
        server.start()
        provider = provide(f"http://127.0.0.1:{listener.getsockname()[1]}/v1")

        async def run():
            async with aclosing(provider.stream(ASKED, FakeModelContext())) as stream:
                if where == "in the stream":
                    assert isinstance(await anext(stream), model.PartCreated)
                else:
                    reading = asyncio.ensure_future(anext(stream))
                    await until(lambda: provider._lines and threads())
                    reading.cancel()
                    with pytest.raises(asyncio.CancelledError):
                        await reading
            await until(gone.is_set)
            await until(lambda: not threads())

        asyncio.run(run())
        server.join(5)


def test_cancelling_while_it_waits_to_try_again(provide):
    with ResponsesServer([{"http": 500}], repeat=True) as server:
        provider = provide(server.url, request_max_retries=20)

        async def run():
            reading = asyncio.ensure_future(read(provider))
            await asyncio.to_thread(server.wait_requests, 2)
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
            await until(lambda: not threads())

        asyncio.run(run())


def test_a_slow_reader_slows_the_reading_down(provide):
    """What waits between thread and loop is bounded."""
    with ResponsesServer([{"text": "x" * 20_000, "chunk": 1}]) as server:
        provider = provide(server.url)

        async def run():
            seen = 0
            async for part in provider.stream(ASKED, FakeModelContext()):
                if isinstance(part, model.PartText):
                    seen += 1
                    if seen == 1:
                        await asyncio.sleep(0.05)
            return seen

        assert asyncio.run(run()) == 20_000
