"""The reference pages: commands, hooks, roles and keymaps, made from what csm itself brings.

Does not: look at the user's folders or at pip packages, so that the pages are the same everywhere.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator
from pathlib import Path

from csm.host import hookspecs, keymaps
from csm.host.bindings import Keymap
from csm.host.commands import Command
from csm.host.host import Host
from csm.host.settings import Settings
from csm.view.roles import ROLES

_MADE = "<!-- Made by csm.host.reference; do not edit. -->"
_CHOICES = ("codex", "emacs", "vim")
#: Below a file nothing can be, nor be made.
_NOWHERE = Path(os.devnull, "none")


def pages() -> dict[str, str]:
    """The text of every page, by file name."""
    host = Host.open(
        Settings(cwd=_NOWHERE, codex_home=_NOWHERE, config_dir=_NOWHERE, state_dir=_NOWHERE, project_root=_NOWHERE),
        {},
        init=False,
    )
    maps = {name: keymaps.load(name, host.roots, host.commands) for name in _CHOICES}
    made = {
        "commands.md": _commands(host, maps),
        "hooks.md": _hooks(),
        "roles.md": _roles(),
        "keymaps.md": _keymaps(maps),
    }
    host.close()
    return {name: "\n".join([_MADE, "", *lines]).rstrip() + "\n" for name, lines in made.items()}


def write(folder: Path) -> list[Path]:
    """Write every page that is new or stale; which they were."""
    folder.mkdir(parents=True, exist_ok=True)
    found = _stale(folder)
    for name, text in found.items():
        (folder / name).write_text(text, "utf-8")
    return [folder / name for name in found]


def stale(folder: Path) -> list[str]:
    """Names of pages that are missing or say something else than `pages` does."""
    return list(_stale(folder))


def _stale(folder: Path) -> dict[str, str]:
    return {name: text for name, text in pages().items() if _read(folder / name) != text}


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.is_file() else ""


def _commands(host: Host, maps: dict[str, Keymap]) -> Iterator[str]:
    yield "# Commands"
    noun = ""
    for command in host.commands.all():
        if host.extensions.known[command.owner].kind != "bundled":
            continue
        if command.name.partition(".")[0] != noun:
            noun = command.name.partition(".")[0]
            yield from ("", f"## {noun}", "")
        yield from _command(command, maps)


def _command(command: Command, maps: dict[str, Keymap]) -> Iterator[str]:
    facts = [f"`{command.usage}`", f"**{command.title}**"]
    facts += [" ".join(f"`/{word}`" for word in command.slash)] if command.slash else []
    facts += [f"`csm {command.cli}`"] if command.cli else []
    facts += [f"in {', '.join(command.places)}"] if command.places else []
    yield f"- {' · '.join(facts)}  "
    yield f"  {_escape(' '.join(command.doc.split()))}"
    keys = {name: _keys(keymap, command.name) for name, keymap in maps.items()}
    told = [f"{name} {', '.join(found)}" for name, found in keys.items() if found]
    if told:
        yield f"  Keys: {'; '.join(told)}"


def _keys(keymap: Keymap, name: str) -> list[str]:
    return list(dict.fromkeys(_code(one.keys) for one in keymap.where_is(name)))[:3]


def _hooks() -> Iterator[str]:
    yield "# Hooks"
    for kind, names in hookspecs.KINDS.items():
        yield from ("", f"## {kind}")
        for name in names:
            function = getattr(hookspecs, name)
            arguments = ", ".join(inspect.signature(function).parameters)
            yield from ("", f"### `{name}({arguments})`", "", inspect.getdoc(function) or "")


def _roles() -> Iterator[str]:
    yield from ("# Style roles", "", "| role | where it shows |", "| --- | --- |")
    for role, text in ROLES.items():
        yield f"| `{role}` | {_escape(text)} |"


def _keymaps(maps: dict[str, Keymap]) -> Iterator[str]:
    yield from ("# Key bindings", "")
    yield "A place looks up its own keys first, then those of its parents, at last `global`."
    for name, keymap in maps.items():
        yield from ("", f"## {name}")
        last: tuple[str, str | None] | None = None
        for one in sorted(keymap.bindings(), key=lambda one: (one.place, one.mode or "")):
            if (one.place, one.mode) != last:
                last = (one.place, one.mode)
                parents = ", ".join(keymap.parents.get(one.place, ()))
                mode = f", {one.mode} mode" if one.mode else ""
                yield from ("", f"### {one.place}{mode}" + (f" (then {parents})" if parents else ""), "")
                yield from ("| keys | command line |", "| --- | --- |")
            yield f"| {_code(one.keys)} | {_code(one.command)} |"


def _code(text: str) -> str:
    """Text as code in a table's cell, back quotes and bars included."""
    text = text.replace("|", "\\|")
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _escape(text: str) -> str:
    return text.replace("|", "\\|")
