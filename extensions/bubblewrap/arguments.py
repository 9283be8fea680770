"""The mount part of bwrap's command line, from the folders a policy names.

Does not: create anything (`placeholders.py`), start anything, or decide on namespaces (`sandbox.py`).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from csm.api import confinement

#: Below /proc: what changes the whole machine. A caller who is root could write it through the namespace.
_KERNEL = ("sys", "sysrq-trigger", "irq", "bus", "fs", "acpi", "scsi", "mtrr", "pressure", "timer_list")


def existing(roots: Iterable[str]) -> list[str]:
    """The real paths of those folders that exist, parents first."""
    return sorted({os.path.realpath(root) for root in roots if Path(root).is_dir()})


def root_mounts(roots: Sequence[str]) -> list[str]:
    """`/` read-only (or not, where it is a writable folder itself), then a small `/dev`."""
    return ["--bind" if "/" in roots else "--ro-bind", "/", "/", "--dev", "/dev"]


def writable_mounts(roots: Sequence[str], names: Sequence[str]) -> list[str]:
    """Each writable folder, with the protected names that exist in it read-only on top."""
    arguments: list[str] = []
    for root in roots:
        if root != "/":
            arguments += ["--bind", root, root]
        arguments += read_only(str(Path(root, name)) for name in names)
    return arguments


def read_only(paths: Iterable[str]) -> list[str]:
    """Binds of those paths that exist, read-only. Of a link, what it leads to."""
    real = dict.fromkeys(os.path.realpath(path) for path in paths)
    return [argument for path in real if Path(path).exists() for argument in ("--ro-bind", path, path)]


def within(paths: Iterable[str], roots: Sequence[str]) -> list[str]:
    """Those of `paths` that lie inside a writable folder without being one."""
    return [path for path in paths if path not in roots and confinement.inside_any(os.path.realpath(path), roots)]


def git_folders(roots: Sequence[str]) -> list[str]:
    """Where the `.git` files of worktrees and submodules point to."""
    found: list[str] = []
    for root in roots:
        target = _pointed(Path(root, ".git"), root)
        if target is not None:
            found.append(target)
            common = _pointed(Path(target, "commondir"), target, "gitdir: ")
            found += [common] if common else []
    return found


def kernel_files() -> list[str]:
    """The dangerous files of `/proc`, read-only, where the caller is root: nobody else could write them anyway."""
    return [] if os.geteuid() != 0 else read_only(f"/proc/{name}" for name in _KERNEL)


def _pointed(file: Path, base: str, prefix: str = "") -> str | None:
    try:
        if not file.is_file() or file.stat().st_size > 4096:
            return None
        return confinement.git_folder(prefix + file.read_text("utf-8", "surrogateescape"), base)
    except OSError:
        return None
