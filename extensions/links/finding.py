"""Addresses and places in files that a text names, as the transcript's source has them.

Does not: open them, or believe that a file is there without a look.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from csm.api import Transcript, links, parts

#: So many parts are looked through, and so many characters of each.
_MOST_PARTS, _MOST_TEXT = 400, 200_000
#: So many are offered.
_MOST = 300
#: No file has a longer path.
_LONGEST = 4_096
_TARGET = re.compile(r"\]\(<?([^)\s<>]{1,2000})")
_AUTO = re.compile(r"<((?:https?|mailto|file):[^\s<>]{1,2000})>|\bmailto:[^\s<>\"'`)]+", re.IGNORECASE)
#: Begins where a word does and gives nothing back: long words without a place would be tried from every letter.
_PLACE = re.compile(r"(?<![\w/.:@+-])((?:~?/|\.{1,2}/)?[\w@+.-]++(?:/[\w@+.-]++)*+:\d{1,7}(?::\d{1,5})?)(?![\w/])")
_SPLIT = re.compile(r"^(?P<path>.+?)(?:(?::|#L)(?P<line>\d{1,7})(?::\d{1,5})?)?[.:,]*$")


class Place(NamedTuple):
    """A place in a file; `line` is 0 for the whole file."""

    path: Path
    line: int

    @property
    def text(self) -> str:
        """As people write it."""
        return f"{self.path}:{self.line}" if self.line else str(self.path)


def named(transcript: Transcript, cwd: Path) -> list[tuple[str, str]]:
    """What the transcript names, the last first, each once: an address or a place in a file, and the part's words."""
    found: dict[str, str] = {}
    for part in parts.all_of(transcript, ("answer", "prompt", "command", "tool", "change"), _MOST_PARTS):
        for target in reversed(list(_targets(part.text[-_MOST_TEXT:]))):
            if target not in found and (links.role(target) or place(target, cwd) is not None):
                found[target] = part.block.leaf(0).text().strip().partition("\n")[0]
        if len(found) >= _MOST:
            break
    return list(found.items())[:_MOST]


def place(target: str, cwd: Path, home: str = "") -> Place | None:
    """The file that a text names, `path:12` or `path#L12` at that line, if it is there."""
    match = _SPLIT.match(target.removeprefix("file://")) if len(target) <= _LONGEST else None
    if match is None or "://" in match["path"] or "\0" in target:
        return None
    for name in dict.fromkeys((match["path"], re.sub(r"^[ab]/", "", match["path"]))):
        path = cwd / (home + name[1:] if home and name.startswith("~/") else name)
        try:
            if path.is_file():
                return Place(path, int(match["line"] or 0))
        except (OSError, ValueError):
            return None
    return None


def _targets(text: str) -> Iterator[str]:
    spots: dict[int, str] = {}
    for pattern in (_PLACE, _AUTO, links.URL, _TARGET):
        for match in pattern.finditer(text):
            group = next((index for index in range(1, (match.lastindex or 0) + 1) if match[index]), 0)
            spots[match.start(group)] = match[group]
    yield from (spots[at] for at in sorted(spots))
