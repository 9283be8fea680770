"""A session's log as bodies: its own file and those it builds on, with what is sound in broken ones.

Does not: stop at anything but a file that cannot be opened. What is not right is noted in `Findings`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from csm.api import StoreError, events, rollout

from . import lineage
from .findings import Findings
from .salvage import empty, salvage
from .wholeness import decodable

Pair = tuple[str, events.Body]


def read(home: Path, path: Path, findings: Findings) -> Iterator[Pair]:
    """All pairs. Where the first line is lost, what it would say begins with the id that the file's name tells.

    Raises StoreError where a file cannot be read.
    """
    try:
        yield from _all(home, path, findings)
    except OSError as error:
        raise StoreError(f"cannot read the session file {error.filename or path}: {error.strerror}") from error


def _all(home: Path, path: Path, findings: Findings) -> Iterator[Pair]:
    parts, missing = lineage.chain(home, path)
    if missing:
        findings.missing.append(missing)
    own = _pairs(lineage.Part(path, None, None), findings)
    first = next(own, None)
    findings.headless = first is None or not isinstance(first[1], events.ThreadStarted)
    if findings.headless:
        yield "", events.ThreadStarted(findings.thread_id, "", originator="")
    if first is not None:
        yield first
    for part in parts:
        for pair in _pairs(part, findings):
            if not isinstance(pair[1], events.ThreadStarted):
                yield pair
    yield from own


def _pairs(part: lineage.Part, findings: Findings) -> Iterator[Pair]:
    for line in lineage.lines(part):
        found = pair(line, findings)
        if found is not None:
            yield found


def pair(line: bytes, findings: Findings) -> Pair | None:
    """The pair in a line; what is wrong with the line is noted."""
    text = decodable(line)
    found = rollout.decode(text)
    if found is not None or empty(line):
        findings.strange += text is not line
        return found
    salvaged = salvage(line)
    if salvaged is None:
        findings.skipped += 1
        return None
    findings.salvaged += 1
    return salvaged[1]
