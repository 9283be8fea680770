"""Events as lines of csm's own log, and the log as a buffer.

Does not: hold any text of a conversation.
"""

from __future__ import annotations

import re
from typing import Any

from csm.api import CommandError, TextBuffer, events, items

_SHOWN = 2_000
_HEAD = re.compile(r"(\S+) (\d+) (ERROR|WARNING|INFO|DEBUG) +(.*)")
_ROLES = {"ERROR": "message.error", "WARNING": "message.warning"}
_SPOKEN = (items.UserMessage, items.AgentMessage, items.Reasoning)


def tell(log: Any, event: Any) -> None:
    """A line for an event that the level asks for."""
    body = event.body
    what = _line(body)
    if what is not None:
        log.write("info", what)
    elif log.wants("debug"):
        log.write("debug", f"{event.seq} {type(body).__name__}{_kind(body)}")


def _line(body: Any) -> str | None:
    if isinstance(body, events.TurnStarted):
        return f"turn {body.turn_id} began"
    if isinstance(body, events.TurnCompleted):
        return f"turn {body.turn_id} ended after {body.duration_ms} ms"
    if isinstance(body, events.TurnFailed):
        return f"turn {body.turn_id} failed: {body.code or 'error'}"
    if isinstance(body, events.TurnInterrupted):
        return f"turn {body.turn_id} stopped: {body.reason}"
    if isinstance(body, events.ItemCompleted) and not isinstance(body.item, _SPOKEN):
        return f"{type(body.item).__name__} {body.item.id}{_ending(body.item)}"
    return None


def _ending(item: Any) -> str:
    told = [str(value) for name in ("status", "exit_code") if (value := getattr(item, name, None)) is not None]
    took = getattr(item, "duration_ms", None)
    return "".join(f" {one}" for one in told) + (f" {took} ms" if took else "")


def _kind(body: Any) -> str:
    item = getattr(body, "item", None)
    return f" {type(item).__name__} {item.id}" if item is not None else ""


def page(cx: Any) -> None:
    """The log's end over the transcript."""
    if cx.screen is None:
        raise CommandError("there is no screen to show it on", str(cx.host.diagnostics.path))
    log = cx.host.diagnostics
    content: list[Any] = [[("help.title", "csm's own log")], [("dim", f"{log.path} · level {log.level}")], []]
    lines = log.last(_SHOWN)
    role = "help.text"
    for line in lines:
        head = _HEAD.fullmatch(line)
        role = role if head is None else _ROLES.get(head[3], "help.text")
        if head is None:
            content.append([(role, line)])
        else:
            content.append([("dim", f"{head[1][:19].replace('T', ' ')} {head[2]} "), (role, head[4])])
    if not lines:
        content.append([("help.text", "Nothing was written yet: nothing went wrong.")])
    cx.screen.show(TextBuffer("log", "Log", content, "messages"))
