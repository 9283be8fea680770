"""The stack of layers that settings are made of, low to high, each checked and with its paths made absolute.

Does not: read TOML (`csm.host.layers`), or know what the settings mean (`csm.host.settings`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from csm.host import layers, setting_keys, trust
from csm.host.layers import Layer
from csm.protocol.errors import SettingError


def base(system_dir: Path, own: Path) -> list[Layer]:
    """What holds for everyone on this machine, and csm's own settings in the folder `own`."""
    stack: list[Layer] = []
    system = layers.read(system_dir / "config.toml")
    if system is not None:
        stack.append(system)
    ours = layers.read(own / layers.OWN)
    if ours is not None:
        stack.append(Layer({"csm": ours.values}, ours.path, ours.text, drop=1))
    return stack


def user(home: Path, profile: str | None, nest: dict[str, Any], warnings: list[str], *, skip: bool) -> list[Layer]:
    """The user's file, unless it is to be skipped, and the profile that it, `nest` or the command line names."""
    stack: list[Layer] = []
    found = None if skip else layers.read(home / "config.toml")
    if found is not None:
        stack.append(found)
    named = profile or nest.get("profile") or (found.values.get("profile") if found else None)
    if isinstance(named, str) and named:
        stack += _profile(home, named, found, warnings)
    return stack


def _profile(home: Path, name: str, user: Layer | None, warnings: list[str]) -> list[Layer]:
    if "/" in name or name in (".", ".."):
        raise SettingError(f"config profile `{name}` is not a plain name")
    own = layers.read(home / f"{name}.config.toml")
    if own is not None:
        return [own]
    profiles = user.values.get("profiles") if user else None
    values = profiles.get(name) if isinstance(profiles, dict) else None
    if isinstance(values, dict) and user is not None:
        return [Layer(values, user.path, user.text, ("profiles", name))]
    warnings.append(f"config profile `{name}` not found: neither {home / name}.config.toml nor [profiles.{name}]")
    return []


def markers(stack: list[Layer], nest: dict[str, Any]) -> tuple[str, ...]:
    """The names that mark a project's root."""
    value = layers.merge(merged(stack), nest).get("project_root_markers")
    return tuple(value) if isinstance(value, list) and all(isinstance(one, str) for one in value) else trust.MARKERS


def project(cwd: Path, markers: tuple[str, ...], home: Path, trusted: bool | None, warnings: list[str]) -> list[Layer]:
    """The project's files from its root down to `cwd`, if it is trusted, without what a project may not decide."""
    files = [folder / ".codex" / "config.toml" for folder in trust.config_folders(cwd, markers)]
    present = [file for file in files if file.is_file() and file.parent != home and file.parent.resolve() != home]
    if present and not trusted:
        warnings.append(f"{present[0]} is not read: this folder is not trusted.")
        return []
    found = [layer for layer in map(layers.read, present) if layer is not None]
    return [_without_machine(layer, warnings) for layer in found]


def _without_machine(layer: Layer, warnings: list[str]) -> Layer:
    refused = sorted(setting_keys.MACHINE & layer.values.keys())
    if refused:
        warnings.append(f"Ignored unsupported project-local config keys in {layer.path}: {', '.join(refused)}")
    return layer._replace(values={k: v for k, v in layer.values.items() if k not in refused})


def rooted(layer: Layer, cwd: Path) -> Layer:
    """The layer with absolute paths: in a file they are relative to its folder, on the command line to `cwd`."""
    base = layer.path.parent if layer.path else cwd
    values = layer.values
    file, table = values.get("model_instructions_file"), values.get("sandbox_workspace_write", {})
    if file:
        values = {**values, "model_instructions_file": _path(file, base)}
    if table.get("writable_roots"):
        roots = [_path(root, base) for root in table["writable_roots"]]
        values = {**values, "sandbox_workspace_write": {**table, "writable_roots": roots}}
    if values.get("agents"):
        values = {**values, "agents": {name: _rooted_role(role, base) for name, role in values["agents"].items()}}
    return layer._replace(values=values)


def _rooted_role(role: Any, base: Path) -> Any:
    file = role.get("config_file") if isinstance(role, dict) else None
    return {**role, "config_file": _path(file, base)} if isinstance(file, str) else role


def _path(text: str, base: Path) -> str:
    return str(base / Path(text).expanduser())


def merged(stack: list[Layer]) -> dict[str, Any]:
    """All of them in one."""
    whole: dict[str, Any] = {}
    for layer in stack:
        whole = layers.merge(whole, layer.values)
    return whole


def check(layer: Layer) -> None:
    """Raise BadSetting for the first value of a layer that cannot be used."""
    for path, fault in setting_keys.problems(layer.values):
        raise layers.refuse([layer], path, fault)


def check_all(stack: list[Layer], strict: bool) -> tuple[str, ...]:
    """As `check` for each; the dotted names that nobody knows, which `strict` refuses."""
    for layer in stack:
        check(layer)
    strangers = [(layer, path) for layer in stack for path in setting_keys.unknown(layer.values)]
    if strict and strangers:
        raise _stranger(*strangers[0])
    return tuple(dict.fromkeys(layers.join(path) for _, path in strangers))


def _stranger(layer: Layer, path: tuple[str, ...]) -> layers.BadSetting:
    if layer.path is None:
        return layers.BadSetting(f"unknown configuration field `{layers.join(path)}` in -c/--config override")
    error = layers.refuse([layer], path, "unknown configuration field", name=True)
    return layers.BadSetting(error.message.replace(" in `", " `"), excerpt=error.excerpt, path=error.path)
