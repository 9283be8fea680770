"""What a server asks of the user while it works."""

from __future__ import annotations

import json

import pytest

from csm.api import events, ops

ASK = {"type": "function_call", "call_id": "c", "name": "ask", "namespace": "mcp__echo", "arguments": "{}"}


def asked(served, answers, tool="ask", arguments=None, **start):
    """What the server is told when its questions are answered with each of `answers` in turn; and the questions."""
    called = {**ASK, "name": tool, "arguments": json.dumps(arguments or {})}
    bench = served.bench([{"item": called}, {"text": "done"}])
    thread = bench.start(**start)
    watcher = bench.port.attach(thread)
    asks, waiting = [], iter(answers)

    def over(event):
        if isinstance(event.body, events.Asked):
            asks.append(event.body.ask)
            if not start:
                decision, given = next(waiting)
                said = {name: (text,) for name, text in given.items()}
                bench.submit(thread, ops.AnswerAsk(asks[-1].id, decision, answers=said))
        return isinstance(event.body, events.TurnCompleted | events.TurnInterrupted)

    bench.submit(thread, ops.Submit("go"))
    bench.until(watcher, over)
    output = bench.outputs()
    return json.loads(output[-1][1]["text"]) if output else None, asks


GOOD = {"name": "user_note: Ada", "age": "36", "sure": "Yes"}


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ([("accept", GOOD)], {"action": "accept", "content": {"name": "Ada", "age": 36, "sure": True}}),
        (
            [("accept", {**GOOD, "age": "Leave it out", "sure": "no"})],
            {"action": "accept", "content": {"name": "Ada", "sure": False}},
        ),
        ([("accept", {**GOOD, "name": "Tell it nothing"})], {"action": "decline"}),
        ([("decline", {})], {"action": "decline"}),
        (
            [("accept", {**GOOD, "age": "old"}), ("accept", {**GOOD, "name": "A"}), ("accept", GOOD)],
            {"action": "accept", "content": {"name": "Ada", "age": 36, "sure": True}},
        ),
        ([("accept", {**GOOD, "age": "-1"})] * 3, {"action": "decline"}),
    ],
)
def test_a_form_is_asked_field_by_field(served, answers, told) -> None:
    found, asks = asked(served, answers)
    assert found == told
    first = asks[0]
    assert (first.kind, first.title) == ("questions", "The MCP server echo asks")
    assert [question.header for question in first.questions] == ["echo: Name", "echo: age", "echo: sure"]
    assert first.questions[0].question == "Who?"
    assert [choice.label for choice in first.questions[2].choices] == ["Yes", "No"]


def test_what_is_wrong_is_said(served) -> None:
    _, asks = asked(served, [("accept", {**GOOD, "age": "old"}), ("decline", {})])
    assert asks[1].questions[0].question == "age: a whole number\n\nWho?"


@pytest.mark.parametrize(
    ("answer", "action"),
    [
        (("accept", {"": "I open it myself"}), "accept"),
        (("accept", {"": "Open it"}), "accept"),
        (("accept", {"": "No"}), "decline"),
        (("accept", {}), "decline"),
        (("decline", {}), "decline"),
    ],
)
def test_an_address_to_visit_is_shown_whole(served, monkeypatch, tmp_path, answer, action) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # no browser
    found, (ask,) = asked(served, [answer], "visit")
    assert found == {"action": action}
    (question,) = ask.questions
    assert question.question == "Log in there.\n\nhttps://example.test/x?y=1"
    assert [choice.label for choice in question.choices] == ["Open it", "I open it myself", "No"]
    assert "example.test" in question.choices[0].description


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "https://good.test@evil.test/",
        "https://ex\u0430mple.test/",
        "x",
        f"https://a/{2000 * 'y'}",
    ],
)
def test_odd_addresses_are_declined_unasked(served, address) -> None:
    assert asked(served, [], "visit", {"url": address}) == ({"action": "decline"}, [])


def test_nobody_visits_an_address_where_nobody_is_there(served) -> None:
    assert asked(served, [], "visit", headless=True) == ({"action": "decline"}, [])


def test_there_are_no_roots_and_nobody_samples(served) -> None:
    assert asked(served, [], "roam")[0] == {"roots": []}
    refused = {"code": -32601, "message": "csm does not answer sampling/createMessage"}
    assert asked(served, [], "sample")[0] == refused


def test_where_nobody_is_there_it_is_declined(served) -> None:
    assert asked(served, [], headless=True) == ({"action": "decline"}, [])


def test_stopping_stops_the_turn(served) -> None:
    assert asked(served, [("cancel", {})])[0] is None
