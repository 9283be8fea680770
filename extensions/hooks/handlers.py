"""Hooks as they are set up: each command with its event, matcher and limits, and whether the user trusts it.

A hook is known by its key, `FILE:event:GROUP:NUMBER`, and trusted as long as its hash is the one the user trusted: of
all that it says, so that another command in its place is another hook.

Does not: read files (`sources.py`), or run anything.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

import msgspec

from . import kinds
from .kinds import Kind
from .sources import Setup, Source

Trust = Literal["managed", "trusted", "modified", "untrusted"]
_OTHER_TYPES = ("prompt", "agent", "mcp_tool")
#: What Codex calls a file's tools beside its own name for them.
ALIASES = {"apply_patch": ("Write", "Edit")}


class Handler(msgspec.Struct, frozen=True):
    """A hook. `timeout` is seconds; `limit` tokens of what it tells the model; `order` numbers all that are set up."""

    kind: Kind
    command: str
    key: str
    hash: str
    source: str
    origin: str
    order: int
    matcher: str | None = None
    timeout: int = kinds.LONG
    beside: bool = False
    doing: str = ""
    limit: int | None = None
    enabled: bool = True
    trust: Trust = "untrusted"

    @property
    def trusted(self) -> bool:
        """Whether the user, or whoever manages the machine, has looked at it."""
        return self.trust in ("managed", "trusted")

    @property
    def run_id(self) -> str:
        """The id of its runs."""
        return f"{self.kind.word}:{self.order}:{self.source}"


class _Entry(msgspec.Struct, rename="camel"):
    """One hook of a group, as it is written."""

    type: str
    command: str | None = None
    timeout: int | None = None
    is_async: bool = msgspec.field(default=False, name="async")
    status_message: str | None = None
    additional_context_limit: int | None = None


class _Group(msgspec.Struct):
    hooks: list[_Entry] = []
    matcher: str | None = None


def find(setup: Setup) -> tuple[list[Handler], list[str]]:
    """Every hook in order, and what is wrong with the rest."""
    found: list[Handler] = []
    warnings = list(setup.warnings)
    for source in setup.sources:
        read = _read(source, warnings)
        if read is not None:
            for kind in kinds.KINDS:
                found += _of_kind(source, kind, read.get(kind.name, []), len(found), setup.states, warnings)
    return found, warnings


def _read(source: Source, warnings: list[str]) -> dict[str, list[_Group]] | None:
    """The groups of a file; None where one of them cannot be read: half of a file would be a surprise."""
    try:
        return {name: msgspec.convert(groups, list[_Group], strict=True) for name, groups in source.groups.items()}
    except msgspec.ValidationError as error:
        warnings.append(f"the hooks in {source.path} are not used: {error}")
        return None


def _of_kind(
    source: Source, kind: Kind, groups: list[_Group], first: int, states: Mapping[str, Any], warnings: list[str]
) -> Iterator[Handler]:
    order = first
    for place, group in enumerate(groups):
        matcher = group.matcher if kind.matched else None
        if matcher is not None and not valid(matcher):
            warnings.append(f"the matcher {matcher!r} in {source.path} is no regular expression")
            continue
        for number, entry in enumerate(group.hooks):
            if not _runs(entry, source, warnings):
                continue
            key = f"{source.path}:{kind.key}:{place}:{number}"
            yield _handler(source, kind, entry, key, matcher, order, states.get(key, {}), warnings)
            order += 1


def _runs(entry: _Entry, source: Source, warnings: list[str]) -> bool:
    if entry.type == "command" and (entry.command or "").strip():
        return True
    what = "a hook without a command" if entry.type == "command" else f"a hook of the type {entry.type}"
    why = "" if entry.type == "command" else ": only commands can be run" if entry.type in _OTHER_TYPES else ": unknown"
    warnings.append(f"{what} in {source.path} is left out{why}")
    return False


def _handler(
    source: Source,
    kind: Kind,
    entry: _Entry,
    key: str,
    matcher: str | None,
    order: int,
    state: Mapping[str, Any],
    warnings: list[str],
) -> Handler:
    command = entry.command or ""
    timeout = max(1, entry.timeout if entry.timeout is not None else kinds.SHORT if kind.quick else kinds.LONG)
    beside, limit = entry.is_async, entry.additional_context_limit
    where = f"{kind.name} hook in {source.path}"
    if kind.quick and timeout > kinds.CAP:
        warnings.append(f"the {where} gets {kinds.CAP} s, not {timeout}")
        timeout = kinds.CAP
    if kind.quick and beside:
        warnings.append(f"the {where} is waited for: there is no later for it")
        beside = False
    if limit is not None and not kind.context:
        warnings.append(f"additionalContextLimit means nothing for the {where}")
        limit = None
    hashed = digest(kind.key, matcher, command, timeout, entry.is_async, entry.status_message, limit)
    trusted = state.get("trusted_hash")
    return Handler(
        kind,
        command,
        key,
        hashed,
        source.path,
        source.origin,
        order,
        matcher,
        timeout,
        beside,
        entry.status_message or "",
        limit,
        enabled=source.origin == "system" or state.get("enabled") is not False,
        trust=_trust(source.origin, hashed, trusted),
    )


def _trust(origin: str, hashed: str, trusted: Any) -> Trust:
    if origin == "system":
        return "managed"
    if not isinstance(trusted, str):
        return "untrusted"
    return "trusted" if trusted == hashed else "modified"


def digest(
    key: str, matcher: str | None, command: str, timeout: int, beside: bool, doing: str | None, limit: int | None
) -> str:
    """What Codex, too, writes down of a hook that is trusted."""
    hook = {"type": "command", "command": command, "timeout": timeout, "async": beside}
    hook |= {"statusMessage": doing} if doing is not None else {}
    hook |= {"additionalContextLimit": limit} if limit is not None else {}
    told = {"event_name": key, "hooks": [hook], **({} if matcher is None else {"matcher": matcher})}
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def valid(matcher: str) -> bool:
    """Whether it can be matched."""
    try:
        re.compile(matcher)
    except re.error:
        return matcher == "*"
    return True


def matches(matcher: str | None, names: Iterable[str]) -> bool:
    """Whether a matcher is for something of these names: all without one, words alone exactly, else by search."""
    if matcher in (None, "", "*"):
        return True
    assert matcher is not None
    if re.fullmatch(r"[A-Za-z0-9_|]+", matcher):
        return bool({*matcher.split("|")} & {*names})
    return any(re.search(matcher, name) for name in names)
