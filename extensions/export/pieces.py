"""What of an item is written out, whatever the format: words that were said, things that were done, notes.

Does not: know Markdown or HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal, NamedTuple, cast

from csm.api import codec, items, script_of

How = Literal["none", "short", "full"]
#: Characters of a subject in one line.
_LINE = 200


class Said(NamedTuple):
    """A message. `note` tells what is special about it."""

    by: Literal["user", "agent", "thought"]
    text: str
    images: tuple[str, ...] = ()
    note: str = ""


class Block(NamedTuple):
    """Text to be shown as it is: code of a language, `diff`, or what a program printed (`output`)."""

    language: str
    text: str


class Did(NamedTuple):
    """Something that was done: a verb, what it was done to, how it went, and what came of it."""

    verb: str
    subject: str
    outcome: str = ""
    failed: bool = False
    blocks: tuple[Block, ...] = ()


class Steps(NamedTuple):
    """A plan."""

    steps: tuple[tuple[str, str], ...]
    explanation: str = ""


class Note(NamedTuple):
    """A remark beside the conversation."""

    level: Literal["info", "warning", "error"]
    text: str


Piece = Said | Did | Steps | Note


def pieces(item: items.Item, how: How) -> Iterator[Piece]:
    """The pieces of an item; none for what is left out."""
    if isinstance(item, items.UserMessage):
        yield Said("user", item.text, item.images, "while the turn ran" if item.steer else "")
    elif isinstance(item, items.AgentMessage):
        yield Said("agent", item.text, note="cut short" if item.partial else "")
    elif how != "none":
        made: Callable[[Any, bool], Piece | None] | None = _MADE.get(type(item))
        piece = made(item, how == "full") if made is not None else None
        if piece is not None:
            yield piece


def _thought(item: items.Reasoning, full: bool) -> Piece | None:
    return Said("thought", item.text, note="cut short" if item.partial else "") if full and item.text.strip() else None


def _command(item: items.CommandExecution, full: bool) -> Piece:
    script = script_of(item.command, item.argv)
    blocks = _blocks(("sh", script if "\n" in script.strip() else ""), ("output", item.output)) if full else ()
    outcome = _outcome(item.status, item.duration_ms, item.exit_code)
    return Did("Ran", line(script), outcome, item.status in ("failed", "declined") or bool(item.exit_code), blocks)


def _change(item: items.FileChange, full: bool) -> Piece:
    diffs = [("diff", f"--- {one.path}\n{_diff(one)}") for one in item.changes]
    blocks = _blocks(*diffs, ("output", item.stderr if item.status != "completed" else "")) if full else ()
    verbs = {"add": "Added", "delete": "Deleted", "update": "Changed"}
    kinds = {one.kind for one in item.changes}
    verb = verbs[kinds.pop()] if len(kinds) == 1 else "Changed"
    subject = ", ".join(f"{one.path}{f' → {one.move_path}' if one.move_path else ''}" for one in item.changes)
    outcome = [_counts(item)] if item.status == "completed" else [_counts(item), item.status]
    return Did(verb, line(subject), ", ".join(filter(None, outcome)), item.status != "completed", blocks)


def _counts(item: items.FileChange) -> str:
    rows = [row for one in item.changes for row in _diff(one).splitlines() if not row.startswith(("+++", "---"))]
    added, removed = (sum(row.startswith(mark) for row in rows) for mark in "+-")
    return f"+{added} −{removed}" if added or removed else ""


def _diff(change: items.PatchChange) -> str:
    if change.kind == "update":
        return change.diff
    mark = "+" if change.kind == "add" else "-"
    return "\n".join(mark + row for row in change.diff.splitlines())


def _plan(item: items.Plan, full: bool) -> Piece:
    return Steps(tuple((one.status, one.step) for one in item.steps), item.explanation or "")


def _server(item: items.McpToolCall, full: bool) -> Piece:
    result = item.error or (_result(bytes(item.result)) if item.result is not None else "")
    blocks = _blocks(("json", _json(bytes(item.arguments))), ("output", result)) if full else ()
    outcome = _outcome(item.status, item.duration_ms)
    return Did("Called", f"{item.server}.{item.tool}", outcome, item.status == "failed", blocks)


def _tool(item: items.ToolUse, full: bool) -> Piece:
    blocks = _blocks(("json", _json(item.arguments.encode())), ("output", item.output)) if full else ()
    return Did("Called", item.tool, _outcome(item.status), item.status == "failed", blocks)


def _agents(item: items.CollabToolCall, full: bool) -> Piece:
    names = ", ".join(item.names.get(one) or one for one in item.receivers)
    said = [f"{item.names.get(key) or key}: {one.status}\n{one.message or ''}" for key, one in item.agents.items()]
    blocks = _blocks(("text", item.prompt or ""), ("text", "\n".join(said).strip())) if full else ()
    return Did("Agents", f"{item.tool} {names}".strip(), _outcome(item.status), item.status == "failed", blocks)


def _search(item: items.WebSearch, full: bool) -> Piece:
    return Did("Searched", line(item.query) or "the web", _outcome(item.status), item.status == "failed")


def _looked(item: items.ImageView, full: bool) -> Piece:
    return Did("Looked at", line(item.path))


def _notice(item: items.Notice, full: bool) -> Piece | None:
    return Note(item.level, item.message) if full or item.level == "error" else None


def _hook(item: items.HookRun, full: bool) -> Piece | None:
    failed = item.status in ("failed", "blocked", "stopped")
    if not (full or failed):
        return None
    told = ("output", item.said)
    return Did("Hook", line(f"{item.event} {item.doing or item.command}"), item.status, failed, _blocks(told))


def _compaction(item: items.Compaction, full: bool) -> Piece:
    if full and item.summary.strip():
        return Did("Summed up", "the session so far", blocks=_blocks(("text", item.summary)))
    return Did("Summed up", "the session so far")


_MADE: dict[type, Any] = {
    items.Reasoning: _thought,
    items.CommandExecution: _command,
    items.FileChange: _change,
    items.Plan: _plan,
    items.McpToolCall: _server,
    items.ToolUse: _tool,
    items.CollabToolCall: _agents,
    items.WebSearch: _search,
    items.ImageView: _looked,
    items.Notice: _notice,
    items.HookRun: _hook,
    items.Compaction: _compaction,
}


def line(text: str) -> str:
    """A text as one line of bounded length."""
    first, *rest = text.strip().splitlines() or [""]
    shown = " ".join(first.split()) if not rest else f"{' '.join(first.split())} …"
    return shown if len(shown) <= _LINE else f"{shown[:_LINE]}…"


def _blocks(*found: tuple[str, str]) -> tuple[Block, ...]:
    return tuple(Block(language, text) for language, text in found if text.strip())


def _outcome(status: str, duration_ms: int | None = None, code: int | None = None) -> str:
    parts = [f"exit {code}"] if code else []
    parts += (
        [status.replace("_", " ")] if status not in ("completed", "failed") or (status == "failed" and not code) else []
    )
    parts += [duration(duration_ms)] if duration_ms is not None and duration_ms >= 1000 else []
    return ", ".join(parts)


def duration(milliseconds: int) -> str:
    """A time that something took."""
    seconds = milliseconds / 1000
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _json(raw: bytes) -> str:
    """Arguments as people read them; what is no JSON as it is."""
    import json

    try:
        value: Any = codec.decode(raw) if raw.strip() else {}
    except ValueError:
        return raw.decode("utf-8", "replace")
    return json.dumps(value, ensure_ascii=False, indent=2) if value not in ({}, None) else ""


def _result(raw: bytes) -> str:
    """The text of what a server's tool answered, else its JSON."""
    try:
        value = codec.decode(raw)
    except ValueError:
        return raw.decode("utf-8", "replace")
    given = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    content = given.get("content")
    if not isinstance(content, list):
        return _json(raw)
    parts = [cast("dict[str, Any]", part) for part in cast("list[Any]", content) if isinstance(part, dict)]
    return "\n".join(str(part.get("text") or f"[{part.get('type', 'content')}]") for part in parts)
