"""Writing to a terminal device."""

from __future__ import annotations

import os
import threading

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
