"""Text of models and tools made safe to print: what could command a terminal is shown instead.

Does not: colour or wrap.
"""

from __future__ import annotations


def _table() -> dict[int, str]:
    table = {code: f"^{chr(code + 64)}" for code in range(32) if chr(code) not in "\t\n"}
    table[127] = "^?"
    table.update({code: f"\\x{code:02x}" for code in range(0x80, 0xA0)})
    # Marks that reorder what is read: a command must not look like another.
    table.update({code: f"\\u{code:04x}" for code in (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))})
    table.update({code: f"\\u{code:04x}" for code in (0x2028, 0x2029)})
    return table


_SHOWN = _table()


def visible(text: str) -> str:
    """The text with every control character but newline and tab shown: `^[` for escape. CR before LF goes."""
    if text.isprintable():
        return text
    return text.replace("\r\n", "\n").translate(_SHOWN).encode("utf-8", "replace").decode()


def one_line(text: str) -> str:
    """The same on one line."""
    return visible(text).replace("\n", "\\n")
