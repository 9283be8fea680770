"""What a command with a terminal left behind: its output without what it drew on a screen of its own, as text.

Does not: emulate a terminal. Lines that were drawn over are told as they came.
"""

from __future__ import annotations

import re

_ALTERNATE = re.compile(r"\x1b\[\?(?:1049|1047|47)h.*?(?:\x1b\[\?(?:1049|1047|47)l|\Z)", re.DOTALL)
_STRING = re.compile(r"\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\|\Z)")
_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[ -/]*[0-~])")
#: The start of a line that is written over in place, such as progress.
_OVER = re.compile(r"[^\n]*\r(?!\n)(?=[^\n])")


def left(text: str) -> str:
    """The text of the output, lines ending in newlines only."""
    text = _SEQUENCE.sub("", _STRING.sub("", _ALTERNATE.sub("", text)))
    text = _OVER.sub("", text.replace("\r\r\n", "\n").replace("\r\n", "\n"))
    made: list[str] = []
    for char in text:
        if char == "\b":
            if made and made[-1] != "\n":
                made.pop()
        elif char in "\n\t" or char.isprintable():
            made.append(char)
    return "".join(made)
