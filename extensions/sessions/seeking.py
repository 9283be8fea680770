"""Searching a log for what it shows: most lines are passed over without being made sense of.

Does not: search what nobody sees: the history, settings, what extensions keep.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

import msgspec

from csm.api import events

from .findings import Findings
from .reading import pair

if TYPE_CHECKING:
    from collections.abc import Callable

    from .recording import Checkpoint, Recording

_UNSEEN = (
    events.HistoryAppended, events.HistoryReplaced, events.TurnContext, events.ThreadStarted, events.UnknownLine,
    events.UsageReported, events.Kept, events.Configured,
)  # fmt: skip
#: Fields that hold names for machines.
_NAMES = {"id", "type", "turn_id", "item_id", "call_id", "ask_id", "status", "phase", "source", "argv"}


def find(recording: Recording, pattern: re.Pattern[str], number: int, *, back: bool) -> int | None:
    """See `csm.api.Recording`."""
    may = _may(pattern)
    if not back:
        return _first(recording, pattern, may, number)
    stretches = [known for known in recording.known if known.seq < number - 1]
    stop = number
    for start in (*reversed(stretches), None):
        found = _last(recording, pattern, may, start, stop)
        if found is not None:
            return found
        stop = (start.seq if start else 0) + 1
    return None


def _first(recording: Recording, pattern: re.Pattern[str], may: Callable[[bytes], bool], number: int) -> int | None:
    start = next((known for known in reversed(recording.known) if known.seq <= number), None)
    at, seq = (start.at, start.seq) if start else (0, 0)
    for place, step, end in recording.read(at, seq):
        if step.number > number and step.raw and may(step.raw) and shows(step.body, pattern):
            return step.number
        if step.number > number:
            return _from(recording, pattern, may, end, step.number) if end else None
        del place
    return None


def _from(
    recording: Recording, pattern: re.Pattern[str], may: Callable[[bytes], bool], at: int, number: int
) -> int | None:
    """The same from an address on, counting only once something is found."""
    for place, line in recording.sections.lines(at):
        if not may(line):
            continue
        found = pair(line, Findings(""))
        if found is not None and shows(found[1], pattern):
            return _number(recording, place, at, number)
    return None


def _number(recording: Recording, place: int, at: int, number: int) -> int | None:
    """The number of the event whose line stands at an address."""
    for known in recording.known:
        if at < known.at <= place:
            at, number = known.at, known.seq
    return next((step.number for here, step, _ in recording.read(at, number) if here == place), None)


def _last(
    recording: Recording, pattern: re.Pattern[str], may: Callable[[bytes], bool], start: Checkpoint | None, stop: int
) -> int | None:
    found = None
    for _, step, _ in recording.read(*((start.at, start.seq) if start else (0, 0))):
        if step.number >= stop:
            break
        if step.raw and may(step.raw) and shows(step.body, pattern):
            found = step.number
    return found


def shows(body: events.Body, pattern: re.Pattern[str]) -> bool:
    """Whether an event shows a text that matches."""
    if isinstance(body, _UNSEEN):
        return False
    return _has(msgspec.to_builtins(body), pattern)


def _has(value: Any, pattern: re.Pattern[str]) -> bool:
    if isinstance(value, str):
        return pattern.search(value) is not None
    if isinstance(value, list | tuple):
        return any(_has(part, pattern) for part in cast("list[Any]", value))
    if isinstance(value, dict):
        return any(_has(part, pattern) for name, part in cast("dict[str, Any]", value).items() if name not in _NAMES)
    return False


def _may(pattern: re.Pattern[str]) -> Callable[[bytes], bool]:
    """Whether a line may have what is searched for: quickly told of plain words, which JSON writes as they are."""
    word = max(re.findall(r"[a-z0-9]+", re.sub(r"\\.", " ", pattern.pattern), re.IGNORECASE), key=len, default="")
    if not word or not re.fullmatch(r"(?:[a-zA-Z0-9 _-]|\\[ .,:;/_-])+", pattern.pattern):
        return lambda line: True
    if not pattern.flags & re.IGNORECASE:
        plain = word.encode()
        return lambda line: plain in line
    lower = word.lower().encode()
    return lambda line: lower in line.lower()
