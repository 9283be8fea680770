"""Every way in which a server fails, from its bytes to the lines of `exec --json`.

A row holds the scripted answer (repeated for ever), how many requests it gets, the delays before the retries that are
shown, and the last message. Delays are noted, not waited for.
"""

import datetime
import json
import re

import pytest

from csm.api import hook
from csm.api.testing import ResponsesServer, bundled
from csm.core.fold import fold
from csm.headless.jsonl import JsonLines
from csm.protocol.model import Usage
from csm.runtime.clock import Clock

DROPPED = "stream disconnected before completion: "
CLOSED = DROPPED + "stream closed before response.completed"
ROOM = (
    "Codex ran out of room in the model's context window. Start a new thread or clear earlier history before retrying."
)
QUOTA = "Quota exceeded. Check your plan and billing details."
DEMAND = "We’re currently experiencing high demand, which may cause temporary errors."
BUSY = "Selected model is at capacity. Please try a different model."
MANY = "exceeded retry limit, last status: 429 Too Many Requests"
USUAL = [0.2, 0.4, 0.8, 1.6, 3.2]


def http(status, code=None, headers=None, **error):
    return {"http": status, "headers": headers or {}, "body": {"error": {"message": "boom", "code": code, **error}}}


def failed(code, message="boom"):
    return {"fail": {"code": code, "message": message}}


def unexpected(status):
    return f"unexpected status {status}: boom, url: URL/responses"


TABLE = {
    "400": (http(400, "x"), 1, [], '{"error": {"message": "boom", "code": "x"}}'),
    "400, no room": (http(400, "context_length_exceeded"), 1, [], ROOM),
    "401": (http(401, "invalid_api_key"), 6, USUAL, unexpected("401 Unauthorized")),
    "403": (http(403), 6, USUAL, unexpected("403 Forbidden")),
    "404": (http(404), 6, USUAL, unexpected("404 Not Found")),
    "404, no such model": (http(404, "model_not_found"), 1, [], "boom"),
    "408": (http(408), 6, USUAL, unexpected("408 Request Timeout")),
    "429": (http(429), 1, [], MANY),
    "429, with a time": (http(429, headers={"retry-after": "7"}), 6, [7.0] * 5, MANY),
    "429, no money": (http(429, "insufficient_quota"), 1, [], QUOTA),
    "429, used up": (http(429, type="usage_limit_reached"), 1, [], "You’ve hit your usage limit. Try again later."),
    "500": (http(500), 30, USUAL, DEMAND),
    "502": (http(502), 30, USUAL, unexpected("502 Bad Gateway")),
    "503": (http(503), 30, USUAL, unexpected("503 Service Unavailable")),
    "503, overloaded": (http(503, "server_is_overloaded"), 5, [], BUSY),
    "cut in the middle": ({"text": "hello", "drop": 3}, 6, USUAL, CLOSED),
    "cut at once": ({"text": "hello", "drop": 0}, 6, USUAL, CLOSED),
    "never completed": ({"text": "hello", "open_end": True}, 6, USUAL, CLOSED),
    "no JSON": ({"raw": "data: {bad json\n\n"}, 6, USUAL, CLOSED),
    "a web page": ({"raw": "<html>hi</html>", "headers": {"content-type": "text/html"}}, 6, USUAL, CLOSED),
    "nothing": ({"raw": ""}, 6, USUAL, CLOSED),
    "an error event": (
        {"raw": 'data: {"type":"error","code":"x","message":"said"}\n\n'}, 6, USUAL, DROPPED + "said",
    ),
    "failed, no room": (failed("context_length_exceeded"), 1, [], ROOM),
    "failed, no money": (failed("insufficient_quota"), 1, [], QUOTA),
    "failed, too fast": (
        failed("rate_limit_exceeded", "Please try again in 1.5s."),
        6,
        [1.5] * 5,
        "rate limit exceeded: Please try again in 1.5s.",
    ),
    "failed, bad prompt": (failed("invalid_prompt"), 1, [], "boom"),
    "failed, policy": (failed("cyber_policy"), 1, [], "boom"),
    "failed, overloaded": (failed("server_is_overloaded"), 1, [], BUSY),
    "failed, else": (failed("server_error"), 6, USUAL, DROPPED + "boom"),
    "failed, unsaid": ({"fail": {"code": None}}, 6, USUAL, DROPPED),
    "incomplete": (
        {"incomplete": "max_output_tokens"}, 1, [], "Incomplete response returned, reason: max_output_tokens",
    ),
    "incomplete, filtered": (
        {"incomplete": "content_filter"},
        6,
        USUAL,
        DROPPED + "Incomplete response returned, reason: content_filter",
    ),
    "silence": ({"text": "hello", "hang": True}, 6, USUAL, DROPPED + "idle timeout waiting for SSE"),
}  # fmt: skip


