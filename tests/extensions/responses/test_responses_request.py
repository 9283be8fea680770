"""What is sent: the body to the byte, and the headers."""

import json

import msgspec
import pytest

from csm.api import ProviderSettings, model, tools
from csm.api.testing import FakeModelContext, bundled

request = bundled("responses", "request")


def asked(**values):
    return model.ModelRequest(**{"model": "m", "instructions": "be brief", "input": (), **values})


def test_the_body_holds_the_history_to_the_byte():
    items = (b'{"type":"message","x":1.50}', '{"text":"žluť 🐴"}'.encode())
    tool = tools.ToolSpec("t", msgspec.Raw(b'{"type": "function", "name": "t"}'))
    sent = request.body(asked(input=items, tools=(tool,)))
    assert b'"input":[' + items[0] + b"," + items[1] + b"]" in sent
    assert b'"tools":[{"type": "function", "name": "t"}]' in sent


def test_a_longer_history_keeps_the_prefix():
    short = request.body(asked(input=(b'{"a":1}',)))
    long = request.body(asked(input=(b'{"a":1}', b'{"b":2}')))
    assert long.startswith(short[: short.index(b'{"a":1}') + 7])


def test_fields_of_a_plain_request():
    assert json.loads(request.body(asked(cache_key="k", thread_id="t", turn_id="u"))) == {
        "model": "m",
        "instructions": "be brief",
        "input": [],
        "tools": [],
        "tool_choice": "auto",
        "parallel_tool_calls": True,
        "reasoning": {"effort": "medium"},
        "store": False,
        "stream": True,
        "include": ["reasoning.encrypted_content"],
        "prompt_cache_key": "k",
        "text": {"verbosity": "low"},
        "client_metadata": {"thread_id": "t", "session_id": "t", "turn_id": "u"},
    }


@pytest.mark.parametrize(
    ("values", "field", "expected"),
    [
        ({"effort": None}, "reasoning", None),
        ({"effort": "high", "summary": "auto"}, "reasoning", {"effort": "high", "summary": "auto"}),
        ({"summary": "none"}, "reasoning", {"effort": "medium"}),
        ({"parallel": False}, "parallel_tool_calls", False),
        ({"service_tier": "priority"}, "service_tier", "priority"),
        ({"previous_response_id": "r"}, "previous_response_id", "r"),
        ({"store": True}, "store", True),
        (
            {"schema": b'{"type":"object"}'},
            "text",
            {
                "verbosity": "low",
                "format": {
                    "type": "json_schema",
                    "strict": True,
                    "name": "codex_output_schema",
                    "schema": {"type": "object"},
                },
            },
        ),
    ],
)
def test_fields_that_depend(values, field, expected):
    assert json.loads(request.body(asked(**values)))[field] == expected


@pytest.mark.parametrize("field", ["text", "instructions", "service_tier", "prompt_cache_key", "client_metadata"])
def test_fields_that_are_left_out(field):
    assert field not in json.loads(request.body(asked(verbosity=None, instructions="")))


def test_instructions_with_lone_surrogates_are_sent_as_escapes():
    assert json.loads(request.body(asked(instructions="a\udc80")))["instructions"] == "a\udc80"


def test_headers():
    cx = FakeModelContext(env={"TERM": "xterm\n", "TENANT": " blue ", "EMPTY": ""}, originator="me", version="9")
    provider = ProviderSettings(
        "x",
        http_headers={"X-A": "b", "Accept": "no"},
        env_http_headers={"X-Tenant": "TENANT", "X-Empty": "EMPTY", "X-None": "NONE"},
    )
    found = request.headers(asked(thread_id="t", turn_id="u", window=2, subagent="review"), provider, "key", cx)
    assert found.pop("user-agent").startswith("me/9 (") and "\n" not in str(found)
    assert found == {
        "x-a": "b",
        "x-tenant": "blue",
        "accept": "text/event-stream",
        "accept-encoding": "identity",
        "content-type": "application/json",
        "originator": "me",
        "session-id": "t",
        "thread-id": "t",
        "x-client-request-id": "t",
        "x-codex-window-id": "t:2",
        "x-codex-turn-metadata": '{"thread_id":"t","session_id":"t","turn_id":"u"}',
        "authorization": "Bearer key",
        "x-openai-subagent": "review",
    }


def test_a_provider_may_bring_its_own_authorization():
    provider = ProviderSettings("x", http_headers={"Authorization": "Basic abc"})
    assert request.headers(asked(), provider, None, FakeModelContext())["authorization"] == "Basic abc"
    assert request.headers(asked(), provider, "key", FakeModelContext())["authorization"] == "Bearer key"


def test_what_must_not_be_shown():
    provider = ProviderSettings(
        "x",
        http_headers={"X-A": "plain", "Api-Key": "k1"},
        env_http_headers={"X-B": "B", "X-C": "C"},
        query_params={"api-version": "1", "token": "k2"},
    )
    assert sorted(request.secrets(provider, {"B": "k3"})) == ["k1", "k2", "k3"]


@pytest.mark.parametrize("base", ["http://h/v1", "http://h/v1/"])
def test_the_address(base):
    assert request.url(ProviderSettings("x", base_url=base)) == "http://h/v1/responses"
