"""Rules on commands: which words a command begins with, and what then holds. The strictest of all that match wins.

`forbidden` and `prompt` hold for whatever a script would run, as far as its text tells: in substitutions, loops and
subshells, behind `env` or `sudo`, within `bash -c`. `allow` frees a script only if it is plain words and a rule allows
each of its commands; a program given by its path must moreover be the one that its name means.

Does not: read rule files, look for programs, or decide what follows from it (`csm.core.policy`).
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from csm.core import risk, scripts

Decision = Literal["allow", "prompt", "forbidden"]
#: A rule for one of these, with no more than options behind it, would allow everything.
_TOO_BROAD = frozenset(
    "bash sh zsh dash ksh fish env sudo doas su command exec eval xargs nice nohup time timeout python python3 perl"
    " ruby node deno bun php lua awk ssh docker podman find git pwsh powershell osascript busybox".split()
)
#: From loose to strict.
DECISIONS: tuple[Decision, ...] = ("allow", "prompt", "forbidden")


class Rule(msgspec.Struct, frozen=True):
    """A command that begins with `pattern`: one of the alternatives of each place, in order."""

    pattern: tuple[tuple[str, ...], ...]
    decision: Decision = "allow"
    justification: str | None = None


class NetworkRule(msgspec.Struct, frozen=True):
    """What holds for one host. Nothing enforces it: a sandbox has network, or none."""

    host: str
    protocol: str
    decision: Decision
    justification: str | None = None


class Rules(msgspec.Struct, frozen=True):
    """`programs` are the paths at which a program may lie for rules on its name to hold there; names that are missing
    may lie anywhere. `faults` say what could not be read: with one of them nothing is allowed, and all is asked.
    """

    rules: tuple[Rule, ...] = ()
    programs: dict[str, tuple[str, ...]] = {}
    networks: tuple[NetworkRule, ...] = ()
    faults: tuple[str, ...] = ()


class Match(msgspec.Struct, frozen=True):
    """A rule that holds: the words it matched, and the path of the program where its name was meant by it."""

    prefix: tuple[str, ...]
    decision: Decision
    justification: str | None = None
    program: str | None = None


class Judgement(msgspec.Struct, frozen=True):
    """What the rules say of a command; `decision` is None where they leave it to others.

    `reason` is for whoever reads the refusal or the question. `rest` are the commands of it that no rule allows, where
    one allows the others; None where none does.
    """

    decision: Decision | None = None
    reason: str = ""
    rest: tuple[tuple[str, ...], ...] | None = None


#: Where the program lies that a word with a slash in it names: its absolute path, as written.
Locate = Callable[[str], str]
#: Whether the file at a path is the one that is run where only its name is given.
Meant = Callable[[str], bool]


def merged(found: Iterable[Rules]) -> Rules:
    """All of them as one; of what they say of one program's places the last counts."""
    whole = Rules()
    for one in found:
        whole = Rules(
            (*whole.rules, *one.rules),
            {**whole.programs, **one.programs},
            (*whole.networks, *one.networks),
            (*whole.faults, *one.faults),
        )
    return whole


def matches(rules: Rules, words: Sequence[str], locate: Locate | None = None) -> list[Match]:
    """The rules that match the words of one command, in their order.

    Where none names the program as it is given, `locate` has rules on its bare name match too.
    """
    found = [match for rule in rules.rules if (match := _match(rule, words))]
    if found or locate is None or not words or "/" not in words[0]:
        return found
    path = locate(words[0])
    name = posixpath.basename(path)
    if path not in rules.programs.get(name, (path,)):
        return []
    bare = [name, *words[1:]]
    named = [match for rule in rules.rules if (match := _match(rule, bare))]
    return [msgspec.structs.replace(match, program=path) for match in named]


def strictest(found: Iterable[Match]) -> Match | None:
    """The match that decides: the strictest, of several the one with most words, of those the last."""
    return max(reversed(list(found)), key=_strictness, default=None)


def _strictness(match: Match) -> tuple[int, int]:
    return DECISIONS.index(match.decision), len(match.prefix)


def text(prefix: Sequence[str]) -> str:
    """The rule that allows what begins with these words, as it stands in a file."""
    import json

    return f'prefix_rule(pattern={json.dumps(list(prefix), ensure_ascii=False)}, decision="allow")'


def sensible(prefix: Sequence[str]) -> bool:
    """Whether a rule for these words says something about what may run."""
    program = posixpath.basename(prefix[0]) if prefix else ""
    return bool(program) and (program not in _TOO_BROAD or any(not word.startswith("-") for word in prefix[1:]))


def judge(rules: Rules, argv: Sequence[str], script: str | None, locate: Locate, meant: Meant) -> Judgement:
    """What the rules say of a command line: `argv` starts it, `script` is what its shell then runs, if it is one."""
    found = [match for words in _all(argv, script) for match in matches(rules, words, locate)]
    worst = strictest(match for match in found if match.decision != "allow")
    if worst is not None and worst.decision == "forbidden":
        return Judgement("forbidden", _why(worst))
    if rules.faults:
        return Judgement("prompt", f"a rule file cannot be read, so nobody knows what it forbids: {rules.faults[0]}")
    if worst is not None:
        return Judgement("prompt", _why(worst))
    return _freed(rules, argv, script, locate, meant) if found else Judgement()


def _freed(rules: Rules, argv: Sequence[str], script: str | None, locate: Locate, meant: Meant) -> Judgement:
    """What of a command is allowed, where nothing speaks against it."""

    def allowed(words: Sequence[str]) -> bool:
        hits = matches(rules, words, locate)
        return bool(hits) and all(_safe(hit, words, rules, meant) for hit in hits)

    plain = None if script is None else scripts.plain(script)
    if script is None or plain is None:
        return Judgement("allow") if allowed(argv) else Judgement()
    shell = locate(argv[0]) if argv and "/" in argv[0] else ""
    if not plain or (shell and not meant(shell)):
        return Judgement()
    rest = tuple(tuple(words) for words in plain if not allowed(words))
    if not rest:
        return Judgement("allow")
    return Judgement(rest=rest) if len(rest) < len(plain) else Judgement()


def _safe(match: Match, words: Sequence[str], rules: Rules, meant: Meant) -> bool:
    """Whether a rule that allows by name allows the file that is named here: anybody can call a program `ls`."""
    if match.program is None:
        return True
    return posixpath.basename(match.program) in rules.programs or meant(match.program)


def _all(argv: Sequence[str], script: str | None) -> Iterator[Sequence[str]]:
    """Every command that starting `argv` runs, as far as its text tells."""
    if script is None:
        yield from risk.within(argv)
        return
    found = [words for command in scripts.commands(script) for words in risk.within(command)]
    yield from found
    if any(map(risk.feeds, found)):
        for text in scripts.documents(script):
            for words in scripts.commands(text):
                yield from risk.within(words)
    if scripts.plain(script) is None:
        yield argv


def _match(rule: Rule, words: Sequence[str]) -> Match | None:
    size = len(rule.pattern)
    if len(words) < size or any(word not in wanted for word, wanted in zip(words, rule.pattern, strict=False)):
        return None
    return Match(tuple(words[:size]), rule.decision, rule.justification)


def _why(match: Match) -> str:
    """For the model where it forbids, for the user where it asks."""
    if match.decision == "prompt":
        return "a rule of yours asks" + (f": {match.justification}" if match.justification else "")
    return match.justification or f"policy forbids commands starting with `{' '.join(match.prefix)}`"
