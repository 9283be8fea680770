"""What there is to know of a setting, a hook, a role or a binding, and the file and line that says so.

Does not: show it (the extension `describe`).
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from csm.protocol.errors import CommandError, CsmError

if TYPE_CHECKING:
    from csm.host.bindings import Binding
    from csm.host.host import Host
    from csm.host.layers import Layer

#: Names of settings whose values are nobody's business.
_SECRET = ("token", "secret", "password", "api_key")


class About(msgspec.Struct, frozen=True):
    """`facts` are labels with texts, in order; empty texts are left out."""

    name: str
    title: str
    text: str = ""
    facts: tuple[tuple[str, str], ...] = ()


def setting_names(host: Host) -> list[str]:
    """Every setting that csm or an extension reads; csm's own and those of extensions begin with `csm.`."""
    from csm.host import declared, setting_keys

    own = [key.name for key in setting_keys.KEYS if key.kind != "table" and "*" not in key.name]
    return sorted([*own, *(f"csm.{one.name}" for one in declared.every(host))])


def setting(host: Host, name: str) -> About:
    """A setting: what it holds, what it is now, and who says so. Raises CommandError for one that nobody reads."""
    kind, default, text, owner = _setting(host, name)
    value = host.setting(name)
    shown = "not set" if value is None else "hidden" if _hidden(name) else _toml(value)
    return About(
        name,
        "Setting",
        text,
        (("Holds", kind), ("Default", default), ("Now", shown), ("Set by", origin(host, name)), ("Extension", owner)),
    )


def _setting(host: Host, name: str) -> tuple[str, str, str, str]:
    from csm.host import declared, setting_keys
    from csm.host.commands import did_you_mean, nearest

    for key in setting_keys.KEYS:
        if key.name == name:
            return key.kind.replace("|", ", "), key.default, key.help, ""
    for one in declared.every(host):
        if f"csm.{one.name}" == name or one.name == name:
            return one.wanted, _toml(one.default), one.doc, one.owner
    raise CommandError(f"there is no setting {name}", did_you_mean(nearest(name, setting_names(host))))


def origin(host: Host, name: str) -> str:
    """`file:line` of the highest layer that sets a setting; empty where none does."""
    from csm.host import layers, settings

    if name in host.fixed:
        return "the command line"
    asked = host.wishes.setter(name)
    if asked is not None:
        owner, where = asked
        return where or (str(host.settings.config_dir / "init.py") if owner == "init" else f"the extension {owner}")
    path = tuple(layers.split(name))
    try:
        stack = settings.stack(host.base, host.env)
    except CsmError:
        return ""
    for layer in reversed(stack):
        if _has(layer.values, path):
            return _placed(layer, path)
    return ""


def _placed(layer: Layer, path: tuple[str, ...]) -> str:
    from csm.host.toml_places import key_place

    if layer.path is None:
        return "the command line"
    place = key_place(layer.text, (*layer.prefix, *path[layer.drop :]))
    return f"{layer.path}:{place.line}" if place else str(layer.path)


def _has(values: Any, path: tuple[str, ...]) -> bool:
    for part in path:
        if not isinstance(values, dict) or part not in values:
            return False
        values = values[part]
    return True


def _hidden(name: str) -> bool:
    return any(word in name.rpartition(".")[2].lower() for word in _SECRET)


def _toml(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, default=str)


def hook_names() -> list[str]:
    """Every hook."""
    from csm.host import hookspecs

    return [name for names in hookspecs.KINDS.values() for name in names]


def hook(host: Host, name: str) -> About:
    """A hook: its kind, arguments, meaning, and who has it. Raises CommandError."""
    from csm.host import hookspecs
    from csm.host.commands import did_you_mean, nearest

    kind = next((kind for kind, names in hookspecs.KINDS.items() if name in names), None)
    if kind is None:
        raise CommandError(f"there is no hook {name}", did_you_mean(nearest(name, hook_names())))
    function = getattr(hookspecs, name)
    arguments = ", ".join(inspect.signature(function).parameters)
    facts = [("Kind", kind), ("Defined in", _source(function))]
    facts += [("Used by" if not at else "", one) for at, one in enumerate(_users(host, name))]
    return About(f"{name}({arguments})", "Hook", inspect.getdoc(function) or "", tuple(facts))


