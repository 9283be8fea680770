"""Takes out of a program's output what pyte would misread: it draws the ends of sequences it does not know.

Sequences may come in pieces, so the beginning of one at the end of a text is kept for the next.

Does not: obey anything.
"""

from __future__ import annotations

import re

_LONGEST = 65_536
_STRING = r"\x1b[P_^X][^\x07\x1b]*(?:\x1b\\|\x07|\x1b(?!\\))"
_PRIVATE = r"\x1b\[[<=>][0-?]*[ -/]*[@-~]"
_BETWEEN = r"\x1b\[[0-?]*[!-/][ -/]*[@-~]"
_DROP = re.compile(f"{_STRING}|{_PRIVATE}|{_BETWEEN}")
_SGR = re.compile(r"\x1b\[[\d:;]*m")
_OPEN = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[P_^X\]][^\x07\x1b]*\x1b?|[ -/]*)?\Z")
#: `CSI 38 : 2 : : r : g : b m`, which pyte reads with semicolons only.
_SUB = re.compile(r"\x1b\[[\d;]*(?:[34]8:[\d:]+)[\d:;]*m")
#: The colour of the line below letters, which pyte reads as colour and blinking.
_LINE_COLOUR = re.compile(r"(?<=[\[;])58[;:](?:5[;:]\d+|2[;:][\d:;]*?\d+[;:]\d+[;:]\d+)(?=[;m]);?")
_CURLY = re.compile(r"(?<![\d:])4:(\d)")


class Filter:
    """`feed` gives text without them."""

    def __init__(self) -> None:
        self._rest = ""

    def feed(self, text: str) -> str:
        """What pyte can read of this, and of what was kept before."""
        text, self._rest = self._rest + text, ""
        begun = _OPEN.search(text, max(0, len(text) - _LONGEST))
        if begun is not None:
            text, self._rest = text[: begun.start()], text[begun.start() :]
        if "\x1b" not in text:
            return text
        text = _DROP.sub("", text)
        if "58" in text:
            text = _SGR.sub(lambda found: _LINE_COLOUR.sub("", found[0]), text)
        text = _CURLY.sub(lambda found: "4" if found[1] != "0" else "24", text)
        return _SUB.sub(_flat, text)


def _flat(found: re.Match[str]) -> str:
    """Colons to semicolons, without the colour space that stands between in the full form."""
    parts = [part.split(":") for part in found[0][2:-1].split(";")]
    made: list[str] = []
    for part in parts:
        if len(part) >= 6 and part[:2] in (["38", "2"], ["48", "2"]):
            part = [*part[:2], *part[3:6]]
        made += [one or "0" for one in part]
    return f"\x1b[{';'.join(made)}m"
