"""How the shell behaves in small matters: what it says in full, keeps, asks first."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]


@pytest.mark.parametrize("keymap", ["codex", "emacs", "vim"])
def test_shift_tab_changes_the_mode_and_the_status_line_tells(drive: Drive, keymap: str) -> None:
    driver = drive(columns=100, csm__keymap=keymap)
    for mode in ("plan", "default"):
        driver.keys("S-tab")
        driver.wait(lambda mode=mode: driver.shell.session.thread.collaboration == mode)
        driver.wait(lambda mode=mode: ("plan mode" in driver.screen().split("\n")[-2]) == (mode == "plan"))


LONG = "thread 0199c1d2-aaaa-7bbb-8ccc-0123456789ab has another active writer (it is open in another window of csm)"


def test_a_long_message_is_wrapped_and_nothing_of_it_is_lost(drive: Drive) -> None:
    driver = drive(columns=60, rows=20)
    driver.shell.failed(LONG)
    rows = [row.strip() for row in driver.screen().split("\n")]
    at = rows.index("gpt-5.5 · ~/work · read only")
    assert " ".join(rows[at + 1 :]) == LONG
    driver.keys("a")
    assert LONG[:20] not in driver.screen()


@pytest.mark.parametrize(("columns", "rows"), [(40, 20), (40, 7), (20, 12), (80, 8)])
def test_what_of_a_message_is_not_shown_is_pointed_to(drive: Drive, columns: int, rows: int) -> None:
    driver = drive(columns=columns, rows=rows)
    driver.shell.failed(" ".join([LONG] * 3))
    shown = driver.screen().split("\n")
    assert len(shown) == rows
    assert shown[-1].endswith(" … f2")
    assert max(map(len, shown)) <= columns
    driver.shell.failed("one line\nand more of it")
    assert driver.screen().endswith("one line … f2")


def _busy(drive: Drive, *queued: str) -> ScreenDriver:
    """A shell in a turn that does not end by itself, with messages queued."""
    driver = drive({"text": ["It begins", threading.Event()]})
    driver.type("go\n")
    driver.wait_for("It begins")
    for text in queued:
        driver.type(f"{text}\t")
        driver.wait_for(f"↳ {text}")
    return driver


def test_what_was_queued_is_the_draft_again_when_its_turn_is_stopped(drive: Drive) -> None:
    driver = _busy(drive, "first", "second")
    driver.keys("esc")
    driver.wait(lambda: driver.text == "first\nsecond")
    driver.wait(lambda: driver.shell.session.thread.queued == ())
    assert "↳" not in driver.screen()


def test_a_draft_is_kept_and_the_key_for_what_was_queued_is_told(drive: Drive) -> None:
    driver = _busy(drive, "first")
    driver.type("a draft")
    driver.keys("esc")
    driver.wait_for("1 queued and not sent: M-up takes it back")
    assert driver.text == "a draft"
    driver.keys("M-up")
    driver.wait(lambda: driver.text == "first\na draft")


@pytest.mark.parametrize("inline", [False, True])
def test_unfolding_above_is_no_news(drive: Drive, inline: bool) -> None:
    call = {"call": ("exec_command", {"cmd": "seq 100"})}
    text = "\n\n".join(f"paragraph {number}" for number in range(30))
    driver = drive(call, {"text": text}, inline=inline, sandbox_mode="danger-full-access")
    driver.type("go\n")
    driver.wait_for("paragraph 29")
    driver.wait(lambda: driver.shell.session.thread.running is None)
    driver.keys("C-home")
    driver.screen()
    for _ in range(2):
        driver.keys("C-t")
        assert "new line" not in driver.screen()
        assert "below" in driver.screen()


@pytest.mark.parametrize("line", ["session.new", "session.fork"])
def test_a_running_turn_is_left_only_on_demand(drive: Drive, line: str) -> None:
    driver = _busy(drive)
    first = driver.shell.session.thread_id
    for keys in ("esc", "down down enter"):
        driver.shell.run(line)
        assert "This session is at work." in driver.screen()
        driver.keys(keys)
        assert driver.shell.session.thread.running
        assert driver.shell.session.thread_id == first
    driver.shell.run(line)
    driver.keys("down enter")
    driver.wait(lambda: driver.shell.session.thread_id != first)
    assert len(driver.shell.seats.all) == 1


def test_panels_stand_where_all_text_stands(drive: Drive) -> None:
    driver = drive(columns=60, rows=20)
    driver.keys("M-x")
    rows = driver.screen().split("\n")
    at = next(index for index, row in enumerate(rows) if row.startswith("  Commands"))
    assert rows[at + 1] == "  M-x"
    assert rows[at + 2].startswith("  ") and rows[at + 2][2] != " "
    assert len(rows[at]) == 58


def test_a_long_title_of_a_panel_is_wrapped(drive: Drive) -> None:
    driver = drive(columns=40, rows=20)
    driver.shell.screen.pick("There is no key for the provider. Where does the model come from?", [], lambda _: None)
    rows = driver.screen().split("\n")
    at = rows.index("  There is no key for the provider.")
    assert rows[at + 1 : at + 3] == ["  Where does the model come from?", "› Choose with the arrows"]


def test_a_hint_without_room_is_seen_to_be_cut(drive: Drive) -> None:
    driver = drive(columns=20, rows=12)
    assert "› What shall be do…" in driver.screen()


QUESTION = {
    "id": "colour", "header": "Colour", "question": "Which colour shall the new button have, given the two themes?",
    "options": [{"label": name, "description": "as before"} for name in ("Red", "Blue")],
}  # fmt: skip


def test_a_question_keeps_its_words_where_its_title_has_no_room(drive: Drive) -> None:
    driver = drive(
        {"call": ("request_user_input", {"questions": [QUESTION]})}, {"text": "Thanks."}, columns=40, rows=12
    )
    driver.keys("S-tab")
    driver.wait(lambda: driver.shell.session.thread.collaboration == "plan")
    driver.type("ask me\n")
    driver.wait(lambda: driver.shell.place == "approval")
    driver.wait(lambda: driver.shell.ask)
    screen = driver.screen()
    for part in ("Which colour", "two themes?", "1  Red", "2  Blue", "c  Stop here"):
        assert part in screen


def test_a_message_or_popup_with_tabs_stays_in_its_columns(drive: Drive) -> None:
    driver = drive(columns=60)
    driver.shell.message.say("there\tis \x1b[31mno", "message.error")
    driver.shell.scripts.popups.show("one\ttwo\n\tthree", 60, "a\ttitle")
    driver.shell.refresh()
    lines = driver.frame().rows()
    assert all(part.isprintable() for line in lines for _, part in line)
    shown = driver.screen()
    assert "there is ^[[31mno" in shown
    assert "a title" in shown
    assert "one     two" in shown
