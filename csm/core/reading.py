"""Which commands surely change nothing. Whatever is unusual about a command, or only looks unusual, is not sure.

Does not: decide what follows from it (`csm.core.policy`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from csm.core import risk, scripts

#: Programs that only read, whatever their arguments but those below.
_READERS = frozenset(
    "cat cd cut date echo expr false grep head id ls nl paste pwd rev seq stat tail tr true uname uniq wc which whoami"
    " basename dirname realpath readlink file test printf egrep fgrep cmp diff comm tac df du find rg".split()
)
_GIT = frozenset("status log diff show branch rev-parse ls-files blame describe".split())
#: Options of `git branch` that list. Any other word makes, changes or removes a branch.
_LISTING = frozenset("-a -r -v -vv -avv -q --all --remotes --list --verbose --show-current --no-color --color".split())
#: Arguments that make a reading program write or run something.
_WRITING = {
    "find": ("-exec", "-execdir", "-ok", "-okdir", "-delete", "-fls", "-fprint", "-fprint0", "-fprintf"),
    "rg": ("--pre", "--hostname-bin", "--search-zip"),
    "git": ("--output", "-c", "--config-env", "--ext-diff", "--textconv", "-D", "-d", "-m", "-M", "-C", "-f"),
    "file": ("-C", "--compile"),
    "diff": ("-o", "--output"),
    "printf": ("-v",),
}
#: A longer script is not looked through by anybody who is not asked.
_LONGEST = 10_000
#: What may stand in a script that is sure to be what it looks like: no controls, no marks of direction, odd blanks.
_UNSEEN = frozenset("Cc Cf Cn Co Cs Zl Zp".split())


def only_reads(command: str | Sequence[str]) -> bool:
    """Whether a script, or a command as its words, surely changes nothing."""
    if isinstance(command, str):
        return _script(command)
    inner = risk.script(command)
    if inner is not None:
        return len(command) == 3 and _script(inner)
    return _command(command)


def _script(text: str) -> bool:
    if len(text) > _LONGEST or not all(map(_seen, text)) or text.rstrip().endswith(";"):
        return False
    plain = scripts.plain(text, bare=True)
    if not plain or not all(map(_command, plain)):
        return False
    programs = {words[0] for words in plain}
    return not programs >= {"cd", "git"}  # another repository may bring programs that git runs


def _seen(char: str) -> bool:
    kind = unicodedata.category(char)
    return kind not in _UNSEEN and (kind != "Zs" or char == " ")


def _command(words: Sequence[str]) -> bool:
    if not words:
        return False
    program, arguments = words[0], words[1:]
    if any(_matches(word, option) for word in arguments for option in _WRITING.get(program, ())):
        return False
    if program == "git":
        return _git(arguments)
    if program == "sed":
        return len(arguments) in (2, 3) and arguments[0] == "-n" and _prints(arguments[1]) and _plain(arguments[2:])
    if program == "date":
        return all(word.startswith("+") or word in ("-u", "--utc", "-R") for word in arguments)
    if program == "uniq":
        return sum(not word.startswith("-") for word in arguments) < 2
    if program == "rg":
        return not any("z" in word for word in arguments if word.startswith("-") and not word.startswith("--"))
    return program in _READERS


def _git(arguments: Sequence[str]) -> bool:
    if not arguments or arguments[0] not in _GIT:
        return False
    return arguments[0] != "branch" or _LISTING.issuperset(arguments[1:])


def _prints(program: str) -> bool:
    """`3p` and `3,9p`, which sed only prints."""
    first, _, last = program.removesuffix("p").partition(",")
    return program.endswith("p") and first.isdigit() and (last == "" or last.isdigit())


def _plain(words: Sequence[str]) -> bool:
    return not any(word.startswith("-") for word in words)


def _matches(word: str, option: str) -> bool:
    return word == option or word.startswith(f"{option}=") or (len(option) == 2 and word.startswith(option))
