"""What a hook is told on its standard input: Codex's fields for each event, in its order.

Does not: run hooks.
"""

from __future__ import annotations

from typing import Any

from csm.api import Moment, codec

_AGENT_ROLE = "default"


def event(cx: Moment, name: str, **fields: Any) -> bytes:
    """An event of a turn. In an agent's thread it says which agent; `log` is another file than the thread's own."""
    head = {"session_id": session(cx), "turn_id": cx.turn_id, **agent(cx)}
    return _written(head, _place(cx, fields), hook_event_name=name, model=cx.model, permission_mode=mode(cx), **fields)


def of_thread(cx: Moment, name: str, *, whole: bool = True, **fields: Any) -> bytes:
    """An event of the thread: of no turn. `whole`: the model and what may be done without asking are told too."""
    more = {"model": cx.model, "permission_mode": mode(cx)} if whole else {}
    return _written({"session_id": session(cx)}, _place(cx, fields), hook_event_name=name, **more, **fields)


def of_summary(cx: Moment, name: str, trigger: str) -> bytes:
    """An event around a summary."""
    head = {"session_id": session(cx), "turn_id": cx.turn_id, **agent(cx)}
    return _written(head, _place(cx, {}), hook_event_name=name, model=cx.model, trigger=trigger)


def of_request(cx: Moment, name: str, **fields: Any) -> bytes:
    """An event around a request."""
    head = {"session_id": session(cx), "turn_id": cx.turn_id, **agent(cx)}
    place = {"cwd": str(cx.cwd), "transcript_path": cx.log or None}
    return _written(head, place, model=cx.model, hook_event_name=name, **fields)


def of_agent(cx: Moment, name: str, *, before: dict[str, Any] | None = None, **fields: Any) -> bytes:
    """An event of an agent as a whole, which the thread that began it hears of. `before` are fields for the place."""
    head = {"session_id": session(cx), "turn_id": cx.turn_id}
    place = {"transcript_path": cx.log or None, **(before or {}), "cwd": str(cx.cwd)}
    more = {"hook_event_name": name, "model": cx.model, "permission_mode": mode(cx)}
    last = (
        {"last_assistant_message": fields.pop("last_assistant_message")} if "last_assistant_message" in fields else {}
    )
    return _written(head, place, **more, **fields, **agent(cx), **last)


def session(cx: Moment) -> str:
    """The session's id: the thread above all others."""
    return cx.lineage.root if cx.lineage is not None else cx.thread_id


def agent(cx: Moment) -> dict[str, str]:
    """Which agent it is about, if about one."""
    if cx.lineage is None or cx.lineage.kind != "agent":
        return {}
    return {"agent_id": cx.thread_id, "agent_type": role(cx)}


def role(cx: Moment) -> str:
    """What kind of agent the thread is."""
    return (cx.lineage.role if cx.lineage is not None else None) or _AGENT_ROLE


def mode(cx: Moment) -> str:
    """In Codex's words what may be done without asking."""
    return "bypassPermissions" if cx.approval == "never" else "default"


def _place(cx: Moment, fields: dict[str, Any]) -> dict[str, Any]:
    return {"transcript_path": cx.log or None, "cwd": str(fields.pop("cwd", cx.cwd))}


def _written(*parts: dict[str, Any], **fields: Any) -> bytes:
    whole: dict[str, Any] = {}
    for part in (*parts, fields):
        whole |= part
    return codec.encode(whole)
