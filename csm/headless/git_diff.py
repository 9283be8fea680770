"""One changed file as a section of a git diff, as `exec` shows it to people.

Of a file that was updated a thread knows the hunks alone: what is there now says the rest, if it still fits them.

Does not: compare files.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from csm.headless import hunks
from csm.protocol.items import PatchChange

_NONE = "0" * 40
_NO_NEWLINE = "\\ No newline at end of file"
#: Larger files are not read for the sake of a diff.
_MOST = 4 << 20


def now(change: PatchChange) -> str | None:
    """What an updated file holds now; None where that cannot be told."""
    path = Path(change.move_path or change.path)
    try:
        if change.kind != "update" or path.stat().st_size > _MOST:
            return None
        return path.read_bytes().decode()
    except (OSError, ValueError):
        return None


def section(change: PatchChange, cwd: str, after: str | None = None) -> list[str]:
    """The lines for one file. Paths below `cwd` are shown from there, others whole. `after` is what `now` gives."""
    old = _below(change.path, cwd)
    new = _below(change.move_path, cwd) if change.move_path else old
    head = f"diff --git a/{old} b/{new}"
    if change.kind == "add":
        marks = ["new file mode 100644", f"index {_NONE}..{_blob(change.diff)}"]
        names = ["--- /dev/null", f"+++ b/{new}"]
        return [head, *marks, *_whole(change.diff, names, "+", "@@ -0,0 +{} @@")]
    if change.kind == "delete":
        marks = ["deleted file mode 100644", f"index {_blob(change.diff)}..{_NONE}"]
        names = [f"--- a/{old}", "+++ /dev/null"]
        return [head, *marks, *_whole(change.diff, names, "-", "@@ -{} +0,0 @@")]
    if not change.diff:
        return [head, f"rename from {old}", f"rename to {new}"] if new != old else [head]
    names = [f"--- a/{old}", f"+++ b/{new}"]
    found = None if after is None else hunks.whole(change.diff, after)
    if found is None:
        return [head, *names, *change.diff.rstrip("\n").split("\n")]
    return [head, f"index {_blob(found.before)}..{_blob(found.after)}", *names, *found.hunks]


def _below(path: str, cwd: str) -> str:
    found = os.path.relpath(path, cwd)
    return path.lstrip("/") if found.startswith("..") else found


def _blob(text: str) -> str:
    data = text.encode("utf-8", "replace")
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _whole(text: str, names: list[str], sign: str, head: str) -> list[str]:
    """A text as one hunk; nothing, not even names, for an empty one."""
    if not text:
        return []
    lines = text.removesuffix("\n").split("\n")
    end = [] if text.endswith("\n") else [_NO_NEWLINE]
    span = "1" if len(lines) == 1 else f"1,{len(lines)}"
    return [*names, head.format(span), *(sign + line for line in lines), *end]
