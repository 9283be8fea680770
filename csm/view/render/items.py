"""A renderer for each kind of item.

Does not: stream Markdown. Agent messages and summaries in full are documents (`csm.view.blocks`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csm.protocol import codec
from csm.protocol.items import (
    AgentMessage,
    CollabToolCall,
    CommandExecution,
    Compaction,
    FileChange,
    HookRun,
    ImageView,
    Item,
    McpToolCall,
    Notice,
    Plan,
    Reasoning,
    ToolUse,
    UserMessage,
    WebSearch,
)
from csm.view.lines import StyledLine, clean, clip, segments, wrap
from csm.view.render.agents import render_agents
from csm.view.render.changes import render_change
from csm.view.render.commands import render_command, render_mcp, render_tool
from csm.view.render.leaves import Leaf, prose_room
from csm.view.render.look import Look, Rows, View, more, text_rows
from csm.view.render.patch import relative
from csm.view.render.plan import render_plan

#: A user message of more lines is folded after the first ones.
_LONG_MESSAGE = 20
_SHOWN_OF_LONG = 8


def render_item(item: Item, view: View) -> Look:
    """The look of any item."""
    renderer = _RENDERERS.get(type(item))
    if renderer is None:
        return Look([Rows(lambda width: [[("dim", type(item).__name__)]])])
    return renderer(item, view)


def folds_at_first(item: Item) -> bool:
    """Whether an item of this kind is shown folded until somebody opens it."""
    return not isinstance(item, AgentMessage | Plan | Notice | HookRun)


def _user(item: UserMessage, view: View) -> Look:
    lines = item.text.strip("\n").split("\n")
    long = len(lines) > _LONG_MESSAGE
    shown = lines[:_SHOWN_OF_LONG] if long and view.folded else lines

    def make(width: int) -> list[StyledLine]:
        rows = text_rows("\n".join(shown), "user.text", prose_room(width))
        return [*rows, more(len(lines) - len(shown))] if len(shown) < len(lines) else rows

    leaves: list[Leaf] = [Rows(make, item.text, "user")] if item.text.strip() or not item.images else []
    for image in item.images:
        name = "image" if image.startswith("data:") else clean(image)
        leaves.append(_wrapped([("user.image", f"[{name}]")], image))
    return Look(leaves, ("user.prompt", "↳" if item.steer else "›"), long)


def _agent(item: AgentMessage, view: View) -> Look:
    return Look([Rows(lambda width: text_rows(view.text or item.text, "agent.text", width), item.text)])


def _reasoning(item: Reasoning, view: View) -> Look:
    text = view.text or item.text
    title = reasoning_title(text, last=not view.done)

    def make(width: int) -> list[StyledLine]:
        return [clip(segments(title, "reasoning.title"), width)]

    return Look([Rows(make, text, "reasoning")], ("reasoning.title", "·"), "\n" in text.strip() or len(text) > 60)


def reasoning_title(text: str, *, last: bool) -> str:
    """One line for a summary: its bold title, the last one while it grows, else its first words."""
    titles = [part.strip() for part in text.split("**")[1::2] if part.strip() and "\n" not in part]
    if titles:
        return titles[-1] if last else " · ".join(titles)
    first = text.strip().split("\n")[0] if text.strip() else ""
    return first or "Thinking"


def _search(item: WebSearch, view: View) -> Look:
    query = item.query or _from_action(bytes(item.action))
    mark = ("spinner", "•") if not view.done else ("command.ok", "✓")
    content = [("tool.title", "Searched the web" if view.done else "Searching the web")]
    content += [("dim", "  "), *segments(clean(query), "search.query")] if query else []
    return Look([_wrapped(content, query)], mark)


def _from_action(raw: bytes) -> str:
    try:
        action = codec.decode(raw)
    except ValueError:
        return ""
    if not isinstance(action, dict):
        return ""
    queries = action.get("queries")
    joined = ", ".join(map(str, queries)) if isinstance(queries, list) else ""
    return str(action.get("query") or action.get("url") or action.get("pattern") or joined)


def _image(item: ImageView, view: View) -> Look:
    path = relative(item.path, view.cwd)
    content = [("tool.title", "Looked at an image"), ("dim", "  "), *segments(path, "user.image")]
    return Look([_wrapped(content, item.path)], ("command.ok", "✓"))


def _notice(item: Notice, view: View) -> Look:
    role = f"notice.{item.level}"
    mark = {"info": "i", "warning": "!", "error": "✗"}[item.level]
    return Look(
        [Rows(lambda width: text_rows(item.message, role, prose_room(width)), item.message, "notice")],
        (role, mark),
    )


def _hook(item: HookRun, view: View) -> Look:
    """One quiet line; what came of it stands out where it changed anything."""
    role = "dim" if item.status in ("running", "completed") else "notice.warning"
    status = "" if item.status in ("running", "completed") else f" {item.status}"
    told = item.said if view.done else item.doing
    content = [(role, f"hook {item.event}{status}")]
    content += [("dim", ": " if item.said else "  "), *segments(clean(" ".join(told.split())), "dim")] if told else []
    return Look([_wrapped(content, item.said)], ("dim" if view.done else "spinner", "·"))


def _compaction(item: Compaction, view: View) -> Look:
    rule = Rows(lambda width: [_ruled("older messages were summarised", width)], item.summary, "compaction")
    leaves: list[Leaf] = [rule]
    if item.summary and not view.folded:
        leaves.append(Rows(lambda width: text_rows(item.summary, "compaction", prose_room(width)), item.summary))
    return Look(leaves, foldable=bool(item.summary))


def _ruled(text: str, width: int) -> StyledLine:
    room = max(0, min(width, 60) - len(text) - 5)
    return clip([("border", "─── "), ("compaction", text), ("border", " " + "─" * room)], width)


def _wrapped(content: StyledLine, text: str) -> Leaf:
    return Rows(lambda width: wrap(content, width, None, [("", "  ")]), text)


_RENDERERS: dict[type, Callable[[Any, View], Look]] = {
    UserMessage: _user,
    AgentMessage: _agent,
    Reasoning: _reasoning,
    CommandExecution: render_command,
    FileChange: render_change,
    Plan: render_plan,
    McpToolCall: render_mcp,
    ToolUse: render_tool,
    CollabToolCall: render_agents,
    WebSearch: _search,
    ImageView: _image,
    Notice: _notice,
    HookRun: _hook,
    Compaction: _compaction,
}
