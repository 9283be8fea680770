"""The public test kit does what its scripts say."""

import asyncio
import http.client
import json
import threading

import pytest

from csm.api.testing import FakeModel, Gate, MemoryStore, ResponsesServer
from csm.api.testing.script import check, steps
from csm.protocol.errors import ModelError, StoreError
from csm.protocol.events import ItemCompleted, TextDelta, ThreadNamed, ThreadStarted, TurnCompleted
from csm.protocol.items import UserMessage
from csm.protocol.model import ModelRequest, PartCompleted, PartCreated, PartItemDone, PartItemStarted, PartText, Usage

REQUEST = ModelRequest("m", "be brief", ())


async def parts_of(model, request=REQUEST):
    return [part async for part in model.stream(request, None)]


def post(server, body=b"{}"):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("POST", "/v1/responses?x=1", body, {"X-Probe": "yes"})
    return connection.getresponse()


def sent_events(data):
    return [json.loads(line[6:]) for line in data.decode().splitlines() if line.startswith("data: ")]


def test_a_text_turn_streams_its_deltas_then_the_item():
    parts = asyncio.run(parts_of(FakeModel([{"text": "hello", "chunk": 3, "usage": {"input": 7}}])))
    assert [type(part) for part in parts] == [
        PartCreated,
        PartItemStarted,
        PartText,
        PartText,
        PartItemDone,
        PartCompleted,
    ]
    assert [part.text for part in parts if isinstance(part, PartText)] == ["hel", "lo"]
    assert json.loads(parts[4].raw)["content"] == [{"type": "output_text", "text": "hello"}]
    assert parts[-1].usage == Usage(7, 10, 20, 5, 27)


def test_keys_are_emitted_in_their_order():
    turn = [{"text": "a", "call": [("ls", {"a": 1}), ("cd", "{", "mine")]}, {"text": "b", "custom": ("p", "x")}]
    items = [json.loads(step.raw) for step in steps(check(turn), 0) if isinstance(step, PartItemDone)]
    assert [item["type"] for item in items] == [
        "message",
        "function_call",
        "function_call",
        "message",
        "custom_tool_call",
    ]
    assert items[1]["arguments"] == '{"a": 1}' and items[2]["arguments"] == "{"
    assert items[2]["call_id"] == "mine" and items[1]["call_id"] and items[4]["input"] == "x"
    assert len({item["call_id"] for item in items if "call_id" in item}) == 3


def test_unknown_keys_are_refused():
    with pytest.raises(ValueError, match="texts"):
        check({"texts": "a"})


@pytest.mark.parametrize(
    ("turn", "message", "retryable"),
    [
        ({"text": "abcd", "drop": 2}, "stream closed before response.completed", True),
        ({"text": "a", "open_end": True}, "stream closed before response.completed", True),
        ({"fail": {"message": "no", "code": "c"}}, "no", False),
        ({"fail": ModelError("mine", retryable=True)}, "mine", True),
    ],
)
def test_faults_of_a_fake_model_raise(turn, message, retryable):
    with pytest.raises(ModelError, match=message) as caught:
        asyncio.run(parts_of(FakeModel([turn])))
    assert caught.value.retryable is retryable


def test_a_script_that_ends_says_so_and_repeat_goes_on():
    model = FakeModel([{"text": "a"}])
    asyncio.run(parts_of(model))
    with pytest.raises(ModelError, match="no turn for request 2"):
        asyncio.run(parts_of(model))
    again = FakeModel([{"text": "a"}], repeat=True)
    assert asyncio.run(parts_of(again))[1:] and asyncio.run(parts_of(again))[2:]
    assert len(again.requests) == 2


def test_a_turn_may_be_a_function_of_the_request():
    model = FakeModel([lambda request: {"text": request.instructions}])
    assert "be brief" in "".join(part.text for part in asyncio.run(parts_of(model)) if isinstance(part, PartText))


def test_a_gate_halts_the_stream_until_opened():
    gate, got = Gate(), []

    def read():
        async def run():
            async for part in FakeModel([{"text": ["one ", gate, "two"]}]).stream(REQUEST, None):
                got.append(part)

        asyncio.run(run())

    reader = threading.Thread(target=read)
    reader.start()
    gate.wait_arrived()
    assert [part.text for part in got if isinstance(part, PartText)] == ["one "]
    gate.open()
    reader.join(5)
    assert isinstance(got[-1], PartCompleted)