def _users(host: Host, name: str) -> Iterator[str]:
    loaded = host.hooks.implementations.of_all(name)
    for owner, function in loaded.items():
        muted = ", muted" if host.hooks.implementations.muted(name, owner) else ""
        yield f"{owner} ({_source(function)}{muted})"
    for extension in host.extensions.known.values():
        if name in extension.found.hooks and extension.name not in loaded:
            yield f"{extension.name} ({extension.found.path}, not loaded yet)"


def _source(thing: Any) -> str:
    code = getattr(inspect.unwrap(thing), "__code__", None)
    if code is not None:
        return f"{code.co_filename}:{code.co_firstlineno}"
    try:
        return f"{inspect.getsourcefile(thing)}:{inspect.getsourcelines(thing)[1]}"
    except (OSError, TypeError):
        return ""


def source(thing: Any) -> str:
    """`file:line` of a function, or of the class of an object."""
    return _source(thing if inspect.isroutine(thing) or inspect.isclass(thing) else type(thing))


def role_names() -> list[str]:
    """Every role."""
    from csm.view.roles import ROLES

    return list(ROLES)


def role_text(name: str) -> str:
    """What a role is for."""
    from csm.view.roles import ROLES

    return ROLES[name]


def role(host: Host, name: str) -> About:
    """A role: where it shows, its look, and the line of the theme that gives it. Raises CommandError."""
    from csm.host.commands import did_you_mean, nearest
    from csm.view.roles import ROLES

    if name not in ROLES:
        raise CommandError(f"there is no role {name}", did_you_mean(nearest(name, ROLES)))
    style, theme = host.theme.style(name), host.theme
    flags = " ".join(
        flag for flag in ("bold", "dim", "italic", "underline", "reverse", "strike") if getattr(style, flag)
    )
    giver = next((one for one in _line_of(name) if one in theme.given), "")
    return About(
        name,
        "Role",
        ROLES[name],
        (
            ("Colour", style.fg or "the terminal's"),
            ("Background", style.bg or "none"),
            ("Flags", flags),
            ("Given by", f"{giver} in {_theme_line(host, giver)}" if giver else f"nothing in {theme.name}"),
        ),
    )


def _line_of(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(len(parts), 0, -1)]


def _theme_line(host: Host, name: str) -> str:
    """The highest file of the theme in force that says something of a role."""
    from csm.host import tables
    from csm.host.toml_places import key_place
    from csm.protocol.errors import ThemeError

    parts = name.split(".")
    ways = [("style", *parts[:at], ".".join(parts[at:])) for at in range(len(parts))]
    try:
        chain = tables.chain("themes", host.theme.name, host.roots, ThemeError)
    except ThemeError:
        return host.theme.name
    for table in reversed(chain):
        text = Path(table.path).read_text("utf-8")
        for way in ways:
            place = key_place(text, way)
            if place is not None:
                return f"{table.path}:{place.line}"
    return host.theme.name


def theme(host: Host) -> About:
    """The theme in force: its files from the highest down, palette, and what was wrong."""
    from csm.host import tables
    from csm.protocol.errors import ThemeError

    made = host.theme
    try:
        files = [str(table.path) for table in reversed(tables.chain("themes", made.name, host.roots, ThemeError))]
    except ThemeError:
        files = []
    facts = [("File" if not at else "Inherits", file) for at, file in enumerate(files)]
    facts += [("For", "a dark background" if made.dark else "a light background")]
    facts += [("Chosen as", made.asked)] if made.asked != made.name else []
    facts += [("Code", made.code or "its own colours")]
    facts += [
        ("Palette" if not at else "", f"{name} {colour}") for at, (name, colour) in enumerate(made.palette.items())
    ]
    facts += [("Left out", problem) for problem in made.problems]
    return About(made.name, "Theme", "", tuple(facts))


def binding(one: Binding, short: bool = False, host: Host | None = None) -> str:
    """Who binds: `file:line`, or only the layer's name. `host` knows where Codex's table stands."""
    from csm.host import codex_keys

    if not short and host is not None and one.source.layer == codex_keys.ORIGIN:
        return f"{codex_keys.ORIGIN} {origin(host, '.'.join(one.source.path))}".rstrip()
    if not short:
        return one.source.line()
    return Path(one.origin).stem if one.origin.endswith(".toml") else one.origin


def meanings(host: Host, places: list[str], modes: tuple[str, ...], chords: tuple[str, ...]) -> list[Binding]:
    """Every binding of these chords that could count here, the one in force first."""
    keymap, found = host.keymap, []
    for place in keymap.places(places):
        for mode in (*modes, None):
            found += [one for one in keymap.bindings([place]) if one.mode == mode and one.chords == chords]
    return found
