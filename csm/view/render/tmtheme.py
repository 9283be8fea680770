"""Colour themes of TextMate and Sublime (`.tmTheme`, property lists): their scopes as looks of `code.*` roles.

Each role stands for a few scopes, the best one first. Which rule of a file counts for a scope is decided as TextMate
does: the deeper and the more of its names a selector fits, the better; of two alike the later.

Does not: read files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

Attributes = dict[str, Any]
#: More bytes or rules than this are no theme.
MOST_BYTES, MOST_RULES = 1_000_000, 5_000
_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")
_NAMES = {"white": "#ffffff", "black": "#000000", "red": "#ff0000", "green": "#008000", "blue": "#0000ff"}
_STYLES = {"bold": "bold", "italic": "italic", "underline": "underline", "strikethrough": "strike"}
_FLAGS = ("bold", "italic", "underline", "strike")
_HUES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
#: Scopes of a role, the most fitting first; each a path from the whole to the part.
SCOPES: dict[str, tuple[str, ...]] = {
    "code.keyword": ("keyword.control", "keyword", "storage.modifier", "storage"),
    "code.type": ("storage.type", "support.type", "entity.name.type", "storage"),
    "code.string": ("string.quoted.double", "string"),
    "code.string.escape": ("string.quoted.double constant.character.escape", "constant.character.escape"),
    "code.number": ("constant.numeric", "constant"),
    "code.comment": ("comment.line", "comment"),
    "code.function": ("entity.name.function", "meta.function-call", "support.function", "entity.name"),
    "code.class": ("entity.name.class", "entity.name.type.class", "entity.name.type", "entity.name"),
    "code.builtin": ("support.function.builtin", "support.function", "support"),
    "code.variable": ("variable.other", "variable"),
    "code.constant": ("constant.language", "constant"),
    "code.attribute": ("entity.other.attribute-name", "variable.other.member", "support.type.property-name"),
    "code.decorator": ("meta.decorator", "entity.name.function.decorator", "meta.annotation", "meta.preprocessor"),
    "code.namespace": ("entity.name.namespace", "entity.name.module", "support.module"),
    "code.tag": ("entity.name.tag", "meta.tag"),
    "code.operator": ("keyword.operator", "keyword"),
    "code.punctuation": ("punctuation.separator", "punctuation"),
    "code.heading": ("markup.heading", "entity.name.section"),
    "code.added": ("markup.inserted", "markup.inserted.diff"),
    "code.removed": ("markup.deleted", "markup.deleted.diff"),
    "code.prompt": ("comment.line", "comment"),
    "code.error": ("invalid.illegal", "invalid"),
}


class Rule(NamedTuple):
    """A selector with what it gives: `paths` are ways to fit it, each with what must not fit."""

    paths: tuple[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]], ...]
    looks: Attributes


class Faulty(ValueError):
    """This is no theme; the text says why."""


class Read(NamedTuple):
    """`looks` by role, and what was left out of the file."""

    name: str
    looks: dict[str, Attributes]
    problems: list[str]


def read(data: bytes) -> Read:
    """The looks in a `.tmTheme`. Raises Faulty where it is none."""
    if len(data) > MOST_BYTES:
        raise Faulty(f"is larger than {MOST_BYTES // 1_000_000} MB")
    listed, name = _settings(data)
    problems: list[str] = []
    base: Attributes = {}
    rules: list[Rule] = []
    for number, one in enumerate(listed[:MOST_RULES], 1):
        table = one.get("settings") if isinstance(one, dict) else None
        if not isinstance(table, dict):
            problems.append(f"entry {number}: there are no settings in it")
            continue
        page = base.get("bg", "")
        looks = _looks(table, page, f"entry {number}", problems)
        if isinstance(one.get("scope"), str):
            rules.append(Rule(tuple(_selector(one["scope"])), looks))
        elif not base:
            base = looks
    if len(listed) > MOST_RULES:
        problems.append(f"only the first {MOST_RULES} entries count")
    return Read(name, _roles(base, rules), problems)


def _settings(data: bytes) -> tuple[list[Any], str]:
    import plistlib

    try:
        found = plistlib.loads(data)
    except Exception as error:  # its parsers raise whatever breaks in them
        raise Faulty(f"is no property list ({type(error).__name__})") from None
    listed = found.get("settings") if isinstance(found, dict) else None
    if not isinstance(listed, list) or not listed:
        raise Faulty("has no list of settings")
    return listed, str(found.get("name", ""))[:80]


def _looks(table: dict[str, Any], page: str, where: str, problems: list[str]) -> Attributes:
    made: Attributes = {}
    for key, name in (("bg", "background"), ("fg", "foreground")):
        value = table.get(name)
        if value is None or value == "":
            continue
        colour = _colour(value, made.get("bg", page))
        if colour is None:
            problems.append(f"{where}: {name}: {str(value)[:40]} is no colour")
        else:
            made[key] = colour
    words = table.get("fontStyle")
    if isinstance(words, str):
        made.update(dict.fromkeys(_FLAGS, False))
        made.update({_STYLES[word]: True for word in words.split() if word in _STYLES})
    return made


def _colour(value: Any, page: str) -> str | None:
    """A colour as themes have it. One that lets the page through is mixed with it.

    An alpha of 00 stands for the terminal's colour of the number in red, 01 for its own.
    """
    text = value.strip() if isinstance(value, str) else ""
    text = _NAMES.get(text.lower(), text)
    if not _COLOUR.fullmatch(text):
        return None
    digits = text[1:].lower()
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    if len(digits) == 6:
        return f"#{digits}"
    alpha, red = int(digits[6:], 16), int(digits[:2], 16)
    if alpha == 0 and digits[2:6] == "0000":
        return (f"bright-{_HUES[red - 8]}" if red > 7 else _HUES[red]) if red < 16 else _of_256(red)
    if alpha <= 1:
        return "default"
    return _mixed(digits, page if page.startswith("#") else "#000000", alpha / 255)


def _of_256(number: int) -> str:
    if number >= 232:
        return "#" + f"{8 + 10 * (number - 232):02x}" * 3
    steps = (0, 95, 135, 175, 215, 255)
    number -= 16
    return f"#{steps[number // 36]:02x}{steps[number // 6 % 6]:02x}{steps[number % 6]:02x}"


def _mixed(digits: str, page: str, share: float) -> str:
    parts = [
        round(int(digits[at : at + 2], 16) * share + int(page[at + 1 : at + 3], 16) * (1 - share)) for at in (0, 2, 4)
    ]
    return f"#{parts[0]:02x}{parts[1]:02x}{parts[2]:02x}"


def _selector(text: str) -> Iterator[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]]:
    """The alternatives of a selector: the names that must come one below another, and those that must not."""
    for part in re.split(r"[,|]", text.replace("(", " ").replace(")", " ")):
        wanted, *without = re.split(r"(?:^|\s)-\s*", part)
        path = tuple(word for word in wanted.split() if word not in (">", "&"))
        if path:
            yield path, tuple(tuple(one.split()) for one in without if one.split())


def _roles(base: Attributes, rules: Sequence[Rule]) -> dict[str, Attributes]:
    plain: Attributes = {"fg": base["fg"]} if "fg" in base else {}
    made: dict[str, Attributes] = {"code": plain}
    for role, scopes in SCOPES.items():
        found = next((looks for scope in scopes if (looks := _best(scope, rules))), {})
        if found.get("bg") == base.get("bg"):
            found = {key: value for key, value in found.items() if key != "bg"}
        if found:
            made[role] = {**dict.fromkeys(_FLAGS, False), **found}
    return made


def _best(scope: str, rules: Sequence[Rule]) -> Attributes:
    """What the rules give for a scope, attribute by attribute from the rule that fits it best."""
    stack = ("source", *scope.split())
    fitting = [(rank, number) for number, rule in enumerate(rules) if (rank := _rank(stack, rule)) is not None]
    made: Attributes = {}
    if not any(any(rank[:-1]) for rank, _ in fitting):  # at most what is said of all code
        return made
    for _, number in sorted(fitting):
        made.update(rules[number].looks)
    return made


def _rank(stack: Sequence[str], rule: Rule) -> tuple[int, ...] | None:
    ranks = [
        rank
        for path, without in rule.paths
        if (rank := _fit(stack, path)) is not None and all(_fit(stack, one) is None for one in without)
    ]
    return max(ranks, default=None)


def _fit(stack: Sequence[str], path: Sequence[str]) -> tuple[int, ...] | None:
    """How well a path fits a stack of scopes: names that fit from the deepest scope up, more is better."""
    at, left, rank = len(stack) - 1, list(path), [0] * len(stack)
    while left:
        if at < 0:
            return None
        name = left[-1]
        if stack[at] == name or stack[at].startswith(f"{name}."):
            rank[len(stack) - 1 - at] = name.count(".") + 1
            left.pop()
        at -= 1
    return tuple(rank)
