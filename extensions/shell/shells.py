"""Which shell runs a command line.

Does not: quote or judge the line.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from csm.api import ToolError

#: Shells that take `-c` and `-l` as we give them.
_KNOWN = ("bash", "zsh", "sh")
_LAST = "/bin/sh"


def argv(script: str, *, shell: str | None, login: bool, env: Mapping[str, str]) -> tuple[str, ...]:
    """The program and its arguments. An unknown or missing shell becomes `/bin/sh`, as models expect of Codex."""
    program = _default(env) if shell is None else _named(shell, env)
    return (program, "-lc" if login else "-c", script)


def login(given: Mapping[str, Any], allowed: bool) -> bool:
    """Whether a call gets a login shell. Raises ToolError where it asks for one that the settings do not allow."""
    if given.get("login") and not allowed:
        raise ToolError("login shell is disabled by config; omit `login` or set it to false.")
    return given.get("login", allowed)


def _default(env: Mapping[str, str]) -> str:
    """The user's own shell if we know how to call it."""
    own = _login_shell() or env.get("SHELL", "")
    if Path(own).name in _KNOWN and _runs(own):
        return own
    return next((path for path in ("/bin/bash", "/usr/bin/bash") if _runs(path)), _LAST)


def _named(shell: str, env: Mapping[str, str]) -> str:
    name = Path(shell).name
    if name not in _KNOWN:
        return _LAST
    if name == "bash" and _runs(_default(env)) and Path(_default(env)).name == "bash":
        return _default(env)
    import shutil

    return shutil.which(name, path=env.get("PATH", os.defpath)) or _LAST


def _login_shell() -> str:
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_shell
    except KeyError:
        return ""


def _runs(path: str) -> bool:
    return path.startswith("/") and os.access(path, os.X_OK)
