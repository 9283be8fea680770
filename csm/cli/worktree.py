"""A git work tree of a run's own: `$CODEX_HOME/worktrees/XXXX/NAME`, at the commit that is checked out.

Does not: take it away again. What was done in it is the user's.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from csm.host import trust
from csm.protocol.errors import CsmError

#: Variables by which git would look at another repository.
_ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX")


def create(cwd: Path, home: Path, env: Mapping[str, str]) -> Path:
    """Make a work tree; the folder in it that matches `cwd`. Raises CsmError outside git or where git refuses."""
    root = trust.git_root(cwd)
    if root is None:
        raise CsmError("Error: --worktree needs a git repository.")
    folder = _free(home / "worktrees") / root.name
    clean = {name: value for name, value in env.items() if name not in _ELSEWHERE}
    command = ["git", "worktree", "add", "--quiet", "--detach", str(folder)]
    try:
        done = subprocess.run(command, cwd=root, env=clean, capture_output=True, text=True, errors="replace")
    except OSError as error:
        raise CsmError(f"Error: git cannot be run: {error.strerror}") from error
    if done.returncode != 0:
        raise CsmError(f"Error: git made no work tree: {done.stderr.strip()}")
    inner = folder / cwd.relative_to(root)
    return inner if inner.is_dir() else folder


def _free(parent: Path) -> Path:
    """A new folder with a short name."""
    try:
        parent.mkdir(parents=True, exist_ok=True)
        while True:
            path = parent / os.urandom(2).hex()
            if not path.exists():
                path.mkdir()
                return path
    except OSError as error:
        raise CsmError(f"Error: {parent}: {error.strerror}") from error
