"""The shell by its screens: keys go in, text comes out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from csm.protocol import ops
from csm.ui.driver import ScreenDriver
from csm.view.lines import line_width

Drive = Callable[..., ScreenDriver]


def bottom(screen: str, rows: int) -> list[str]:
    """The last rows of a screen."""
    return screen.split("\n")[-rows:]


def test_an_empty_shell(drive: Drive) -> None:
    screen = drive(columns=60, rows=14, csm__keymap="codex").screen()
    assert screen == (
        "\n"
        "  csm  0.1.0\n"
        "\n"
        "  Say what shall be done in this folder.\n"
        "\n"
        "  f1     what the keys do here\n"
        "  M-x    every command by name\n"
        "  C-x r  go on with an earlier session\n"
        "  C-x m  choose the model\n"
        "\n"
        "────────────────────────────────────────────────────────────\n"
        "› What shall be done?\n"
        "  gpt-5.5 · ~/work · read only\n"
        "  f1 help · M-x commands · C-c quit"
    )


def test_an_empty_shell_names_keys_of_the_mode_it_is_in(drive: Drive) -> None:
    driver = drive(columns=60, rows=14, csm__keymap="vim")
    assert "  M-x  every command by name" in driver.screen()
    driver.keys("esc")
    assert "  :   every command by name" in driver.screen()


def test_a_turn(drive: Drive) -> None:
    driver = drive({"text": "Hello **back**."}, columns=60, rows=12)
    driver.type("hello")
    driver.keys("enter")
    driver.wait_for("Hello back.")
    driver.wait(lambda: driver.shell.session.thread.running is None)
    assert driver.screen() == (
        "› hello\n"
        "\n"
        "  Hello back.\n"
        "\n"
        "\n"
        "\n"
        "\n"
        "\n"
        "────────────────────────────────────────────────────────────\n"
        "› What shall be done?\n"
        "  gpt-5.5 · ~/work · read only\n"
        "  f1 help · M-x commands · C-c quit"
    )
    assert driver.text == ""


@pytest.mark.parametrize(
    ("keys", "draft"),
    [
        ("a b c", "abc"),
        ("a b C-a c", "cab"),
        ("a space b M-b c", "a cb"),
        ("a b backspace", "a"),
        ("a b C-_", ""),
        ("a C-j b", "a\nb"),
        ("a b C-a C-k C-y C-y", "abab"),
        ("é 日", "é日"),
    ],
)
def test_keys_edit_the_draft(drive: Drive, keys: str, draft: str) -> None:
    driver = drive(csm__keymap="emacs")
    driver.keys(keys)
    assert driver.text == draft


def test_the_composer_grows_to_a_third_and_scrolls(drive: Drive) -> None:
    driver = drive(rows=24)
    driver.paste("\n".join(f"line {number}" for number in range(20)))
    rows = bottom(driver.screen(), 10)
    assert rows[:2] == ["─" * 80, "↑ line 13"]
    assert rows[7] == "  line 19"


def test_a_prefix_waits_tells_and_runs(drive: Drive) -> None:
    driver = drive()
    driver.keys("C-x")
    assert driver.screen().endswith("\n  C-x –")
    assert "Use a keymap" not in driver.screen()
    driver.wait(lambda: "1 of 2 · page-down" in driver.screen())
    driver.keys("page-down")
    assert "Use a theme" in driver.screen()
    driver.keys("page-down")
    assert "1 of 2" in driver.screen()
    driver.keys("k")
    assert "Keymap" in driver.screen()
    driver.keys("esc")
    assert "Keymap" not in driver.screen()


def test_an_unbound_chord_is_told_quietly(drive: Drive) -> None:
    driver = drive()
    driver.keys("C-x Z")
    assert driver.screen().endswith("\n  C-x Z is unbound")
    driver.keys("a")
    assert driver.text == "a"
    assert "unbound" not in driver.screen()
    assert driver.messages == []


def test_a_keymap_without_a_way_out_is_left_by_force(drive: Drive) -> None:
    driver = drive()
    driver.shell.host.keymap._tries.clear()
    driver.type("x")
    assert driver.text == "x"
    driver.keys("C-c C-c")
    assert driver.exit_code is None
    driver.keys("C-c")
    assert driver.exit_code == 0


def test_the_palette_has_first_what_ran_last_with_arguments_too(drive: Drive) -> None:
    driver = drive()
    for line in ("session.status", "theme.use light"):
        driver.keys("M-x")
        driver.type(f"{line}\n")
    driver.keys("M-x")
    assert [row.label for row in driver.shell.panels[-1].rows()[:2]] == ["Use a theme", "About the session"]


def test_the_palette_keeps_the_draft_and_runs_what_is_chosen(drive: Drive) -> None:
    driver = drive(rows=24)
    driver.type("my draft")
    driver.keys("M-x")
    driver.type("theme.use")
    assert "Use a theme" in driver.screen()
    driver.type(" light")
    driver.keys("enter")
    assert driver.shell.host.theme.name == "light"
    assert driver.text == "my draft"
    assert driver.shell.place == "composer"


def test_help_lies_over_the_transcript(drive: Drive) -> None:
    driver = drive()
    driver.keys("f1")
    assert driver.screen().startswith("── Help ─")
    assert driver.shell.place == "help"
    driver.keys("q")
    assert driver.shell.place == "composer"
    assert "Help" not in driver.screen()


def test_a_question_and_its_answer(drive: Drive, home: Path) -> None:
    call = {"call": ("exec_command", {"cmd": "echo made > made.txt"})}
    driver = drive(call, {"text": "Done."}, rows=24, approval_policy="untrusted", sandbox_mode="danger-full-access")
    driver.type("make it")
    driver.keys("enter")
    driver.wait(lambda: driver.shell.place == "approval")
    screen = driver.screen()
    assert "echo made > made.txt" in screen
    assert "Waiting for you" in screen
    driver.keys("y")
    driver.wait_for("Done.")
    assert (home / "work" / "made.txt").read_text() == "made\n"


@pytest.mark.parametrize(("columns", "rows"), [(80, 12), (40, 12), (20, 5)])
def test_a_question_can_be_read_and_answered_in_little_room(drive: Drive, columns: int, rows: int) -> None:
    call = {"call": ("exec_command", {"cmd": "echo made > made.txt"})}
    driver = drive(call, {"text": "Done."}, columns=columns, rows=rows, approval_policy="untrusted")
    driver.shell.submit(ops.Submit("make it"))
    driver.wait(lambda: driver.shell.place == "approval")
    assert "y yes" in driver.screen()
    assert "n no" in driver.screen()
    assert len(driver.frame().rows()) == rows


def test_a_question_does_not_take_the_keys_of_who_is_typing(drive: Drive) -> None:
    gate = threading.Event()
    driver = drive(
        {"text": ["I will ask.", gate], "call": ("exec_command", {"cmd": "echo made > made.txt"})},
        {"text": "Done."},
        approval_policy="untrusted",
    )
    driver.type("go")
    driver.keys("enter")
    driver.wait_for("I will ask.")
    driver.type("by")
    gate.set()
    driver.wait(lambda: driver.shell.ask)
    driver.type("y")
    assert driver.text == "byy"
    assert driver.shell.ask is not None
    driver.wait(lambda: driver.shell.place == "approval")


def test_other_text_says_what_to_do_instead(drive: Drive, home: Path) -> None:
    call = {"call": ("exec_command", {"cmd": "echo made > made.txt"})}
    driver = drive(call, {"text": "Another way then."}, rows=24, approval_policy="untrusted")
    driver.type("make it")
    driver.keys("enter")
    driver.wait(lambda: driver.shell.place == "approval")
    driver.type("use another name, any")
    assert driver.text == "use another name, any"
    assert driver.shell.ask is not None
    driver.keys("enter")
    driver.wait_for("Another way then.")
    assert "use another name, any" in str(driver.server.requests[-1].json["input"])
    assert not (home / "work" / "made.txt").exists()


def test_what_waits_stays_in_its_line(drive: Drive) -> None:
    driver = drive({"hang": True})
    driver.type("go\n")
    driver.wait(lambda: driver.shell.session.thread.running)
    driver.paste("one\ttwo\nthree")
    driver.keys("tab")
    driver.wait(lambda: driver.shell.session.thread.queued)
    assert "↳ one two …" in driver.screen()


def test_what_to_do_instead_is_not_lost_when_nobody_waits_for_it_any_more(drive: Drive) -> None:
    call = {"cmd": "touch made", "login": False, "sandbox_permissions": "require_escalated", "justification": "to see"}
    driver = drive({"call": ("exec_command", call)}, approval_policy="on-request")
    driver.type("make it\n")
    driver.wait(lambda: driver.shell.ask)
    driver.shell.run("approval.decline-and-say")
    driver.type("write it down")
    driver.shell.interrupt()
    driver.wait(lambda: driver.shell.ask is None)
    driver.keys("enter")
    driver.wait_for("no longer open")
    assert driver.text == "write it down"


def test_a_draft_is_queued_and_taken_back(drive: Drive) -> None:
    gate = threading.Event()
    driver = drive({"text": ["Thinking", gate]}, {"text": "Second."})
    driver.type("first")
    driver.keys("enter")
    driver.wait_for("Thinking")
    driver.type("second one")
    driver.keys("tab")
    driver.wait_for("↳ second one")
    driver.keys("M-up")
    driver.wait(lambda: driver.text == "second one")
    driver.wait(lambda: "↳" not in driver.screen())
    gate.set()


def test_interrupting(drive: Drive) -> None:
    driver = drive({"text": ["It begins", threading.Event()]})
    driver.type("go")
    driver.keys("enter")
    driver.wait_for("It begins")
    assert "Working" in driver.screen()
    driver.keys("esc")
    driver.wait(lambda: driver.shell.session.thread.running is None)
    assert "Working" not in driver.screen()


def test_reading_above_while_text_arrives(drive: Drive) -> None:
    gate = threading.Event()
    text = "\n\n".join(f"paragraph {number}" for number in range(30))
    driver = drive({"text": [text, gate, "\n\nthe very end"]})
    driver.type("go")
    driver.keys("enter")
    driver.wait_for("paragraph 29")
    driver.keys("page-up")
    above = driver.screen().split("\n")[0]
    assert "below ──" in driver.screen()
    gate.set()
    driver.wait_for("new line")
    assert driver.screen().split("\n")[0] == above
    driver.keys("C-end")
    assert "the very end" in driver.screen()
    assert "new line" not in driver.screen()


@pytest.mark.parametrize(("columns", "rows"), [(20, 5), (10, 3), (1, 1), (200, 50), (3, 40), (1, 30)])
def test_any_size(drive: Drive, columns: int, rows: int) -> None:
    driver = drive({"text": "- Hello.\n\n      code\n\n漢字"}, columns=columns, rows=rows)
    driver.type("hi there")
    driver.paste("p" * 2_000)
    for keys in ("enter", "C-x", "C-g", "M-x", "esc", "f1"):
        driver.keys(keys)
        frame = driver.frame()
        assert len(frame.rows()) == rows
        assert max(map(line_width, frame.rows())) <= columns
        if frame.cursor:
            assert 0 <= frame.cursor[0] < columns
            assert 0 <= frame.cursor[1] < rows


def test_a_command_that_breaks_is_told_and_kept(drive: Drive) -> None:
    driver = drive(rows=24)

    def broken(*_: Any) -> None:
        raise ZeroDivisionError("of nothing")

    driver.shell.host.commands.get("message.show")
    driver.shell.host.commands.run = broken  # type: ignore[method-assign]
    driver.keys("f2")
    assert "ZeroDivisionError: of nothing" in driver.screen()
    assert "Traceback" in driver.messages[-1]


def test_another_session_and_back(drive: Drive) -> None:
    driver = drive({"text": "First answer."}, {"text": "Second answer."})
    driver.type("one")
    driver.keys("enter")
    driver.wait_for("First answer.")
    driver.wait(lambda: driver.shell.session.thread.running is None)
    first = driver.shell.session.thread_id
    driver.keys("C-x n")
    driver.wait(lambda: driver.shell.session.thread_id != first)
    assert "First answer." not in driver.screen()
    driver.shell.run(f"session.resume {first}")
    driver.wait_for("First answer.")
    assert driver.shell.session.thread_id == first


def test_inline_prints_what_is_finished_once(drive: Drive) -> None:
    driver = drive({"text": "First."}, {"text": "Second."}, inline=True, columns=50, rows=12)
    for word in ("one", "two"):
        driver.type(word)
        driver.keys("enter")
        driver.wait_for("First." if word == "one" else "Second.")
        driver.wait(lambda: driver.shell.session.thread.running is None)
    screen = driver.screen()
    assert [screen.count(text) for text in ("› one", "First.", "› two", "Second.")] == [1, 1, 1, 1]
    assert len(driver.frame().rows()) <= 5


def test_vim_keys_have_modes(drive: Drive) -> None:
    driver = drive(csm__keymap="vim", columns=100)
    driver.keys("a")
    assert driver.text == "a"
    driver.type("bc def")
    driver.keys("esc")
    assert " NORMAL " in driver.screen()
    driver.keys("0 d w")
    assert driver.text == "def"
    driver.keys("f f r x")
    assert driver.text == "dex"
    driver.keys("A ! esc u")
    assert driver.text == "dex"


def test_what_went_wrong_at_the_start_is_told_in_one_line(drive: Drive, home: Path) -> None:
    folder = home / ".config" / "csm" / "keymaps"
    folder.mkdir(parents=True)
    (folder / "codex.toml").write_text('inherits = "codex"\n[bind.global]\n"C-q" = "no.such-command"\n"M-q" = 5\n')
    driver = drive(columns=250)
    assert "2 problems (f2 shows more): " in driver.screen()
    assert "no.such-command" in driver.screen()
    driver.keys("f2")
    assert "M-q" in driver.screen()


def test_a_summary_on_request(drive: Drive) -> None:
    driver = drive({"text": "one"}, {"text": "What was done."}, {"text": "two"}, columns=60, rows=16)
    driver.type("/compact")
    driver.keys("enter")
    driver.wait_for("there is nothing to summarise yet")
    driver.type("first")
    driver.keys("enter")
    driver.wait(lambda: bool(driver.shell.session.thread.turns) and driver.shell.session.thread.running is None)
    driver.type("/compact")
    driver.keys("enter")
    driver.wait_for("older messages were summarised")
    driver.wait(lambda: driver.shell.session.thread.running is None)
    driver.type("second")
    driver.keys("enter")
    driver.wait_for("two")
    screen = driver.screen()
    assert screen.index("one") < screen.index("summarised") < screen.index("› second") < screen.index("two")
