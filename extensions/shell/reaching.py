"""What the user does to a running command: typing, signals, the size of its terminal.

Does not: know the model's own ways to do so (`write_stdin.py`).
"""

from __future__ import annotations

import signal

from csm.api import ToolError

from .process import Process

_SIGNALS = ("SIGINT", "SIGTERM", "SIGKILL", "SIGHUP", "SIGQUIT", "SIGTSTP", "SIGCONT")
_END_OF_FILE = b"\x04"
#: The largest side of a terminal that programs were ever tried with.
_LARGEST = 2_000


def act(process: Process, action: str, text: str, *, tty: bool) -> None:
    """Do it, for one with a terminal or without. Raises ToolError for what cannot be done."""
    if action == "signal":
        if text not in _SIGNALS:
            raise ToolError(f"{text} is none of {', '.join(_SIGNALS)}")
        process.signal(signal.Signals[text])
    elif not tty:
        raise ToolError("this command has no terminal: it reads nothing")
    elif action == "input":
        process.write(text.encode("utf-8", "replace"))
    elif action == "close-input":
        process.write(_END_OF_FILE)
    elif action == "resize":
        process.resize(*_size(text))


def _size(text: str) -> tuple[int, int]:
    rows, cross, columns = text.partition("x")
    if not (cross and rows.isdecimal() and columns.isdecimal()):
        raise ToolError(f"a size is ROWSxCOLUMNS, not {text}")
    return min(max(1, int(rows)), _LARGEST), min(max(1, int(columns)), _LARGEST)
