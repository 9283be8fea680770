"""Events of the Responses API become model parts; whatever we do not know does no harm."""

import json

import pytest

from csm.api import ModelError, model
from csm.api.testing import bundled

codec = bundled("responses", "codec")


def read(*events):
    reader = codec.Reader()
    parts = [reader.read(event if isinstance(event, bytes) else json.dumps(event).encode()) for event in events]
    return [part for part in parts if part is not None]


def delta(text, **more):
    return {"type": "response.output_text.delta", "item_id": "m", "delta": text, "logprobs": [], **more}


def done(item):
    (part,) = read({"type": "response.output_item.done", "output_index": 3, "item": item})
    return part


def test_a_whole_stream():
    message = {
        "type": "message",
        "id": "m",
        "status": "in_progress",
        "role": "assistant",
        "content": [],
        "phase": "commentary",
    }
    assert read(
        {"type": "response.created", "response": {"id": "r"}},
        {"type": "response.in_progress", "response": {"id": "r"}},
        {"type": "response.output_item.added", "output_index": 0, "item": message},
        {"type": "response.content_part.added", "part": {"type": "output_text"}},
        delta("hi"),
        {"type": "response.output_text.done", "text": "hi"},
        {"type": "response.output_item.added", "output_index": 1, "item": {"type": "reasoning", "id": "s"}},
        {"type": "response.reasoning_summary_part.added", "item_id": "s", "summary_index": 1},
        {"type": "response.reasoning_summary_text.delta", "item_id": "s", "summary_index": 1, "delta": "hm"},
        {"type": "response.completed", "response": {"id": "r", "usage": None, "end_turn": False}},
    ) == [
        model.PartCreated("r"),
        model.PartItemStarted("m", "message", "commentary"),
        model.PartText("m", "hi"),
        model.PartItemStarted("s", "reasoning"),
        model.PartReasoning("s", "hm", 1),
        model.PartCompleted("r", None, False),
    ]  # fmt: skip


SUMMARY = [{"type": "summary_text", "text": "s"}]
CALL = {"name": "n", "arguments": "{ }", "call_id": "c", "namespace": "s"}
SEARCH = {"type": "web_search_call", "id": "w", "status": "completed", "action": {"type": "search", "query": "q"}}
TEXT, REFUSAL = {"type": "output_text", "text": "a"}, {"type": "refusal", "refusal": "no"}


@pytest.mark.parametrize(
    ("item", "kept"),
    [
        (
            {"type": "message", "id": "m", "role": "assistant", "status": "completed", "phase": "final_answer",
             "content": [{**TEXT, "annotations": [1], "logprobs": []}, REFUSAL]},
            {"type": "message", "role": "assistant", "phase": "final_answer", "content": [TEXT, REFUSAL]},
        ),
        ({"type": "function_call", "id": "f", "status": "completed", **CALL}, {"type": "function_call", **CALL}),
        (
            {"type": "custom_tool_call", "id": "f", "status": "completed", "name": "n", "input": "x", "call_id": "c"},
            {"type": "custom_tool_call", "name": "n", "input": "x", "call_id": "c"},
        ),
        (
            {"type": "reasoning", "id": "r", "summary": SUMMARY, "content": None, "encrypted_content": "E"},
            {"type": "reasoning", "summary": SUMMARY, "content": None, "encrypted_content": "E"},
        ),
        (SEARCH, SEARCH),
        ({"type": "brand_new", "id": "b", "x": [1.50]}, {"type": "brand_new", "id": "b", "x": [1.50]}),
    ],
)  # fmt: skip
def test_finished_items_are_kept_as_they_are_sent_back(item, kept):
    part = done(item)
    assert json.loads(part.raw) == kept
    assert list(json.loads(part.raw)) == list(kept)
    assert part.item_id == item["id"]


def test_an_item_keeps_its_own_spelling():
    raw = b'{"type":"reasoning","summary":[],"encrypted_content":"a\\/b","x":1.50,"y":{"z" : [ 1 ]}}'
    (part,) = read(b'{"type":"response.output_item.done","item":%b}' % raw)
    assert part.raw == raw


