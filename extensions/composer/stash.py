"""The drafts of one folder that were put aside, in a file of csm's own that only its owner can read.

A draft is a list of parts: `["text", TEXT]`, `["paste", TEXT]`, `["image", PATH, ABOUT]`.

Does not: know a composer (`drafts.py`).
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any, NamedTuple, cast

from csm.api import CommandError, codec

#: How many drafts of a folder are kept; the oldest give way.
MOST = 100
_KINDS = {"text": 2, "paste": 2, "image": 3}
Part = tuple[str, ...]


class Draft(NamedTuple):
    """A draft, and when it was put aside, in seconds since the epoch."""

    parts: tuple[Part, ...]
    when: int

    @property
    def words(self) -> str:
        """Its beginning, in one line."""
        return " ".join(" ".join(part[1] if part[0] == "text" else f"[{part[0]}]" for part in self.parts).split())[:200]


class Stash:
    """The drafts of a folder, oldest first."""

    def __init__(self, state: Path, folder: str) -> None:
        name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:24]
        self._path, self._folder = state / "drafts" / f"{name}.json", folder

    def all(self) -> list[Draft]:
        """All of them; none where the file cannot be read. What is broken in it is left out."""
        try:
            given: Any = codec.decode(self._path.read_bytes())
        except (OSError, ValueError):
            return []
        kept = cast("dict[str, Any]", given).get("drafts") if isinstance(given, dict) else None
        found = [_draft(one) for one in cast("list[Any]", kept)] if isinstance(kept, list) else []
        return [one for one in found if one is not None]

    def add(self, draft: Draft) -> None:
        """Put one aside. Raises CommandError where it cannot be written."""
        self._write([*self.all(), draft][-MOST:])

    def take(self, index: int) -> Draft:
        """Take one out. Raises CommandError where there is none, or the file cannot be written."""
        found = self.all()
        if not -len(found) <= index < len(found):
            raise CommandError("there is no such draft")
        draft = found.pop(index)
        self._write(found)
        return draft

    def forget(self, draft: Draft) -> None:
        """Keep a draft no longer, if it still is one of them. Raises CommandError."""
        found = self.all()
        if draft in found:
            found.remove(draft)
            self._write(found)

    def _write(self, drafts: list[Draft]) -> None:
        value = {"folder": self._folder, "drafts": [{"when": one.when, "parts": one.parts} for one in drafts]}
        made = self._path.with_suffix(f".{os.getpid()}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(codec.encode(value))
            made.replace(self._path)
        except OSError as error:
            made.unlink(missing_ok=True)
            raise CommandError(f"the draft cannot be kept: {error.strerror}", str(self._path)) from None


def _draft(given: Any) -> Draft | None:
    if not isinstance(given, dict):
        return None
    value = cast("dict[str, Any]", given)
    parts, when = value.get("parts"), value.get("when")
    if not isinstance(parts, list) or not isinstance(when, int):
        return None
    good = tuple(tuple(map(str, part)) for part in cast("list[Any]", parts) if _is_part(part))
    return Draft(good, when) if good else None


def _is_part(given: Any) -> bool:
    return isinstance(given, list) and bool(given) and _KINDS.get(str(given[0])) == len(cast("list[Any]", given))
