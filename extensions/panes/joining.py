"""The words of a command put together as a line for the shell.

Does not: split lines into words.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

#: Words that nobody quoted: plain ones, also with what ends a command behind them, operators, redirections.
_BARE = re.compile(r"[^\s\"'\\|&;()<>]+[;&]?|[|&;]+|(?:[0-9]*|&)[<>]+&?[^\s\"'\\|&;()<>]*")
#: The same where the line has `$(…)`.
_SUBSTITUTING = re.compile(r"[^\s\"'\\|&;<>]+[;&]?|[|&;]+|(?:[0-9]*|&)[<>]+&?[^\s\"'\\|&;()<>]*")


def joined(words: Sequence[str]) -> str:
    """One line. A single word is one already; of several each stays one word, but operators, patterns and variables
    mean what they mean to the shell.
    """
    if len(words) < 2:
        return "".join(words)
    bare = _SUBSTITUTING if any("$(" in word for word in words) else _BARE
    return " ".join(word if bare.fullmatch(word) else shlex.quote(word) for word in words)
