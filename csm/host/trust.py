"""Which project a folder belongs to, and whether the user trusts it.

Does not: ask, or write the answer down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

MARKERS = (".git",)


def project_root(cwd: Path, markers: Sequence[str] = MARKERS) -> Path:
    """The nearest folder, from `cwd` upwards, that holds one of `markers`; `cwd` itself where there is none."""
    return _nearest(cwd, markers) or cwd


def git_root(cwd: Path) -> Path | None:
    """The root of the work tree around `cwd`; None outside git."""
    return _nearest(cwd, MARKERS)


def _nearest(cwd: Path, markers: Sequence[str]) -> Path | None:
    for folder in (cwd, *cwd.parents):
        if any((folder / marker).exists() for marker in markers):
            return folder
    return None


def main_root(root: Path) -> Path:
    """The main work tree of the repository that `root` is a linked work tree of, else `root`."""
    marker = root / ".git"
    try:
        text = marker.read_text("utf-8", "replace") if marker.is_file() else ""
    except OSError:
        return root
    if not text.startswith("gitdir:"):
        return root
    inner = (root / text[len("gitdir:") :].strip()).resolve()
    # .../main/.git/worktrees/NAME; a submodule's .../.git/modules/NAME is a repository of its own.
    if inner.parent.name == "worktrees" and inner.parent.parent.name == ".git":
        return inner.parent.parent.parent
    return root


def level(projects: Mapping[str, Any], cwd: Path, markers: Sequence[str] = MARKERS) -> bool | None:
    """True for trusted, False for untrusted, None where the settings' `projects` say nothing of `cwd`.

    Asked in this order: the folder, the project's root, the git root, the main work tree of a linked one.
    """
    if not projects:
        return None
    named = {_key(name): entry for name, entry in projects.items()}
    for folder in _asked(cwd, markers):
        for path in (folder, folder.resolve()):
            entry = named.get(str(path))
            word = entry.get("trust_level") if isinstance(entry, dict) else None
            if word is not None:
                return word == "trusted"
    return None


def _key(name: str) -> str:
    return name.rstrip("/") or "/"


def _asked(cwd: Path, markers: Sequence[str]) -> Iterator[Path]:
    yield cwd
    yield project_root(cwd, markers)
    root = git_root(cwd)
    if root is not None:
        yield root
        yield main_root(root)


def config_folders(cwd: Path, markers: Sequence[str] = MARKERS) -> list[Path]:
    """The folders whose `.codex` (and `.csm`) counts: from the project's root down to `cwd`."""
    root = project_root(cwd, markers)
    inner = [folder for folder in (cwd, *cwd.parents) if folder == root or root in folder.parents]
    return list(reversed(inner))
