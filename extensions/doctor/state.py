"""Sessions on disk: where, how many, how large, and whether they can be written.

Does not: open any.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from csm.api import checkup

from .probes import size, some, there


def paths(host: Any) -> checkup.Check:
    """The folders, and what lies in them."""
    home, state = host.settings.codex_home, host.settings.state_dir
    active, archived = _rollouts(home / "sessions"), _rollouts(home / "archived_sessions")
    shut = tuple(str(path) for path in (home, state) if not _writable(path))
    told = (
        ("Codex home", there(home)),
        ("sessions", _sum(active)),
        ("archived", _sum(archived)),
        ("csm's state", there(state)),
        *((("cannot be written", shut),) if shut else ()),
    )
    if shut:
        return checkup.Check(
            "state.paths",
            "state",
            "fail",
            f"{shut[0]} cannot be written",
            told,
            "Give yourself the right to write there.",
        )
    return checkup.Check("state.paths", "state", "ok", some(len(active), "session"), told)


def _rollouts(folder: Path) -> list[int]:
    """Sizes of all rollout files below a folder."""
    found: list[int] = []
    for where, _, names in os.walk(folder):
        for name in names:
            if name.startswith("rollout-") and ".jsonl" in name:
                try:
                    found.append(os.stat(os.path.join(where, name)).st_size)  # noqa: PTH116, PTH118
                except OSError:
                    continue
    return found


def _sum(sizes: list[int]) -> str:
    most = f", the largest {size(max(sizes))}" if sizes else ""
    return f"{some(len(sizes), 'file')}, {size(sum(sizes))}{most}"


def _writable(path: Path) -> bool:
    while not path.exists() and path != path.parent:
        path = path.parent
    return os.access(path, os.W_OK | os.X_OK)


CHECKS = {"state.paths": paths}