class Hurried(Clock):
    """Notes delays in place of waiting; chance is out."""

    def __init__(self):
        self.delays = []

    def jitter(self):
        return 0.0

    def later(self, loop, seconds, call, *given):
        self.delays.append(round(seconds, 3))
        return loop.call_later(0, call, *given)


class Models:
    def __init__(self, provider):
        self.provider = provider

    @hook
    def models(self):
        return [self.provider]


class Run:
    """One turn of a thread, its lines, and what was asked for."""

    def __init__(self, bench, turns, *, repeat=False, **provider):
        self.clock, self.pauses = Hurried(), []
        with ResponsesServer(turns, repeat=repeat) as server:
            settings = server.overrides("scripted") | {f"model_providers.scripted.{k}": v for k, v in provider.items()}
            made = bench(settings=settings, clock=self.clock)
            made.host.hooks.register(Models(self._provider(made)), "http")
            thread = made.start(overrides={"model_provider": "scripted"})
            lines = JsonLines(Usage())
            self.events = [event.body for event in made.turn(thread, "hi")]
            self.lines = [json.loads(line) for body in self.events for line in lines.take(_event(body))]
            self.requests = len(server.requests)
            self.server = server
            self.url = server.url
            live = made.port.attach(thread).snapshot
            self.history = [json.loads(raw) for raw in live.history][2:]
            assert fold(made.store.read(thread)).state_hash() == live.state_hash()

    def _provider(self, made):
        found = bundled("responses", "provider").ResponsesProvider(
            made.host.settings.model_providers["scripted"], made.host.settings, made.env
        )
        found.pause = lambda tries: self.pauses.append(tries) or 0.0
        return found

    def errors(self):
        return [line["message"].replace(self.url, "URL") for line in self.lines if line["type"] == "error"]

    def texts(self):
        return [line["item"]["text"] for line in self.lines if line["type"] == "item.completed"]


def _event(body):
    from csm.protocol.events import Event

    return Event(1, "", body)


@pytest.mark.parametrize("row", TABLE)
def test_the_table(bench, row):
    turn, requests, delays, message = TABLE[row]
    idle = {"stream_idle_timeout_ms": 100} if row == "silence" else {}
    run = Run(bench, [turn], repeat=True, **idle)
    assert run.requests == requests
    assert run.clock.delays == delays
    tries = len(delays)
    again = [f"Reconnecting... {number}/5 ({message})" for number in range(1, tries + 1)]
    assert run.errors() == [*again, message]
    assert run.lines[-1] == {"type": "turn.failed", "error": {"message": message.replace("URL", run.url)}}
    finished = "text" in turn and "drop" not in turn
    assert run.texts() == (["hello"] * requests if finished else [])
    assert run.pauses == [0, 1, 2, 3] * ((tries + 1) if requests in (5, 30) else 0)


def test_nobody_answers(bench):
    run = Run(bench, [], base_url="http://127.0.0.1:1/v1", stream_max_retries=1, request_max_retries=1)
    message = "stream disconnected before completion: error sending request for url (http://127.0.0.1:1/v1/responses)"
    assert run.errors() == [f"Reconnecting... 1/1 ({message})", message]
    assert run.pauses == [0, 0]


def test_a_usage_limit_says_when_it_ends(bench):
    resets = int(datetime.datetime(2100, 1, 2, 18, 40).timestamp())
    run = Run(bench, [http(429, type="usage_limit_reached", resets_at=resets)])
    assert run.errors() == ["You’ve hit your usage limit. Try again at Jan 2nd, 2100 6:40 PM."]


@pytest.mark.parametrize("retries", [0, 2])
def test_how_often_is_a_setting(bench, retries):
    run = Run(bench, [http(500)], repeat=True, stream_max_retries=retries, request_max_retries=retries)
    assert run.requests == (retries + 1) ** 2


def event(kind, **fields):
    return f"data: {json.dumps({'type': kind, **fields})}\n\n"


def message(text, item_id="m1", **more):
    content = [{"type": "output_text", "text": text}]
    return {"type": "message", "id": item_id, "role": "assistant", "content": content, **more}


COMPLETED = event("response.completed", response={"id": "r", "usage": None})


def done(item):
    return event("response.output_item.done", item=item, output_index=0)


