"""The mouse: what presses, drags and wheels do all over the screen; with every keymap; off and on again."""

from __future__ import annotations

import pytest

from csm.edit.inputs import Mouse

MARKDOWN = "# Plan\n\nThe quick_brown fox jumps.\n\nover the lazy dog"


def cell(driver, text):
    """Column and row of a text on the screen."""
    for row, line in enumerate(driver.screen().split("\n")):
        if text in line:
            return line.index(text), row
    raise AssertionError(f"{text!r} is not on the screen\n{driver.screen()}")


def press(driver, x, y, *, times=1, to=None):
    """Press and let go, so many times; with `to` at another cell."""
    driver.frame()
    for _ in range(times):
        driver.shell.mouse(Mouse("press", "left", x, y))
        if to is not None:
            driver.shell.mouse(Mouse("drag", "left", (x + to[0]) // 2, to[1]))
            driver.shell.mouse(Mouse("drag", "left", *to))
        driver.shell.mouse(Mouse("release", "left", *(to or (x, y))))
        driver.settle()


@pytest.fixture
def copied(monkeypatch):
    """What went to the clipboard."""
    from csm.ui.screen import ShellScreen

    found: list[str] = []
    monkeypatch.setattr(ShellScreen, "copy", lambda self, text: found.append(text))
    return found


@pytest.fixture
def answered(drive):
    def start(**more):
        driver = drive({"text": MARKDOWN}, **{"columns": 80, "rows": 24, **more})
        driver.type("hi\n")
        driver.wait_for("lazy dog")
        driver.wait(lambda: not driver.shell.session.thread.running)
        return driver

    return start


@pytest.mark.parametrize("keymap", ["codex", "emacs", "vim"])
def test_what_a_drag_goes_over_is_selected_and_copied(answered, copied, keymap):
    driver = answered(csm__keymap=keymap)
    x, y = cell(driver, "quick_brown")
    press(driver, x, y, to=(x + 4, y))
    assert copied == ["quick"]
    press(driver, x + 4, y, to=(x, y))
    assert copied[1:] == ["quick"]
    end, below = cell(driver, "lazy")
    press(driver, x, y, to=(end + 3, below))
    assert copied[2].startswith("quick_brown fox jumps.\n") and copied[2].endswith("lazy")


@pytest.mark.parametrize("keymap", ["codex", "emacs", "vim"])
def test_two_presses_take_a_word_and_three_the_line(answered, copied, keymap):
    driver = answered(csm__keymap=keymap)
    x, y = cell(driver, "quick_brown")
    press(driver, x + 2, y, times=2)
    assert copied[-1] == "quick_brown"
    press(driver, x + 2, y, times=1)
    assert copied[-1].strip() == "The quick_brown fox jumps."


def test_the_draft_takes_the_cursor_words_and_lines(drive, copied):
    driver = drive(columns=60, rows=20)
    driver.type("first some words")
    driver.keys("C-j")
    driver.type("日本語 und more")
    x, y = cell(driver, "some")
    press(driver, x, y)
    assert driver.shell.composer.editor.cursor == 6
    press(driver, x + 1, y, times=2)
    assert copied == ["some"]
    _, y = cell(driver, "und")
    press(driver, 9, y, to=(11, y))
    assert copied[-1] == "und"
    driver.type("!")
    assert "!" in driver.text


def test_what_is_folded_unfolds(drive):
    turns = ({"call": ("exec_command", {"cmd": "seq 40 60"})}, {"text": "All counted."})
    driver = drive(*turns, columns=80, rows=30, approval_policy="never")
    driver.type("go\n")
    driver.wait_for("All counted.")
    driver.wait(lambda: not driver.shell.session.thread.running)
    x, y = cell(driver, "lines")
    assert "… " in driver.screen()
    press(driver, x, y)
    driver.wait_for("50")
    driver.wait(lambda: "… " not in driver.screen())


def test_parts_of_the_status_line_and_hints_run(drive):
    driver = drive(columns=100, rows=24)
    press(driver, *cell(driver, "read only"))
    driver.wait_for("Permissions")
    press(driver, *cell(driver, "esc close"))
    driver.wait(lambda: not driver.shell.panels)
    press(driver, *cell(driver, "help"))
    driver.wait(lambda: driver.shell.place == "help")


def test_a_row_is_chosen_then_taken_and_the_wheel_goes_where_it_is(answered):
    driver = answered(rows=30)
    driver.shell.run("permissions.choose")
    x, y = cell(driver, "Full access")
    press(driver, x, y)
    chosen = driver.shell.panels[-1].chosen()
    assert chosen.name == "full-access"
    top = driver.shell.windows.current.top.view.top
    driver.shell.mouse(Mouse("scroll", "wheel-down", 3, y))
    assert driver.shell.panels[-1].chosen() != chosen
    driver.shell.mouse(Mouse("scroll", "wheel-up", 3, 1))
    assert driver.shell.panels and driver.shell.windows.current.top.view.top <= top
    press(driver, *cell(driver, "Auto"), times=1)
    press(driver, *cell(driver, "Auto"), times=1)
    driver.wait(lambda: not driver.shell.panels)


def test_a_slash_word_of_the_menu_is_taken(drive):
    driver = drive(columns=80, rows=24)
    driver.type("/stat")
    press(driver, *cell(driver, "/status "))
    driver.wait_for("About the session")


@pytest.mark.parametrize(("answer", "outcome"), [("Yes, once", "completed"), ("No, and stop here", "declined")])
def test_a_question_is_answered_by_a_press(drive, answer, outcome):
    driver = drive({"call": ("exec_command", {"cmd": "touch x", "sandbox_permissions": "require_escalated"})},
                   {"text": "after"}, columns=80, rows=30, approval_policy="on-request")  # fmt: skip
    driver.type("go\n")
    driver.wait_for("Yes, once")
    press(driver, *cell(driver, answer))
    driver.wait(lambda: not driver.shell.session.thread.asks)


def test_borders_move(answered):
    driver = answered(columns=120, rows=30)
    driver.keys("C-x w v")
    driver.screen()
    left = next(iter(driver.shell.windows))
    rects = driver.shell.windows.rects()
    border = rects[left.id].width
    press(driver, border, 5, to=(border + 20, 5))
    assert driver.shell.windows.rects()[left.id].width == border + 20
    press(driver, border + 20, 5, to=(border - 10, 5))
    assert driver.shell.windows.rects()[left.id].width == border - 10
    driver.keys("C-x w s")
    driver.screen()
    lower = driver.shell.windows.current
    top = driver.shell.windows.rects()[lower.id].y
    x = driver.shell.windows.rects()[lower.id].x + 3
    press(driver, x, top, to=(x, top - 4))
    assert driver.shell.windows.rects()[lower.id].y == top - 4


def test_anything_anywhere_at_any_size_harms_nothing(answered):
    driver = answered(columns=40, rows=12)
    for columns, rows in ((40, 12), (1, 1), (200, 50), (20, 4)):
        driver.resize(columns, rows)
        driver.frame()
        for kind in ("press", "drag", "release", "move", "scroll"):
            for x, y in ((0, 0), (columns - 1, rows - 1), (columns + 50, rows + 50), (columns // 2, rows // 2)):
                driver.shell.mouse(Mouse(kind, "wheel-up" if kind == "scroll" else "left", x, y))
                driver.settle()
                driver.frame()


def test_a_drag_beyond_the_edge_scrolls(drive, copied):
    driver = drive({"text": "\n".join(f"- line {n}" for n in range(60))}, columns=80, rows=20)
    driver.type("hi\n")
    driver.wait_for("line 59")
    driver.wait(lambda: not driver.shell.session.thread.running)
    x, y = cell(driver, "line 59")
    driver.shell.mouse(Mouse("press", "left", x, y))
    for _ in range(30):
        driver.shell.mouse(Mouse("drag", "left", x, -1))
        driver.frame()
    driver.shell.mouse(Mouse("release", "left", x, 0))
    assert copied[-1].count("\n") > 25


def test_it_is_left_to_the_terminal_and_taken_again(answered):
    driver = answered()
    modes = []

    class Terminal:
        def mouse(self, on):
            modes.append(on)

    driver.shell.screen.terminal = Terminal()
    driver.shell.run("mouse.toggle")
    driver.wait_for("the mouse is the terminal's")
    press(driver, *cell(driver, "gpt-5.5"))
    assert not driver.shell.panels
    driver.shell.run("mouse.toggle --save")
    driver.wait(lambda: modes == [False, True])
    assert "mouse = true" in (driver.shell.host.settings.config_dir / "settings.toml").read_text()


@pytest.mark.parametrize(("keymap", "place"), [("codex", "composer"), ("emacs", "transcript"), ("vim", "transcript")])
def test_a_press_on_the_transcript_takes_the_keys_where_it_has_a_cursor(answered, keymap, place):
    driver = answered(csm__keymap=keymap)
    press(driver, *cell(driver, "lazy"))
    assert driver.shell.place == place
    if place == "composer":
        driver.type("still")
        assert driver.text == "still"
