"""Text made safe to write out: what could command a terminal is shown, what programs coloured is plain.

Does not: escape for a format, or touch emoji and the scripts of languages.
"""

from __future__ import annotations

from csm.api import ansi, codec

#: Control characters but for newline and tab, and the marks that reorder what is read.
_SHOWN = {
    **{code: f"^{chr(code ^ 64)}" for code in (*range(32), 127) if code not in (9, 10)},
    **{code: f"<U+{code:04X}>" for code in (*range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))},
}


def words(text: str) -> str:
    """Words of people and models: line ends are one, control characters are shown, halves of characters replaced."""
    if text.isascii() and text.isprintable():
        return text
    return codec.whole(text.replace("\r\n", "\n").translate(_SHOWN))


def output(text: str) -> str:
    """What a program printed, as it would stand on a screen that is wide enough."""
    return "\n".join("".join(part for _, part in row) for row in ansi.parse(text))
