"""What a sandbox policy means in paths: which folders a command may write, which names in them stay as they are.

Does not: look at the disk. Links and existence are the sandbox's business.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping

from csm.protocol.tools import SandboxPolicy

#: Names that stay unwritable inside every writable folder: what they hold is run or believed outside the sandbox.
PROTECTED = (".git", ".codex", ".agents", ".aws", ".csm")


def writable_roots(policy: SandboxPolicy, cwd: str, env: Mapping[str, str]) -> tuple[str, ...]:
    """Absolute folders that `policy` lets a command write, parents before children, each once."""
    if policy.mode != "workspace-write":
        return ()
    roots = [cwd, *policy.writable_roots]
    if not policy.exclude_slash_tmp:
        roots.append("/tmp")
    if not policy.exclude_tmpdir_env_var and env.get("TMPDIR", "").startswith("/"):
        roots.append(env["TMPDIR"])
    return tuple(sorted({normal(root) for root in roots if root.startswith("/")}))


def normal(path: str) -> str:
    """`path` without `.`, `..` and doubled slashes; POSIX's leading `//` is one slash too."""
    return posixpath.normpath("/" + path.lstrip("/")) if path.startswith("/") else posixpath.normpath(path)


def inside(path: str, root: str) -> bool:
    """Whether `path` is `root` or lies below it. Both normal."""
    return path == root or path.startswith(root.rstrip("/") + "/")


def inside_any(path: str, roots: Iterable[str]) -> bool:
    """Whether `path` is one of `roots` or lies below one."""
    return any(inside(path, root) for root in roots)


def git_folder(text: str, base: str) -> str | None:
    """Where a `.git` file or a `commondir` file in folder `base` points to; None where it is neither.

    A `.git` file reads `gitdir: PATH`; a `commondir` file is the path alone (pass it with that prefix).
    """
    if not text.startswith("gitdir:"):
        return None
    target = text.removeprefix("gitdir:").strip("\n\r ")
    return normal(posixpath.join(base, target)) if target else None
