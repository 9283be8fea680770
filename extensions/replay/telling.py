"""An event in words, and where one is in a session, in one quiet line of any width.

Does not: know the time zone: times are as the log has them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csm.api import codec, events, lines

if TYPE_CHECKING:
    from csm.api import Recording, Step, Thread

Line = list[tuple[str, str]]


def kind(step: Step | None) -> str:
    """What an event is: `item_completed agent_message`, `history_appended function_call`."""
    if step is None:
        return "nothing yet"
    name, more = _tag(step.body), ""
    if isinstance(step.body, events.ItemCompleted):
        more = _tag(step.body.item)
    elif isinstance(step.body, events.HistoryAppended):
        more = _type(bytes(step.body.raw))
    elif isinstance(step.body, events.UnknownLine):
        more = _type(step.raw)
    return f"{name} {lines.clean(more)[:40]}".rstrip()


def foot(recording: Recording, thread: Thread, step: Step | None, width: int) -> Line:
    """Event, turn, type and time; what has no room is left out."""
    number = step.number if step else 0
    event = f"event {number:,} of {recording.events:,}"
    turn = f"turn {thread.begun:,} of {recording.turns:,}"
    time = lines.clean(step.time)[:24].replace("T", " ").removesuffix("Z") if step else ""
    short = f"{number:,}/{recording.events:,}"
    wishes = (
        (event, turn, kind(step), time),
        (event, turn, kind(step), time[11:19]),
        (event, turn, kind(step)),
        (short, turn, kind(step).rpartition(" ")[2]),
        (short, f"turn {thread.begun:,}"),
        (short,),
    )
    texts = ["  " + " · ".join(part for part in wish if part) for wish in wishes]
    text = next((text for text in texts if lines.width(text) <= width), texts[-1])
    return lines.clip([("status", text)], width)


def _tag(value: Any) -> str:
    return str(value.__struct_config__.tag)


def _type(raw: bytes) -> str:
    try:
        return str(codec.decode(raw).get("type", ""))
    except (ValueError, AttributeError):
        return ""
