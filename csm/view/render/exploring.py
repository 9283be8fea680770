"""Which commands only looked around: read, listed or searched files. They are worth a line, not their output.

Does not: draw them (`commands`).
"""

from __future__ import annotations

from functools import lru_cache

#: Programs whose output is the files' own text and names, and that people read on for what the agent makes of it.
_PROGRAMS = frozenset("cat head tail nl sed ls tree rg grep egrep fgrep find fd wc file stat pwd cd".split())
_LONGEST = 2_000


@lru_cache(maxsize=2_000)
def explores(script: str) -> bool:
    """Whether a script surely does nothing but look at files."""
    if len(script) > _LONGEST:
        return False
    from csm.core import reading, scripts  # a parser, which only a thread with commands needs

    found = scripts.plain(script, bare=True)
    if not found or any(words[0] not in _PROGRAMS for words in found):
        return False
    return reading.only_reads(script)
