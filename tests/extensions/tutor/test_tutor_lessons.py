"""The tutor's lessons as tables: history in, moves out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from csm_extensions.tutor import history, lessons
from csm_extensions.tutor.script import Edit, React, Run, Say, World, rest


def world(ran: tuple[str, ...] = (), interrupted: bool = False) -> World:
    return World(key=lambda line: f"`<{line}>`", ran=frozenset(ran), interrupted=interrupted)


def user(text: str) -> dict[str, Any]:
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}


def said(text: str) -> dict[str, Any]:
    return {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": text}]}


def output(text: str) -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": "c", "output": text}


def story(*items: dict[str, Any]) -> history.Story:
    return history.read(json.dumps(item).encode() for item in items)


def spoken(moves: list[Any]) -> str:
    return "".join(move.text for move in moves if isinstance(move, Say))


CONTEXT = user("<environment_context><cwd>x</cwd></environment_context>")

TABLE = [
    # history, commands run, interrupted, what the answer must hold
    ([CONTEXT, user("hi")], (), False, "## Lesson 1"),
    ([user("hi"), said("## Lesson 1 · a turn"), user("go")], (), False, "## Lesson 2"),
    ([user("hi"), said("## Lesson 2 · x"), user("done")], (), False, "did not unfold"),
    ([user("hi"), said("## Lesson 2 · x"), user("done")], ("tool.toggle-all",), False, "## Lesson 3"),
    ([user("hi"), said("## Lesson 2 · x"), user("done"), said("hint"), user("done")], (), False, "## Lesson 3"),
    ([user("hi"), said("## Lesson 5 · x"), user("one two")], (), False, "That was one line"),
    ([user("hi"), said("## Lesson 5 · x"), user("one\ntwo")], (), False, "Two lines: right.\n\n## Lesson 6"),
    ([user("hi"), said("## Lesson 6 · x"), user("ok")], (), False, "I was not stopped"),
    ([user("hi"), said("## Lesson 6 · x"), user("ok")], (), True, "## Lesson 7"),
    ([user("hi"), said("## Lesson 7 · x"), user("done")], ("theme.use",), False, "A new coat"),
    ([user("hi"), said("## Lesson 3 · x"), user("again")], (), False, "## Lesson 3"),
    ([user("hi"), said("## Lesson 3 · x"), user("skip")], (), False, "## Lesson 4"),
    ([user("hi"), said("## Lesson 3 · x"), user("Lesson 7")], (), False, "## Lesson 7"),
    ([user("hi"), said("## Lesson 3 · x"), user("lesson 99")], (), False, "## Lesson 13"),
    ([user("hi"), said("## Lesson 3 · x"), user("lesson 0")], (), False, "## Lesson 1"),
    ([user("hi"), said("## Lesson 3 · x"), user("lessons")], (), False, "1. a turn"),
    ([user("hi"), said("## Lesson 8 · x"), user("done")], (), False, "did not search"),
    ([user("hi"), said("## Lesson 8 · x"), user("done")], ("search.start",), False, "## Lesson 9"),
    ([user("hi"), said("## Lesson 9 · x"), user("done")], (), False, "no two windows"),
    ([user("hi"), said("## Lesson 9 · x"), user("done")], ("window.split-below",), False, "You did split"),
    ([user("hi"), said("## Lesson 9 · x"), user("done")], ("window.split-right", "window.only"), False, "## Lesson 10"),
    ([user("hi"), said("## Lesson 10 · x"), user("lala")], (), False, "Nothing was recorded"),
    ([user("hi"), said("## Lesson 10 · x"), user("lala")], ("macro.toggle",), False, "not played yet"),
    ([user("hi"), said("## Lesson 10 · x"), user("lala")], ("macro.record", "macro.play"), False, "## Lesson 11"),
    ([user("hi"), said("## Lesson 11 · x"), user("done")], (), False, "Nothing was asked"),
    ([user("hi"), said("## Lesson 11 · x"), user("done")], ("help.describe-key",), False, "## Lesson 12"),
    ([user("hi"), said("## Lesson 12 · x"), user("done")], (), False, "was not run yet"),
    ([user("hi"), said("## Lesson 12 · x"), user("done")], ("greet.say",), False, "## Lesson 13"),
    ([user("hi"), said("## Lesson 13 · x"), user("more")], (), False, "## Lesson 13"),
]


@pytest.mark.parametrize(("items", "ran", "interrupted", "expected"), TABLE)
def test_reply(items: list[dict[str, Any]], ran: tuple[str, ...], interrupted: bool, expected: str) -> None:
    assert expected in spoken(lessons.reply(story(*items), world(ran, interrupted)))


def test_a_lesson_with_calls_is_told_piece_by_piece() -> None:
    told = [user("hi"), said("## Lesson 1 · a turn"), user("go")]
    kinds: list[list[str]] = []
    for result in (None, "Process exited with code 0", "Process exited with code 1"):
        if result is not None:
            told.append(output(result))
        moves = lessons.reply(story(*told), world())
        kinds.append([type(move).__name__ for move in moves])
        told.append(said(spoken(moves)))
    assert kinds == [["Say", "Say", "Run"], ["Say", "Run"], ["React", "Say"]]


@pytest.mark.parametrize(
    ("result", "expected"),
    [("Process exited with code 1\n", "Refused"), ("Process exited with code 0\n", "full access")],
)
def test_reacts_to_what_the_sandbox_did(result: str, expected: str) -> None:
    told = [said("## Lesson 2 · x"), user("again"), said("## Lesson 2 · x"), output(""), output(result)]
    moves = lessons.reply(story(*told), world())
    reaction = next(move for move in moves if isinstance(move, React))
    assert expected in reaction.tell(story(output(result)), world())


@pytest.mark.parametrize("number", range(1, len(lessons.LESSONS) + 1))
def test_every_lesson_ends_by_telling_what_to_do(number: int) -> None:
    script = lessons.opening(number, world())
    assert isinstance(script[0], Say)
    assert script[0].text.startswith(f"## Lesson {number}")
    assert "end" in spoken(script)  # send, or "the end": every lesson names the next step
    assert isinstance(script[-1], Say)


def test_rest_stops_after_each_call() -> None:
    script = [Say("a"), Run("x"), Say("b"), Edit("y"), Say("c")]
    assert [rest(script, done) for done in range(4)] == [script[:2], script[2:4], script[4:], []]
