"""What happens in the shell, by name: what `csm.on(NAME, f)` and the hook `happening` are told of.

Does not: call anybody (`csm.ui.jobs`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.protocol import events, items

if TYPE_CHECKING:
    from csm.protocol.events import Event

#: Every name, and when it is told. All but the last group come with the `event` of the thread, or with none.
HAPPENINGS = {
    "open": "A thread is on the screen: the first one, or another one in its place.",
    "turn-start": "A turn began.",
    "turn-end": "A turn ended: `event.body` says how (`TurnCompleted`, `TurnFailed`, `TurnInterrupted`).",
    "item-start": "An item of the transcript began; `item` is it.",
    "item-end": "An item is complete; `item` is it.",
    "tool-start": "A tool began to work: a command, a patch, a call. `item` is it.",
    "tool-end": "A tool is done; `item` is it.",
    "diff": "Files were changed by a patch; `item.changes` are the changes.",
    "plan": "The plan of the turn is new or has changed; `item.steps` are its steps.",
    "ask": "A question waits for an answer: an approval, or what the model wants to know. `event.body.ask` is it.",
    "answer": "A question was answered.",
    "queue": "The queue of prompts has changed.",
    "settings": "Model, effort or policy of the thread have changed.",
    "close": "The thread was closed.",
    "windows": "Windows were opened, closed, moved or given another buffer.",
    "resize": "The terminal has another size: `cx.screen.size`.",
    "focus": "The terminal's window has the focus again.",
    "blur": "The terminal's window lost the focus.",
    "reload": "Something was reloaded: keys, theme, settings, `init.py` or an extension.",
    "idle": "No key was pressed for a while (`seconds=60`), and no turn runs. Told once, until a key is pressed.",
}

_TOOLS = (
    items.CommandExecution, items.FileChange, items.McpToolCall, items.ToolUse, items.CollabToolCall, items.WebSearch,
    items.ImageView,
)  # fmt: skip


def names(event: Event) -> tuple[str, ...]:
    """What an event of the thread is called, most general first; nothing for deltas and what only the log knows."""
    body = event.body
    plain = _PLAIN.get(type(body))
    if plain is not None:
        return plain
    if isinstance(body, events.ItemStarted):
        more = ("plan",) if isinstance(body.item, items.Plan) else ()
        return ("item-start", "tool-start") if isinstance(body.item, _TOOLS) else ("item-start", *more)
    if isinstance(body, events.ItemUpdated):
        return ("plan",) if isinstance(body.item, items.Plan) else ()
    if isinstance(body, events.ItemCompleted):
        return _completed(body.item)
    return ()


def _completed(item: items.Item) -> tuple[str, ...]:
    found = ["item-end"]
    if isinstance(item, _TOOLS):
        found.append("tool-end")
    if isinstance(item, items.FileChange) and item.status == "completed":
        found.append("diff")
    if isinstance(item, items.Plan):
        found.append("plan")
    return tuple(found)


_PLAIN: dict[type, tuple[str, ...]] = {
    events.TurnStarted: ("turn-start",),
    events.TurnCompleted: ("turn-end",),
    events.TurnFailed: ("turn-end",),
    events.TurnInterrupted: ("turn-end",),
    events.Asked: ("ask",),
    events.Answered: ("answer",),
    events.Queued: ("queue",),
    events.Configured: ("settings",),
    events.ThreadClosed: ("close",),
}
