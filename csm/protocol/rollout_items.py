"""Items as 0.169 stores them (`item_completed`), and the changes of a patch, which both versions write alike.

Does not: write them: our own items are written as 0.132 writes them.
"""

from __future__ import annotations

import re
import shlex
from typing import Any

import msgspec

from csm.protocol.items import (
    AgentMessage,
    CommandExecution,
    FileChange,
    Item,
    PatchChange,
    Reasoning,
    Status,
    UserMessage,
)
from csm.protocol.rollout_calls import ContextCompactionItem, McpToolCallItem, WebSearchItem


class _Add(msgspec.Struct, tag="add"):
    content: str = ""


class _Delete(msgspec.Struct, tag="delete"):
    content: str = ""


class _Update(msgspec.Struct, tag="update"):
    unified_diff: str = ""
    move_path: str | None = None


Change = _Add | _Delete | _Update


class _Part(msgspec.Struct):
    """A piece of content: text, or an image by URL or path."""

    type: str = ""
    text: str = ""
    image_url: str = ""
    path: str = ""


class _UserMessage(msgspec.Struct, tag="UserMessage"):
    id: str = ""
    content: tuple[_Part, ...] = ()


class _AgentMessage(msgspec.Struct, tag="AgentMessage"):
    id: str = ""
    content: tuple[_Part, ...] = ()
    phase: str | None = None


class _Reasoning(msgspec.Struct, tag="Reasoning"):
    id: str = ""
    summary_text: tuple[str, ...] = ()


class _Duration(msgspec.Struct):
    secs: int = 0
    nanos: int = 0


class _CommandExecution(msgspec.Struct, tag="CommandExecution"):
    id: str = ""
    command: tuple[str, ...] | str = ()
    cwd: str = ""
    status: str = "completed"
    aggregated_output: str | None = None
    exit_code: int | None = None
    duration: _Duration | None = None


class _FileChange(msgspec.Struct, tag="FileChange"):
    id: str = ""
    changes: dict[str, Change] = {}
    status: str | None = None
    stdout: str | None = None
    stderr: str | None = None


ITEM = msgspec.json.Decoder(
    _UserMessage
    | _AgentMessage
    | _Reasoning
    | _CommandExecution
    | _FileChange
    | McpToolCallItem
    | WebSearchItem
    | ContextCompactionItem
)


def body_item(found: Any) -> Item:
    """The item that one of `ITEM`'s types stands for."""
    if isinstance(found, _UserMessage):
        images = tuple(part.image_url or part.path for part in found.content if part.image_url or part.path)
        return UserMessage(found.id, _text(found.content), images)
    if isinstance(found, _AgentMessage):
        return AgentMessage(found.id, _text(found.content), found.phase)
    if isinstance(found, _Reasoning):
        return Reasoning(found.id, "\n\n".join(found.summary_text))
    if isinstance(found, _FileChange):
        changes = patch_changes(found.changes)
        return FileChange(found.id, changes, _status(found.status), found.stdout or "", found.stderr or "")
    return _command(found) if isinstance(found, _CommandExecution) else found.item()


def patch_changes(changes: dict[str, Change]) -> tuple[PatchChange, ...]:
    """A patch's changes by path, in the order of the file."""
    found: list[PatchChange] = []
    for path, change in changes.items():
        if isinstance(change, _Update):
            found.append(PatchChange(path, "update", change.unified_diff, change.move_path))
        else:
            found.append(PatchChange(path, "add" if isinstance(change, _Add) else "delete", change.content))
    return tuple(found)


def _command(found: _CommandExecution) -> CommandExecution:
    argv = (found.command,) if isinstance(found.command, str) else found.command
    took = found.duration
    return CommandExecution(
        found.id,
        found.command if isinstance(found.command, str) else shlex.join(argv),
        cwd=_path(found.cwd),
        status=_status(found.status),
        output=found.aggregated_output or "",
        exit_code=found.exit_code,
        duration_ms=None if took is None else took.secs * 1000 + took.nanos // 1_000_000,
        argv=() if isinstance(found.command, str) else argv,
    )


def _path(cwd: str) -> str:
    """A folder that may be written as a `file:` address."""
    if not cwd.startswith("file://"):
        return cwd
    data = re.sub(rb"%([0-9A-Fa-f]{2})", lambda found: bytes.fromhex(found[1].decode()), cwd[7:].encode())
    return data.decode("utf-8", "replace")


def _text(content: tuple[_Part, ...]) -> str:
    return "".join(part.text for part in content)


def _status(status: str | None) -> Status:
    return status if status in ("in_progress", "completed", "failed", "declined") else "completed"
