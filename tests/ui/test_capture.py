"""Nothing that is printed gets onto the screen, whoever prints it; whoever borrows the terminal has it."""

from __future__ import annotations

import subprocess
import sys
import textwrap

SCRIPT = """
import os, subprocess, sys, threading
from csm.ui.capture import Capture

class Terminal:
    output = 1

heard, done = [], threading.Event()
def tell(line):
    heard.append(line)
    if line == "last":
        done.set()

terminal, capture = Terminal(), Capture(tell)
capture.begin(terminal)
print("from print")
sys.stderr.write("from stderr\\n")
subprocess.run(["echo", "from a program"], check=True)
os.write(terminal.output, b"SCREEN ")
capture.lend()
subprocess.run(["echo", "LENT"], check=True)
capture.take()
print("x\\n" * 500)
print("wide " * 20000)
while not done.wait(0.05):  # told of in the next second, since this one is full
    print("last", flush=True)
capture.end()
print("AFTER", len(heard))
sys.stderr.write(repr(heard[:3]) + str([one for one in heard if 'more lines' in one]))
"""


def test_what_is_printed_becomes_lines() -> None:
    found = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(SCRIPT)], capture_output=True, text=True, check=True, timeout=60
    )
    assert found.stdout.startswith("SCREEN LENT\nAFTER ")
    assert int(found.stdout.split()[-1]) < 160
    assert found.stderr.startswith("['from print', 'from stderr', 'from a program']")
    assert "more lines were printed" in found.stderr