def test_what_nobody_knows_is_skipped(bench):
    stream = [
        event("response.created", response={"id": "r"}),
        event("response.rate_limits.updated", new=1),
        "data: oops\n\n",
        "data: [DONE]\n\n",
        "event: only\n\n",
        ": comment\n\n",
        done({"type": "mystery", "id": "x", "deep": {"a": 1.50}}),
        done(message("hello")),
        COMPLETED,
    ]
    run = Run(bench, [{"raw": "".join(stream)}])
    assert run.texts() == ["hello"]
    assert run.lines[-1]["usage"] == {
        "input_tokens": 0,
        "cached_input_tokens": 0,
        "cache_write_input_tokens": 0,
        "output_tokens": 0,
        "reasoning_output_tokens": 0,
    }
    assert [item["type"] for item in run.history] == ["message", "mystery", "message"]


PLAIN = (done(message("žluť\n🐴")) + COMPLETED).encode()


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_line_ends_and_chunks_of_every_kind(bench, end, size):
    data = PLAIN.replace(b"\n", end)
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    assert Run(bench, [{"raw": pieces}]).texts() == ["žluť\n🐴"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (b"bad \xff\xfe bytes", "bad \ufffd\ufffd bytes"),
        (b"half \xc3", "half \ufffd"),
        (rb"lone \ud800 surrogate", "lone \ufffd surrogate"),
        (rb"a pair \ud83d\ude00", "a pair 😀"),
        (b"\\u0000 zero", "\x00 zero"),
    ],
)
def test_bytes_that_are_no_text_are_replaced_and_nothing_is_lost(bench, text, shown):
    data = done(message("TEXT")).encode().replace(b"TEXT", text) + COMPLETED.encode()
    run = Run(bench, [{"raw": data}])
    assert run.texts() == [shown]
    assert run.history[-1]["content"][0]["text"] == shown


def test_a_line_of_16_mb(bench):
    text = "x" * (16 << 20)
    run = Run(bench, [{"raw": (done(message(text)) + COMPLETED).encode()}])
    assert run.texts() == [text]


def shown(kind, item, *pieces):
    """The events of an item that streams."""
    of = {"message": "response.output_text.delta", "reasoning": "response.reasoning_summary_text.delta"}[kind]
    begun = {key: [] if key in ("content", "summary") else value for key, value in item.items()}
    deltas = [event(of, item_id=item["id"], delta=piece, output_index=0, summary_index=0) for piece in pieces]
    return [event("response.output_item.added", item=begun, output_index=0), *deltas, done(item)]


def answer(mark):
    """Events of a thought and two messages, with ids of their own."""
    thought = {"type": "reasoning", "id": f"r{mark}", "summary": [{"type": "summary_text", "text": "hm"}]}
    return [
        *shown("reasoning", thought, "h", "m"),
        *shown("message", message("one", f"m1{mark}"), "on", "e"),
        *shown("message", message("two", f"m2{mark}"), "tw", "o"),
    ]


def check_once(run):
    assert run.requests == 2
    assert run.texts() == ["hm", "one", "two"]
    kept = [(item["type"], item.get("content", [{}])[0].get("text")) for item in run.history[1:]]
    assert kept == [("reasoning", None), ("message", "one"), ("message", "two")]
    assert len(re.findall("Reconnecting", json.dumps(run.lines))) == 1


@pytest.mark.parametrize("cut", range(13))
@pytest.mark.parametrize("end", ["", event("response.failed", response={"error": {"code": "x", "message": "m"}})])
def test_what_was_finished_before_a_fault_is_kept_and_shown_once(bench, cut, end):
    """Whether the server sends the same items again."""
    events = answer("a")
    again = Run(bench, [{"raw": "".join(events[:cut]) + end}, {"raw": "".join(events) + COMPLETED}])
    check_once(again)


@pytest.mark.parametrize("cut", range(13))
def test_what_was_finished_before_a_fault_is_gone_on_from(bench, cut):
    """Or goes on from what it finds in the history, with new ids."""
    events, size = answer("a"), 4
    rest = answer("b")[cut // size * size :]
    check_once(Run(bench, [{"raw": "".join(events[:cut])}, {"raw": "".join(rest) + COMPLETED}]))


def test_what_a_server_makes_anew_is_shown_anew(bench):
    """As Codex does: with another id it is another message, and it is in the history twice."""
    run = Run(bench, [{"text": "one", "open_end": True}, {"text": "one"}])
    assert run.texts() == ["one", "one"]
