"""Stored sessions in print: a table for people and pipes, one JSON object for scripts.

Does not: find them, or open any.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from csm.headless.visible import one_line

if TYPE_CHECKING:
    from csm.host.storage import SessionHead

_HEADINGS = ("UPDATED", "ID", "NAME OR FIRST PROMPT", "FOLDER")
#: Cells of a name or prompt, where the terminal does not say that there is more room.
_TITLE = 48


def table(heads: Iterable[SessionHead]) -> None:
    """One line a session, the newest first, below a line of headings; written as they are found."""
    sys.stdout.write(_row(_HEADINGS))
    for head in heads:
        sys.stdout.write(_row((_local(head.updated), head.thread_id, title(head), one_line(head.cwd))))


def as_json(heads: Iterable[SessionHead]) -> None:
    """`{"sessions": [...]}` on one line, written as they are found."""
    sys.stdout.write('{"sessions":[')
    for number, head in enumerate(heads):
        sys.stdout.write(("," if number else "") + _json(told(head)))
    sys.stdout.write("]}\n")


def one(head: SessionHead) -> None:
    """`{"session": {...}}`."""
    sys.stdout.write(f'{{"session":{_json(told(head))}}}\n')


def unreadable(found: Sequence[str]) -> None:
    """Say on stderr how many session files could not be read, and which is one of them."""
    if found:
        count = f"{len(found)} session file{'s' * (len(found) > 1)}"
        sys.stderr.write(f"warning: {count} could not be read: {one_line(found[0])}\n")


def told(head: SessionHead) -> dict[str, Any]:
    """A head as JSON has it."""
    return {
        "id": head.thread_id,
        "name": head.name,
        "prompt": head.prompt,
        "created": head.created,
        "updated": head.updated,
        "cwd": head.cwd,
        "branch": head.branch or None,
        "source": head.source,
        "provider": head.provider,
        "size": head.size,
        "turns": head.turns,
        "archived": head.archived,
        "tags": list(head.tags),
        "path": head.path,
    }


def title(head: SessionHead) -> str:
    """What a session is known by: its name, or how it began, and its tags."""
    line = one_line(head.name or " ".join(head.prompt.split()) or "(nothing was said)")
    tags = _clipped("".join(f" #{one_line(tag)}" for tag in head.tags), _TITLE // 2)
    return _clipped(line, _TITLE - len(tags)) + tags


def _clipped(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _row(cells: tuple[str, ...]) -> str:
    updated, thread_id, name, folder = cells
    return f"{updated:16}  {thread_id:36}  {_pad(name)}  {folder}".rstrip() + "\n"


def _pad(text: str) -> str:
    from csm.view.lines import width

    return text + " " * max(0, _TITLE - width(text))


def _local(time: str) -> str:
    try:
        return f"{datetime.fromisoformat(time).astimezone():%Y-%m-%d %H:%M}"
    except ValueError:
        return time[:16]


def _json(value: dict[str, Any]) -> str:
    from csm.protocol import codec

    return codec.encode(value).decode()
