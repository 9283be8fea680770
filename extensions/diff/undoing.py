"""Taking back what was recorded: a whole turn's changes, or one hunk, on files that still say what they said then.

Everything is worked out first, in memory; only where all of it fits is anything written, each file at once.

Does not: ask anybody, or talk to git.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from csm.api import CommandError, items, patches


class Problem(NamedTuple):
    """A file that cannot be taken back: why, and the hunk that does not fit."""

    path: str
    why: str
    hunk: patches.Hunk | None = None


class _Files:
    """Files as they would be: text, or None where there is none."""

    def __init__(self) -> None:
        self.now: dict[str, str | None] = {}

    def read(self, path: str) -> str | None:
        """A file's text. Raises ValueError for what is no text."""
        if path not in self.now:
            try:
                self.now[path] = Path(path).read_bytes().decode("utf-8")
            except FileNotFoundError:
                self.now[path] = None
            except (OSError, UnicodeDecodeError) as error:
                raise ValueError(str(error)) from error
        return self.now[path]


def undo(changes: Sequence[items.PatchChange]) -> tuple[dict[str, str | None], list[Problem]]:
    """The files as they would be without these changes (in the order they were made), and what does not fit."""
    files, problems = _Files(), list[Problem]()
    for change in reversed(changes):
        try:
            _undo(files, change)
        except patches.Conflict as conflict:
            problems.append(Problem(change.move_path or change.path, conflict.why, conflict.hunk))
        except ValueError as error:
            problems.append(Problem(change.move_path or change.path, str(error)))
    return files.now, problems


def _undo(files: _Files, change: items.PatchChange) -> None:
    path = change.move_path or change.path
    text = files.read(path)
    if change.kind == "delete":
        if text is not None:
            raise ValueError("there is a file again")
        files.now[path] = change.diff
    elif text is None:
        raise ValueError("the file is gone")
    elif change.kind == "add":
        if text != change.diff:
            raise ValueError("the file has changed")
        files.now[path] = None
    else:
        if change.move_path and files.read(change.path) is not None:
            raise ValueError(f"{change.path} is there again")
        old = patches.apply(text, patches.reverse(patches.parse(change.diff)))
        if change.move_path:
            files.now[path] = None
        files.now[change.path] = old


def without(path: str, hunk: patches.Hunk, kind: str) -> dict[str, str | None]:
    """A file as it would be without one hunk. Raises CommandError."""
    files = _Files()
    try:
        text = files.read(path)
    except ValueError as error:
        raise CommandError(f"{path}: {error}") from error
    try:
        made = patches.apply(text or "", patches.reverse([hunk]))
    except patches.Conflict as conflict:
        raise CommandError(f"this hunk does not fit any more: {conflict.why}") from conflict
    return {path: None if kind == "add" and not made else made}


def write(files: dict[str, str | None]) -> None:
    """Bring files about: each as a whole or not at all. Raises CommandError for the first that cannot be."""
    for path, text in _ordered(files.items()):
        try:
            if text is None:
                Path(path).unlink(missing_ok=True)
            else:
                _replace(Path(path), text)
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}") from error


def _ordered(files: Iterable[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
    """What is written before what is removed, so that nothing is only half there."""
    return sorted(files, key=lambda one: one[1] is None)


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    target = Path(os.path.realpath(path))
    mode = target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask()
    fd, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=target.parent)
    fresh = Path(name)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(text.encode("utf-8"))
        fresh.chmod(mode)
        fresh.replace(target)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def _umask() -> int:
    now = os.umask(0)
    os.umask(now)
    return now
