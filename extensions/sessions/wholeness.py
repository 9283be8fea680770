"""Whether a log's lines are whole: each line looked at once, what is wrong with it named.

The same look serves reading, checking and mending, so that all three agree on what is sound.

Does not: know what lines say beyond their envelope.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from csm.api import rollout

from .salvage import empty, salvage

#: `broken` lines hold nothing that can be read, `buried` ones a whole line behind something else, `bytes` some that
#: are no UTF-8, `escapes` halves of characters; `torn` is a last line that is broken and has no end.
Fault = Literal["", "empty", "broken", "buried", "bytes", "escapes", "torn"]
#: Line types that Codex 0.169 knows; others it skips.
KNOWN = frozenset(
    "session_meta response_item inter_agent_communication inter_agent_communication_metadata compacted turn_context "
    "token_usage_record world_state retained_context security_risk_score event_msg realtime_item".split()
)
#: Escapes; the group holds half a character without its other half.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)


class Seen(NamedTuple):
    """A line: where it stands, as it is, what is wrong with it, and its envelope if it has one.

    `skip` bytes at its beginning are no part of the line.
    """

    at: int
    line: bytes
    fault: Fault
    found: rollout.Line | None
    skip: int = 0


def lines(path: Path, progress: Callable[[int], object] | None = None) -> Iterator[Seen]:
    """Every line of a file. `progress` is told how many bytes were read. Raises OSError."""
    with path.open("rb") as file:
        at = 0
        for line in file:
            yield look(at, line)
            at += len(line)
            if progress is not None:
                progress(at)


def look(at: int, line: bytes) -> Seen:
    """What there is to say of a line."""
    if empty(line):
        return Seen(at, line, "empty", None)
    found = rollout.envelope(line)
    if found is not None:
        return Seen(at, line, _inside(line), found)
    buried = salvage(line)
    if buried is not None:
        return Seen(at, line, "buried", rollout.envelope(line[buried[0] :].rstrip(b"\0 \t\r\n")), buried[0])
    return Seen(at, line, "broken" if line.endswith(b"\n") else "torn", None)


def decodable(line: bytes) -> bytes:
    """The line with U+FFFD in the place of bytes that are no UTF-8."""
    if line.isascii():
        return line
    try:
        line.decode()
    except UnicodeDecodeError:
        return line.decode("utf-8", "replace").encode()
    return line


def mended(seen: Seen) -> bytes:
    """The line as Codex takes it, and as long as it was: what cannot be read is blanked, and it has an end."""
    end = b"\n" if seen.line.endswith(b"\n") else b""
    if seen.fault == "torn":
        return b""
    if seen.found is None:
        return b" " * (len(seen.line) - len(end)) + end
    text = _strict(seen.line[seen.skip :].rstrip(b"\0 \t\r\n"))
    return b" " * seen.skip + text + b" " * (len(seen.line) - len(end) - seen.skip - len(text)) + (end or b"\n")


def _strict(text: bytes) -> bytes:
    """As long as before: a question mark for each byte that is no UTF-8, U+FFFD for each half of a character."""
    if not text.isascii():
        text = text.decode("utf-8", "surrogateescape").encode("utf-8", "replace")
    if _halved(text):
        text = _ESCAPE.sub(lambda one: b"\\ufffd" if one[1] else one[0], text)
    return text


def _inside(line: bytes) -> Fault:
    if not line.isascii():
        try:
            line.decode()
        except UnicodeDecodeError:
            return "bytes"
    return "escapes" if _halved(line) else ""


def _halved(line: bytes) -> bool:
    return (b"\\ud" in line or b"\\uD" in line) and any(one[1] for one in _ESCAPE.finditer(line))
