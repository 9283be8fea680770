"""Untrusted text made harmless: what a terminal would obey, or an eye could not see, becomes something to read.

Every text that did not come from this program's own source goes through here before it is a segment. Control
characters, escape sequences, bidi overrides, invisible and tag characters turn into `^[` or `<U+202E>`. Emoji joiners,
variation selectors, skin tones and flags are taken apart, since terminals do not agree on the cells they take and a
line of the wrong width breaks the screen. Copies are taken from the source, which nothing here changes.

Does not: interpret colours of programs (`csm.view.render.ansi`) or expand tabs (`csm.edit.chars`, `csm.view.lines`).
"""

from __future__ import annotations

import re
from functools import cache

_INVISIBLE = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
#: Beyond this many marks on one letter they serve no language.
_MOST_MARKS = 8
_ODD = (
    "(?P<flag>[\U0001f1e6-\U0001f1ff]+)"
    "|(?P<drop>(?<=[\u2190-\u2bff\U0001f000-\U0001faff])(?:[\u200d\ufe0f\ufe0e]|[\U0001f3fb-\U0001f3ff])+"
    "|(?<=[0-9#*])[\ufe0f\ufe0e])"
    f"|(?P<marks>(?<=[{_MARKS}]{{{_MOST_MARKS}}})[{_MARKS}]+)"
    "|(?P<join>(?<=[\u0590-\u1fff])[\u200c\u200d](?=[\u0590-\u1fff]))"
    f"|(?P<hidden>[{_INVISIBLE}])"
)


@cache
def _odd() -> re.Pattern[str]:
    """Compiled when first needed: that takes longer than all else that a plain text asks for."""
    return re.compile(_ODD)


def visible(text: str) -> str:
    """`text` with nothing in it that a terminal obeys or hides. Newlines and tabs stay, `\\r\\n` becomes a newline.

    A backspace is shown as `^H`, ESC as `^[`, U+202E as `<U+202E>`.
    """
    if text.isprintable() and text.isascii():
        return text
    if "\r\n" in text:
        text = text.replace("\r\n", "\n")
    return _odd().sub(_show, text)


def is_visible(text: str) -> bool:
    """Whether `visible` would leave `text` as it is."""
    return (text.isprintable() and text.isascii()) or visible(text) == text


def segments(text: str, role: str, odd: str = "control") -> list[tuple[str, str]]:
    """`text` as segments, with what had to be made visible in the role `odd`, so that it cannot pass for text."""
    if text.isprintable() and text.isascii():
        return [(role, text)] if text else []
    text = text.replace("\r\n", "\n")
    found: list[tuple[str, str]] = []
    at = 0
    for match in _odd().finditer(text):
        shown = _show(match)
        if match.lastgroup != "hidden":
            text_before = text[at : match.start()] + shown
            found.append((role, text_before))
        else:
            found += [(role, text[at : match.start()]), (odd, shown)]
        at = match.end()
    found.append((role, text[at:]))
    return [segment for segment in found if segment[1]]


def _show(match: re.Match[str]) -> str:
    kind, text = match.lastgroup, match.group()
    if kind == "flag":
        return "".join(chr(ord(letter) - 0x1F1E6 + ord("A")) for letter in text)
    if kind in ("drop", "marks"):
        return ""
    if kind == "join":
        return text
    code = ord(text)
    if code < 0x20 or code == 0x7F:
        return "^" + chr(code ^ 0x40)
    return f"<U+{code:04X}>"
