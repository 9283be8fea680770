"""Patches in command lines: `apply_patch <<'EOF'` is the tool's work, whether or not there is a program of that name.

Does not: read or apply patches.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

from csm.api import ToolContext, ToolError
from csm.api import tools as types

NAME = "apply_patch"
_NAMES = (NAME, "applypatch")
_SHELLS = ("bash", "sh", "zsh")
_BEGIN, _END = "*** Begin Patch", "*** End Patch"
_BARE = (
    "apply_patch verification failed: patch detected without explicit call to apply_patch. "
    'Rerun as ["apply_patch", "<patch>"]'
)
#: How deep a shell may be called in a shell.
_DEPTH = 2


class Patch(NamedTuple):
    """The patch of a command line, and the folder it changes to first."""

    text: str
    folder: str | None = None


def found(script: str, depth: int = 0) -> Patch | None:
    """The patch, if applying it is all that a script does. Raises ToolError for a patch without the command."""
    if script.lstrip().startswith(_BEGIN) and script.rstrip().endswith(_END):
        raise ToolError(_BARE)
    if not any(name in script for name in _NAMES):
        return None
    from csm.api import scripts

    fed = scripts.fed(script)
    if fed is not None:
        return Patch(fed.text, fed.folder) if len(fed.words) == 1 and fed.words[0] in _NAMES else None
    plain = scripts.plain(script)
    return _given(plain[0], depth) if plain and len(plain) == 1 else None


def _given(words: list[str], depth: int) -> Patch | None:
    """The patch that is an argument, of `apply_patch` itself or of a shell."""
    if len(words) == 2 and words[0] in _NAMES and words[1].lstrip().startswith(_BEGIN):
        return Patch(words[1])
    if len(words) == 3 and words[0] in _SHELLS and words[1] in ("-c", "-lc") and depth < _DEPTH:
        return found(words[2], depth + 1)
    return None


async def apply(patch: Patch, folder: Path, call: types.ToolCall, cx: ToolContext) -> types.ToolResult | None:
    """What the patch tool says of it; None where there is no such tool. Raises as that does."""
    if patch.folder is not None:
        folder = folder / _at_home(patch.folder, cx)
    ours = types.ToolCall(call.call_id, NAME, patch.text, custom=True)
    return await cx.pass_on(ours, workdir=Path(os.path.normpath(folder)))


def timed(result: types.ToolResult) -> types.ToolResult:
    """A result as `exec_command` words it."""
    if not result.success:
        return result
    output: Any = f"Wall time: 0.0000 seconds\nOutput:\n{result.output}"
    return types.ToolResult(output, success=True, item=result.item)


def _at_home(folder: str, cx: ToolContext) -> str:
    home = cx.env.get("HOME", "")
    return home + folder[1:] if folder.split("/", 1)[0] == "~" and home else folder
