"""Writing to a terminal device."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

from csm.ui.terminal import Terminal

SIZE = 1_000_000


def test_a_terminal_that_takes_no_more_for_now_is_waited_for() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    got = bytearray()

    def read() -> None:
        while len(got) < SIZE and (data := os.read(reading, 4096)):
            got.extend(data)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        Terminal({"TERM": "xterm"}, reading, writing).write("x" * SIZE)
    finally:
        os.close(writing)
        reader.join(10)
        os.close(reading)
    assert len(got) == SIZE


def written(act: Callable[[Terminal], object], **env: str) -> bytes:
    """What a terminal was told by `act`."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as reader:
        try:
            act(Terminal({"TERM": "xterm-256color", **env}, reading, writing))
        finally:
            os.close(writing)
        return reader.read()


def test_other_keys_are_asked_for_where_kitty_is_not_spoken_and_given_back() -> None:
    def session(terminal: Terminal) -> None:
        terminal.other_keys()
        terminal.other_keys()
        terminal.leave()

    said = written(session)
    assert said.count(b"\x1b[>4;2m") == 1
    assert said.index(b"\x1b[>4;2m") < said.index(b"\x1b[?4m") < said.index(b"\x1b[>4m")


def test_no_other_keys_beside_kitty_or_on_terminals_that_may_not_take_them() -> None:
    def both(terminal: Terminal) -> None:
        terminal.kitty(True)
        terminal.other_keys()

    assert b"[>4" not in written(both)
    assert written(Terminal.other_keys, TERM="linux") == b""
    assert written(Terminal.other_keys, TERM="dumb") == b""
