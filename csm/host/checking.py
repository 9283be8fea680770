"""What is wrong, or could surprise, in keymaps, themes and extensions: for `csm keymap check` and its kin.

Does not: change anything, or print.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from csm.host import code_styles, declared, describing, keymaps, roots, tables, themes, theming
from csm.protocol.errors import CsmError, KeymapError, ThemeError

if TYPE_CHECKING:
    from csm.host.bindings import Binding, Keymap
    from csm.host.host import Host
    from csm.host.themes import Theme


class Report(msgspec.Struct, frozen=True):
    """`problems` are left out of what is in force; `remarks` work, and may surprise."""

    what: str
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def keymap(host: Host, name: str | None = None) -> Report:
    """A keymap by name, or a file that may be one; that in force without a name."""
    try:
        made = _keymap(host, name)
    except KeymapError as error:
        return Report(name or host.keymap.name, (_told(error),))
    remarks = [
        f"{_where(host, one)}: {one.keys} waits for more keys before it runs {one.command}" for one in made.delayed()
    ]
    remarks += [_shadow(host, old, new) for old, new in made.shadowed if not _bundled(new.origin)]
    return Report(name or made.name, tuple(made.problems), tuple(dict.fromkeys(remarks)))


def _keymap(host: Host, name: str | None) -> Keymap:
    if name is None:
        return keymaps.load_for(host, host.keymap.name)
    if not _is_file(name):
        return keymaps.load_for(host, name)
    return keymaps.load_file(Path(name).absolute(), host.roots, host.commands)


def theme(host: Host, name: str | None = None) -> Report:
    """A theme by name, or a file that may be one (or colours of code); that in force without a name."""
    from csm.view.roles import ROLES

    if name is not None and name.endswith(code_styles.SUFFIX):
        return _code(name)
    try:
        made = _theme(host, name)
    except ThemeError as error:
        return Report(name or host.theme.name, (_told(error),))
    missing = [role for role in ROLES if "." not in role and not made.resolves(role)]
    remarks = (f"says nothing of {', '.join(missing)}",) if missing else ()
    return Report(name or made.name, tuple(made.problems), remarks)


def _theme(host: Host, name: str | None) -> Theme:
    if name is None or not _is_file(name):
        asked = theming.asked(host)
        return theming.load(host, name or asked[0], asked[1] if name is None else "")
    return themes.load_file(Path(name).absolute(), host.roots)


def _code(name: str) -> Report:
    """Colours of code in a file."""
    try:
        found = code_styles.read(Path(name).expanduser().absolute())
    except ThemeError as error:
        return Report(name, (_told(error),))
    missing = [role for role in code_styles.roles() if role not in found.looks]
    return Report(name, found.problems, (f"says nothing of {', '.join(missing)}",) if missing else ())


def extension(host: Host, name: str) -> Report:
    """An extension: loaded, its hooks registered, its settings looked at. Raises ExtensionError for an unknown one."""
    from csm.host.commands import did_you_mean, nearest
    from csm.protocol.errors import ExtensionError

    found = host.extensions.known.get(name)
    if found is None:
        raise ExtensionError(f"there is no extension {name}", did_you_mean(nearest(name, host.extensions.known)))
    before = [one for one in host.messages if one.level == "error" and found.found.path in f"{one.where} {one.text}"]
    known = host.told
    host.extensions.load(name)
    for command in host.commands.by(name):
        try:
            _ = command.parameters
        except CsmError as error:
            host.report("error", _told(error), command.origin)
    told = [*before, *(one for one in host.since(known) if one.level == "error")]
    problems = [f"{one.where}: {one.text}" if one.where else one.text for one in told]
    problems += [text for text in declared.problems(host) if f": {name}." in text or f" {name}." in text]
    shadows = [path for root, path in _others(host, name) if str(path) != found.found.path and root.rank < found.rank]
    return Report(name, tuple(dict.fromkeys(problems)), tuple(f"takes the place of {path}" for path in shadows))


def _others(host: Host, name: str) -> list[tuple[roots.Root, Path]]:
    places = [(root, root.extensions / form) for root in host.roots for form in (name, f"{name}.py")]
    return [(root, path) for root, path in places if path.exists()]


def _is_file(name: str) -> bool:
    return name.endswith(".toml") or "/" in name


def _bundled(layer: str) -> bool:
    own = roots.bundled()
    return own is not None and Path(layer).is_relative_to(own)


def _shadow(host: Host, old: Binding, new: Binding) -> str:
    place = f"{old.place} ({old.mode})" if old.mode else old.place
    what = f"runs {new.command}" if new.command else "is unbound"
    return f"{_where(host, new)}: {old.keys} {what} in {place}, not {old.command} of {_where(host, old)}"


def _where(host: Host, one: Binding) -> str:
    return describing.binding(one, host=host) or one.origin


def _told(error: CsmError) -> str:
    return f"{error.message}; {error.hint}" if error.hint else error.message


def chain(host: Host, kind: str, name: str) -> list[str]:
    """The files that a keymap or theme is made of, its own first. Raises CsmError."""
    return [str(table.path) for table in reversed(tables.chain(kind, name, host.roots, CsmError))]