@pytest.mark.parametrize("ids", [("a", "b", "c"), (None, None, None), ("a", None, "a")])
@pytest.mark.parametrize("place", [{}, {"output_index": 0}, {"output_index": 7}])
def test_an_item_has_one_id_whatever_the_server_calls_it(ids, place):
    """Some gateways give each event of an item another id."""
    added, text, done = ids
    first, second, third = read(
        {"type": "response.output_item.added", **place, "item": {"type": "message", "id": added}},
        {"type": "response.output_text.delta", **place, "item_id": text, "delta": "x"},
        {"type": "response.output_item.done", **place, "item": {"type": "message", "id": done, "content": []}},
    )
    assert first.item_id == second.item_id == third.item_id and first.item_id


def test_items_that_grow_together_are_told_apart():
    def events(place, item):
        yield {"type": "response.output_item.added", "output_index": place, "item": {"type": "message", "id": item}}
        yield {"type": "response.output_text.delta", "output_index": place, "item_id": f"{item}-other", "delta": item}
        done = {"type": "message", "id": item, "content": []}
        yield {"type": "response.output_item.done", "output_index": place, "item": done}

    both = zip(events(0, "a"), events(1, "b"), strict=True)
    parts = read(*(event for pair in both for event in pair))
    assert [part.item_id for part in parts] == ["a", "b"] * 3
    assert [part.text for part in parts if isinstance(part, model.PartText)] == ["a", "b"]


def test_items_without_ids_get_one_from_their_place():
    assert done({"type": "message", "content": []}).item_id == "item_3"
    (text,) = read({"type": "response.output_text.delta", "output_index": 3, "delta": "x"})
    assert text.item_id == "item_3"


@pytest.mark.parametrize(
    "event",
    [
        {"type": "response.brand_new", "delta": {"a": 1}, "item": 5},
        {"no": "type"},
        {"type": "response.output_text.delta", "delta": {"not": "text"}},
        {"type": "response.output_item.done"},
        {"type": "response.output_item.done", "item": "text"},
        {"type": "response.output_item.done", "item": {"type": 5}},
        {"type": None},
        [],
        b"[DONE]",
        b"{",
        b"",
        b'"\xff"',
        b'{"type":"response.output_text.delta","delta":"a\0"}',
        b"[" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    ],
)
def test_what_is_not_understood_is_skipped(event):
    assert read(event, delta("on")) == [model.PartText("m", "on")]


def test_nan_and_lone_surrogates_are_read():
    nan = b'{"type":"response.output_text.delta","item_id":"m","delta":"x","logprob":NaN}'
    assert read(nan) == [model.PartText("m", "x")]
    assert read(delta("a\ud800b")) == [model.PartText("m", "a\ufffdb")]
    assert read(delta("\U0001f434")) == [model.PartText("m", "\U0001f434")]


def test_a_finished_item_is_clean_json():
    part = done(
        {
            "type": "message",
            "id": "m",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "a\ud800\U0001f434"}],
        }
    )
    assert json.loads(part.raw)["content"][0]["text"] == "a\ufffd\U0001f434"
    part.raw.decode()


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (None, None),
        ({"input_tokens": 7, "output_tokens": 5}, model.Usage(7, 0, 5, 0, 12)),
        ({"input_tokens": None, "input_tokens_details": None}, model.Usage()),
        (
            {"input_tokens": 7, "input_tokens_details": {"cached_tokens": 3}, "output_tokens": 5,
             "output_tokens_details": {"reasoning_tokens": 2}, "total_tokens": 99, "more": {}},
            model.Usage(7, 3, 5, 2, 99),
        ),
        (
            {"input_tokens": 7, "input_tokens_details": {"cached_tokens": 3, "cache_write_tokens": 4}},
            model.Usage(7, 3, 0, 0, 7, 4),
        ),
        ({"input_tokens_details": {"cache_write_tokens": None}}, model.Usage()),
    ],
)  # fmt: skip
def test_usage(usage, expected):
    assert read({"type": "response.completed", "response": {"id": "r", "usage": usage}}) == [
        model.PartCompleted("r", expected, None)
    ]


def test_a_completed_response_without_anything():
    assert read({"type": "response.completed"}) == [model.PartCompleted("", None, None)]


