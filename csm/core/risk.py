"""What a command's words say about its danger: only what surely destroys counts. And which commands it runs in turn.

Does not: say what only reads (`csm.core.reading`), or decide what follows (`csm.core.policy`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from csm.core import scripts

#: Programs that run the command which follows them.
_CARRIERS = frozenset("env sudo doas command nohup nice exec time builtin xargs timeout setsid stdbuf".split())
#: Characters that may stand within a word and vanish.
_UNQUOTED = dict.fromkeys(map(ord, "\\'\"\n"))
#: Their options that take the next word.
_TAKING = {
    "sudo": "ugpChrtTUDR",
    "doas": "uC",
    "env": "uC",
    "exec": "a",
    "nice": "n",
    "time": "fo",
    "timeout": "sk",
    "xargs": "aEIdLnPs",
    "stdbuf": "ioe",
}
_SHELLS = frozenset("bash sh zsh dash ksh".split())
_UNSURE_CARRIERS = frozenset(["xargs"])
#: What find runs stands behind one of these.
_RUNNING = frozenset("-exec -execdir -ok -okdir".split())
_DURATION = re.compile(r"[0-9.]+[smhd]?")
_DEEPEST = 5


def danger(command: str | Sequence[str], depth: int = 0) -> str:
    """A short word on what the command surely destroys; empty if nothing."""
    if isinstance(command, str):
        if "rm" not in command.translate(_UNQUOTED):
            return ""
        found = (danger(words, depth) for words in scripts.commands(command))
        return next(filter(None, found), "")
    words = list(_carried(command))
    if not words or depth > 4:
        return ""
    program = _program(words[0])
    if program in _SHELLS:
        inner = script(words)
        return danger(inner, depth + 1) if inner is not None else ""
    if program == "rm" and any(_forces(word) for word in _options(words[1:])):
        return "deletes files without asking"
    return ""


def within(words: Sequence[str], depth: int = 0) -> Iterator[Sequence[str]]:
    """A command, and whatever it may run by its own words: behind `sudo` or `xargs`, in `bash -c`, `eval`, `find`."""
    if not words:
        return
    yield words
    if depth < _DEEPEST:
        for inner in _inner(words):
            yield from within(inner, depth + 1)


def _inner(words: Sequence[str]) -> Iterator[Sequence[str]]:
    program = _program(words[0])
    text = " ".join(words[1:]) if program == "eval" else script(words)
    if text is not None:
        yield from scripts.commands(text)
    elif program in _CARRIERS:
        yield _behind(program, words[1:])
    elif program == "find":
        yield from (words[at + 1 :] for at, word in enumerate(words) if word in _RUNNING)


def _behind(program: str, words: Sequence[str]) -> Sequence[str]:
    """What a carrier carries: the words without its own options, their values, assignments and times."""
    while words:
        word = words[0]
        if word == "--":
            return words[1:]
        if program == "env" and word in ("-S", "--split-string"):
            return [*" ".join(words[1:2]).split(), *words[2:]]
        if word.startswith("-"):
            takes = not word.startswith("--") and word[-1] in _TAKING.get(program, "")
            words = words[2 if takes else 1 :]
        elif "=" in word or _DURATION.fullmatch(word):
            words = words[1:]
        else:
            break
    return words


def _carried(words: Sequence[str]) -> Iterator[str]:
    """The words without the programs in front that only run them."""
    rest = list(words)
    while rest and _program(rest[0]) in _CARRIERS - _UNSURE_CARRIERS:
        rest = rest[1:]
        while rest and (rest[0].startswith("-") or "=" in rest[0] or rest[0].isdigit()):
            rest = rest[1:]
    return iter(rest)


def _options(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        if word == "--":
            return
        if word.startswith("-"):
            yield word


def _forces(option: str) -> bool:
    return option == "--force" or (not option.startswith("--") and "f" in option)


def _program(word: str) -> str:
    return word.rpartition("/")[2]


def script(words: Sequence[str]) -> str | None:
    """The script of `bash -c SCRIPT`; None for any other command."""
    if not words or _program(words[0]) not in _SHELLS:
        return None
    for at, word in enumerate(words[1:-1], 1):
        if word.startswith("-") and not word.startswith("--") and word.endswith("c"):
            return words[at + 1]
    return None
