"""Requests on top of the response before (`csm.previous_response_id`), over real HTTP."""

import json

import pytest

from csm.api import hook
from csm.api.testing import ResponsesServer, bundled
from csm.core.fold import fold
from csm.protocol import ops
from csm.protocol.events import TurnCompleted

ON = {"csm.previous_response_id": True}
GONE = {"error": {"code": "previous_response_not_found", "message": "no such response"}}


class Models:
    def __init__(self, provider):
        self.provider = provider

    @hook
    def models(self):
        return [self.provider]


@pytest.fixture
def served(bench):
    """A bench on a scripted server, a thread on it, and the requests as `(previous response, what was sent)`."""
    servers = []

    def make(turns, settings=ON, **more):
        server = ResponsesServer(turns).__enter__()
        servers.append(server)
        made = bench(settings={**server.overrides("scripted"), **settings}, **more)
        entry = made.host.settings.model_providers["scripted"]
        provider = bundled("responses", "provider").ResponsesProvider(entry, made.host.settings, made.env)
        made.host.hooks.register(Models(provider), "http")
        return made, made.start(overrides={"model_provider": "scripted"}), server

    yield make
    for server in servers:
        server.close()


def sent(server):
    found = []
    for request in server.requests:
        body = request.json
        kinds = [item.get("role") or item["type"] for item in body["input"]]
        found.append((body.get("previous_response_id"), kinds))
    return found


ALL = ["developer", "user", "user"]


def test_only_what_is_new_is_sent(served, does):
    turns = [{"call": ("x", {}, "c1")}, {"text": "one"}, {"text": "two"}]
    made, thread, server = served(turns, tools=[does("x", lambda call, cx: "out")])
    made.turn(thread, "first")
    made.turn(thread, "second")
    assert sent(server) == [
        (None, ALL),
        ("resp_0000", ["function_call_output"]),
        ("resp_0001", ["user"]),
    ]
    assert all(request.json["store"] is True for request in server.requests)
    assert all(request.json["tools"] and request.json["instructions"] for request in server.requests)
    live = made.port.attach(thread).snapshot
    assert fold(made.store.read(thread)).state_hash() == live.state_hash()
    assert len(live.history) == len(ALL) + 5


def test_off_nothing_is_kept_or_left_out(served):
    made, thread, server = served([{"text": "one"}, {"text": "two"}], settings={})
    made.turn(thread, "first")
    made.turn(thread, "second")
    assert sent(server) == [(None, ALL), (None, [*ALL, "assistant", "user"])]
    assert all(request.json["store"] is False for request in server.requests)


@pytest.mark.parametrize("status", [400, 404])
def test_what_the_server_forgot_is_sent_again_unasked(served, status):
    made, thread, server = served([{"text": "one"}, {"http": status, "body": GONE}, {"text": "two"}, {"text": "three"}])
    made.turn(thread, "first")
    events = made.turn(thread, "second")
    assert isinstance(events[-1].body, TurnCompleted)
    made.turn(thread, "third")
    assert sent(server) == [
        (None, ALL),
        ("resp_0000", ["user"]),
        (None, [*ALL, "assistant", "user"]),
        ("resp_0002", ["user"]),
    ]


def test_a_failure_in_the_stream_too(served):
    fail = {"fail": {"message": "no such response", "code": "previous_response_not_found"}}
    made, thread, server = served([{"text": "one"}, fail, {"text": "two"}])
    made.turn(thread, "first")
    assert made.turn(thread, "second")[-1].body.last_message == "two"
    assert [previous for previous, _ in sent(server)] == [None, "resp_0000", None]


def test_an_error_of_its_own_is_told(served):
    body = {"error": {"code": "x", "message": "bad"}}
    made, thread, server = served([{"text": "one"}, {"http": 400, "body": body}, {"http": 400, "body": body}])
    made.turn(thread, "first")
    assert json.loads(made.turn(thread, "second")[-1].body.message) == body
    assert len(server.requests) == 3


def test_an_answer_that_was_stopped_does_not_count(served):
    made, thread, server = served([{"text": "one"}, {"text": "half", "hang": True}, {"text": "three"}])
    made.turn(thread, "first")
    watcher = made.port.attach(thread)
    made.submit(thread, ops.Submit("second"))
    made.until(watcher, lambda event: getattr(event.body, "text", None) is not None)
    made.submit(thread, ops.Interrupt())
    made.until(watcher, lambda event: type(event.body).__name__ == "TurnInterrupted")
    made.turn(thread, "third")
    previous, kinds = sent(server)[-1]
    assert (previous, kinds[0], kinds[-1]) == ("resp_0000", "user", "user")
    assert set(kinds[1:-2]) <= {"assistant"}


def test_another_model_and_another_history_begin_anew(served):
    turns = [{"text": "one"}, {"text": "two"}, {"text": "SUMMARY"}, {"text": "three"}]
    made, thread, server = served(turns)
    made.turn(thread, "first")
    made.submit(thread, ops.Configure(model="gpt-5.4"))
    made.turn(thread, "second")
    watcher = made.port.attach(thread)
    made.submit(thread, ops.Compact())
    made.until(watcher, TurnCompleted)
    made.turn(thread, "third")
    assert [previous for previous, _ in sent(server)] == [None] * 4


class Changes:
    @hook
    def before_request(self, request):
        return None


def test_requests_that_extensions_may_change_are_sent_whole(served):
    made, thread, server = served([{"text": "one"}, {"text": "two"}], plugins=[Changes()])
    made.turn(thread, "first")
    made.turn(thread, "second")
    assert sent(server)[1] == (None, [*ALL, "assistant", "user"])
