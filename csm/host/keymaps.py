"""Keymaps from TOML: found in the roots, inherited, checked, with the user's layers on top.

What is wrong in a file is told with file, place, key and the nearest name, and left out; the rest applies. Above the
chosen keymap lie `keymaps/user.toml`, then what `init.py` and extensions bound.

Does not: look keys up (`csm.host.bindings`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csm.edit import chords as chording
from csm.host import codex_keys, lines, tables
from csm.host import roots as rooted
from csm.host.bindings import GLOBAL, Keymap, Match, Origin
from csm.host.commands import Commands, did_you_mean, nearest
from csm.host.roots import Root
from csm.protocol.errors import CommandError, KeymapError

if TYPE_CHECKING:
    from csm.host.host import Host
    from csm.host.wishes import Wish

__all__ = ["MODES", "Keymap", "Match", "choose", "load"]

MODES = (
    "insert", "replace", "normal", "visual", "visual-line", "visual-block", "operator", "questions", "attached"
)  # fmt: skip
USER = "user"
#: Keymaps that others are made of.
PARTS = ("base", "readline", USER)
_KEYS = ("name", "inherits", "editing", "reading", "places", "bind", "label")
_EDITING = ("emacs", "vi")
_READING = ("scroll", "cursor")


def load(
    name: str,
    roots: Sequence[Root],
    commands: Commands | None = None,
    *,
    wishes: Iterable[Wish] = (),
    enhanced: bool | None = None,
    codex: dict[str, Any] | None = None,
) -> Keymap:
    """A keymap with all its layers. Raises KeymapError where the file, or one it inherits, cannot be read.

    `commands`, if given, is what bindings may name. `enhanced` says whether the terminal tells all chords apart;
    where it does not, chords that arrive as another key are refused. None: not known yet, so they stay. `codex` is
    Codex's own table of keys, for the keymaps that are made of csm's `codex` or `vim`.
    """
    found = tables.chain("keymaps", name, roots, KeymapError)
    keymap = Keymap(name)
    loading = _Loading(keymap, commands, enhanced)
    loading.settle(found)
    for table in found:
        loading.add(table)
        if codex and table.own and table.path.stem in codex_keys.FOR:
            codex_keys.apply(keymap, codex, partial(loading.bind, own=True))
    if name != USER:
        for _, path in reversed(list(rooted.files(roots, "keymaps", USER))):
            loading.add_layer(path)
    for wish in wishes:
        loading.wish(wish)
    return keymap


def load_file(path: Path, roots: Sequence[Root], commands: Commands | None = None) -> Keymap:
    """The keymap in a file, wherever that is; one that inherits nothing lies on `codex`. Raises KeymapError."""
    table = tables.Table(path, tables.read(path, KeymapError))
    inherits = table.values.get("inherits", "codex")
    if not isinstance(inherits, str):
        raise KeymapError(f"{path}: inherits: a name is needed")
    # A file in its place inherits another one of its own name.
    below = [one for one in tables.chain("keymaps", inherits, roots, KeymapError) if one.path != path]
    keymap = Keymap(path.stem)
    loading = _Loading(keymap, commands, None)
    loading.settle([*below, table])
    for one in (*below, table):
        loading.add(one)
    return keymap


def load_for(host: Host, name: str) -> Keymap:
    """As `load`, with what the host knows of commands, wishes and the terminal."""
    tui = host.settings.raw.get("tui")
    codex = tui.get("keymap") if isinstance(tui, dict) else None
    return load(
        name,
        host.roots,
        host.commands,
        wishes=host.wishes.bindings,
        enhanced=host.enhanced_keys,
        codex=codex if isinstance(codex, dict) else None,
    )


def choose(name: str, host: Host, *, last: Keymap | None = None) -> Keymap:
    """The keymap of a name for a host. Where it cannot be read: the last one, `base`, or an empty one, in this order.

    All problems become messages of the host.
    """
    for candidate in dict.fromkeys((name, "base")):
        try:
            keymap = load_for(host, candidate)
        except KeymapError as error:
            host.report("error", error.message + (f"; {error.hint}" if error.hint else ""))
            if last is not None:
                return last
            continue
        for problem in keymap.problems:
            if last is None or problem not in last.problems:
                host.report("error", problem)
        for note in keymap.notes:
            if last is None or note not in last.notes:
                host.report("info", note)
        return keymap
    return Keymap("none")


class _Loading:
    """One keymap while its files are read."""

    def __init__(self, keymap: Keymap, commands: Commands | None, enhanced: bool | None) -> None:
        self._keymap = keymap
        self._commands = commands
        self._enhanced = enhanced
        self._places: set[str] = {GLOBAL}

    def settle(self, found: Sequence[tables.Table]) -> None:
        """Learn the places before any binding is checked."""
        for table in found:
            places = table.values.get("places", {})
            if isinstance(places, dict):
                parents = {key: tuple(value) for key, value in places.items() if isinstance(value, list)}
                self._keymap.parents.update(parents)
        for place, parents in self._keymap.parents.items():
            self._places.update((place, *parents))
        if self._commands is not None:
            self._places.update(place for command in self._commands.all() for place in command.places)

    def add_layer(self, path: Any) -> None:
        """Put a file on top. One that cannot be read is a problem, not an error."""
        try:
            self.add(tables.Table(path, tables.read(path, KeymapError)))
        except KeymapError as error:
            self._keymap.problems.append(error.message)

    def add(self, table: tables.Table) -> None:
        """Put a table's bindings on top of what is there."""
        where = str(table.path)
        for key in table.values.keys() - set(_KEYS):
            self._problem(where, f"there is nothing called {key} in a keymap", nearest(key, _KEYS))
        editing = table.values.get("editing", self._keymap.editing)
        if editing in _EDITING:
            self._keymap.editing = editing
        else:
            self._problem(where, f"editing is {' or '.join(_EDITING)}, not {editing!r}")
        reading = table.values.get("reading", self._keymap.reading)
        if reading in _READING:
            self._keymap.reading = reading
        else:
            self._problem(where, f"reading is {' or '.join(_READING)}, not {reading!r}")
        for kind in ("bind", "label"):
            places = table.values.get(kind, {})
            if not isinstance(places, dict):
                self._problem(where, f"{kind}: a table of places is needed")
                continue
            for place, keys in places.items():
                self._place(table, kind, place, None, keys, (kind, place))

    def wish(self, wish: Wish) -> None:
        """Bind, unbind or label what `init.py` or an extension asked for."""
        where = wish.where or f"{wish.owner}: [bind.{'.'.join(filter(None, (wish.place, wish.mode)))}]"
        if wish.kind == "label":
            self._label(wish.place, wish.mode, wish.keys, wish.line, where)
        else:
            self.bind(wish.place, wish.mode, wish.keys, wish.line, Origin(wish.owner, where=wish.where), where)

    def _place(
        self, table: tables.Table, kind: str, place: str, mode: str | None, keys: Any, path: tuple[str, ...]
    ) -> None:
        where = f"{table.path}: [{kind}.{place}{f'.{mode}' if mode else ''}]"
        if not isinstance(keys, dict):
            self._problem(where, "a table of keys is needed")
            return
        for key, value in keys.items():
            if isinstance(value, dict) and mode is None:
                for one in key.split():
                    self._place(table, kind, place, one, value, (*path, key))
            elif kind == "label":
                self._label(place, mode, key, value, where)
            else:
                self.bind(place, mode, key, value, Origin(str(table.path), (*path, key)), where, own=table.own)

    def bind(
        self, place: str, mode: str | None, key: str, line: Any, origin: Origin, where: str, *, own: bool = False
    ) -> None:
        """Bind one key, or say why not."""
        chords = self._chords(place, mode, key, where, own)
        if chords is None:
            return
        if line is not False and not self._line_is_good(line, f'{where} "{key}"'):
            return
        self._keymap.bind(place, mode, chords, line, origin)

    def _label(self, place: str, mode: str | None, key: str, text: Any, where: str) -> None:
        chords = self._chords(place, mode, key, where, True)
        if chords is None:
            return
        if isinstance(text, str):
            self._keymap.trie(place, mode).at(chords).label = text
        else:
            self._problem(f'{where} "{key}"', "a label is text")

    def _chords(self, place: str, mode: str | None, key: str, where: str, own: bool) -> tuple[str, ...] | None:
        if place not in self._places:
            return self._problem(where, f"there is no place {place}", nearest(place, self._places))
        if mode is not None and mode not in MODES:
            return self._problem(where, f"there is no mode {mode}", nearest(mode, MODES))
        try:
            found = chording.parse(key)
        except chording.ChordError as error:
            return self._problem(f'{where} "{key}"', error.message)
        if self._enhanced is False:
            for chord in found:
                arrives = chording.ambiguous(chord)
                if arrives is not None:
                    return None if own else self._problem(f'{where} "{key}"', f"here {chord} arrives as {arrives}")
        return found

    def _line_is_good(self, line: Any, where: str) -> bool:
        if not isinstance(line, str) or not line.strip():
            self._problem(where, "a command line is needed, or false")
            return False
        try:
            for words in lines.split(line):
                if self._commands is not None:
                    self._commands.get(words[0])
        except CommandError as error:
            self._keymap.problems.append(f"{where}: {error.message}" + (f"; {error.hint}" if error.hint else ""))
            return False
        return True

    def _problem(self, where: str, text: str, near: Sequence[str] = ()) -> None:
        hint = did_you_mean(near)
        self._keymap.problems.append(f"{where}: {text}" + (f"; {hint}" if hint else ""))
