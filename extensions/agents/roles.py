"""Roles: kinds of agents, three of csm's own and those of the settings, `agents.ROLE`.

A role's file holds settings as `config.toml` does. What it says counts more than the call that begins an agent.

Does not: let a role loosen sandbox or approvals; those come from the thread that begins the agent.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from csm.api import ToolError

from .names import NAMES

DEFAULT = "default"
UNAVAILABLE = "agent type is currently not available"
_NUMBERS = frozenset({"max_threads", "max_depth", "job_max_runtime_seconds", "interrupt_message"})
#: What a role's file may say beside settings.
_ABOUT = ("name", "description", "nickname_candidates")
#: What the thread that begins an agent decides.
_INHERITED = ("approval_policy", "sandbox_mode", "sandbox_workspace_write", "default_permissions", "permissions")


class Role(NamedTuple):
    """`file` holds its settings. No `nicknames` means csm's own."""

    name: str
    about: str = ""
    file: str | None = None
    nicknames: tuple[str, ...] = ()

    def settings(self) -> dict[str, Any]:
        """The settings of its file, by dotted keys. Raises ToolError for a file that cannot be used."""
        if self.file is None:
            return {}
        import tomllib

        try:
            values = tomllib.loads(Path(self.file).read_text("utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            raise ToolError(UNAVAILABLE) from None
        return {_dotted(key): value for key, value in values.items() if key not in (*_ABOUT, *_INHERITED)}


OWN = (
    Role(DEFAULT, "An agent like you."),
    Role("explorer", "Answers one definite question about the code by reading. Changes nothing; ask several at once."),
    Role("worker", "Does one part of the work. Say which files are its own, and that others work beside it."),
)


def known(raw: Mapping[str, Any]) -> dict[str, Role]:
    """All roles by name under these settings; the user's take the place of csm's."""
    roles = {role.name: role for role in OWN}
    table = raw.get("agents")
    for name, given in table.items() if isinstance(table, dict) else ():
        if name not in _NUMBERS and isinstance(given, dict):
            roles[name] = _role(name, given)
    return roles


def find(raw: Mapping[str, Any], name: str) -> Role:
    """The role of a name. Raises ToolError."""
    role = known(raw).get(name)
    if role is None:
        raise ToolError(f"unknown agent_type '{name}'")
    return role


def nicknames(role: Role) -> tuple[str, ...]:
    """Names that an agent of a role may get."""
    return role.nicknames or NAMES


def _dotted(key: str) -> str:
    return key if key.replace("-", "_").isidentifier() else f'"{key}"'


def _role(name: str, given: dict[str, Any]) -> Role:
    about, file, names = given.get("description"), given.get("config_file"), given.get("nickname_candidates")
    return Role(
        name,
        about if isinstance(about, str) else "",
        file if isinstance(file, str) else None,
        tuple(one for one in names if isinstance(one, str) and one.strip()) if isinstance(names, list) else (),
    )
