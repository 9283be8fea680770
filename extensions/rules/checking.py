"""`csm execpolicy check`: what rule files say of a command, as JSON.

Does not: run the command, or look at the rules in force.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from csm.api import SettingError, features, lines
from csm.api import rules as types

USAGE = "csm execpolicy check [OPTIONS] --rules <PATH> <COMMAND>..."
HELP = f"""\
Show what rule files say of a command. Nothing is run.

Usage: {USAGE}

Arguments:
  <COMMAND>...  The command's words; those after the first are never options of csm

Options:
  -r, --rules <PATH>              A rule file; may be given several times
      --pretty                    Spread the JSON over lines
      --resolve-host-executables  Have rules on a program's name hold for its path too
  -h, --help                      Show this help
"""
_FLAGS = ("--pretty", "--resolve-host-executables")
#: Options that every command takes, without effect here.
_COMMON = {"-c": "--config <key=value>", "--config": "--config <key=value>", "--enable": "--enable <FEATURE>",
           "--disable": "--disable <FEATURE>"}  # fmt: skip
_RULES = "--rules <PATH>"


class Wrong(Exception):
    """The words make no sense."""


class Asked(NamedTuple):
    """What is to be checked, and how."""

    files: list[str]
    command: list[str]
    flags: frozenset[str]


class _Unreadable(Exception):
    """A file that cannot be used: what failed, and why."""


def run(words: Sequence[str]) -> int:
    """Exit status: 0 whatever the rules say, 1 for files that cannot be used, 2 for words that make no sense."""
    if not words or words[0] in ("-h", "--help", "help"):
        sys.stdout.write(HELP) if words else sys.stderr.write(HELP)
        return 0 if words else 2
    try:
        if words[0] != "check":
            raise Wrong(f"unrecognized subcommand '{words[0]}'")
        asked = read(words[1:])
        if asked is None:
            sys.stdout.write(HELP)
            return 0
        found = types.merged(_file(path) for path in asked.files)
    except Wrong as error:
        sys.stderr.write(f"error: {error}\n\nUsage: {USAGE}\n\nFor more information, try '--help'.\n")
        return 2
    except (_Unreadable, SettingError) as error:
        sys.stderr.write("".join(f"{lines.clean(line)}\n" for line in str(error).split("\n")))
        return 1
    sys.stdout.write(_answer(found, asked) + "\n")
    return 0


def read(words: Sequence[str]) -> Asked | None:
    """What the words ask for; None for help. What is no option begins the command. Raises Wrong, SettingError."""
    files: list[str] = []
    flags: set[str] = set()
    rest = list(words)
    while rest:
        word = rest.pop(0)
        name, equals, value = word.partition("=")
        if word in ("-h", "--help"):
            return None
        if word == "--":
            break
        if word in _FLAGS:
            if word in flags:
                raise Wrong(f"the argument '{word}' cannot be used multiple times")
            flags.add(word)
        elif word == "-r" or name == "--rules":
            files.append(value if equals else _value(_RULES, rest))
        elif word in _COMMON or (name in _COMMON and name != "-c"):
            value = value if equals else _value(_COMMON[name], rest)
            if name in ("--enable", "--disable"):
                features.check(value)
        else:
            rest.insert(0, word)
            break
    missing = [shown for shown, given in ((_RULES, files), ("<COMMAND>...", rest)) if not given]
    if missing:
        raise Wrong("the following required arguments were not provided:" + "".join(f"\n  {one}" for one in missing))
    return Asked(files, rest, frozenset(flags))


def _value(shown: str, rest: list[str]) -> str:
    if not rest or rest[0].startswith("-"):
        raise Wrong(f"a value is required for '{shown}' but none was supplied")
    return rest.pop(0)


def _file(path: str) -> types.Rules:
    from . import reading

    try:
        return reading.rules(Path(path).read_bytes().decode(), path)
    except OSError as error:
        raise _Unreadable(
            _because(f"failed to read policy at {path}", f"{error.strerror} (os error {error.errno})")
        ) from None
    except UnicodeDecodeError as error:
        raise _Unreadable(_because(f"failed to read policy at {path}", f"byte {error.start} is no UTF-8")) from None
    except reading.BadRules as error:
        raise _Unreadable(_because(f"failed to parse policy at {path}", error.trace)) from None


def _because(what: str, why: str) -> str:
    return f"Error: {what}\n\nCaused by:\n" + "\n".join(f"    {line}".rstrip() for line in why.split("\n"))


def _answer(found: types.Rules, asked: Asked) -> str:
    resolves = "--resolve-host-executables" in asked.flags
    matches = types.matches(found, asked.command, _locate if resolves else None)
    answer: dict[str, Any] = {"matchedRules": [{"prefixRuleMatch": _shown(match)} for match in matches]}
    worst = types.strictest(matches)
    if worst is not None:
        answer["decision"] = worst.decision
    if "--pretty" in asked.flags:
        return json.dumps(answer, ensure_ascii=False, indent=2)
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


def _shown(match: types.Match) -> dict[str, Any]:
    shown: dict[str, Any] = {"matchedPrefix": match.prefix, "decision": match.decision}
    if match.program is not None:
        shown["resolvedProgram"] = match.program
    if match.justification is not None:
        shown["justification"] = match.justification
    return shown


def _locate(program: str) -> str:
    return os.path.normpath(Path.cwd() / program)
