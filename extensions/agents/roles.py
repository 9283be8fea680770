"""Roles: kinds of agents, three of csm's own, those of the settings, and those of files in `agents` folders.

A role's file holds settings as `config.toml` does. What it says counts more than the call that begins an agent.

Does not: let a role loosen sandbox or approvals; those come from the thread that begins the agent.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from csm.api import ToolError

from .names import NAMES

if TYPE_CHECKING:
    from csm.api import Settings

DEFAULT = "default"
UNAVAILABLE = "agent type is currently not available"
#: The folder beside a `config.toml` in which role files are.
FOLDER = "agents"
#: What stands in the table `agents` beside roles.
NO_ROLES = frozenset(
    "enabled max_threads max_concurrent_threads_per_session max_depth job_max_runtime_seconds interrupt_message".split()
)


class Role(NamedTuple):
    """`file` holds its settings, of which models are told `model` and `effort`. No `nicknames` means csm's own."""

    name: str
    about: str = ""
    file: str | None = None
    nicknames: tuple[str, ...] = ()
    model: str | None = None
    effort: str | None = None

    def settings(self) -> dict[str, Any]:
        """The settings of its file, by dotted keys. Raises ToolError for a file that cannot be used any more."""
        if self.file is None:
            return {}
        from . import role_files

        try:
            return role_files.settings(Path(self.file))
        except role_files.Malformed:
            raise ToolError(UNAVAILABLE) from None


class Roles(NamedTuple):
    """The roles there are by name, and what is wrong with others."""

    known: dict[str, Role]
    faults: tuple[str, ...] = ()


OWN = (
    Role(DEFAULT, "An agent like you."),
    Role("explorer", "Answers one definite question about the code by reading. Changes nothing; ask several at once."),
    Role("worker", "Does one part of the work. Say which files are its own, and that others work beside it."),
)


def roles(settings: Settings) -> Roles:
    """All roles under these settings, read now; the user's take the place of csm's, and stand before them."""
    if not wanted(settings):
        return Roles({role.name: role for role in OWN})
    from . import role_files

    found = role_files.roles(_declared(settings.raw), _folders(settings))
    own = {role.name: role for role in OWN if role.name not in found.known}
    return Roles({**found.known, **own}, found.faults)


def wanted(settings: Settings) -> bool:
    """Whether there may be other roles than csm's own."""
    return any(_declared(settings.raw)) or any(_folders(settings))


def find(settings: Settings, name: str) -> Role:
    """The role of a name. Raises ToolError."""
    role = roles(settings).known.get(name)
    if role is None:
        raise ToolError(f"unknown agent_type '{name}'")
    return role


def nicknames(role: Role) -> tuple[str, ...]:
    """Names that an agent of a role may get."""
    return role.nicknames or NAMES


def _folders(settings: Settings) -> Iterator[Path]:
    return (folder / FOLDER for folder in settings.folders() if (folder / FOLDER).is_dir())


def _declared(raw: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    table: Any = raw.get("agents")
    for name, given in table.items() if isinstance(table, dict) else ():
        if name not in NO_ROLES and isinstance(given, dict):
            yield name, given
