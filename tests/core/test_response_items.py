"""Response items: what is kept of an answer, and what is made for a history."""

import json

import pytest

from csm.core import response_items as ri
from csm.protocol.errors import RemoteProtocolError
from csm.protocol.tools import ToolCall


@pytest.mark.parametrize("raw", [b"", b"[]", b"nonsense", b'"text"'])
def test_what_is_no_item(raw):
    with pytest.raises(RemoteProtocolError):
        ri.received(raw)


def test_images_come_before_the_text_with_their_paths():
    content = json.loads(ri.user_message("see", [ri.Image("a.png", "data:x"), ri.Image("", "data:y")]))["content"]
    assert [part.get("text", part.get("image_url")) for part in content] == [
        '<image name=[Image #1] path="a.png">',
        "data:x",
        "</image>",
        "<image name=[Image #2]>",
        "data:y",
        "</image>",
        "see",
    ]
    assert len(json.loads(ri.user_message("", [ri.Image("a.png", "data:x")]))["content"]) == 3


def test_a_refusal_is_text():
    item = ri.received(b'{"type":"message","content":[{"type":"refusal","refusal":"no"},{"text":"!"},7]}')
    assert ri.message_text(item) == "no!"


def test_calls_with_missing_parts_are_still_calls():
    call = ri.tool_call(ri.received(b'{"type":"function_call","call_id":null,"arguments":{"a":1}}'))
    assert call == ToolCall("", "", "")
    spaced = ri.tool_call(ri.received(b'{"type":"function_call","call_id":"c","name":"t","namespace":"mcp__x"}'))
    assert spaced.namespace == "mcp__x"


def test_an_image_that_cannot_be_seen_is_told():
    content = json.loads(ri.user_message("see", [ri.Image("a.png", problem="gone")]))["content"]
    assert [part["text"] for part in content] == ['<image name=[Image #1] path="a.png">', "gone", "</image>", "see"]


def test_calls_without_an_output():
    one, two = ToolCall("1", "a", "{}"), ToolCall("2", "b", "x", custom=True)
    history = [
        b'{"type":"function_call","call_id":"1","name":"a","arguments":"{}"}',
        b'{"type":"custom_tool_call","call_id":"2","name":"b","input":"x"}',
        ri.message("user", ["_call"]),
    ]
    assert ri.unanswered(history) == [one, two]
    assert ri.unanswered([*history, ri.call_output(one, "x")]) == [two]
    assert ri.unanswered([*history, ri.call_output(one, "x"), ri.call_output(two, "y")]) == []


def test_calls_of_one_id_have_as_many_outputs():
    raw = b'{"type":"function_call","call_id":"","name":"%s","arguments":"{}"}'
    history = [raw % b"a", raw % b"b"]
    answer = ri.call_output(ToolCall("", "a", "{}"), "x")
    assert ri.unanswered(history) == [ToolCall("", "a", "{}"), ToolCall("", "b", "{}")]
    assert ri.unanswered([*history, answer]) == [ToolCall("", "b", "{}")]
    assert ri.unanswered([*history, answer, answer, answer]) == []


def test_a_search_for_tools_is_a_call_with_an_answer_of_its_own():
    raw = b'{"type":"tool_search_call","id":"t","call_id":"s","execution":"client","arguments":{"query":"x"}}'
    item = ri.received(raw)
    call = ri.tool_call(item)
    assert call == ToolCall("s", "tool_search", '{"query":"x"}', search=True)
    assert b'"id"' not in item.raw
    assert ri.unanswered([raw]) == [call]
    found = [{"type": "namespace", "name": "n", "tools": []}]
    answer = json.loads(ri.call_output(call, found))
    head = {"type": "tool_search_output", "call_id": "s", "status": "completed", "execution": "client"}
    assert answer == {**head, "tools": found}
    assert json.loads(ri.call_output(call, "failed")) == {**head, "tools": []}
    assert ri.unanswered([raw, ri.call_output(call, found)]) == []


@pytest.mark.parametrize("execution", [b'"server"', b"null"])
def test_a_search_that_the_server_does_is_no_call(execution):
    raw = b'{"type":"tool_search_call","call_id":"s","execution":%b,"arguments":{}}' % execution
    assert ri.tool_call(ri.received(raw)) is None