def test_the_server_records_and_answers_with_events():
    with ResponsesServer([{"reasoning": "hm", "text": "hello"}]) as server:
        answer = post(server, json.dumps({"model": "x", "input": []}).encode())
        events = sent_events(answer.read())
    (request,) = server.requests
    assert (request.method, request.path, request.headers["x-probe"]) == ("POST", "/v1/responses?x=1", "yes")
    assert request.json["model"] == "x" and request.outputs() == {}
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    assert events[0]["type"] == "response.created" and events[-1]["type"] == "response.completed"
    assert events[-1]["response"]["usage"]["output_tokens_details"] == {"reasoning_tokens": 5}
    message = next(event["item"] for event in events[5:] if event["type"] == "response.output_item.done")
    assert message["id"] and message["status"] == "completed"


def test_the_server_gives_plain_http_and_raw_answers():
    script = [{"http": 429, "body": {"error": 1}, "headers": {"retry-after": "3"}}, {"raw": ["data: x\n", b"\n\xff"]}]
    with ResponsesServer(script) as server:
        first = post(server)
        assert (first.status, first.headers["retry-after"], json.loads(first.read())) == (429, "3", {"error": 1})
        assert post(server).read() == b"data: x\n\n\xff"
        last = post(server)
        assert last.status == 400 and b"no turn for request 3" in last.read()
        assert len(server.wait_requests(3)) == 3


def test_the_server_breaks_the_connection():
    with ResponsesServer([{"text": "hello", "drop": 2}]) as server:
        answer = post(server)
        with pytest.raises(http.client.IncompleteRead) as caught:
            answer.read()
    assert len(sent_events(caught.value.partial)) == 2


def test_the_server_halts_at_gates_and_closes_while_hanging():
    gate = Gate()
    with ResponsesServer([{"text": ["a", gate, "b"]}, {"text": "a", "hang": True}]) as server:
        answer = post(server)
        gate.wait_arrived()
        gate.open()
        assert sent_events(answer.read())[-1]["type"] == "response.completed"
        hanging = post(server)
        assert hanging.readline()
    assert server.closing.is_set()


def test_the_settings_name_the_server():
    with ResponsesServer([]) as server:
        overrides = server.overrides("mine", env_key="KEY")
        assert overrides["model_provider"] == "mine" and overrides["model_providers.mine.base_url"] == server.url
        assert f'model_providers.mine.base_url = "{server.url}"\n' in server.config_toml("mine")


def started(thread_id, **values):
    return ThreadStarted(thread_id, "/w", **values)


def test_a_memory_store_keeps_threads():
    store = MemoryStore()
    writer = store.create(started("t1"), "2026-01-01T00:00:00Z")
    with pytest.raises(StoreError):
        store.read("t1")
    said = ItemCompleted("u", UserMessage("i", "do it"))
    writer.append([("2026-01-01T00:00:01Z", said), ("2026-01-01T00:00:01Z", TextDelta("i", "x"))])
    assert [body for _, body in store.read("t1")] == [started("t1"), said]
    with pytest.raises(StoreError, match="open elsewhere"):
        store.open("t1")
    writer.close()
    writer.close()
    with pytest.raises(StoreError):
        writer.append([])
    again = store.open("t1")
    again.append([("2026-01-02T00:00:00Z", ThreadNamed("blue"))])
    head = store.find("blue")
    assert (head.thread_id, head.prompt, head.updated, head.cwd) == ("t1", "do it", "2026-01-02T00:00:00Z", "/w")


@pytest.mark.parametrize(
    "text", ["", "  ", "../x", "/etc/passwd", "*", "nobody", "00000000-0000-7000-8000-000000000000"]
)
def test_a_memory_store_finds_nothing_by_odd_names(text):
    with pytest.raises(StoreError):
        MemoryStore().find(text)


def test_a_memory_store_lists_newest_first():
    store = MemoryStore()
    for number, (name, source) in enumerate([("a", "cli"), ("b", "exec"), ("c", "cli")]):
        writer = store.create(started(name, source=source), f"2026-01-0{number + 1}")
        writer.append([(f"2026-02-0{number + 1}", TurnCompleted("x"))])
        writer.close()
    assert [head.thread_id for head in store.list()] == ["c", "a"]
    assert [head.thread_id for head in store.list(non_interactive=True, cwd="/w")] == ["c", "b", "a"]
    assert not list(store.list(cwd="/elsewhere"))
    store.archive("c")
    assert [head.thread_id for head in store.list(archived=True)] == ["c"]
    with pytest.raises(StoreError, match="archived"):
        store.find("c")


def test_a_memory_store_can_be_full():
    store = MemoryStore()
    writer = store.create(started("t"), "2026")
    store.fail = "no space left on device"
    with pytest.raises(StoreError, match="no space left"):
        writer.append([])
    store.fail = None
    writer.append([])
    assert len(list(store.read("t"))) == 1
