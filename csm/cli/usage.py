"""Help texts, rendered from the table of commands.

Does not: hold any text of its own beyond labels.
"""

from __future__ import annotations

import sys

from csm.cli.arguments import Command, Option, Parsed, UsageError

_WIDTH = 100
_LONGEST = 34


def render(command: Command, extra: dict[str, str] | None = None) -> str:
    """The help of a command. `extra` are subcommands that extensions add, name to description."""
    parts = [command.about, "Usage: " + "\n       ".join(command.usage())]
    rows = [(inner.name, _with_aliases(inner)) for inner in command.commands]
    rows += sorted((extra or {}).items())
    parts += _block("Commands", rows)
    parts += _block("Arguments", [(place.shown, place.help + _choices(place.choices)) for place in command.positionals])
    parts += _block("Options", [_option(option) for option in (*command.options, *_own(command))])
    return "\n\n".join(parts) + "\n"


def run(parsed: Parsed) -> int:
    """`csm help [COMMAND]...`"""
    from csm.cli.table import ROOT

    command = ROOT
    for word in parsed.all("command"):
        inner = command.find(word)
        if inner is None:
            raise UsageError(f"unrecognized subcommand '{word}'", command)
        command = inner
    from csm.cli.added import titles

    sys.stdout.write(render(command, titles() if command is ROOT else None))
    return 0


def _own(command: Command) -> tuple[Option, ...]:
    own = [Option("-h", "--help", help="Show this help")]
    if command.path.count(" ") == 0 or command.commands:
        own.append(Option("-V", "--version", help="Show the version"))
    return tuple(own)


def _with_aliases(command: Command) -> str:
    return command.about + (f" [aliases: {', '.join(command.aliases)}]" if command.aliases else "")


def _choices(choices: tuple[str, ...]) -> str:
    return f" [possible values: {', '.join(choices)}]" if choices else ""


def _option(option: Option) -> tuple[str, str]:
    names = ", ".join(option.names)
    left = names if option.names[0].startswith("-") and not option.names[0].startswith("--") else "    " + names
    if option.value is not None:
        left += f" <{option.value}>" + ("..." if option.many == "list" else "")
    default = f" [default: {option.default}]" if option.default else ""
    return left, option.help + default + _choices(option.choices)


def _block(label: str, rows: list[tuple[str, str]]) -> list[str]:
    if not rows:
        return []
    column = min(_LONGEST, max(len(left) for left, _ in rows)) + 4
    return [f"{label}:\n" + "\n".join(_row(left, text, column) for left, text in rows)]


def _row(left: str, text: str, column: int) -> str:
    lines = _wrap(text, _WIDTH - column)
    gap = "\n" + " " * column
    first = f"  {left}".ljust(column)
    return (first + (gap if len(first) > column else "") + gap.join(lines)).rstrip()


def _wrap(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + len(word) + 1 > width:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return lines


if __name__ == "__main__":
    from csm.cli.table import ADDED, ROOT

    sys.stdout.write(render(ROOT, ADDED))
