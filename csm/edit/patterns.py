"""Vim's patterns as regular expressions, and its replacements, for `:s`, `:g` and addresses.

Does not: search or replace.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from csm.edit import expressions

_CLASSES = {
    "s": r"[ \t]", "S": r"[^ \t\n]", "d": "[0-9]", "D": r"[^0-9\n]", "w": "[0-9A-Za-z_]", "W": r"[^0-9A-Za-z_\n]",
    "a": "[A-Za-z]", "A": r"[^A-Za-z\n]", "l": "[a-z]", "L": r"[^a-z\n]", "u": "[A-Z]", "U": r"[^A-Z\n]",
    "h": "[A-Za-z_]", "H": r"[^A-Za-z_\n]", "x": "[0-9A-Fa-f]", "X": r"[^0-9A-Fa-f\n]", "o": "[0-7]",
    "n": r"\n", "t": r"\t", "e": "\x1b", "<": r"\b(?=\w)", ">": r"\b(?<=\w)",
}  # fmt: skip
#: What stands for itself, by default, and with `\v` (very magic).
_MAGIC = frozenset(".*[~^$")
_VERY = frozenset(".*[~^$(){}|+?=<>@&%")
_OPERATORS = {"(": "(", ")": ")", "|": "|", "+": "+", "=": "?", "?": "?"}


class PatternError(ValueError):
    """A pattern that cannot be read; the text says why."""


def compiled(pattern: str, *, ignore_case: bool | None = None) -> re.Pattern[str]:
    """A pattern of Vim's. `\\c` and `\\C` in it win over `ignore_case`. Raises PatternError."""
    reader = _Reader(pattern)
    text = reader.read()
    ignore = ignore_case if reader.ignore is None else reader.ignore
    try:
        return expressions.compiled(text, re.MULTILINE | (re.IGNORECASE if ignore else 0))
    except expressions.ExpressionError as error:
        raise PatternError(f"{pattern}: {error}") from None


class _Reader:
    """Reads one pattern."""

    def __init__(self, pattern: str) -> None:
        self._text, self._at = pattern, 0
        self._magic = _MAGIC
        self._out: list[str] = []
        self.ignore: bool | None = None

    def read(self) -> str:
        while self._at < len(self._text):
            self._one()
        return "".join(self._out)

    def _one(self) -> None:
        char = self._text[self._at]
        self._at += 1
        if char != "\\":
            self._special(char) if char in self._magic else self._plain(char)
            return
        if self._at >= len(self._text):
            self._plain("\\")
            return
        char = self._text[self._at]
        self._at += 1
        if char in "vmMV":
            self._magic = {"v": _VERY, "m": _MAGIC, "M": frozenset("^$"), "V": frozenset("^$")}[char]
        elif char in "cC":
            self.ignore = char == "c"
        elif char in "zZ":
            raise PatternError(f"\\{char} is not known here")
        elif char.isdigit() and char != "0":
            self._out.append(f"\\{char}")
        elif char in _VERY:
            self._plain(char) if char in self._magic else self._special(char)
        elif char in _CLASSES:
            self._out.append(_CLASSES[char])
        else:
            self._plain(char)

    def _plain(self, char: str) -> None:
        self._out.append(re.escape(char))

    def _special(self, char: str) -> None:
        begins = not self._out or self._out[-1] in ("(", "|", "(?:")
        if char == "^":
            self._out.append("^" if begins else re.escape(char))
        elif char == "$":
            self._out.append("$" if self._ends() else re.escape(char))
        elif char == "*":
            self._out.append(re.escape("*") if begins or self._out[-1] == "^" else "*")
        elif char == ".":
            self._out.append(r"[^\n]")
        elif char == "[":
            self._set()
        elif char == "{":
            self._times()
        elif char in _OPERATORS:
            self._out.append(_OPERATORS[char])
        elif char in "<>":
            self._out.append(_CLASSES[char])
        else:
            self._percent(char)

    def _percent(self, char: str) -> None:
        if char == "%" and self._text.startswith("(", self._at):
            self._at += 1
            self._out.append("(?:")
        elif char in "})":
            self._out.append(char)
        else:
            raise PatternError(f"{char} is not known here")

    def _ends(self) -> bool:
        rest = self._text[self._at :]
        return not rest or rest.startswith(("\\|", "\\)", "\\n", "|", ")"))

    def _set(self) -> None:
        """`[...]`; one that is not closed is a bracket."""
        start = self._at + self._text.startswith("^", self._at)
        end = self._text.find("]", start + 1)
        if end < 0:
            self._plain("[")
            return
        body = (
            self._text[self._at : end].replace("[", "\\[").replace("&", "\\&").replace("|", "\\|").replace("~", "\\~")
        )
        if re.search(r"\\\[:\w+:$", body):  # a class such as [:alpha:]
            end = self._text.find("]", end + 1)
            body = _named(self._text[self._at : end])
        self._at = end + 1
        negated = body.startswith("^")
        self._out.append(f"[^{body[1:]}\\n]" if negated else f"[{body}]")

    def _times(self) -> None:
        """`{n,m}`, and `{-n,m}` for as few as will do."""
        end = self._text.find("}", self._at)
        if end < 0:
            raise PatternError("a } is missing")
        body = self._text[self._at : end].removesuffix("\\")
        self._at = end + 1
        few = body.startswith("-")
        low, comma, high = body.removeprefix("-").partition(",")
        exact = bool(low) and not comma
        times = f"{{{low}}}" if exact else f"{{{low or 0},{high}}}"
        self._out.append(times + ("?" if few else ""))


def _named(body: str) -> str:
    names = {"alpha": "A-Za-z", "digit": "0-9", "alnum": "A-Za-z0-9", "lower": "a-z", "upper": "A-Z", "space": r"\s",
             "punct": r"!-/:-@\[-`{-~", "xdigit": "0-9A-Fa-f", "blank": r" \t"}  # fmt: skip
    return re.sub(r"\[:(\w+):\]", lambda match: names.get(match[1], ""), body)


def replacement(text: str, last: str = "") -> Callable[[re.Match[str]], str]:
    """What `:s` puts in the place of a match. `&` and `\\0` are the match, `\\1` a group, `~` the replacement before,
    `\\r` a line feed; `\\u \\l \\U \\L \\e` change case.
    """

    def put(match: re.Match[str]) -> str:
        return _expanded(text, match, last)

    return put


def _expanded(text: str, match: re.Match[str], last: str) -> str:
    out: list[str] = []
    once, lasting = "", ""

    def add(part: str) -> None:
        nonlocal once
        part = {"U": part.upper(), "L": part.lower()}.get(lasting, part)
        if once and part:
            part = (part[0].upper() if once == "u" else part[0].lower()) + part[1:]
            once = ""
        out.append(part)

    at = 0
    while at < len(text):
        char = text[at]
        at += 1
        if char == "&":
            add(match.group())
        elif char == "~":
            add(_expanded(last, match, ""))
        elif char != "\\" or at == len(text):
            add(char)
        else:
            char = text[at]
            at += 1
            if char.isdigit():
                add(match.group(int(char)) or "" if int(char) <= (match.re.groups) else "")
            elif char in "uUlLeE":
                once, lasting = (char, lasting) if char in "ul" else ("", char if char in "UL" else "")
            else:
                add({"r": "\n", "n": "\0", "t": "\t"}.get(char, char))
    return "".join(out)
