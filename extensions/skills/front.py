"""The head of a SKILL.md: the few lines of YAML between `---` that say its name and what it is for.

Does not: read all of YAML. Plain, quoted and folded texts and tables of them are understood, the rest is passed over.
"""

from __future__ import annotations

import re

from csm.api import CommandError, codec

_KEY = re.compile(r"(\s*)([A-Za-z0-9_-]+)\s*:(?:\s+(.*))?$")


def head(text: str) -> dict[str, str]:
    """Its values by name, those of inner tables as `table.name`. Raises CommandError where there is no head."""
    lines = text.removeprefix("\ufeff").splitlines()
    if not lines or lines[0].rstrip() != "---":
        raise CommandError("missing YAML frontmatter delimited by ---")
    end = next((at for at, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)
    if not end:
        raise CommandError("missing YAML frontmatter delimited by ---")
    return _values(lines[1:end])


def _values(lines: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    at = 0
    while at < len(lines):
        match = _KEY.match(lines[at])
        at += 1
        if match is None:
            continue
        depth, name, value = len(match[1]), match[2], (match[3] or "").strip()
        above = [one for one in above if one[0] < depth]
        path = ".".join([*(outer for _, outer in above), name])
        inner = at
        while inner < len(lines) and (not lines[inner].strip() or _indent(lines[inner]) > depth):
            inner += 1
        if value[:1] in ("|", ">"):
            found[path] = _block(lines[at:inner], folded=value[0] == ">")
            at = inner
        elif value:
            plain = value[0] not in "\"'"
            rest = [line.strip() for line in lines[at:inner] if line.strip()] if plain else []
            found[path] = " ".join([_scalar(value), *rest])
            at = inner
        else:
            above.append((depth, name))
    return found


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _block(lines: list[str], *, folded: bool) -> str:
    given = [line.strip() for line in lines]
    return " ".join(line for line in given if line) if folded else "\n".join(given).strip("\n")


def _scalar(value: str) -> str:
    if value.startswith('"'):
        try:
            text = codec.decode(value[: value.rindex('"') + 1].encode())
        except ValueError:
            return value.strip('"')
        return str(text)
    if value.startswith("'"):
        return value[1 : value.rindex("'")].replace("''", "'") if value.count("'") > 1 else value[1:]
    return value.partition(" #")[0].rstrip()
