"""A day in a real terminal: commands, keymaps, windows, changes, lists, colours, attention, the mouse, trouble."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from wcwidth import wcswidth

READY = "What shall be done?"
FULL = 'sandbox_mode = "danger-full-access"\napproval_policy = "never"'


def opened(bench: Any, *turns: Any, config: str = "", words: tuple[str, ...] = (), **size: int) -> Any:
    """A shell that is ready."""
    bench.serve(*turns, config=config)
    shell = bench.csm(*words, **size)
    shell.wait_for(READY)
    return shell


def quit_shell(shell: Any) -> None:
    """Leave, and see that the terminal is as it was."""
    shell.send("\x03\x03\x03")
    assert shell.end() == 0
    shell.restored()


def own(bench: Any, name: str, text: str) -> Path:
    """A file among the user's own."""
    path = bench.home / ".config/csm" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def git(work: Path, *words: str) -> str:
    """Run git there."""
    env = {"PATH": os.environ["PATH"], "HOME": str(work.parent), "GIT_CONFIG_NOSYSTEM": "1"}
    argv = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *words]
    return subprocess.run(argv, cwd=work, env=env, check=True, capture_output=True, text=True).stdout


def test_one_command_by_palette_slash_and_its_key_and_the_draft_stays(bench: Any) -> None:
    shell = opened(bench)
    shell.send("a draft\x1bx")
    shell.wait_for("Commands")
    shell.send("what is running")
    shell.send("\x7f" * 15 + "help.open\r")
    shell.wait_for("── Help")
    shell.send("q")
    shell.wait_for("› a draft")
    shell.send("\x03/help\r")
    shell.wait_for("── Help")
    shell.send("q")
    shell.wait_gone("── Help")
    shell.send("\x18d")
    shell.send("\x1bOP")
    shell.wait_for("help.open")
    shell.send("q")
    shell.wait_gone("help.open")
    quit_shell(shell)


def test_keys_of_ones_own_are_taken_up_while_it_runs_and_broken_ones_are_told(bench: Any) -> None:
    keys = own(bench, "keymaps/user.toml", '[bind.global]\n"f5" = "help.open"\n"no such chord" = "x y z"\n')
    shell = opened(bench, words=("--keymap", "vim"))
    shell.send("\x1b[15~")
    shell.wait_for("── Help")
    shell.send("q")
    shell.wait_for("INSERT")
    shell.send("word word\x1b")
    shell.wait_for("NORMAL")
    shell.send("bdw")
    shell.wait_gone("word word")

    def changed() -> bool:  # what is saved before csm begins to look is not taken up: save it until it is
        keys.write_text(f'# {time.monotonic()}\n[bind.global]\n"f5" = "palette.open"\n')
        shell.read(0.3)
        return "reloaded keys" in shell.screen()

    shell.wait(changed)
    shell.send("\x1b[15~")
    shell.wait_for("Commands")


def test_windows_and_a_live_terminal(bench: Any) -> None:
    call = {"cmd": "cat", "tty": True, "yield_time_ms": 250}
    shell = opened(bench, {"call": ("exec_command", call)}, {"text": "It waits."}, config=FULL, columns=120)
    shell.send("run cat\r")
    shell.wait_for("It waits.", READY)
    shell.send("\x18j")
    shell.wait_for("attached")
    shell.send("typed here\r")
    shell.wait(lambda: shell.screen().count("typed here") >= 2)
    shell.process.setwinsize(30, 100)
    shell._screen.resize(30, 100)
    shell.send("again\r")
    shell.wait(lambda: shell.screen().count("again") >= 2)
    shell.send("\x1d")
    shell.wait_gone("attached")
    children = set(_children(shell.process.pid))
    assert children
    shell.send("\x18o\x18o\x03\x03\x03\x03")
    shell.wait(lambda: not shell.process.isalive())
    shell.restored()
    _gone(children)


