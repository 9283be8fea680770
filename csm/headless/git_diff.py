"""One changed file as a section of a git diff, as `exec` shows it to people.

Does not: read files: of a file that was updated the hunks are known, not the whole text, so no `index` line names it.
"""

from __future__ import annotations

import hashlib
import os

from csm.protocol.items import PatchChange

_NONE = "0" * 40
_NO_NEWLINE = "\\ No newline at end of file"


def section(change: PatchChange, cwd: str) -> list[str]:
    """The lines for one file. Paths below `cwd` are shown from there, others whole."""
    old = _below(change.path, cwd)
    new = _below(change.move_path, cwd) if change.move_path else old
    head = f"diff --git a/{old} b/{new}"
    if change.kind == "add":
        marks = ["new file mode 100644", f"index {_NONE}..{_blob(change.diff)}", "--- /dev/null", f"+++ b/{new}"]
        return [head, *marks, *_whole(change.diff, "+", "@@ -0,0 +{} @@")]
    if change.kind == "delete":
        marks = ["deleted file mode 100644", f"index {_blob(change.diff)}..{_NONE}", f"--- a/{old}", "+++ /dev/null"]
        return [head, *marks, *_whole(change.diff, "-", "@@ -{} +0,0 @@")]
    hunks = change.diff.rstrip("\n").split("\n") if change.diff else []
    return [head, *([f"--- a/{old}", f"+++ b/{new}"] if hunks else []), *hunks]


def _below(path: str, cwd: str) -> str:
    found = os.path.relpath(path, cwd)
    return path.lstrip("/") if found.startswith("..") else found


def _blob(text: str) -> str:
    data = text.encode("utf-8", "replace")
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _whole(text: str, sign: str, head: str) -> list[str]:
    """A text as one hunk; none for an empty one."""
    if not text:
        return []
    lines = text.removesuffix("\n").split("\n")
    end = [] if text.endswith("\n") else [_NO_NEWLINE]
    return [head.format("1" if len(lines) == 1 else f"1,{len(lines)}"), *(sign + line for line in lines), *end]
