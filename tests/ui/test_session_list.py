"""The list of stored sessions: what it shows at every size, what it asks for, and what its keys do to real sessions."""

from __future__ import annotations

import json
import os

import pytest

from csm.host.storage import SessionHead
from csm.ui.session_list import SessionList
from csm.ui.session_rows import age, folder, size
from csm.view.lines import line_width, plain

NOW = 1_795_000_000.0
HEADS = [
    SessionHead("id-1", cwd="/home/ann/shop", prompt="fix the parser\nplease", updated="2026-11-18T11:00:00.000Z",
                created="2026-11-01T10:00:00.000Z", branch="main", size=24_000, turns=3, provider="openai"),
    SessionHead("id-2", cwd="/home/ann", name="Release", prompt="write notes", updated="2026-11-18T10:00:00.000Z",
                created="2026-11-17T10:00:00.000Z", branch="next", source="exec", size=3 << 30),
    SessionHead("id-3", cwd="/elsewhere/\x1b[31m", prompt="", updated="2025-01-18T10:00:00.000Z", created="?"),
]  # fmt: skip


class Port:
    """Answers when told to."""

    def __init__(self, heads=()):
        self.heads, self.asked, self.waiting = list(heads), [], []

    def __call__(self, name, done, **arguments):
        self.asked.append((name, arguments))
        self.waiting.append((name, done, arguments))

    def answer(self):
        """Answer what was asked so far, the oldest first."""
        while self.waiting:
            name, done, arguments = self.waiting.pop(0)
            limit = arguments.get("limit")
            done(self.heads[:limit] if name == "sessions" else ("the last prompt", "the last answer"))


def make(heads=HEADS, **more):
    port, taken, frames = Port(heads), [], []
    made = SessionList(
        "Resume a session", taken.append, ask=port, refresh=lambda: frames.append(1), now=lambda: NOW,
        cwd="/home/ann/shop", home="/home/ann", **more,
    )  # fmt: skip
    made.port, made.taken = port, taken
    return made


def shown(made, columns=80, rows=20):
    lines = made.render(columns, rows)[0]
    assert len(lines) <= rows and all(line_width(line) <= columns for line in lines)
    return [plain(line).rstrip() for line in lines]


def test_what_is_being_looked_for_and_what_there_is():
    made = make()
    assert shown(made)[2] == "  looking for sessions…"
    made.port.answer()
    text = shown(made)
    assert text[0].startswith("  Resume a session") and text[0].endswith("this folder · last used first · 3")
    assert text[2].split() == ["6", "min", "fix", "the", "parser", "please", "main"]
    assert "Release  write notes" in text[3] and "(nothing was said)" in text[4]
    assert "\x1b" not in "".join(text)


def test_a_look_at_the_chosen_one():
    made = make()
    made.port.answer()
    assert "  …" in shown(made)[-1]
    made.port.answer()
    text = "\n".join(shown(made))
    assert "~/shop · main" in text and "3 turns · 24 KB · openai" in text
    assert "› the last prompt" in text and "the last answer" in text
    made.move(1)
    shown(made)
    made.port.answer()
    assert "exec · 3.2 GB" in "\n".join(shown(made))
    asked = [name for name, _ in made.port.asked]
    assert asked.count("last_words") == 2  # each one once
    made.toggle_look()
    assert "the last answer" not in "\n".join(shown(made))


def test_a_wide_screen_has_the_look_beside():
    made = make()
    made.port.answer()
    shown(made, 140, 20)
    made.port.answer()
    assert any("│" in line and "the last answer" in line for line in shown(made, 140, 20))


@pytest.mark.parametrize("columns", [1, 2, 10, 39, 40, 48, 71, 72, 109, 110, 200])
@pytest.mark.parametrize("rows", [1, 2, 3, 5, 13, 14, 40])
@pytest.mark.parametrize("everywhere", [True, False])
def test_it_fits_every_size(columns, rows, everywhere):
    made = make(everywhere=everywhere)
    made.port.answer()
    shown(made, columns, rows)
    made.port.answer()
    assert shown(made, columns, rows)
    made.editor.insert("nothing like this")
    shown(made, columns, rows)


