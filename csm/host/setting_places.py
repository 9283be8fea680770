"""Where settings, sessions and csm's own notes lie, by the environment.

Does not: make folders, or read anything in them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

#: The folder of what holds for everyone on this machine.
SYSTEM = Path("/etc/codex")
#: Below a file nothing can be, nor be made.
NOWHERE = Path(os.devnull, "none")


def config_dir(env: Mapping[str, str]) -> Path:
    """csm's own folder: `$XDG_CONFIG_HOME/csm`, else `~/.config/csm`."""
    return _xdg(env, "XDG_CONFIG_HOME", ".config")


def state_dir(env: Mapping[str, str]) -> Path:
    """What csm may forget: `$XDG_STATE_HOME/csm`, else `~/.local/state/csm`."""
    return _xdg(env, "XDG_STATE_HOME", ".local/state")


def codex_home(env: Mapping[str, str]) -> Path:
    """Where Codex keeps its settings and sessions: `$CODEX_HOME`, else `~/.codex`."""
    return Path(env["CODEX_HOME"]).absolute() if env.get("CODEX_HOME") else _home(env) / ".codex"


def _xdg(env: Mapping[str, str], name: str, default: str) -> Path:
    value = env.get(name, "")
    return (Path(value) if value.startswith("/") else _home(env) / default) / "csm"


def _home(env: Mapping[str, str]) -> Path:
    return Path(env["HOME"]) if env.get("HOME") else Path.home()
