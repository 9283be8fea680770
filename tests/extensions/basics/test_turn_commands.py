"""Interrupting, leaving and answering, by the keys of Codex."""

from __future__ import annotations

import pytest

from csm.protocol import events, ops
from csm.protocol.errors import CommandError
from csm.protocol.tools import Ask


@pytest.fixture
def busy(desk):
    desk.talk.thread.take(events.TurnStarted("turn"))
    return desk


def test_esc_interrupts_a_running_turn(busy) -> None:
    busy.press("esc")
    assert busy.talk.submitted == [ops.Interrupt()]


def test_esc_does_nothing_where_nothing_runs(desk) -> None:
    desk.press("esc")
    assert desk.talk.submitted == []


def test_esc_forgets_the_region_before_it_interrupts(busy) -> None:
    busy.type("text")
    busy.press("C-space C-a esc")
    assert busy.talk.submitted == []
    assert not busy.composer.mark_active
    busy.press("esc")
    assert busy.talk.submitted == [ops.Interrupt()]


def test_in_vim_esc_leaves_insert_mode_before_it_interrupts(desk_with) -> None:
    desk = desk_with("vim")
    desk.talk.thread.take(events.TurnStarted("turn"))
    desk.press("i a esc")
    assert (desk.composer.mode, desk.talk.submitted) == ("normal", [])
    desk.press("d esc")
    assert desk.talk.submitted == []
    desk.press("esc")
    assert desk.talk.submitted == [ops.Interrupt()]


def test_ctrl_c_clears_then_interrupts_then_quits_on_the_second_press(busy, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    busy.type("draft")
    busy.press("C-c")
    assert (busy.composer.text, busy.talk.submitted) == ("", [])
    busy.press("C-c")
    assert busy.talk.submitted == [ops.Interrupt()]
    busy.talk.thread.take(events.TurnInterrupted("turn"))
    busy.press("C-c")
    assert busy.messages == ["C-c again quits"]
    now[0] += 1.5
    busy.press("C-c")
    assert busy.done == []
    now[0] += 0.9
    busy.press("C-c")
    assert busy.done == [("quit",)]
    busy.press("up")
    assert busy.composer.text == "draft"


@pytest.mark.parametrize("place", ["picker", "palette", "line", "help", "messages"])
def test_ctrl_c_closes_what_is_open(busy, place: str) -> None:
    busy.place = place
    busy.type("x") if place in ("picker", "palette", "line") else None
    busy.press("C-c")
    assert busy.done == [("close",)]
    assert busy.talk.submitted == []


def test_ctrl_d_quits_only_from_an_empty_composer(desk) -> None:
    desk.type("x")
    desk.press("C-a C-d")
    assert (desk.composer.text, desk.done) == ("", [])
    desk.press("C-d")
    assert desk.done == [("quit",)]


@pytest.mark.parametrize(
    ("key", "decision"),
    [
        ("y", "accept"),
        ("a", "accept_session"),
        ("p", "accept_rule"),
        ("d", "decline"),
        ("esc", "cancel"),
        ("c", "cancel"),
    ],
)
@pytest.mark.parametrize("keymap", ["codex", "emacs", "vim"])
def test_questions_are_answered_with_single_keys(desk_with, keymap: str, key: str, decision: str) -> None:
    desk = desk_with(keymap)
    every = ("accept", "accept_session", "accept_rule", "decline", "cancel")
    desk.talk.thread.take(events.Asked("turn", Ask("first", "call", "command", "Run it?", decisions=every)))
    desk.talk.thread.take(events.Asked("turn", Ask("second", "call", "command", "Run that?", decisions=every)))
    desk.place = "approval"
    desk.press(key)
    assert desk.talk.submitted == [ops.AnswerAsk("first", decision)]


def test_no_and_say_what_to_do(desk) -> None:
    desk.talk.thread.take(events.Asked("turn", Ask("first", "call", "command", "Run it?")))
    desk.place = "approval"
    desk.press("n")
    prompt, done = desk.asking
    done("use make")
    assert prompt == "Do instead:"
    assert desk.talk.submitted == [ops.AnswerAsk("first", "decline", "use make")]


def test_an_answer_must_be_possible(desk) -> None:
    desk.place = "approval"
    with pytest.raises(CommandError, match="no question waits"):
        desk.press("y")
    desk.talk.thread.take(
        events.Asked("turn", Ask("first", "call", "patch", "Write?", decisions=("accept", "decline")))
    )
    with pytest.raises(CommandError, match="cannot be answered so"):
        desk.press("p")
    assert desk.talk.submitted == []
