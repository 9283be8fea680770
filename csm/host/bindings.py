"""A keymap in memory: what chords do at a place, in a mode.

Theory. A key is looked up where the focus is, then at the place's parents (a composer is an `editor`), at last in
`global`; at each of these in the modes first. The first that knows the chords decides. A prefix joins the prefixes of
the same chords further on; a command, or `false`, hides them.

Does not: read files (`csm.host.keymaps`) or wait for keys (`csm.ui.dispatch`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from csm.host.trie import Node

GLOBAL = "global"
Mode = str | Sequence[str] | None


class Match(NamedTuple):
    """What chords mean: a command line, whether more chords may follow, and the prefix's label."""

    command: str | None = None
    prefix: bool = False
    label: str = ""


class Next(NamedTuple):
    """One chord that may follow a prefix. `prefix` where it leads on."""

    chord: str
    command: str | None
    label: str
    prefix: bool


class Origin(NamedTuple):
    """Who binds: a file and the path of the key in it; or `init`, or the name of an extension, and its `file:line`."""

    layer: str
    path: tuple[str, ...] = ()
    where: str = ""

    def line(self) -> str:
        """`file:line`, looked up in the file; the layer alone where that is not known."""
        if self.where or not self.path:
            return self.where or self.layer
        from csm.host.toml_places import key_place

        try:
            place = key_place(Path(self.layer).read_text("utf-8-sig"), self.path)
        except (OSError, UnicodeDecodeError):
            place = None
        return f"{self.layer}:{place.line}" if place else self.layer


class Binding(NamedTuple):
    """One line of a keymap. `origin` is its file, or `init`, or the name of an extension."""

    place: str
    mode: str | None
    chords: tuple[str, ...]
    command: str
    origin: str
    source: Origin = Origin("")

    @property
    def keys(self) -> str:
        """The chords as text."""
        return " ".join(self.chords)


