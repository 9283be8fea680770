"""Where a key or its value stands in a TOML text, so that an error about a value can point at it.

A small scanner over text that tomli has already accepted: it follows table headers, keys, strings, arrays and inline
tables just far enough to know which path a value belongs to.

Does not: parse values or report syntax errors (tomli does both).
"""

from __future__ import annotations

import re
from typing import NamedTuple

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_ATOM = re.compile(r"[^,\]}#\n]*[^,\]}#\s]")
_STRING = re.compile(r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\])*"|\'[^\']*\'', re.DOTALL)


class Place(NamedTuple):
    """A span: line and column from 1, and how many columns it is wide on its first line."""

    line: int
    column: int
    width: int


def key_place(text: str, path: tuple[str, ...]) -> Place | None:
    """Where the name of `path` stands, or None."""
    return _place(text, path, 0)


def value_place(text: str, path: tuple[str, ...]) -> Place | None:
    """Where the value of `path` stands (for a table made by a header: the header), or None."""
    return _place(text, path, 1)


def _place(text: str, path: tuple[str, ...], which: int) -> Place | None:
    scanner = _Scanner(text)
    try:
        scanner.document()
    except (IndexError, RecursionError):
        pass
    spans = scanner.found.get(path)
    if spans is None:
        return None
    start, end = spans[which]
    begin = text.rfind("\n", 0, start) + 1
    stop = min(end, *(at for at in (text.find("\n", start), len(text)) if at >= 0))
    return Place(text.count("\n", 0, start) + 1, start - begin + 1, max(1, stop - start))


class _Scanner:
    """Walks the text once. `found` maps a path to the spans of its name and of its value."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[tuple[str, ...], tuple[tuple[int, int], tuple[int, int]]] = {}
        self.counts: dict[tuple[str, ...], int] = {}

    def document(self) -> None:
        table: tuple[str, ...] = ()
        self.blank()
        while self.at < len(self.text):
            before = self.at
            table = self.header() if self.text[self.at] == "[" else (self.pair(table), table)[1]
            self.blank()
            if self.at == before:
                return

    def blank(self) -> None:
        found = _BLANK.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def header(self) -> tuple[str, ...]:
        start = self.at
        double = self.text.startswith("[[", self.at)
        self.at += 2 if double else 1
        path, _ = self.names()
        self.at = self.text.index("]", self.at) + (2 if double else 1)
        if double:
            count = self.counts[path] = self.counts.get(path, -1) + 1
            path = (*path, str(count))
        self.found.setdefault(path, ((start, self.at), (start, self.at)))
        return path

    def names(self) -> tuple[tuple[str, ...], tuple[int, int]]:
        """A dotted key and the span of it."""
        path: list[str] = []
        self.blank()
        start = self.at
        while True:
            self.blank()
            found = _STRING.match(self.text, self.at) or _BARE.match(self.text, self.at)
            if found is None:
                raise IndexError
            path.append(_name(found.group()))
            end = self.at = found.end()
            self.blank()
            if self.text[self.at] != ".":
                return tuple(path), (start, end)
            self.at += 1

    def pair(self, table: tuple[str, ...]) -> None:
        names, span = self.names()
        self.at += 1  # the equals sign
        self.blank()
        start = self.at
        for upto in range(1, len(names)):
            self.found.setdefault((*table, *names[:upto]), (span, span))
        self.value((*table, *names))
        self.found[(*table, *names)] = (span, (start, self.at))

    def value(self, path: tuple[str, ...]) -> None:
        opening = self.text[self.at]
        if opening in "[{":
            self.inside(path, "]" if opening == "[" else "}")
            return
        found = _STRING.match(self.text, self.at) or _ATOM.match(self.text, self.at)
        self.at = found.end() if found else self.at + 1

    def inside(self, path: tuple[str, ...], closing: str) -> None:
        self.at += 1
        index = 0
        while True:
            self.blank()
            if self.text[self.at] == ",":
                self.at += 1
            elif self.text[self.at] == closing:
                self.at += 1
                return
            elif closing == "}":
                self.pair(path)
            else:
                start = self.at
                self.value((*path, str(index)))
                self.found[(*path, str(index))] = ((start, self.at), (start, self.at))
                index += 1


def _name(token: str) -> str:
    if token[0] == "'":
        return token[1:-1]
    if token[0] != '"':
        return token
    import tomli

    return str(tomli.loads(f"key = {token}")["key"])
