"""Where hooks are set up: each layer of settings, and the `hooks.json` beside it.

Does not: say whether one may run (`trust.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from csm.api import CsmError, Settings, codec, features, setting_stack

from . import kinds

#: The path that stands for the command line in keys of trust.
FLAGS = "/<session-flags>/config.toml"
_STATE = "state"


class Source(NamedTuple):
    """Hooks of one file: groups by event. `origin` is `system`, `user`, `project` or `flags`.

    What the machine's folder says, requirements too, is `system`: whoever runs the machine has looked at it.
    """

    path: str
    origin: str
    groups: dict[str, Any]


class Setup(NamedTuple):
    """All that is set up. `states` are what the user decided about hooks, by key."""

    sources: tuple[Source, ...] = ()
    states: dict[str, dict[str, Any]] = {}
    warnings: tuple[str, ...] = ()


def read(settings: Settings, env: Mapping[str, str]) -> Setup:
    """What is set up for these settings, lowest layer first; nothing where the feature is off."""
    if not features.on(settings.raw, "hooks"):
        return Setup()
    warnings: list[str] = []
    try:
        stack = setting_stack(settings, env)
    except CsmError as error:
        return Setup(warnings=(f"the hooks cannot be read: {error.message}",))
    tables = {layer.path: _hooks(layer.values) for layer in stack if not layer.prefix}
    sources: list[Source] = []
    for folder in settings.folders():
        here = [path for path in tables if path is not None and path.parent == folder]
        beside = _file(folder / "hooks.json", warnings)
        own = tables.get(folder / "config.toml", {})
        if beside and _events(own):
            warnings.append(
                f"hooks are set up in both {folder / 'hooks.json'} and {folder / 'config.toml'}: one of them would do"
            )
        found = [(folder / "hooks.json", beside), *((path, _events(tables[path])) for path in here)]
        sources += [Source(str(path), _origin(folder, settings), groups) for path, groups in found if groups]
    flags = _events(tables.get(None, {}))
    if flags:
        sources.append(Source(FLAGS, "flags", flags))
    return Setup(tuple(_managed(settings, sources)), _states(stack, settings), tuple(warnings))


def _managed(settings: Settings, sources: list[Source]) -> list[Source]:
    """With the hooks that the machine requires, before all others; without the user's own if it says so."""
    required = settings.requirements
    groups = _events(_hooks(required.values))
    if required.values.get("allow_managed_hooks_only"):
        sources = [source for source in sources if source.origin == "system"]
    return [Source(str(required.path), "system", groups), *sources] if groups else sources


def _hooks(values: Mapping[str, Any]) -> dict[str, Any]:
    table = values.get("hooks")
    return table if isinstance(table, dict) else {}


def _events(table: Mapping[str, Any]) -> dict[str, Any]:
    return {name: groups for name, groups in table.items() if name in kinds.NAMES}


def _origin(folder: Path, settings: Settings) -> str:
    if folder == settings.system_dir:
        return "system"
    return "user" if folder == settings.codex_home else "project"


def _file(path: Path, warnings: list[str]) -> dict[str, Any]:
    try:
        if not path.is_file():  # a pipe would keep us waiting
            return {}
        value = codec.decode(path.read_bytes())
    except OSError as error:
        warnings.append(f"{path} cannot be read: {error.strerror}")
        return {}
    except ValueError as error:
        warnings.append(f"{path} is no JSON: {error}")
        return {}
    strange = [key for key in value if key not in ("hooks", "description")] if isinstance(value, dict) else []
    if strange or not isinstance(value, dict):
        warnings.append(f"{path} is not used: {f'`{strange[0]}` is unknown' if strange else 'it is no object'}")
        return {}
    table = value.get("hooks", {})
    if not isinstance(table, dict):
        warnings.append(f"{path} is not used: `hooks` is no object")
        return {}
    return table


def _states(stack: list[Any], settings: Settings) -> dict[str, dict[str, Any]]:
    """What the user's own layers and the command line say; a project's and the machine's have no say."""
    states: dict[str, dict[str, Any]] = {}
    for layer in stack:
        if layer.path is not None and layer.path.parent != settings.codex_home:
            continue
        for key, state in _items(_hooks(layer.values).get(_STATE)):
            states.setdefault(key.strip(), {}).update(state)
    return states


def _items(states: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(states, dict):
        yield from ((key, state) for key, state in states.items() if isinstance(state, dict))
