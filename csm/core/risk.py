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
    "ionice": "cnp",
    "strace": "eoapPsSuE",
    "nsenter": "t",
}
_SHELLS = frozenset("bash sh zsh dash ksh".split())
_UNSURE_CARRIERS = frozenset(["xargs"])
#: More of the kind, and how many words of their own stand before the command.
_PLACES = {
    "busybox": 0, "caffeinate": 0, "chronic": 0, "chroot": 1, "coproc": 0, "fakeroot": 0, "flock": 1, "ionice": 0,
    "ltrace": 0, "nsenter": 0, "pkexec": 0, "run0": 0, "strace": 0, "systemd-run": 0, "taskset": 1, "torsocks": 0,
    "unbuffer": 0, "unshare": 0,
}  # fmt: skip
#: What find runs stands behind one of these.
_RUNNING = frozenset("-exec -execdir -ok -okdir".split())
_DURATION = r"[0-9.]+[smhd]?"
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
    texts = list(_texts(program, words))
    for text in texts:
        yield from scripts.commands(text)
    if texts:
        return
    if program in _PLACES:
        yield _behind(program, words[1:])[_PLACES[program] :]
    elif program in _CARRIERS:
        yield _behind(program, words[1:])
    elif program == "find":
        yield from (words[at + 1 :] for at, word in enumerate(words) if word in _RUNNING)


def _texts(program: str, words: Sequence[str]) -> Iterator[str]:
    """What of a command's words is a script."""
    text = script(words)
    if text is not None:
        yield text
    elif program in ("eval", "watch", "parallel"):
        yield " ".join(words[1:])
    elif program == "trap":
        yield from words[1:2]
    elif program == "alias":
        yield from (word.partition("=")[2] for word in words[1:])
    elif program in ("su", "script", "runuser") and "-c" in words[:-1]:
        yield words[words.index("-c") + 1]


def feeds(words: Sequence[str]) -> bool:
    """Whether a command is a shell that runs what it is fed."""
    return bool(words) and _program(words[0]) in _SHELLS and script(words) is None


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
        elif "=" in word or re.fullmatch(_DURATION, word):
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
    for at, word in enumerate(words[1:], 1):
        if word.startswith("-") and not word.startswith("--") and "c" in word:
            return next((given for given in words[at + 1 :] if not given.startswith("-")), None)
    return None
