"""What terminals are told and tell: keyboard protocol, pastes, the mouse, an editor of one's own."""

from __future__ import annotations

import os
import signal
import termios
import threading
import time
from typing import Any

READY = "What shall be done?"


def test_the_kitty_protocol_is_used_where_it_is_spoken(bench: Any) -> None:
    bench.serve({"text": "Hello."})
    shell = bench.csm()
    shell.wait(lambda: b"\x1b[?u" in shell.raw)
    shell.wait_for(READY)
    assert b"\x1b[>1u" not in shell.raw
    shell.send("\x1b[?0u\x1b[?62;c")
    shell.wait(lambda: b"\x1b[>1u" in shell.raw)
    shell.send("one\x1b[13;2utwo")
    shell.wait_for("› one\n  two")
    shell.send("\x1b[99;5u\x1b[99;5u\x1b[99;5u")
    assert shell.end() == 0
    assert shell.raw.rfind(b"\x1b[<u") > shell.raw.rfind(b"\x1b[>1u")
    shell.restored()


def test_a_key_that_this_terminal_cannot_send_is_told(bench: Any) -> None:
    bench.serve({"text": "Hello."})
    config = bench.home / ".config/csm"
    config.mkdir(parents=True)
    config.joinpath("init.py").write_text("def configure(csm):\n    csm.bind('C-i', 'help.open')\n")
    shell = bench.csm()
    shell.wait_for(READY)
    shell.send("\x1b[?62;c")
    shell.wait_for("here C-i arrives as tab")


def test_a_paste_is_text_whatever_it_holds(bench: Any) -> None:
    server = bench.serve({"text": "Thanks."})
    shell = bench.csm()
    shell.wait_for(READY)
    shell.send("\x1b[200~first\r\x03second\x1b[201~")
    shell.wait_for("› first", "␃second")
    assert server.requests == []
    shell.send("\r")
    shell.wait_for("Thanks.")
    assert server.requests[0].texts()[-1] == "first\n␃second"


def test_a_large_paste_is_no_trouble(bench: Any) -> None:
    bench.serve({"text": "Thanks."})
    shell = bench.csm()
    shell.wait_for(READY)
    shell.process.delaybeforesend = None
    shell.send("\x1b[200~")
    for start in range(0, 40_000, 500):
        shell.send("".join(f"pasted line {number}\n" for number in range(start, start + 500)))
        shell.read(0)
    shell.send("\x1b[201~END")
    shell.wait_for("40,000 lines", "END")
    shell.send("!")
    shell.wait_for("END!")


def test_the_wheel_scrolls(bench: Any) -> None:
    bench.serve({"text": "\n\n".join(f"paragraph {number}" for number in range(40))})
    shell = bench.csm()
    shell.wait_for(READY)
    shell.send("go\r")
    shell.wait_for("paragraph 39")
    shell.send("\x1b[<64;10;5M" * 3)
    shell.wait_gone("paragraph 39")
    shell.send("\x1b[<65;10;5M" * 3)
    shell.wait_for("paragraph 39")


def test_an_editor_of_ones_own(bench: Any) -> None:
    bench.serve({"text": "Thanks."})
    editor = bench.home / "editor"
    editor.write_text('#!/bin/sh\nprintf "in the editor\\n"\nread line\nprintf "%s edited" "$line" > "$1"\n')
    editor.chmod(0o755)
    bench.env["EDITOR"] = str(editor)
    shell = bench.csm()
    shell.wait_for(READY)
    shell.send("draft\x07")
    shell.wait(lambda: b"in the editor" in shell.raw)
    shell.send("freshly\r")
    shell.wait_for("› freshly edited")
    shell.send("!")
    shell.wait_for("› freshly edited!")


def test_stopped_from_outside_and_continued(bench: Any) -> None:
    bench.serve({"text": "Hello."})
    shell = bench.csm()
    shell.wait_for(READY)
    shell.send("draft")
    shell.wait_for("› draft")
    shell.signal(signal.SIGSTOP)
    mode = termios.tcgetattr(shell.process.child_fd)
    mode[3] |= termios.ECHO | termios.ICANON
    termios.tcsetattr(shell.process.child_fd, termios.TCSANOW, mode)
    seen = len(shell.raw)
    shell.signal(signal.SIGCONT)
    shell.wait(lambda: b"draft" in shell.raw[seen:] and b"\x1b[?2004h" in shell.raw[seen:])
    shell.send("!")
    shell.wait_for("› draft!")


def test_a_terminal_that_goes_away_takes_csm_with_it(bench: Any) -> None:
    bench.serve({"text": ["It begins", threading.Event()]})
    shell = bench.csm()
    shell.wait_for(READY)
    shell.send("go\r")
    shell.wait_for("It begins")
    os.close(shell.process.child_fd)
    end = time.monotonic() + 10
    while shell.process.isalive():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_the_smallest_terminal(bench: Any) -> None:
    bench.serve({"text": "Hello."})
    shell = bench.csm(columns=1, rows=1)
    shell.wait(lambda: b"\x1b[?1049h" in shell.raw)
    shell.send("hi\r")
    shell.wait(lambda: b"To go on" in shell.raw or not shell.process.isalive() or b"\x1b[?2026l" in shell.raw)
    shell.process.setwinsize(24, 80)
    shell._screen.resize(24, 80)
    shell.wait_for("Hello.")


def test_a_command_that_holds_the_shell_is_interrupted(bench: Any) -> None:
    bench.serve({"text": "Hello."})
    folder = bench.home / ".config" / "csm"
    folder.mkdir(parents=True)
    folder.joinpath("init.py").write_text(
        "import time\nfrom csm.api import command\n\n\n@command('sleep.long')\ndef long(cx):\n    '''Sleep.'''\n"
        "    time.sleep(60)\n\n\ndef configure(csm):\n    csm.bind('f9', 'sleep.long')\n"
    )
    shell = bench.csm()
    shell.wait_for(READY)
    shell.send("\x1b[20~")
    shell.wait_for("held the shell for 2 s")
    shell.send("still here")
    shell.wait_for("› still here")
