"""Generated parts of the documentation: the tables of settings and of command lines.

    python -m csm.cli.reference FILE...     bring the generated part of each file up to date

A generated part stands between `<!-- begin NAME -->` and `<!-- end NAME -->`.

Does not: run in normal use.
"""

from __future__ import annotations

import sys
from pathlib import Path

from csm.cli.arguments import Command
from csm.cli.table import ROOT
from csm.host.setting_keys import KEYS, KNOWN, MACHINE, SettingKey


def refresh(text: str) -> str:
    """The text of a page with every generated part as it should be."""
    for name, render in _PARTS.items():
        begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->"
        before, found, rest = text.partition(begin)
        if found:
            text = before + found + render() + end + rest.partition(end)[2]
    return text


def settings() -> str:
    """Every setting that csm reads, as a table."""
    rows = [key for key in KEYS if key.kind != "table"]
    return _table(("setting", "holds", "default", "meaning"), [_setting(key) for key in rows])


def machine() -> str:
    """What a project's own file may not set."""
    return f"{', '.join(f'`{name}`' for name in sorted(MACHINE))}.\n"


def kept() -> str:
    """Settings of Codex that are kept and not read."""
    return f"{', '.join(f'`{name}`' for name in sorted(KNOWN))}.\n"


def commands() -> str:
    """Every command and option, as tables."""
    return "\n".join(_command(command) for command in _all(ROOT))


def _setting(key: SettingKey) -> tuple[str, str, str, str]:
    name = key.name.replace("*", "NAME")
    kind = " ".join(f"`{word}`" for word in key.kind.split("|")) if "|" in key.kind else key.kind
    plain = not key.default or " " in key.default
    return f"`{name}`", kind, key.default if plain else f"`{key.default}`", key.help


def _all(command: Command) -> list[Command]:
    return [command, *(inner for child in command.commands for inner in _all(child))]


def _command(command: Command) -> str:
    rows = [
        (", ".join(f"`{name}`" for name in option.names), f"`{option.value}`" if option.value else "", option.help)
        for option in command.options
    ]
    usage = "\n".join(f"    {line}" for line in command.usage())
    table = "\n" + _table(("option", "value", "meaning"), rows) if rows else ""
    return f"### {command.path}\n\n{command.about}.\n\n{usage}\n{table}"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


_PARTS = {"settings": settings, "machine": machine, "kept": kept, "commands": commands}


if __name__ == "__main__":
    for name in sys.argv[1:]:
        page = Path(name)
        page.write_text(refresh(page.read_text("utf-8")), "utf-8")
