"""How far somebody came with the lessons, for each keymap, in a file of its own among csm's state.

Does not: know a lesson. A file that cannot be read or written is as none.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any, cast


class Progress:
    """`last` is the lesson begun last (0: none), `passed` those done."""

    def __init__(self, state: Path, keymap: str) -> None:
        self._path, self._keymap = state / "tutor.json", keymap
        found = self._read().get(keymap)
        table = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
        last, passed = table.get("last"), table.get("passed")
        self.last: int = last if isinstance(last, int) else 0
        done = cast("list[Any]", passed) if isinstance(passed, list) else []
        self.passed = {one for one in done if isinstance(one, int)}

    def note(self, lesson: int, passed: int | None) -> None:
        """Lesson `lesson` begins; `passed` was done."""
        self.last = lesson
        self.passed |= {passed} if passed else set[int]()
        table = {**self._read(), self._keymap: {"last": lesson, "passed": sorted(self.passed)}}
        new = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            new.write_text(json.dumps(table), "utf-8")
            new.replace(self._path)

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return cast("dict[str, Any]", found) if isinstance(found, dict) else {}
