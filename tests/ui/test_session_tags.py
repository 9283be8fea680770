"""The list of stored sessions: tags, marks, words looked for in what was said, transcripts, at every size."""

from __future__ import annotations

import json
import os

import pytest

from csm.runtime import tagging


def session(home, number, *said, cwd=None):
    """A stored session: a prompt and its answer for each pair of texts."""
    thread_id = f"01a1f949-c093-7b01-ae9e-{number:012d}"
    path = home / f".codex/sessions/2026/11/20/rollout-2026-11-20T10-00-00-{thread_id}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    meta = {"id": thread_id, "timestamp": "2026-11-20T10:00:00.000Z", "cwd": str(cwd or home / "work"), "source": "cli"}
    lines = [("session_meta", meta)]
    for turn, (prompt, answer) in enumerate(zip(said[::2], said[1::2], strict=True)):
        lines += [
            ("event_msg", {"type": "task_started", "turn_id": f"t{turn}"}),
            ("event_msg", {"type": "user_message", "message": prompt}),
            ("event_msg", {"type": "agent_message", "message": answer}),
            ("event_msg", {"type": "task_complete", "turn_id": f"t{turn}", "last_agent_message": answer}),
        ]
    dumped = [
        json.dumps({"timestamp": "2026-11-20T10:00:00.000Z", "type": kind, "payload": one}) for kind, one in lines
    ]
    path.write_text("\n".join(dumped) + "\n")
    os.utime(path, (1_700_000_000 + number, 1_700_000_000 + number))
    return thread_id


@pytest.fixture
def stored(home):
    return [
        session(home, 1, "fix the parser", "It was the zebra.", "and now the cache", "The cache is cleared."),
        session(home, 2, "write notes", "Here they are: a leopard."),
        session(home, 3, "日本語のテスト", "はい、終わりました。"),
    ]


@pytest.fixture
def listed(drive, stored):
    def start(columns=80, rows=24, **more):
        driver = drive(columns=columns, rows=rows, **more)
        driver.shell.run("session.resume")
        driver.wait_for("3")
        driver.wait(lambda: len(driver.shell.panels[-1].rows()) == 3)
        return driver

    return start


def ids(driver):
    return [head.thread_id for head in driver.shell.panels[-1].rows()]


def test_tags_are_given_shown_looked_for_and_taken_away(listed, stored, home):
    driver = listed()
    log = next((home / ".codex").rglob(f"*{stored[1]}*"))
    before = log.read_bytes()
    driver.keys("down M-g")
    driver.wait_for("Tags:")
    driver.type("#bug ui\n")
    driver.wait_for("write notes #bug #ui")
    driver.type("#bug")
    assert ids(driver) == [stored[1]]
    driver.keys("M-g")
    assert driver.shell.panels[-1].editor.text == "bug ui "
    driver.keys("C-u enter")
    driver.wait(lambda: not ids(driver))
    assert tagging.read(driver.shell.host.settings.state_dir) == {} and log.read_bytes() == before


def test_a_tag_is_chosen_among_those_there_are(listed, stored):
    driver = listed()
    driver.keys("M-l")
    driver.wait_for("no session has a tag yet")
    state = driver.shell.host.settings.state_dir
    tagging.put(state, stored[0], ("later", "bug"))
    tagging.put(state, stored[1], ("bug",))
    driver.shell.panels[-1].load()
    driver.wait(lambda: any(head.tags for head in driver.shell.panels[-1].rows()))
    driver.keys("M-l")
    screen = driver.wait_for("2 sessions")
    assert "#later" in screen
    driver.keys("enter")
    driver.wait(lambda: set(ids(driver)) == {stored[0], stored[1]})


def test_what_is_marked_is_tagged_and_archived_together(listed, stored, home):
    driver = listed()
    driver.keys("M-m M-m")
    assert "2 marked" in driver.screen() and driver.screen().count("✓") == 2
    driver.keys("M-g")
    driver.wait_for("Tags:")
    driver.type("old\n")
    driver.wait(lambda: len(tagging.read(driver.shell.host.settings.state_dir)) == 2)
    driver.wait(
        lambda: driver.shell.place == "sessions" and sum("old" in h.tags for h in driver.shell.panels[-1].rows()) == 2
    )
    driver.keys("M-a")
    driver.wait_for("sessions are archived")
    driver.wait(lambda: len(ids(driver)) == 1)
    assert len(list((home / ".codex/archived_sessions").iterdir())) == 2


def test_deleting_what_is_marked_takes_their_tags_too(listed, stored, home):
    driver = listed()
    state = driver.shell.host.settings.state_dir
    tagging.put(state, stored[2], ("x",))
    driver.keys("M-m M-m M-d")
    driver.wait_for("Delete 2 sessions?")
    driver.keys("down enter")
    driver.wait_for("2 sessions are deleted")
    assert len(list((home / ".codex/sessions").rglob("*.jsonl"))) == 1 and tagging.read(state) == {}


def test_words_are_looked_for_in_what_was_said(listed, stored):
    driver = listed()
    driver.type("zebra")
    assert ids(driver) == []
    driver.keys("M-/")
    driver.wait(lambda: ids(driver) == [stored[0]])
    screen = driver.screen()
    assert "It was the zebra." in screen and "texts too" in screen
    driver.type(" parser")
    driver.wait(lambda: ids(driver) == [stored[0]])
    driver.keys("C-u")
    driver.type("終わり")
    driver.wait(lambda: ids(driver) == [stored[2]])
    driver.keys("M-/")
    assert ids(driver) == []


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 16)])
def test_a_transcript_is_looked_at_and_scrolls(listed, stored, size):
    driver = listed(*size)
    driver.type("parser")
    driver.keys("C-t")
    driver.wait_for("The cache is cleared.")
    driver.keys("S-page-up S-page-up")
    driver.wait_for("It was the zebra.")
    driver.keys("C-t")
    driver.wait(lambda: "It was the zebra." not in driver.screen())


def test_a_session_may_have_two_lines(listed, stored, home):
    driver = listed(rows=14)
    driver.keys("C-o")
    screen = driver.screen()
    assert "~/work · 2 turns" in screen and screen.count("~/work · ") >= 3
    driver.keys("down down")
    assert "fix the parser" in driver.screen()


@pytest.mark.parametrize("keymap", ["codex", "emacs", "vim"])
def test_the_smallest_screen_has_all_of_it_within(listed, stored, keymap):
    driver = listed(40, 12, csm__keymap=keymap)
    for keys in ("M-v", "M-i", "M-/", "M-m", "M-s", "M-o", "M-o", "tab"):
        driver.keys(keys)
        frame = driver.frame()
        assert len(frame.rows()) == 12
    driver.wait(lambda: len(ids(driver)) == 3)
