"""Where session files are: by date, named by start time and id; archived ones in a folder of their own.

Does not: open them.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NAME = re.compile(rf"rollout-\d{{4}}-\d\d-\d\dT\d\d-\d\d-\d\d-({_ID.pattern})\.jsonl")
ARCHIVED = "archived_sessions"
SESSIONS = "sessions"


def new(home: Path, thread_id: str, begun: datetime) -> Path:
    """The file of a session that began at a local time."""
    return home / SESSIONS / f"{begun:%Y/%m/%d}" / f"rollout-{begun:%Y-%m-%dT%H-%M-%S}-{thread_id}.jsonl"


def make(folder: Path) -> None:
    """Make a folder and those above it, for the user alone. Raises OSError."""
    if not folder.is_dir():
        make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def id_of(path: Path) -> str | None:
    """The session id in a file's name; None for other files."""
    found = _NAME.fullmatch(path.name)
    return found[1] if found else None


def find(home: Path, thread_id: str) -> Path | None:
    """The file of a session that is not archived."""
    return _by_time(home, thread_id) or next(iter(_matching(home / SESSIONS, "*/*/*", thread_id)), None)


def find_archived(home: Path, thread_id: str) -> Path | None:
    """The file of an archived session."""
    return next(iter(_matching(home / ARCHIVED, ".", thread_id)), None)


def every(home: Path, *, archived: bool = False) -> Iterator[Path]:
    """All session files."""
    root = home / (ARCHIVED if archived else SESSIONS)
    pattern = "rollout-*.jsonl" if archived else "*/*/*/rollout-*.jsonl"
    return (path for path in root.glob(pattern) if id_of(path) is not None)


def _matching(root: Path, folders: str, thread_id: str) -> list[Path]:
    if _ID.fullmatch(thread_id) is None:
        return []
    return sorted(root.glob(f"{folders}/rollout-*-{thread_id}.jsonl"))


def _by_time(home: Path, thread_id: str) -> Path | None:
    """Most ids tell their time, so one folder is enough to look into."""
    try:
        begun = datetime.fromtimestamp(int(thread_id.replace("-", "")[:12], 16) / 1000)
    except (ValueError, OverflowError, OSError):
        return None
    folder = home / SESSIONS / f"{begun:%Y/%m/%d}"
    return next(iter(_matching(folder, ".", thread_id)), None)
