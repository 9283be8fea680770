"""The list of stored sessions in a shell: what its keys do to real ones, in every keymap; going back and leaving."""

from __future__ import annotations

import json
import os

import pytest


def session(home, of, prompt, *, cwd=None, turns=1, source="cli"):
    """A stored session with turns."""
    thread_id = f"01a1f949-c093-7b01-ae9e-{of:012d}"
    path = home / f".codex/sessions/2026/11/20/rollout-2026-11-20T10-00-00-{thread_id}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    meta = {
        "id": thread_id,
        "timestamp": "2026-11-20T10:00:00.000Z",
        "cwd": str(cwd or home / "work"),
        "source": source,
    }
    lines = [("session_meta", meta)]
    for turn in range(1, turns + 1):
        text = prompt if turn == 1 else f"{prompt} {turn}"
        said = [{"type": "input_text", "text": text}]
        lines += [
            ("event_msg", {"type": "task_started", "turn_id": f"t{turn}"}),
            ("response_item", {"type": "message", "role": "user", "content": said}),
            ("event_msg", {"type": "user_message", "message": text}),
            ("event_msg", {"type": "agent_message", "message": f"answer {turn}"}),
            ("event_msg", {"type": "task_complete", "turn_id": f"t{turn}", "last_agent_message": "x"}),
        ]
    dumped = [
        json.dumps({"timestamp": "2026-11-20T10:00:00.000Z", "type": kind, "payload": one}) for kind, one in lines
    ]
    path.write_text("\n".join(dumped) + "\n")
    os.utime(path, (1_700_000_000 + of, 1_700_000_000 + of))
    return thread_id


@pytest.fixture
def stored(home):
    """Three sessions of the folder, one of another, one of exec."""
    ids = [session(home, 1, "alpha", turns=3), session(home, 2, "beta"), session(home, 3, "gamma")]
    session(home, 4, "delta", cwd=home)
    session(home, 5, "epsilon", source="exec")
    return ids


@pytest.mark.parametrize("inline", [False, True])
@pytest.mark.parametrize("keymap", ["codex", "emacs", "vim"])
def test_a_session_is_chosen_and_opened(drive, stored, inline, keymap):
    driver = drive(inline=inline, csm__keymap=keymap)
    driver.shell.run("session.resume")
    screen = driver.wait_for("gamma")
    assert "delta" not in screen and "epsilon" not in screen
    driver.type("alpha")
    driver.keys("enter")
    driver.wait(lambda: driver.shell.session.thread_id == stored[0])
    assert "answer 3" in driver.wait_for("answer 3")


@pytest.mark.parametrize("keymap", ["codex", "emacs", "vim"])
def test_keys_of_the_list(drive, home, stored, keymap):
    driver = drive(csm__keymap=keymap, rows=30)
    driver.shell.run("session.resume")
    driver.wait_for("answer 1")
    driver.keys("tab")
    driver.wait_for("delta")
    driver.keys("tab")
    driver.wait(lambda: "delta" not in driver.screen())
    driver.keys("M-s M-s")
    assert "by name" in driver.screen()
    driver.keys("page-up M-r")
    driver.type("My name\n")
    driver.wait_for("My name  alpha")
    assert "My name" in (home / ".codex/session_index.jsonl").read_text()
    driver.keys("M-a")
    driver.wait_for("is archived")
    driver.wait(lambda: "My name  alpha" not in driver.screen())
    driver.keys("M-o")
    driver.wait_for("My name  alpha")
    driver.keys("M-a")
    driver.wait_for("the archive is empty")
    driver.keys("M-o")
    driver.wait_for("My name  alpha")
    assert len(list(home.rglob("rollout-*"))) == 5


def test_deleting_asks_and_can_be_left(drive, home, stored):
    driver = drive(rows=30)
    driver.shell.run("session.resume")
    driver.wait_for("gamma")
    for answer in ("enter", "esc"):
        driver.keys("M-d")
        driver.wait_for("Delete “gamma”?")
        driver.keys(answer)
        driver.wait_for("Resume a session")
    assert len(list(home.rglob("rollout-*"))) == 5
    driver.keys("M-d down enter")
    driver.wait_for("“gamma” is deleted")
    driver.wait(lambda: "  gamma" not in driver.screen())
    assert len(list(home.rglob("rollout-*"))) == 4


