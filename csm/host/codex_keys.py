"""Codex's `[tui.keymap]` as a layer of a keymap: above csm's own `codex` and `vim`, below what is written for csm.

An action that is named there has just the keys that are given, none for an empty list; its own are free again. What is
no action, or has no counterpart here, is told once, quietly.

Does not: know the actions (`csm.host.codex_actions`) or read files.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csm.edit import chords
from csm.host.bindings import GLOBAL, Keymap, Origin
from csm.host.codex_actions import ACTIONS, Action

ORIGIN = "[tui.keymap]"
#: The keymaps of csm's own that Codex's settings are for.
FOR = ("codex", "vim")
_LEADER = "C-x"
#: Binds chords: place, mode, keys, command line, origin, where it stands.
Bind = Callable[[str, "str | None", str, str, Origin, str], None]


def apply(keymap: Keymap, wanted: dict[str, Any], bind: Bind) -> None:
    """Lay Codex's table over a keymap. What is wrong goes to its `problems`, what is not known here to its `notes`."""
    unknown: list[str] = []
    missing: list[str] = []
    given: list[tuple[str, Action, list[str], Origin]] = []
    leader = _leader(keymap, wanted)
    for context, table in wanted.items():
        for name, value in (table if isinstance(table, dict) else {}).items():
            where, action = f"{context}.{name}", ACTIONS.get((context, name))
            keys = _keys(value)
            if keys is None:
                keymap.problems.append(f"{ORIGIN} {where}: keys are text, or a list of texts")
            elif action is None:
                unknown.append(where)
            elif action.why:
                missing.append(where)
            elif name != "leader" and (not action.keymap or keymap.editing == "vi"):
                origin = Origin(ORIGIN, ("tui", "keymap", context, name))
                given.append((where, action, keys, origin))
    for _, action, _, _ in given:
        _free(keymap, action)
    for where, action, keys, origin in given:
        for key in keys:
            _bind(action, key, leader, origin, f"{ORIGIN} {where}", bind)
    if unknown:
        keymap.notes.append(f"{ORIGIN}: there is no action {', '.join(unknown)}")
    if missing:
        keymap.notes.append(f"{ORIGIN}: csm has nothing for {', '.join(missing)}")


def _keys(value: Any) -> list[str] | None:
    keys = [value] if isinstance(value, str) else value
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        return None
    return [key for key in keys if key.strip()]


def _free(keymap: Keymap, action: Action) -> None:
    """Take an action's own keys away, so that the places further on have them."""
    for place, mode, line in action.binds:
        for _, node in keymap.trie(place, mode).walk():
            if node.line == line:
                node.line = None


def _bind(action: Action, key: str, leader: str, origin: Origin, where: str, bind: Bind) -> None:
    text = leader + key.strip()[len("leader") :] if key.strip().lower().startswith("leader ") else key
    for place, mode, line in action.binds:
        before = {"object.select inner": "i ", "object.select around": "a "}.get(line.partition("-")[0], "")
        bind(place, mode, before + text, line, origin, where)


def _leader(keymap: Keymap, wanted: dict[str, Any]) -> str:
    """The leader key. Another one than `C-x` takes all that is bound behind it along."""
    table = wanted.get("global")
    keys = _keys(table.get("leader", [])) if isinstance(table, dict) else None
    if not keys:
        return _LEADER
    try:
        found = chords.parse(keys[0])
    except chords.ChordError as error:
        keymap.problems.append(f"{ORIGIN} global.leader: {error.message}")
        return _LEADER
    if len(found) != 1 or found[0] == _LEADER:
        if len(found) != 1:
            keymap.problems.append(f"{ORIGIN} global.leader: one key is needed")
        return _LEADER
    root = keymap.trie(GLOBAL)
    moved = root.children.pop(_LEADER, None)
    if moved is None:
        return _LEADER
    keymap.clear(found)
    root.children[found[0]] = moved
    return found[0]
