"""A log in figures: one pass, in bounded memory, however long the log is.

Does not: fold the thread, or judge its lines (`checking`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from csm.api import codec, events, items, rollout

from . import lineage, places
from .wholeness import Seen, lines

#: How many of the longest lines are named.
_LONGEST = 5


class _Kind(msgspec.Struct):
    type: str = ""
    name: str = ""
    role: str = ""


_kinds = msgspec.json.Decoder(_Kind)


class Long(msgspec.Struct, frozen=True, order=True):
    """One of the longest lines; lines count from 1."""

    bytes: int
    line: int
    type: str


class Summary(msgspec.Struct):
    """The figures. Counts are of lines unless they say otherwise; times are as the log has them."""

    path: str
    thread_id: str = ""
    cwd: str = ""
    source: str = ""
    provider: str = ""
    written_by: str = ""
    created: str = ""
    updated: str = ""
    bytes: int = 0
    lines: int = 0
    numbered: bool = False
    #: Lines that are not sound.
    faults: int = 0
    types: dict[str, int] = {}
    #: Messages of Codex's event lines and response items, by kind.
    messages: dict[str, int] = {}
    items: dict[str, int] = {}
    #: What the model called, by name.
    tools: dict[str, int] = {}
    #: Turns by how they ended, and by model.
    turns: dict[str, int] = {}
    models: dict[str, int] = {}
    compactions: int = 0
    #: Bytes of the history that the model would be sent.
    history_bytes: int = 0
    #: Tokens of the whole thread.
    tokens: dict[str, int] = {}
    first_prompt: str = ""
    parents: list[str] = []
    longest: list[Long] = []


def summarize(home: Path, path: Path, progress: Callable[[int], object] | None = None) -> Summary:
    """Look at a whole log. Raises OSError."""
    made = Summary(str(path), places.id_of(path) or "")
    made.parents = [places.part_of(part.path) for part in lineage.chain(home, path)[0]]
    reader = _Reader(made)
    for seen in lines(path, progress):
        reader.see(seen)
    if reader.running:
        _count(made.turns, "unfinished")
    made.longest.sort(reverse=True)
    return made


class _Reader:
    """The pass over one file."""

    def __init__(self, made: Summary) -> None:
        self.made = made
        self.running = False
        self._least = 0

    def see(self, seen: Seen) -> None:
        made, found = self.made, seen.found
        made.lines += 1
        made.bytes = seen.at + len(seen.line)
        made.faults += seen.fault not in ("", "empty")
        if len(seen.line) > self._least:
            self._long(seen)
        if found is None:
            return
        _count(made.types, found.type)
        made.updated = found.timestamp or made.updated
        if found.type == "response_item":
            self._item(found)
        elif found.type in ("event_msg", "session_meta", "turn_context", "compacted", "csm_event"):
            self._body(found, seen.line)

    def _long(self, seen: Seen) -> None:
        longest = self.made.longest
        longest.append(Long(len(seen.line), self.made.lines, seen.found.type if seen.found else ""))
        longest.sort(reverse=True)
        del longest[_LONGEST:]
        self._least = longest[-1].bytes if len(longest) == _LONGEST else 0

    def _item(self, found: rollout.Line) -> None:
        made, kind = self.made, _kind(found)
        made.history_bytes += len(bytes(found.payload))
        _count(made.items, f"{kind.role} {kind.type}" if kind.role else kind.type or "?")
        if kind.name and kind.type.endswith("_call"):
            _count(made.tools, kind.name)

    def _body(self, found: rollout.Line, line: bytes) -> None:
        made, body = self.made, rollout.body_of(found, line)
        if found.type == "event_msg":
            _count(made.messages, _kind(found).type or "?")
        if isinstance(body, events.ThreadStarted):
            self._begin(body, found)
        elif isinstance(body, events.TurnContext):
            _count(made.models, body.model)
        elif isinstance(body, events.HistoryReplaced):
            made.compactions += 1
            made.history_bytes = sum(len(bytes(raw)) for raw in body.history)
        elif isinstance(body, events.UsageReported):
            made.tokens = msgspec.to_builtins(body.total)
        elif isinstance(body, events.ItemCompleted) and isinstance(body.item, items.UserMessage):
            made.first_prompt = made.first_prompt or body.item.text[:400]
        else:
            self._turn(body)

    def _begin(self, body: events.ThreadStarted, found: rollout.Line) -> None:
        made = self.made
        if made.created:
            return
        made.thread_id = made.thread_id or body.thread_id
        made.cwd, made.source, made.provider, made.created = body.cwd, body.source, body.provider, body.created
        made.written_by = f"{body.originator} {body.version}".strip()
        made.numbered = found.ordinal is not None

    def _turn(self, body: events.Body) -> None:
        if isinstance(body, events.TurnStarted):
            if self.running:
                _count(self.made.turns, "unfinished")
            self.running = True
        elif isinstance(body, events.TurnCompleted | events.TurnFailed | events.TurnInterrupted):
            self.running = False
            _count(self.made.turns, type(body).__name__.removeprefix("Turn").lower())


def _kind(found: rollout.Line) -> _Kind:
    try:
        return codec.decode_as(_kinds, found.payload)
    except (msgspec.MsgspecError, ValueError):
        return _Kind()


def _count(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1
