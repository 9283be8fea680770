"""What is on the screen before the shell is: it keeps what is typed, and gives the terminal back on every way out."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from csm.ui.prelude import picture

READY = "What shall be done?"
#: Holds the start up until a file is there, and says that it has come so far.
HOLD = (
    "import pathlib, time\nhere = pathlib.Path({folder!r})\n(here / 'held').touch()\n"
    "while not (here / 'go').exists():\n    time.sleep(0.005)\n"
)


def hold(bench: Any, more: str = "") -> Any:
    """A function that lets the start go on, in a bench whose init.py holds it up."""
    config = bench.home / ".config/csm"
    config.mkdir(parents=True)
    config.joinpath("init.py").write_text(HOLD.format(folder=str(bench.home)) + more)
    return (bench.home / "go").touch


def held(bench: Any, shell: Any) -> None:
    """Wait until the start is held up."""
    shell.wait((bench.home / "held").exists)


def test_what_is_typed_before_the_shell_is_there_goes_to_the_composer(bench: Any) -> None:
    bench.serve({"text": "Hello."})
    go = hold(bench)
    shell = bench.csm()
    held(bench, shell)
    shell.wait_for("›", "work")
    shell.send("early")
    assert "early" not in shell.screen()
    go()
    shell.wait_for("› early")
    assert shell.raw.count(b"\x1b[?1049h") == 1
    shell.send("\x03\x03\x03")
    assert shell.end() == 0
    shell.restored()
    assert shell.raw.count(b"\x1b[?1049l") == 1


def test_ctrl_c_ends_what_takes_too_long(bench: Any) -> None:
    bench.serve({"text": "Hello."})
    hold(bench)
    shell = bench.csm()
    held(bench, shell)
    shell.send("\x03")
    shell.wait_for("was interrupted")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_gives_the_terminal_back(bench: Any, number: int) -> None:
    hold(bench)
    shell = bench.csm()
    held(bench, shell)
    shell.signal(number)
    assert shell.end() == 128 + number
    shell.restored()
    assert shell.raw.endswith(b"\x1b[?1049l")


def test_what_is_wrong_is_told_on_the_screen_there_was_before(bench: Any) -> None:
    bench.serve({"text": "Hello."})
    shell = bench.csm("-c", "model=3")
    assert shell.end() == 1
    shell.restored()
    assert b"model" in shell.raw.rpartition(b"\x1b[?1049l")[2]


def test_inline_there_is_none(bench: Any) -> None:
    bench.serve({"text": "Hello."})
    shell = bench.csm("--no-alt-screen")
    shell.wait_for(READY)
    assert b"\x1b[?1049h" not in shell.raw


def test_the_terminals_own_screen_is_kept_where_codex_settings_say_so(bench: Any) -> None:
    bench.serve({"text": "Hello."}, config='tui.alternate_screen = "never"')
    shell = bench.csm()
    shell.wait_for(READY)
    assert b"\x1b[?1049h" not in shell.raw
    shell.close()
    shell = bench.csm("-c", "tui.alternate_screen=always")
    shell.wait_for(READY)
    assert b"\x1b[?1049h" in shell.raw


@pytest.mark.parametrize(
    ("columns", "rows", "expected"),
    [
        (9, 8, "\x1b[5H\x1b[2m─────────\x1b[0m\x1b[7H\x1b[2m  ~/work\x1b[0m\x1b[6H› "),
        (9, 3, "\x1b[3H\x1b[2m  ~/work\x1b[0m\x1b[2H› "),
        (9, 1, "\x1b[1H› "),
        (1, 2, "\x1b[2H\x1b[2m  \x1b[0m\x1b[1H› "),
    ],
)
def test_the_picture_fits(columns: int, rows: int, expected: str) -> None:
    assert picture("~/work", columns, rows) == expected
