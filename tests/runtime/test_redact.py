"""Secrets: exact values, wherever they stand, in one piece or several."""

import json

import msgspec
import pytest

from csm.protocol import events as ev
from csm.protocol.items import AgentMessage, CommandExecution, McpToolCall, UserMessage
from csm.runtime.redact import MARK, Redactor

SECRET = 's3cr3t-va"lue\\ü'


def raw(value):
    return msgspec.Raw(json.dumps(value, ensure_ascii=False).encode())


def test_short_values_are_not_secrets():
    redactor = Redactor(["", "short", "1234567"])
    assert redactor.text("short 1234567") == "short 1234567"
    assert redactor.environment({"A": "1234567"}) == {"A": "1234567"}


@pytest.mark.parametrize(
    "body",
    [
        ev.ItemCompleted("t", AgentMessage("m", f"a {SECRET} b")),
        ev.ItemStarted("t", CommandExecution("c", f"echo {SECRET}")),
        ev.ItemCompleted("t", McpToolCall("c", "s", "t", raw({"key": SECRET}))),
        ev.ItemCompleted("t", McpToolCall("c", "s", "t", result=raw({"content": [SECRET]}))),
        ev.ItemCompleted("t", McpToolCall("c", "s", "t", result=raw({}), error=f"no {SECRET}")),
        ev.TurnFailed("t", f"401 for {SECRET}"),
        ev.HistoryAppended(raw({"type": "function_call_output", "output": SECRET})),
        ev.HistoryAppended(raw({"type": "message", "role": "assistant", "content": [{"text": SECRET}]})),
        ev.HistoryReplaced(SECRET, (raw({"role": "assistant", "content": SECRET}),)),
    ],
)
def test_bodies(body):
    cleaned = Redactor([SECRET]).body(body)
    assert type(cleaned) is type(body)
    data = json.dumps(json.loads(msgspec.json.encode(cleaned)), ensure_ascii=False)
    assert json.dumps(SECRET, ensure_ascii=False)[1:-1] not in data
    assert MARK in data


@pytest.mark.parametrize(
    "body",
    [
        ev.ItemCompleted("t", UserMessage("m", SECRET)),
        ev.HistoryAppended(raw({"role": "user", "content": [{"text": SECRET}]})),
        ev.HistoryAppended(raw({"type": "reasoning", "encrypted_content": f"x{SECRET}"})),
        ev.ItemCompleted("t", AgentMessage("m", "nothing here")),
    ],
)
def test_what_is_left_alone(body):
    cleaned = Redactor([SECRET]).body(body)
    assert msgspec.json.decode(msgspec.json.encode(cleaned)) == msgspec.json.decode(msgspec.json.encode(body))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_streams_cut_anywhere(size):
    redactor = Redactor([SECRET, "another-one"])
    text = f"a{SECRET}b{SECRET[:5]}c another-one {SECRET}"
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    told = "".join(redactor.delta("k", piece) for piece in pieces)
    assert told == f"a{MARK}b{SECRET[:5]}c {MARK} {MARK}"


def test_what_is_held_back_belongs_to_its_stream_and_is_forgotten_with_it():
    redactor = Redactor([SECRET])
    assert redactor.delta("one", "x" + SECRET[:4]) == "x"
    assert redactor.delta("two", "y") == "y"
    assert redactor.delta("one", "z") == SECRET[:4] + "z"
    redactor.delta("one", SECRET[:4])
    redactor.forget("one")
    assert redactor.delta("one", "z") == "z"


def test_the_longest_secret_wins():
    redactor = Redactor(["password", "password-and-more"])
    assert redactor.text("password-and-more password") == f"{MARK} {MARK}"


def test_child_processes_get_no_secret():
    env = {"KEY": SECRET, "URL": f"https://{SECRET}@host", "HOME": "/h"}
    assert Redactor([SECRET]).environment(env) == {"HOME": "/h"}