def test_forks_whole_and_at_a_turn(drive, stored):
    driver = drive(rows=30)
    driver.shell.run("session.resume")
    driver.wait_for("gamma")
    driver.type("alpha")
    driver.keys("M-t")
    driver.wait_for("Copy up to and with")
    driver.keys("down enter")  # the newest turn stands first
    driver.wait(lambda: driver.shell.session.thread.forked_from == stored[0])
    assert [turn.id for turn in driver.shell.session.thread.turns if turn.id] == ["t1", "t2"]
    driver.shell.run("session.resume")
    driver.wait_for("gamma")
    driver.type("beta")
    driver.keys("M-f")
    driver.wait(lambda: driver.shell.session.thread.forked_from == stored[1])


def test_a_session_that_is_written_elsewhere_is_left_alone(drive, home, stored):
    from csm.api.testing import bundled

    lock = bundled("sessions", "locks").Lock(home / ".codex", stored[2])
    try:
        driver = drive(rows=30)
        driver.shell.run("session.resume")
        driver.wait_for("gamma")
        driver.keys("M-a")
        driver.wait_for("cannot archive “gamma”")
        assert len(list((home / ".codex/sessions").rglob("rollout-*"))) == 5
    finally:
        lock.release()


def test_keys_without_a_session(drive):
    driver = drive(rows=30)
    driver.shell.run("session.resume")
    driver.wait_for("there is no session yet, of this folder")
    for keys in ("M-f", "M-t", "M-r", "M-a", "M-d"):
        driver.keys(keys)
        driver.wait_for("there is no session here")
    driver.keys("enter up down page-down M-s M-p esc")
    assert not driver.shell.panels
    driver.shell.run("sessions.archive")
    driver.wait_for("this is for the list of sessions")


def test_going_back_gives_the_prompt_back(drive, home, stored):
    driver = drive({"text": "new answer"}, rows=30, resume=stored[0])
    driver.wait_for("answer 3")
    driver.shell.run("session.rewind")
    driver.wait_for("Go back to before")
    driver.keys("down enter")
    driver.wait(lambda: driver.text == "alpha 2")
    driver.wait(lambda: "answer 2" not in driver.screen())
    assert "answer 1" in driver.screen() and "Went back to before “alpha 2”" in driver.screen()
    driver.keys("enter")
    driver.wait_for("new answer")
    sent = bytes(driver.server.requests[-1].body)
    assert b"alpha 2" in sent and b"alpha 3" not in sent


def test_where_one_cannot_go_back_to(drive, stored):
    driver = drive(rows=30)
    driver.shell.run("session.rewind")
    driver.wait_for("there is nothing to go back to yet")
    driver.shell.run(f"session.resume {stored[0]}")
    driver.wait_for("answer 3")
    driver.shell.run("session.rewind 7")
    driver.wait_for("there is no turn 7")
    driver.shell.run("session.fork 9")
    driver.wait_for("there is no turn '9'")


@pytest.mark.parametrize(("word", "left"), [("archive", 5), ("delete", 4)])
def test_the_session_on_the_screen_goes_and_a_new_one_begins(drive, home, stored, word, left):
    driver = drive(rows=30, resume=stored[0])
    driver.wait_for("answer 3")
    driver.type(f"/{word}\n")
    driver.wait_for("Keep it")
    driver.keys("enter")
    driver.wait(lambda: not driver.shell.panels)
    assert driver.shell.session.thread_id == stored[0]
    driver.type(f"/{word}\n")
    driver.wait_for("Keep it")
    driver.keys("down enter")
    driver.wait_for(f"the session is {word}d")
    assert driver.shell.session.thread_id not in ("", stored[0])
    assert len(list(home.rglob("rollout-*"))) == left
    assert not list((home / ".codex/sessions").rglob(f"*{stored[0]}*"))
    driver.shell.run(f"session.{word}")
    driver.wait_for(f"there is nothing to {word} yet")
