"""Chord sequences to command lines, one tree for each place and mode.

Does not: read chord text (`csm.edit.chords`) or files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any


class Node:
    """What some chords lead to: a command line, more chords, or both. `line` is False where they are unbound."""

    __slots__ = ("children", "label", "line", "origin")

    def __init__(self) -> None:
        self.children: dict[str, Node] = {}
        self.line: str | bool | None = None
        self.label = ""
        self.origin: Any = None

    def at(self, chords: Sequence[str]) -> Node:
        """The node of chords, made if need be. What was unbound on the way there is a prefix again."""
        node = self
        for chord in chords:
            if node.line is False:
                node.line = None
            node = node.children.setdefault(chord, Node())
        return node

    def bind(self, chords: Sequence[str], line: str | bool, origin: Any = None) -> None:
        """Bind chords; False unbinds them and all that they are a prefix of."""
        node = self.at(chords)
        node.line, node.origin = line, origin
        if line is False:
            node.children.clear()

    def find(self, chords: Sequence[str]) -> Node | None:
        """The node of chords. Where they go on behind a binding that is no prefix, a node that only hides others."""
        node = self
        for chord in chords:
            if node.line is not None and not node.children:
                hidden = Node()
                hidden.line = False
                return hidden
            below = node.children.get(chord)
            if below is None:
                return None
            node = below
        return node

    def walk(self, chords: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
        """Every node below with its chords, in the order of binding."""
        for chord, node in self.children.items():
            yield (*chords, chord), node
            yield from node.walk((*chords, chord))
