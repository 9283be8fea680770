"""What the reviewer gets to see: the conversation, shortened, and the action in full.

As JSON, so that nothing in it can pass for something else of it.

Does not: ask the reviewer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from csm.api import Thread, items
from csm.api import tools as types

#: Characters of one entry, of all of the user's words, and of all the rest.
_ENTRY, _USER, _OTHERS = 2_000, 16_000, 16_000
#: An action longer than this is not judged: nobody could tell what its middle does.
LONGEST_ACTION = 100_000


def request(thread: Thread, ask: types.Ask) -> str:
    """The one message. Raises ValueError for an action too long to judge."""
    action = json.dumps(_action(ask), ensure_ascii=False)
    if len(action) > LONGEST_ACTION:
        raise ValueError(f"the action is too long to judge: {len(action)} characters")
    conversation = json.dumps(conversation_of(thread), ensure_ascii=False)
    return f'{{"conversation":{conversation},"action":{action}}}'


def conversation_of(thread: Thread) -> list[dict[str, str]]:
    """Who said or did what, oldest first: of each side the newest that fits."""
    kept: list[dict[str, str]] = []
    room = {"user": _USER, "others": _OTHERS}
    for entry in _newest_first(thread):
        side = "user" if "user" in entry else "others"
        room[side] -= sum(map(len, entry.values()))
        if room[side] >= 0:
            kept.append(entry)
    return kept[::-1]


def _newest_first(thread: Thread) -> Iterator[dict[str, str]]:
    for turn in reversed(thread.turns):
        for entry in reversed(turn.entries):
            shown = _shown(entry.item)
            if shown:
                yield {who: _short(text) for who, text in shown.items()}


def _shown(item: items.Item) -> dict[str, str]:
    if isinstance(item, items.UserMessage):
        return {"user": item.text}
    if isinstance(item, items.AgentMessage):
        return {"agent": item.text}
    if isinstance(item, items.CommandExecution):
        end = f"{item.status}, exit code {item.exit_code}" if item.exit_code is not None else item.status
        return {"command": item.command, "end": end, "output": item.output}
    if isinstance(item, items.FileChange):
        return {"files": ", ".join(f"{change.kind} {change.path}" for change in item.changes), "end": item.status}
    if isinstance(item, items.McpToolCall):
        return {"tool": f"{item.server}.{item.tool}", "arguments": bytes(item.arguments).decode("utf-8", "replace")}
    if isinstance(item, items.ToolUse):
        return {"tool": item.tool, "arguments": item.arguments, "output": item.output}
    return {}


def _short(text: str) -> str:
    if len(text) <= _ENTRY:
        return text
    return f"{text[: _ENTRY // 2]} […{len(text) - _ENTRY} characters left out…] {text[-_ENTRY // 2 :]}"


def _action(ask: types.Ask) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "kind": ask.kind,
        "question": ask.title,
        "command": list(ask.argv) or ask.command,
        "folder": ask.cwd,
        "sandbox": {"none": "none: it runs with all rights of the person"}.get(ask.sandbox, ask.sandbox),
        "reason_given": ask.why,
        "known_risk": ask.risk,
        "changes": [
            {"file": change.path, "kind": change.kind, "moved_to": change.move_path or "", "diff": change.diff}
            for change in ask.changes
        ],
    }
    return {name: value for name, value in facts.items() if value}