def _children(pid: int) -> list[int]:
    """The processes that a process began, theirs too."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *_children(child)]
    return found


def _gone(pids: set[int]) -> None:
    """Wait until processes are there no more."""
    end = time.monotonic() + 10
    while any(_lives(pid) for pid in pids):
        assert time.monotonic() < end, pids
        time.sleep(0.02)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_reading_searching_and_copying(bench: Any) -> None:
    shell = opened(bench, {"text": "First\n\n```sh\necho needle\n```\n\n" + "\n\n".join(f"p {n}" for n in range(40))})
    shell.send("go\r")
    shell.wait_for("p 39", READY)
    shell.send("\x1bOS/needle\r")
    shell.wait_for("echo needle")
    shell.send("C")
    shell.wait(lambda: b"\x1b]52;c;ZWNobyBuZWVkbGU" in shell.raw)


@pytest.mark.parametrize("columns", [40, 100])
def test_changes_by_hunk(columns: int, bench: Any) -> None:
    (bench.work / "a.txt").write_text("one\ntwo\n")
    git(bench.work, "init", "-q")
    git(bench.work, "add", "-A")
    git(bench.work, "commit", "-q", "-m", "begin")
    (bench.work / "a.txt").write_text("one\n2\n")
    bench.serve()
    shell = bench.csm(columns=columns)
    shell.wait_for("Work in")
    shell.send("\r")
    shell.wait_for("f1 ")
    shell.send("/diff\r")
    shell.wait_for("a.txt", "two")
    shell.send("ns")
    shell.wait(lambda: "+2" in git(bench.work, "diff", "--cached"))
    shell.send("q")
    shell.wait_gone("two")


def test_lists_filter_and_choose(bench: Any) -> None:
    shell = opened(bench)
    shell.send("/theme\r")
    shell.wait_for("contrast", "dusk")
    shell.send("linen")
    shell.wait_gone("dusk")
    shell.send("\r")
    shell.wait_for("theme linen")
    quit_shell(shell)


def test_without_colours_there_are_none(bench: Any) -> None:
    bench.env["NO_COLOR"] = "1"
    shell = opened(bench, {"text": "**Bold** and `code`\n\n```python\ndef f(): pass\n```"})
    shell.send("go\r")
    shell.wait_for("def f(): pass", READY)
    codes = {code for found in re.findall(rb"\x1b\[([0-9;]*)m", shell.raw) for code in found.split(b";")}
    assert not codes & {*(b"%d" % n for n in (*range(30, 39), *range(40, 49), *range(90, 108)))}


def test_broken_scripts_open_a_session_and_say_so(bench: Any) -> None:
    own(bench, "init.py", "def configure(csm):\n    raise ValueError('no such thing')\n")
    own(bench, "extensions/bad/__init__.py", "import nothing_of_this_name\n")
    shell = opened(bench, {"text": "All the same."})
    shell.wait_for("2 problems")
    shell.send("go\r")
    shell.wait_for("All the same.")
    quit_shell(shell)


WIDE = "日本語 한국어 cafe\u0301 👍 ✈️ ａｂ"


def test_wide_characters_marks_and_emoji_keep_their_columns(bench: Any) -> None:
    table = f"| a | b |\n|---|---|\n| {WIDE} | x |\n| plain | y |\n"
    shell = opened(bench, {"text": table}, columns=60)
    shell.send(f"{WIDE}|\r")
    shell.wait_for("plain", READY)
    rows = shell.screen().split("\n")
    bars = {wcswidth(row[: row.index("│")]) for row in rows if "│" in row and "plain" in row}
    assert len(bars) == 1
    shell.send("日本\x1b[D\x1b[Dx")
    shell.wait(lambda: "x日" in shell.screen().replace(" ", ""))


def test_a_storm_of_resizes_on_the_whole_screen(bench: Any) -> None:
    shell = opened(bench, {"text": "\n\n".join(f"paragraph {n} " + "word " * n for n in range(30))})
    shell.send("go\r")
    shell.wait_for("paragraph 29", READY)
    for number in range(40):
        shell.process.setwinsize(1 + number * 7 % 40, 1 + number * 13 % 130)
    shell.process.setwinsize(24, 80)
    shell.read()
    shell._screen.reset()
    shell.send("\x0c")
    screen = shell.wait_for("paragraph 29", READY)
    assert screen.count(READY) == 1
    quit_shell(shell)


def test_ten_megabytes_pasted_and_bytes_that_are_no_text(bench: Any) -> None:
    shell = opened(bench)
    shell.process.delaybeforesend = None
    block = ("x" * 99 + "\n") * 2_000
    shell.send("\x1b[200~")
    for _ in range(50):
        shell.send(block)
        shell.read(0)
    shell.send("\x1b[201~END")
    shell.wait_for("100,000 lines", "END", seconds=60)
    shell.send("\x03")
    shell.wait_gone("END")
    os.write(shell.process.child_fd, b"\x1b[200~\x00\xff\xfe\x80\x1b]0;evil\x07\x1b[2J\x1b[201~")
    os.write(shell.process.child_fd, b"\x1b[999;999;999z\x1bP1;2|junk\x1b\\\x1b[?99999hOK")
    shell.wait_for("OK")
    quit_shell(shell)
    assert b"\x1b]0;evil" not in shell.raw


def test_keys_faster_than_frames_are_all_taken(bench: Any) -> None:
    server = bench.serve({"text": "Thanks."})
    shell = bench.csm(columns=120)
    shell.wait_for(READY)
    shell.process.delaybeforesend = None
    text = " ".join(f"w{number}" for number in range(400))
    for start in range(0, len(text), 7):
        os.write(shell.process.child_fd, text[start : start + 7].encode())
        shell.read(0)
    shell.send("\r")
    shell.wait_for("Thanks.")
    assert server.requests[0].texts()[-1] == text


def test_attention_is_called_for_when_the_window_has_not_the_focus(bench: Any) -> None:
    shell = opened(bench, {"text": "Ready."}, config='[tui]\nnotifications = true\nnotification_method = "osc9"')
    assert b"\x1b]0;" in shell.raw or b"\x1b]2;" in shell.raw
    shell.send("\x1b[O")
    shell.send("go\r")
    shell.wait_for("Ready.")
    shell.wait(lambda: b"\x1b]9;" in shell.raw)


@pytest.mark.parametrize("on", [True, False])
def test_the_mouse_can_be_left_to_the_terminal(on: bool, bench: Any) -> None:
    own(bench, "settings.toml", f"mouse = {str(on).lower()}\n")
    shell = opened(bench, {"text": "Here."})
    shell.send("go\r")
    shell.wait_for("Here.", READY)
    assert (b"\x1b[?1006h" in shell.raw) == on
    os.write(shell.process.child_fd, b"\x1b[<0;3;1M\x1b[<0;3;1m\x1b[<64;3;1M\x1b[<32;9999;9999M\x1b[<0;")
    shell.send("0;0Mistill")
    shell.wait_for("still")
    quit_shell(shell)
    assert shell.raw.rfind(b"\x1b[?1006l") >= shell.raw.rfind(b"\x1b[?1006h")


def test_a_crash_gives_the_terminal_back_says_what_it_was_and_is_kept_for_the_doctor(bench: Any) -> None:
    bench.serve({"text": "never"})
    code = (
        "import sys; from csm.cli.main import main; from csm.ui.fullscreen import FullPainter\n"
        "first = FullPainter.paint\n"
        "def paint(self, frame):\n"
        "    if 'xyz' in str(frame.rows()): raise RuntimeError('painted black')\n"
        "    first(self, frame)\n"
        "FullPainter.paint = paint; sys.argv[0] = 'csm'; sys.exit(main())"
    )
    shell = bench.start([bench.argv()[0], "-c", code])
    shell.wait_for(READY)
    shell.send("xyz")
    assert shell.end() == 1
    shell.restored()
    assert b"painted black" in shell.raw
    done = subprocess.run(
        bench.argv("doctor"), env=bench.env, cwd=bench.work, capture_output=True, text=True, timeout=60, check=False
    )
    assert "1 report of the" in done.stdout, done.stdout
    reports = list((bench.home / ".local/state/csm").rglob("*crash*/*"))
    assert any("painted black" in path.read_text() for path in reports), reports