def test_typing_narrows_by_every_word():
    made = make(everywhere=True)
    made.port.answer()
    made.editor.insert("PARSER shop")
    assert [head.thread_id for head in made.rows()] == ["id-1"]
    assert "1 of 3" in shown(made)[0]
    made.editor.set_text("next")
    assert [head.thread_id for head in made.rows()] == ["id-2"]
    made.editor.set_text("zzz")
    assert shown(made)[2] == "  nothing fits" and made.accept() is None and made.chosen() is None
    made.editor.set_text("")
    assert len(made.rows()) == 3


def test_a_longer_word_is_looked_for_among_what_fitted_and_a_shorter_one_among_all():
    made = make()
    made.port.answer()
    for text, count in (("r", 3), ("re", 2), ("rel", 1), ("re", 2), ("r", 3), ("", 3)):
        made.editor.set_text(text)
        assert len(made.rows()) == count, text


def test_sorting_keeps_the_chosen_one():
    made = make()
    made.port.answer()
    made.move(1)
    orders = []
    for _ in range(3):
        made.sort_next()
        assert made.chosen().thread_id == "id-2"
        orders.append([head.thread_id for head in made.rows()])
    assert orders == [["id-3", "id-2", "id-1"], ["id-2", "id-3", "id-1"], ["id-1", "id-2", "id-3"]]


def test_the_newest_come_first_and_then_all():
    many = [
        SessionHead(f"id-{of}", prompt=f"p{of}", updated=f"2026-01-01T00:00:{of % 60:02d}.{of:03d}Z")
        for of in range(200)
    ]
    made = make(many)
    name, done, arguments = made.port.waiting.pop(0)
    done(made.port.heads[: arguments["limit"]])
    assert name == "sessions" and shown(made)[0].endswith("60 …")
    made.move(5)
    chosen = made.chosen()
    made.port.answer()
    assert shown(made)[0].endswith("200") and made.chosen() == chosen


def test_what_was_asked_for_before_does_not_come_late():
    made = make()
    made.toggle_folder()
    made.toggle_archived()
    first, second, third = made.port.waiting
    third[1]([])
    first[1](HEADS)
    second[1](HEADS)
    assert made.rows() == [] and [one[2]["cwd"] for one in (first, second, third)] == ["/home/ann/shop", None, None]
    assert third[2]["archived"] and shown(made)[2] == "  the archive is empty"


@pytest.mark.parametrize(
    ("toggles", "text"),
    [
        ("", "there is no session yet, of this folder"),
        ("f", "there is no session yet"),
        ("a", "the archive is empty, of this folder"),
        ("fa", "the archive is empty"),
    ],
)
def test_there_is_nothing(toggles, text):
    made = make([])
    for one in toggles:
        {"f": made.toggle_folder, "a": made.toggle_archived}[one]()
    made.port.answer()
    assert shown(made)[2] == f"  {text}"


def test_only_rows_in_sight_are_made(monkeypatch):
    many = [SessionHead(f"id-{of}", prompt=f"p{of}", updated=f"{of:06d}") for of in range(20_000)]
    made = make(many)
    made.port.answer()
    calls = []
    real = SessionList._body.__globals__["row"]
    monkeypatch.setitem(SessionList._body.__globals__, "row", lambda *a, **k: calls.append(1) or real(*a, **k))
    made.move(100_000)
    assert "p0" in "\n".join(shown(made, 80, 40)) and len(calls) < 40
    made.move(1)
    assert made.selected == 0


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "now"), (59, "now"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (86_399, "23 h"), (86_400, "1 d"),
        (13 * 86_400, "13 d"), (-30, "now"),
    ],
)  # fmt: skip
def test_ages(seconds, text):
    from datetime import UTC, datetime

    assert age(datetime.fromtimestamp(NOW - seconds, UTC).isoformat(), NOW) == text


def test_other_ages_and_sizes_and_folders():
    assert age("2026-06-10T10:00:00Z", NOW) == "10 Jun" and age("2024-06-10T10:00:00Z", NOW) == "2024-06"
    assert age("2090-06-10T10:00:00Z", NOW) == "10 Jun" and age("nonsense", NOW) == ""
    assert [size(of) for of in (0, 999, 1000, 9_940_000, 25_000_000, 3 << 30)] == [
        "0 B", "999 B", "1 KB", "9.9 MB", "25 MB", "3.2 GB",
    ]  # fmt: skip
    assert [folder(path, "/h") for path in ("/h", "/h/x", "/hx", "")] == ["~", "~/x", "/hx", ""]


# With a real shell


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
