"""The words of a command put together as a line for the shell.

Does not: split lines into words.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

#: What only a quoted word can hold, or is likely to: blanks, quotes, `<…>`.
_QUOTED = re.compile(r"[\s\"'\\]|^$|^<[^<>]+>")


def joined(words: Sequence[str]) -> str:
    """One line. A single word is one already. Of several, those that must have been quoted are so again; operators,
    patterns and variables mean what they mean to the shell, quoted or not: a line with quoted ones is given as a word.
    """
    if len(words) < 2:
        return "".join(words)
    return " ".join(shlex.quote(word) if _QUOTED.search(word) else word for word in words)
