"""The arrangement that a shell begins with: the one at the end of the last run in this folder, or a layout by name.

Does not: know how windows are arranged; the screen does.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, cast

from csm.api import CommandError, Context

from .layouts import layout_of
from .windows import screen

#: How layouts name sessions, before the id.
_SESSION = "session:"


def begin(cx: Context) -> None:
    """Arrange the windows; what cannot be shown again is left out, and what is wrong is told."""
    found = _kept(cx) if cx.host.option("windows.restore") else None
    name = str(cx.host.option("windows.layout") or "")
    try:
        if found is not None:
            screen(cx).windows.arrange(found)
        elif name:
            screen(cx).windows.arrange(layout_of(cx, name))
    except CommandError as error:
        cx.host.report("warning", f"the windows are not as they were: {error.message}", "windows")


def keep(cx: Context) -> None:
    """Remember the arrangement as it now is."""
    file = _file(cx)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_name(file.name + ".new")
        fresh.write_text(json.dumps({"folder": str(cx.host.cwd), "layout": screen(cx).windows.layout()}), "utf-8")
        fresh.replace(file)
    except OSError:
        return  # it is a help, and tried again at the next change


def _kept(cx: Context) -> Any:
    try:
        found: Any = json.loads(_file(cx).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    found = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    if found.get("folder") != str(cx.host.cwd):
        return None
    shown = screen(cx)
    known = {*shown.buffers.names()}
    return _still(found.get("layout"), known, f"{_SESSION}{shown.session().thread_id}")


def _still(layout: Any, known: set[str], own: str) -> Any:
    """A layout without buffers that are gone. The session on the screen is the transcript."""
    if not isinstance(layout, dict):
        return None
    table = cast("dict[str, Any]", layout)
    show = table.get("show")
    if isinstance(show, str):
        there = show in known or (show.startswith(_SESSION) and show not in (own, _SESSION))
        return table if there else {"show": "transcript"}
    parts = [_still(part, known, own) for part in cast("list[Any]", table.get("parts") or [])]
    return None if None in parts or not parts else {**table, "parts": parts}


def _file(cx: Context) -> Path:
    name = hashlib.sha256(str(cx.host.cwd).encode()).hexdigest()[:16]
    return Path(cx.host.settings.state_dir) / "windows" / f"{name}.json"
