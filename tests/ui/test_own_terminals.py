"""What follows ! in a terminal: programs that need one get a window with the keys, and leave nothing behind."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from csm.api.testing import bundled
from csm.edit.inputs import Mouse
from csm.protocol import ops
from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]
MICE = bundled("panes", "mice")
SCREENS = bundled("shell", "screens")
TERMINALS = bundled("basics", "terminals")


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("vim x", True), ("ls", False), ("/usr/bin/less f", True), ("cat f | less", True), ("EDITOR=vi nano f", True),
        ("git commit", True), ("git commit -m x", False), ("git commit -am x", False), ("git add -p", True),
        ("git add .", False), ("git rebase -i HEAD~2", True), ("git rebase main", False), ("git log", False),
        ("python", True), ("python x.py", False), ("python -c 'print(1)'", False),
        ("bash", True), ("bash -c ls", False),
        ("sudo ls", True), ("ssh host", True), ("ssh host ls", False), ("cd x && top", True), ("echo vim", False),
        ("'unfinished vim", False), ("", False), ("env A=1 htop", True), ("less < f", False),
        ("psql -c 'select 1'", False),
    ],
)  # fmt: skip
def test_which_lines_need_a_terminal(line: str, wanted: bool) -> None:
    assert TERMINALS.wanted(line) is wanted


def test_more_programs_can_be_named() -> None:
    assert not TERMINALS.wanted("mine x")
    assert TERMINALS.wanted("mine x", ["mine"])


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a\r\nb\r\n", "a\nb\n"),
        ("\x1b[?1049h\x1b[2Jdrawn\x1b[?1049l\x1b[32mdone\x1b[m\r\n", "done\n"),
        ("\x1b[?1049hleft open", ""),
        ("10%\r50%\r100%\r\nend", "100%\nend"),
        ("\x1b]0;title\x07x\x1b]8;;http://a\x1b\\link", "xlink"),
        ("wrong\b\b\b\b\bright", "right"),
        ("tab\tbell\x07nul\0", "tab\tbellnul"),
    ],
)
def test_what_a_terminal_leaves_as_text(text: str, left: str) -> None:
    assert SCREENS.left(text) == left


@pytest.mark.parametrize(
    ("given", "wanted", "digits", "data"),
    [
        (Mouse("press", "left", 0, 0), "press", True, b"\x1b[<0;3;5M"),
        (Mouse("release", "left", 0, 0), "press", True, b"\x1b[<0;3;5m"),
        (Mouse("press", "right", 0, 0, "C-"), "drag", True, b"\x1b[<18;3;5M"),
        (Mouse("drag", "left", 0, 0), "drag", True, b"\x1b[<32;3;5M"),
        (Mouse("drag", "left", 0, 0), "press", True, None),
        (Mouse("move", "none", 0, 0), "move", True, b"\x1b[<35;3;5M"),
        (Mouse("scroll", "wheel-down", 0, 0), "press", True, b"\x1b[<65;3;5M"),
        (Mouse("press", "left", 0, 0), "press", False, b"\x1b[M #%"),
        (Mouse("release", "left", 0, 0), "press", False, b"\x1b[M##%"),
        (Mouse("press", "left", 0, 0), "", True, None),
        (Mouse("press", "button-9", 0, 0), "press", True, None),
    ],
)
def test_the_mouse_as_bytes(given: Mouse, wanted: str, digits: bool, data: bytes | None) -> None:
    assert MICE.encode(given, 2, 4, wanted, digits=digits) == data


def _full(drive: Drive, **more: Any) -> ScreenDriver:
    return drive({"text": "Read."}, columns=80, rows=24, **more)


def _script(home: Path, text: str) -> str:
    (home / "work" / "script").write_text(text)
    return "pane.run sh script"


def _drawn(driver: ScreenDriver) -> None:
    """Wait until a window came and went."""
    driver.wait(lambda: not driver.shell.windows.plain)
    driver.wait(lambda: driver.shell.windows.plain)


def test_a_program_has_the_keys_and_gives_them_back(drive: Drive, home: Path) -> None:
    driver = _full(drive)
    line = _script(home, "printf '\\033[?1049hdrawn on its own'; read x; printf '\\033[?1049l'; echo $x > said")
    driver.shell.run(line)
    driver.wait_for("drawn on its own")
    assert driver.shell.taking is not None
    driver.type("typed\n")
    driver.wait(lambda: driver.shell.windows.plain)
    assert (home / "work" / "said").read_text() == "typed\n"
    assert driver.shell.place == "composer"
    assert "drawn on" not in driver.screen()


def test_a_line_without_such_a_program_has_no_terminal(drive: Drive) -> None:
    driver = _full(drive)
    driver.type("!test -t 1 || echo none here\n")
    driver.wait_for("none here\n")
    assert driver.shell.windows.plain


def test_what_ends_badly_or_without_a_screen_stays_to_be_read(drive: Drive) -> None:
    driver = _full(drive)
    driver.shell.run('pane.run "echo last words; exit 3"')
    driver.wait_for("· exit 3")
    assert "last words" in driver.screen()
    assert driver.shell.taking is None
    driver.keys("q")
    assert driver.shell.place == "composer"
    assert driver.shell.windows.plain


@pytest.mark.parametrize(("how", "beside"), [("session.new", False), ("session.close", True)])
def test_a_terminal_of_a_session_that_was_left_gives_the_keys_back(drive: Drive, how: str, beside: bool) -> None:
    driver = drive(columns=100, rows=24)
    if beside:
        driver.shell.run("session.beside")
        driver.wait(lambda: driver.shell.session.thread_id and not driver.shell.session.opening)
    driver.shell.run("pane.run cat")
    driver.wait(lambda: driver.shell.taking)
    pane = driver.shell.taking
    left = driver.shell.session.thread_id
    driver.shell.run(how)
    driver.keys("enter" if beside else "down enter")  # it is at work: stop it
    driver.wait(lambda: driver.shell.session.thread_id not in ("", left))
    driver.wait(lambda: not pane.running)
    assert driver.shell.taking is None
    assert "cat · closed" in driver.screen()


def test_a_terminal_of_a_session_in_the_background_takes_no_keys(drive: Drive) -> None:
    driver = drive(columns=100, rows=24)
    first = driver.shell.seats.current
    driver.shell.run("session.beside")
    driver.wait(lambda: driver.shell.session.thread_id and not driver.shell.session.opening)
    first.submit(ops.Shell("cat", tty=True))
    driver.wait(lambda: first.session.own)
    assert driver.shell.taking is None
    assert "has a terminal open" in driver.screen()
    driver.shell.run("session.switch 1")
    driver.shell.run("pane.foreground")
    driver.type("typed\n")
    driver.wait(lambda: driver.screen().count("typed") == 2)


def test_a_shell_of_ones_own_can_be_left_and_come_back_to(drive: Drive) -> None:
    driver = _full(drive)
    driver.shell.run("pane.run 'sh -i'")
    driver.wait(lambda: driver.shell.taking)
    driver.keys("C-]")
    assert driver.shell.taking is None
    driver.keys("q")
    assert driver.shell.windows.plain
    driver.keys("C-x j")
    driver.wait(lambda: driver.shell.taking)
    driver.type("exit\n")
    driver.wait(lambda: driver.shell.taking is None)


def test_the_program_hears_the_mouse(drive: Drive, home: Path) -> None:
    driver = _full(drive)
    script = "stty raw -echo; printf '\\033[?1000h\\033[?1006hready\\r\\n'; dd bs=1 count=9 2>/dev/null | od -c"
    driver.shell.run(_script(home, script))
    driver.wait_for("ready")
    rows = driver.screen().split("\n")
    at = next(index for index, row in enumerate(rows) if row.startswith("ready"))
    driver.shell.mouse(Mouse("press", "left", 2, at))
    driver.settle()
    driver.wait(lambda: "033   [   <   0   ;   3   ;   1   M" in driver.screen())


@pytest.mark.skipif(shutil.which("less") is None, reason="less is not installed")
def test_the_wheel_scrolls_a_pager_that_wants_no_mouse(drive: Drive, home: Path) -> None:
    (home / "work" / "long").write_text("".join(f"line {number}\n" for number in range(200)))
    driver = _full(drive)
    driver.type("!less long\n")
    driver.wait(lambda: driver.shell.taking and driver.shell.taking.drew and "line 3\n" in driver.screen())
    top = next(i for i, row in enumerate(driver.screen().split("\n")) if row == "line 0")
    driver.shell.mouse(Mouse("scroll", "wheel-down", 2, top + 1))
    driver.wait(lambda: "line 0\n" not in driver.screen() and "line 3\n" in driver.screen())
    driver.type("q")
    driver.wait(lambda: driver.shell.windows.plain)
    assert driver.shell.place == "composer"


@pytest.mark.skipif(shutil.which("vim") is None, reason="vim is not installed")
@pytest.mark.parametrize("inline", [False, True])
def test_vim_from_the_composer(drive: Drive, home: Path, inline: bool) -> None:
    driver = drive({"text": "Read."}, columns=100, rows=30, inline=inline)
    driver.type("!vim -Nu NONE -i NONE note\n")
    driver.wait_for("~\n")
    driver.frame()
    driver.type("ihello 世界")
    driver.keys("esc")
    driver.wait_for("hello 世界")
    driver.resize(60, 16)
    driver.wait(lambda: all(len(row) <= 60 for row in driver.screen().split("\n")[-16:]) and "hello" in driver.screen())
    driver.type(":wq\n")
    driver.wait(lambda: driver.shell.windows.plain)
    assert (home / "work" / "note").read_text() == "hello 世界\n"
    assert driver.shell.place == "composer"


def test_the_model_is_told_what_was_left_on_the_screen(drive: Drive, home: Path) -> None:
    driver = _full(drive)
    script = "printf '\\033[?1049hsecret drawing'; read x; printf '\\033[?1049l'; echo the outcome"
    driver.shell.run(_script(home, script))
    driver.wait_for("secret drawing")
    driver.type("\n")
    driver.wait(lambda: driver.shell.windows.plain)
    driver.type("what came out?\n")
    driver.wait_for("Read.")
    assert "the outcome" in driver.screen()
    assert "secret drawing" not in driver.screen()


def test_the_tutor_opens_in_a_window(drive: Drive) -> None:
    driver = _full(drive)
    driver.keys("M-x")
    driver.type("learn csm")
    assert "tutor.start" in driver.screen() or "Learn csm in short lessons" in driver.screen()
    driver.keys("enter enter")
    driver.wait_for("csm tutor", timeout=40)
    driver.wait(lambda: driver.shell.taking is not None)
    driver.wait_for("esson 1", timeout=40)
    driver.keys("C-c C-c C-c C-d")
    driver.wait(lambda: driver.shell.windows.plain, 40)
