"""Where session files are: by date, named by start time and id; archived ones in a folder of their own.

A session is one file, or several: Codex 0.169 goes back to an earlier turn by beginning another file of the same
session, with an id of its own after the session's, which builds on the one before. The newest file is the session as
it now is; what it builds on is named by the id of a file (`rollout`).

Does not: open them.
"""

from __future__ import annotations

import os
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NAME = re.compile(
    rf"rollout-(\d{{4}})-(\d\d)-(\d\d)T\d\d-\d\d-\d\d-(?P<thread>{_ID.pattern})(?:_(?P<part>{_ID.pattern}))?\.jsonl"
)
ARCHIVED = "archived_sessions"
SESSIONS = "sessions"
#: How the names of files end that Codex has packed.
PACKED = ".zst"


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
    found = NAME.fullmatch(path.name)
    return found["thread"] if found else None


def part_of(path: Path) -> str:
    """The id that other files know this one by: that of its session, but for a later file of one."""
    found = NAME.fullmatch(path.name)
    return (found["part"] or found["thread"]) if found else ""


def unarchived(home: Path, path: Path) -> Path | None:
    """Where an archived file belongs, which its name tells."""
    found = NAME.fullmatch(path.name)
    return home / SESSIONS / found[1] / found[2] / found[3] / path.name if found else None


def find(home: Path, thread_id: str) -> Path | None:
    """The file of a session that is not archived: the newest, if there are several."""
    return _last(files(home, thread_id))


def find_archived(home: Path, thread_id: str) -> Path | None:
    """The file of an archived session."""
    return _last(files(home, thread_id, archived=True))


def find_rollout(home: Path, rollout: str) -> Path | None:
    """The file that a fork or a later file builds on, by its own id, archived or not."""
    return next((path for path in _with(home, rollout) if part_of(path) == rollout), None)


def files(home: Path, thread_id: str, *, archived: bool = False) -> list[Path]:
    """The files of a session, the oldest first; none for what is no id."""
    found = [path for path in _with(home, thread_id, archived) if id_of(path) == thread_id]
    return sorted(found, key=lambda path: (part_of(path) != thread_id, part_of(path)))


def every(home: Path, *, archived: bool = False) -> Iterator[Path]:
    """All session files."""
    for folder in folders(home, archived=archived):
        for name in names(folder):
            yield folder / name


def folders(home: Path, *, archived: bool = False) -> Iterator[Path]:
    """The folders in which session files are."""
    if archived:
        yield home / ARCHIVED
        return
    for year in _inside(home / SESSIONS):
        for month in _inside(year):
            yield from _inside(month)


def names(folder: Path) -> list[str]:
    """The session files in a folder, by name; none where it cannot be read."""
    try:
        with os.scandir(folder) as found:
            return [entry.name for entry in found if NAME.fullmatch(entry.name)]
    except OSError:
        return []


def listed(folder: Path) -> list[str]:
    """The session files in a folder, packed ones too unless they lie there unpacked as well."""
    try:
        with os.scandir(folder) as entries:
            found = {entry.name for entry in entries if NAME.fullmatch(entry.name.removesuffix(PACKED))}
    except OSError:
        return []
    return [name for name in found if not name.endswith(PACKED) or name.removesuffix(PACKED) not in found]


def _inside(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as found:
            return [Path(entry.path) for entry in found if entry.name.isdigit() and entry.is_dir()]
    except OSError:
        return []


def _with(home: Path, rollout: str, archived: bool | None = None) -> Iterator[Path]:
    """The files in whose names an id stands; `archived` says in which of the two places, None in both."""
    if _ID.fullmatch(rollout) is None:
        return
    if not archived:
        all_days = list(folders(home))
        since = _day_before(rollout)
        near = [folder for folder in all_days if folder.parts[-3:] >= since]
        # Ids tell their time, and what continues a session lies later. Where that finds nothing, a clock was wrong.
        yield from list(_holding(near, rollout)) or _holding(all_days, rollout)
    if archived is not False:
        yield from _holding(folders(home, archived=True), rollout)


def _holding(among: Iterable[Path], rollout: str) -> Iterator[Path]:
    for folder in among:
        try:
            with os.scandir(folder) as found:
                chosen = [entry.name for entry in found if rollout in entry.name]
        except OSError:
            continue
        for name in sorted(chosen):
            if NAME.fullmatch(name):
                yield folder / name


def _day_before(rollout: str) -> tuple[str, ...]:
    """The folder of the day before the one an id tells, since both clocks and time zones differ."""
    try:
        begun = datetime.fromtimestamp(int(rollout.replace("-", "")[:12], 16) / 1000) - timedelta(days=1)
    except (ValueError, OverflowError, OSError):
        return ()
    return (f"{begun:%Y}", f"{begun:%m}", f"{begun:%d}")


def _last(found: list[Path]) -> Path | None:
    return found[-1] if found else None