def failure(event):
    with pytest.raises(ModelError) as caught:
        read(event)
    error = caught.value
    return error.message, error.code, error.retryable, error.retry_after


LOST = "stream disconnected before completion: "
ROOM = (
    "Codex ran out of room in the model's context window. Start a new thread or clear earlier history before retrying."
)
QUOTA = "Quota exceeded. Check your plan and billing details."
BUSY = "Selected model is at capacity. Please try a different model."
NOT_INCLUDED = "This needs a larger ChatGPT plan, Plus at least: https://chatgpt.com/explore/plus."


@pytest.mark.parametrize(
    ("code", "said", "message", "retryable", "wait"),
    [
        ("context_length_exceeded", "m", ROOM, False, None),
        ("insufficient_quota", None, QUOTA, False, None),
        ("server_is_overloaded", None, BUSY, False, None),
        ("invalid_prompt", "mine", "mine", False, None),
        ("cyber_policy", "mine", "mine", False, None),
        ("bio_policy", "mine", "mine", False, None),
        ("model_not_found", "mine", "mine", False, None),
        ("usage_not_included", "mine", NOT_INCLUDED, False, None),
        ("rate_limit_exceeded", "Try again in 1.5s.", "rate limit exceeded: Try again in 1.5s.", True, 1.5),
        ("rate_limit_exceeded", "try again in 20ms", "rate limit exceeded: try again in 20ms", True, 0.02),
        ("rate_limit_exceeded", "try again in 7 seconds", "rate limit exceeded: try again in 7 seconds", True, 7.0),
        ("rate_limit_exceeded", "slower", "rate limit exceeded: slower", True, None),
        ("slow_down", "m", "rate limit exceeded: m", True, None),
        ("server_error", "m", LOST + "m", True, None),
        (None, "m", LOST + "m", True, None),
        (500, "m", LOST + "m", True, None),
        (None, None, LOST + "response.failed event received", True, None),
    ],
)
def test_failed_responses(code, said, message, retryable, wait):
    error = {"code": code, "message": said} if code or said else None
    expected = message, None if code is None else str(code), retryable, wait
    assert failure({"type": "response.failed", "response": {"error": error}}) == expected


STOPPED = "Incomplete response returned, reason: "


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ({"reason": "max_output_tokens"}, (STOPPED + "max_output_tokens", "max_output_tokens", False, None)),
        ({"reason": "content_filter"}, (LOST + STOPPED + "content_filter", "content_filter", True, None)),
        (None, (LOST + STOPPED + "unknown", "unknown", True, None)),
    ],
)
def test_incomplete_responses(details, expected):
    assert failure({"type": "response.incomplete", "response": {"incomplete_details": details}}) == expected


@pytest.mark.parametrize("kind", ["response.incomplete", "response.failed"])
@pytest.mark.parametrize(("usage", "known"), [(None, None), ({"input_tokens": 7}, model.Usage(7, 0, 0, 0, 7))])
def test_what_a_response_cost_is_known_though_it_failed(kind, usage, known):
    with pytest.raises(ModelError) as caught:
        read({"type": kind, "response": {"usage": usage}})
    assert caught.value.usage == known


def test_an_error_event_is_the_reason_only_if_the_stream_ends():
    reader = codec.Reader()
    for event in (
        {"type": "error", "code": "server_error", "message": "m"},
        {"type": "error", "error": {"message": "n"}},
    ):
        assert reader.read(json.dumps(event).encode()) is None
    assert reader.error.message == LOST + "n" and reader.error.retryable
    reader.read(b'{"type":"response.completed"}')
    assert reader.completed


@pytest.mark.parametrize("said", [{}, {"error": None}, {"error": {}}, {"message": None}])
def test_an_error_event_that_says_nothing_is_none(said):
    reader = codec.Reader()
    reader.read(json.dumps({"type": "error", **said}).encode())
    assert reader.error is None


def test_an_error_event_for_a_full_context_ends_the_stream():
    error = {"code": "context_length_exceeded", "message": "m"}
    assert failure({"type": "error", "error": error}) == (ROOM, "context_length_exceeded", False, None)
