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
    for folder in (cwd, *cwd.parents):
        if any((folder / marker).exists() for marker in markers):
            return folder
    return cwd


def git_root(cwd: Path) -> Path | None:
    """The root of the work tree around `cwd`; None outside git. An empty folder called `.git` makes no repository."""
    for folder in (cwd, *cwd.parents):
        marker = folder / ".git"
        if (marker / "HEAD").exists() or marker.is_file():
            return folder
    return None


def main_root(root: Path) -> Path:
    """The main work tree of the repository that `root` is a linked work tree of, else `root`.

    The repository must name `root` in return: a `.git` file alone, which any archive can bring, proves nothing.
    """
    inner = root / _line(root / ".git").removeprefix("gitdir:").strip()
    # .../main/.git/worktrees/NAME; a submodule's .../.git/modules/NAME is a repository of its own.
    if inner == root or inner.parent.name != "worktrees" or inner.parent.parent.name != ".git":
        return root
    named = inner / _line(inner / "gitdir")
    return inner.resolve().parent.parent.parent if named.resolve() == (root / ".git").resolve() else root


def _line(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip() if path.is_file() else ""
    except OSError:
        return ""


def level(projects: Mapping[str, Any], cwd: Path, markers: Sequence[str] = MARKERS) -> bool | None:
    """True for trusted, False for untrusted, None where the settings' `projects` say nothing of `cwd`.

    Asked in this order: the folder, the project's root, the git root, the main work tree of a linked one.
    """
    if not projects or not isinstance(projects, dict):
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
