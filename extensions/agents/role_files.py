"""Roles as the user writes them: tables of the settings, and TOML files with settings, description and names.

A file in an `agents` folder says its role's name, description and instructions itself; one that a table names need say
none of these. What is wrong is said in the words of Codex.

Does not: choose a role, or look for folders.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from csm.api import setting_keys

from .roles import Role, Roles

#: Bytes of a role's file, and files, at the most.
LARGEST, MOST = 1 << 20, 1000
#: What a role's file may say beside settings.
_ABOUT = ("name", "description", "nickname_candidates")
#: What the thread that begins an agent decides.
_INHERITED = ("approval_policy", "sandbox_mode", "sandbox_workspace_write", "default_permissions", "permissions")
_NICKNAME = re.compile(r"[A-Za-z0-9 _-]+")


_Make = Callable[[], Role]


class Malformed(Exception):
    """A role that cannot be used, and why."""


def roles(declared: Iterable[tuple[str, dict[str, Any]]], folders: Iterable[Path]) -> Roles:
    """Roles of folders, the later ones above the earlier, and of tables above those; each lacks nothing."""
    known: dict[str, Role] = {}
    faults: list[str] = []
    tables = list(declared)
    taken = {str(given.get("config_file")) for _, given in tables}
    for folder in folders:
        _join(known, faults, _discovered(folder, taken))
    for name, given in tables:
        _join(known, faults, [partial(_declared, name, given)])
    return Roles(dict(sorted(known.items())), tuple(faults))


def settings(path: Path) -> dict[str, Any]:
    """What a role's file sets, by dotted keys. Raises Malformed."""
    values = {key: value for key, value in _read(path).items() if key not in (*_ABOUT, *_INHERITED)}
    file = values.get("model_instructions_file")
    if isinstance(file, str):
        values["model_instructions_file"] = str(path.parent / Path(file).expanduser())
    return {_dotted(key): value for key, value in values.items()}


def _join(known: dict[str, Role], faults: list[str], made: Iterable[_Make]) -> None:
    """Take roles up. One that says less than another of its name has the rest from there."""
    here: set[str] = set()
    for make in made:
        try:
            role = make()
            if role.name in here:
                raise Malformed(f"duplicate agent role name `{role.name}` discovered in {Path(role.file or '').parent}")
            role = _filled(role, known.get(role.name, role))
            if not role.about:
                raise Malformed(f"agent role `{role.name}` must define a description")
        except Malformed as error:
            faults.append(f"Ignoring malformed agent role definition: {error}")
            continue
        here.add(role.name)
        known[role.name] = role


def _filled(role: Role, below: Role) -> Role:
    """A role with what it does not say itself from another of its name."""
    role = role._replace(about=role.about or below.about, nicknames=role.nicknames or below.nicknames)
    if role.file is None:
        return role._replace(file=below.file, model=below.model, effort=below.effort)
    return role


def _discovered(folder: Path, taken: set[str]) -> Iterator[_Make]:
    files = (Path(place, name) for place, _, names in os.walk(folder) for name in names if name.endswith(".toml"))
    for path in sorted(path for path in files if not path.is_symlink())[:MOST]:
        if str(path) not in taken:
            yield partial(_complete, path)


def _complete(path: Path) -> Role:
    """The role of a file that says all itself. Raises Malformed."""
    values = _read(path)
    name = values.get("name")
    if values.get("developer_instructions") is None:
        raise Malformed(f"agent role file at {path} must define `developer_instructions`")
    if not (isinstance(name, str) and name.strip()):
        raise Malformed(f"agent role file at {path} must define a non-empty `name`")
    return _with_file(Role(name.strip()), path, values)


def _declared(name: str, given: dict[str, Any]) -> Role:
    """The role of a table, and of the file that it names. Raises Malformed."""
    label = f"agents.{name}"
    file = given.get("config_file")
    role = Role(
        name,
        _description(given, f"{label}.description"),
        file if isinstance(file, str) else None,
        _nicknames(given, f"{label}.nickname_candidates"),
    )
    if role.file is None:
        return role
    path = Path(role.file)
    if not path.is_file():
        what = "a file: {}" if path.exists() else "an existing file at {}: No such file or directory (os error 2)"
        raise Malformed(f"{label}.config_file must point to {what.format(path)}")
    return _with_file(role, path, _read(path))


def _with_file(role: Role, path: Path, values: dict[str, Any]) -> Role:
    """The role with what its file says of it."""
    label = f"agent role file {path}"
    instructions, name = values.get("developer_instructions"), values.get("name")
    if isinstance(instructions, str) and not instructions.strip():
        raise Malformed(f"agent role file at {path}.developer_instructions cannot be blank")
    return Role(
        name.strip() if isinstance(name, str) and name.strip() else role.name,
        _description(values, f"{label}.description") or role.about,
        str(path),
        _nicknames(values, f"{label}.nickname_candidates") or role.nicknames,
        values.get("model"),
        values.get("model_reasoning_effort"),
    )


def _read(path: Path) -> dict[str, Any]:
    """The values of a role's file, checked. Raises Malformed."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise Malformed(f"agent role file at {path} is larger than {LARGEST >> 20} MB")
        values = tomllib.loads(data.decode("utf-8-sig"))
    except OSError as error:
        raise Malformed(f"agent role file at {path} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise Malformed(f"failed to parse agent role file at {path}: {error}") from error
    settings = {key: value for key, value in values.items() if key not in _ABOUT}
    for (*_, last), fault in setting_keys.problems(settings):
        raise Malformed(f"failed to deserialize agent role file at {path}: {fault} in `{last}`")
    for names in setting_keys.unknown(settings):
        if len(names) == 1:
            raise Malformed(f"failed to deserialize agent role file at {path}: unknown field `{names[0]}`")
    return values


def _description(given: dict[str, Any], label: str) -> str:
    about = given.get("description")
    if about is None:
        return ""
    if not isinstance(about, str) or not about.strip():
        raise Malformed(f"{label} cannot be blank")
    return about.strip()


def _nicknames(given: dict[str, Any], label: str) -> tuple[str, ...]:
    found: Any = given.get("nickname_candidates")
    if found is None:
        return ()
    if not isinstance(found, list) or not found:
        raise Malformed(f"{label} must contain at least one name")
    names = [str(name).strip() for name in found]
    if not all(names):
        raise Malformed(f"{label} cannot contain blank names")
    if len(set(names)) < len(names):
        raise Malformed(f"{label} cannot contain duplicates")
    if not all(map(_NICKNAME.fullmatch, names)):
        allowed = "ASCII letters, digits, spaces, hyphens, and underscores"
        raise Malformed(f"{label} may only contain {allowed}")
    return tuple(names)


def _dotted(key: str) -> str:
    return key if key.replace("-", "_").isidentifier() else f'"{key}"'
