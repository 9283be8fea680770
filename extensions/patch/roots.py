"""Where a patch may write without asking: the writable roots of the sandbox policy, less what is protected in them.

Paths are judged as they are written and again with all symlinks resolved.

Does not: ask or write.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from csm.api import tools

#: Directly below a root: what decides on code that runs outside the sandbox.
PROTECTED = (".git", ".codex", ".agents", ".aws", ".csm")
#: Protected at any depth, where there is one.
_REPOSITORY = ".git"


@dataclass(frozen=True)
class Roots:
    """Absolute folders that may be written in, and paths inside them that may not.

    Repositories deeper in them are those that are there when first asked about: a patch may go on with its own.
    """

    writable: tuple[str, ...]
    protected: tuple[str, ...]
    _there: dict[str, bool] = field(default_factory=dict[str, bool], compare=False, repr=False)

    def allow(self, path: str) -> bool:
        """Whether an absolute path, `..` resolved, is inside a root and not protected."""
        return any(self._inside(path, root) for root in self.writable) and not _within(path, self.protected)

    def _inside(self, path: str, root: str) -> bool:
        """Whether a path lies in a root, and not where a repository there keeps itself."""
        if not _within(path, (root,)):
            return False
        parts = path[len(root) :].split("/")
        folders = (root + "/".join(parts[: at + 1]) for at, part in enumerate(parts) if part == _REPOSITORY)
        return not any(self._there.setdefault(folder, os.path.lexists(folder)) for folder in folders)

    def real(self) -> Roots:
        """The same with symlinks resolved."""
        return _roots(self.writable, os.path.realpath)


def writable(policy: tools.SandboxPolicy, cwd: Path, env: Mapping[str, str]) -> Roots | None:
    """The roots of a policy, none for `read-only`; None where everything may be written."""
    if policy.mode == "danger-full-access":
        return None
    if policy.mode == "read-only":
        return Roots((), ())
    roots = [str(cwd), *policy.writable_roots]
    if not policy.exclude_slash_tmp:
        roots.append("/tmp")
    temporary = env.get("TMPDIR", "")
    if not policy.exclude_tmpdir_env_var and temporary.startswith("/"):
        roots.append(temporary)
    return _roots(roots, os.path.normpath)


def _roots(roots: list[str] | tuple[str, ...], settle: Callable[[str], str]) -> Roots:
    settled = tuple(settle(root) for root in roots)
    return Roots(settled, tuple(settle(f"{root}/{name}") for root in settled for name in PROTECTED))


def _within(path: str, folders: tuple[str, ...]) -> bool:
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders)