class Keymap:
    """`editing` is `emacs` or `vi`; `reading` is `cursor` where windows that are read have one, else `scroll`.

    `parents` are the places looked up after a place, `problems` what was left out.
    """

    def __init__(
        self, name: str, *, editing: str = "emacs", parents: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self.name = name
        self.editing = editing
        self.reading = "scroll"
        self.parents: dict[str, tuple[str, ...]] = {key: tuple(value) for key, value in (parents or {}).items()}
        self.problems: list[str] = []
        #: What is worth a quiet word.
        self.notes: list[str] = []
        #: Bindings that a later layer took the place of, with what that layer says.
        self.shadowed: list[tuple[Binding, Binding]] = []
        self._tries: dict[tuple[str, str | None], Node] = {}
        #: Bindings by the first word of their line, and what was asked of them: every frame names keys.
        self._words: dict[str, list[Binding]] = {}
        self._asked: dict[tuple[str, tuple[str, ...] | None], list[Binding]] = {}

    def trie(self, place: str, mode: str | None = None) -> Node:
        """The tree of a place and mode, made if need be. Whoever asks may change it."""
        self._forget()
        return self._tries.setdefault((place, mode), Node())

    def find(self, place: str, mode: str | None, chords: Sequence[str]) -> Node | None:
        """The node of chords in one place and mode, if there is one."""
        root = self._tries.get((place, mode))
        return root.find(chords) if root is not None else None

    def bind(self, place: str, mode: str | None, chords: tuple[str, ...], line: str | bool, origin: Origin) -> None:
        """Bind chords, or with False unbind them."""
        root = self.trie(place, mode)
        found = root.find(chords)
        if found is not None:
            said = Binding(place, mode, chords, line if isinstance(line, str) else "", origin.layer, origin)
            lost = [(chords, found), *found.walk(chords)] if line is False else [(chords, found)]
            for keys, node in lost:
                if node.origin is not None and isinstance(node.line, str):
                    lost_one = _binding(place, mode, keys, node)
                    if lost_one.origin != origin.layer and node.line != line:
                        self.shadowed.append((lost_one, said))
        root.bind(chords, line, origin)

    def clear(self, chords: Sequence[str]) -> None:
        """Have nothing bound to chords, in any place and mode."""
        self._forget()
        for root in self._tries.values():
            node = root.find(chords)
            if node is not None:
                node.line = None

    def places(self, focused: Sequence[str]) -> list[str]:
        """Places in the order they are looked up: the focused ones with their parents, then `global`."""
        found: list[str] = []
        for place in focused:
            for one in (place, *self.parents.get(place, ())):
                if one not in found and one != GLOBAL:
                    found.append(one)
        return [*found, GLOBAL]

    def lookup(self, places: Sequence[str], mode: Mode, chords: Sequence[str]) -> Match:
        """What `chords` mean with the focus at `places` (most specific first) in a mode, or several modes."""
        command: str | None = None
        prefix, label = False, ""
        for node in self._nodes(places, mode, chords):
            if not prefix and isinstance(node.line, str):
                command = node.line
            prefix = prefix or bool(node.children)
            label = label or node.label
            if node.line is not None:
                break
        return Match(command, prefix, label)

    def knows(self, places: Sequence[str], mode: Mode, chords: Sequence[str]) -> bool:
        """Whether anything is said of `chords` there: a command, what may follow, or that they do nothing."""
        return any(node.line is not None or node.children for node in self._nodes(places, mode, chords))

    def following(self, places: Sequence[str], mode: Mode, chords: Sequence[str]) -> list[Next]:
        """What may come after a prefix, for the popup; by chord, letters first."""
        found: dict[str, Next] = {}
        hidden: set[str] = set()
        for node in self._nodes(places, mode, chords):
            for chord, below in node.children.items():
                if chord in found or chord in hidden:
                    continue
                if below.line is False and not below.children:
                    hidden.add(chord)
                else:
                    line = below.line if isinstance(below.line, str) else None
                    found[chord] = Next(chord, line, below.label, bool(below.children))
            if node.line is not None:
                break
        return sorted(found.values(), key=lambda one: (len(one.chord), one.chord.lower(), one.chord))

    def bindings(self, places: Sequence[str] | None = None) -> Iterator[Binding]:
        """Every binding, or those of the given places (without their parents)."""
        for (place, mode), root in self._tries.items():
            if places is None or place in places:
                for chords, node in root.walk():
                    if isinstance(node.line, str):
                        yield _binding(place, mode, chords, node)

    def where_is(self, command: str, places: Sequence[str] | None = None) -> list[Binding]:
        """Bindings whose line begins with a command (or is the line), shortest first; only reachable ones if places."""
        asked = command, None if places is None else tuple(places)
        if asked not in self._asked:
            self._asked[asked] = self._where_is(*asked)
        return list(self._asked[asked])

    def _where_is(self, command: str, places: tuple[str, ...] | None) -> list[Binding]:
        if not self._words:
            for one in self.bindings():
                self._words.setdefault(one.command.split()[0], []).append(one)
        chain = None if places is None else self.places(places)
        found = [one for one in self._words.get(command.partition(" ")[0], ()) if chain is None or one.place in chain]
        found = [one for one in found if command in (one.command, one.command.split()[0])]
        if places is not None:
            found = [one for one in found if self.lookup(places, one.mode, one.chords).command == one.command]
        return sorted(found, key=lambda one: (one.command != command, len(one.chords), len(one.keys)))

    def _forget(self) -> None:
        self._words.clear()
        self._asked.clear()

    def delayed(self) -> list[Binding]:
        """Bindings that wait for the key timeout, since their chords are a prefix of others too."""
        return [
            _binding(place, mode, chords, node)
            for (place, mode), root in self._tries.items()
            for chords, node in root.walk()
            if isinstance(node.line, str) and node.children
        ]

    def _nodes(self, places: Sequence[str], mode: Mode, chords: Sequence[str]) -> Iterator[Node]:
        modes = [mode] if isinstance(mode, str) else list(mode or ())
        for place in self.places(places):
            for one in (*modes, None):
                root = self._tries.get((place, one))
                node = root.find(chords) if root is not None else None
                if node is not None:
                    yield node


def _binding(place: str, mode: str | None, chords: tuple[str, ...], node: Node) -> Binding:
    origin = node.origin if isinstance(node.origin, Origin) else Origin(str(node.origin or ""))
    return Binding(place, mode, chords, str(node.line), origin.layer, origin)
