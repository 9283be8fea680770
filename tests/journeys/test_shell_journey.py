"""The first hour in a real terminal: start, a turn, a question, an interrupt, and every way out."""

from __future__ import annotations

import os
import shlex
import signal
import threading
from typing import Any

import pytest

READY = "What shall be done?"


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (200, 50), (20, 5)])
def test_a_turn_and_out_again(bench: Any, columns: int, rows: int) -> None:
    server = bench.serve({"text": "All is well."})
    shell = bench.csm(columns=columns, rows=rows)
    shell.wait_for("What")
    shell.send("how is it?\r")
    shell.wait_for("All is well.")
    shell.wait_for("What shall")
    shell.send("\x03")
    shell.read()
    shell.send("\x03")
    assert shell.end() == 0
    shell.restored()
    assert b"csm resume" in shell.raw
    assert server.requests[0].texts()[-1] == "how is it?"


def test_a_question_is_answered_by_one_key(bench: Any) -> None:
    bench.serve(
        {"call": ("exec_command", {"cmd": "echo made > made.txt"})},
        {"text": "It is made."},
        config='approval_policy = "untrusted"\nsandbox_mode = "danger-full-access"',
    )
    shell = bench.csm()
    shell.wait_for(READY)
    shell.send("make it\r")
    shell.wait_for("echo made > made.txt", "Waiting for you")
    assert not (bench.work / "made.txt").exists()
    shell.send("y")
    shell.wait_for("It is made.")
    assert (bench.work / "made.txt").read_text() == "made\n"


def test_esc_interrupts_and_the_shell_goes_on(bench: Any) -> None:
    bench.serve({"text": ["It begins", threading.Event()]}, {"text": "Second answer."})
    shell = bench.csm()
    shell.wait_for(READY)
    shell.send("begin\r")
    shell.wait_for("It begins", "Working")
    shell.send("\x1b")
    shell.wait_gone("Working")
    shell.send("again\r")
    shell.wait_for("Second answer.")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_signals_give_the_terminal_back_in_the_middle_of_a_turn(bench: Any, number: int) -> None:
    bench.serve({"text": ["It begins", threading.Event()]})
    shell = bench.csm()
    shell.wait_for(READY)
    shell.send("begin\r")
    shell.wait_for("It begins")
    shell.signal(number)
    assert shell.end() == 128 + number
    shell.restored()


def test_two_signals_at_once_leave_no_command_behind(bench: Any) -> None:
    waits = "trap '' HUP INT TERM; echo $$ > pid; while :; do read x; done"
    call = {"call": ("exec_command", {"cmd": waits, "login": False, "tty": True, "yield_time_ms": 30_000})}
    bench.serve(call, config='sandbox_mode = "danger-full-access"\n')
    shell = bench.csm()
    shell.wait_for(READY)
    shell.send("begin\r")
    file = bench.work / "pid"
    shell.wait(lambda: file.exists() and file.read_text().endswith("\n"))
    shell.signal(signal.SIGTERM)
    shell.signal(signal.SIGHUP)
    assert shell.end() in (128 + signal.SIGTERM, 128 + signal.SIGHUP)
    shell.restored()
    with pytest.raises(ProcessLookupError):
        os.kill(int(file.read_text()), 0)


def test_inline_a_signal_leaves_what_was_said_and_nothing_else(bench: Any) -> None:
    bench.serve({"text": "Said and done."})
    shell = bench.csm("--no-alt-screen")
    shell.wait_for(READY)
    shell.send("say\r")
    shell.wait_for("Said and done.", READY)
    shell.signal(signal.SIGTERM)
    assert shell.end() == 128 + signal.SIGTERM
    shell.restored()
    assert "Said and done." in shell.screen()
    assert READY not in shell.screen()
    assert b"\x1b[?1049h" not in shell.raw


def test_the_last_session_is_resumed(bench: Any) -> None:
    server = bench.serve({"text": "Remember the blue door."}, {"text": "It was blue."})
    shell = bench.csm()
    shell.wait_for(READY)
    shell.send("which door?\r")
    shell.wait_for("the blue door", READY)
    shell.send("\x04")
    assert shell.end() == 0
    again = bench.csm("resume", "--last")
    again.wait_for("which door?", "Remember the blue door.")
    again.send("what colour?\r")
    again.wait_for("It was blue.")
    assert server.requests[1].texts()[-2:] == ["which door?", "what colour?"]


def test_suspended_and_brought_back(bench: Any) -> None:
    bench.serve({"text": "Still here."})
    shell = bench.start(["/bin/bash", "--norc", "-i"])
    shell.send(f"PS1='sh> '; {shlex.join(bench.argv())}\r")
    shell.wait_for(READY)
    shell.send("draft")
    shell.wait_for("› draft")
    shell.send("\x1a")
    shell.wait(lambda: b"Stopped" in shell.raw)
    assert shell.raw.rfind(b"\x1b[?1049l") > shell.raw.rfind(b"\x1b[?1049h")
    shell.send("fg\r")
    shell.wait(lambda: shell.raw.rfind(b"\x1b[?1049h") > shell.raw.rfind(b"Stopped"))
    shell.wait_for("› draft")
    shell.send("\x03\x03\x03")
    shell.wait(lambda: shell.raw.rfind(b"\x1b[?1049l") > shell.raw.rfind(b"\x1b[?1049h"))


def test_nothing_is_written_while_nothing_happens(bench: Any) -> None:
    bench.serve({"text": "Quiet."})
    shell = bench.csm()
    shell.wait_for(READY)
    shell.send("hush\r")
    shell.wait_for("Quiet.", READY)
    # The end of the turn may show late on a busy machine; what goes on by itself would write in each of the stretches.
    for _ in range(6):
        before = len(shell.raw)
        shell.read(2.0)
        if len(shell.raw) == before:
            break
    assert len(shell.raw) == before


def test_without_a_key_the_tutor_is_one_choice_away(bench: Any) -> None:
    shell = bench.csm()
    shell.wait_for("Where does the model come from?")
    shell.send("tutor\r")
    shell.wait_for("Lesson 1", "Your turn")
    assert "state/csm/tutor-" in str(list(bench.home.rglob("poem.txt")))
    shell.send("\x04")
    shell.wait_for("Where does the model come from?")
    shell.send("\x1b")
    shell.wait_for(READY)
    assert not list(bench.home.rglob("poem.txt"))
    shell.send("\x04")
    assert shell.end() == 0
    shell.restored()
