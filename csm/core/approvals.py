"""What a user has allowed for the rest of a session, and what that covers.

Does not: ask, or keep anything beyond the session.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from csm.core import risk, rules, scripts
from csm.protocol.tools import Ask, Decision

#: Where a command runs that has no sandbox.
OUTSIDE = "none"


class Allowed(msgspec.Struct, frozen=True):
    """`exact` are keys of single things, `rules` pairs of sandbox and the words that a command may begin with."""

    exact: frozenset[tuple[str, ...]] = frozenset()
    rules: frozenset[tuple[str, tuple[str, ...]]] = frozenset()


def remember(allowed: Allowed, ask: Ask, decision: Decision) -> Allowed:
    """What is allowed after an answer."""
    if decision == "accept_session":
        return msgspec.structs.replace(allowed, exact=allowed.exact | set(_keys(ask)))
    if decision == "accept_rule" and rules.sensible(ask.prefix):
        return msgspec.structs.replace(allowed, rules=allowed.rules | {(ask.sandbox, ask.prefix)})
    return allowed


def covers(allowed: Allowed, ask: Ask) -> bool:
    """Whether the user need not be asked again."""
    keys = list(_keys(ask))
    if keys and allowed.exact.issuperset(keys):
        return True
    return ask.kind == "command" and bool(allowed.rules) and _ruled(allowed, ask)


def _keys(ask: Ask) -> Iterator[tuple[str, ...]]:
    """What "for this session" means: the same command in the same place, each file of a patch, the tool."""
    if ask.kind == "command":
        yield ("command", ask.cwd, ask.sandbox, ask.command, *ask.argv)
    elif ask.kind == "patch":
        for change in ask.changes:
            yield ("patch", change.path)
            if change.move_path is not None:
                yield ("patch", change.move_path)
    else:
        yield ("tool", ask.key or ask.title)


def _ruled(allowed: Allowed, ask: Ask) -> bool:
    """Whether each command in it begins as a rule says. A rule for outside the sandbox counts inside as well."""
    prefixes = [prefix for sandbox, prefix in allowed.rules if sandbox in (ask.sandbox, OUTSIDE)]
    script = risk.script(ask.argv)
    found = [list(ask.argv)] if script is None else scripts.plain(script)
    return bool(found) and all(any(_begins(words, prefix) for prefix in prefixes) for words in found)


def _begins(words: Sequence[str], prefix: Sequence[str]) -> bool:
    return tuple(words[: len(prefix)]) == tuple(prefix)
