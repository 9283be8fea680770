"""What the model is told of the tools. Names and types are Codex's, the words ours.

Does not: run anything.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from csm.api import models, tools

from . import catalogs, roles

if TYPE_CHECKING:
    from csm.api import Settings

#: Description, parameters, and which of them are required.
_Parts = tuple[str, dict[str, Any], tuple[str, ...]]

SPACE = "multi_agent_v1"
ABOUT = "Have parts of the work done by agents: begin, tell, await, resume and close them."

_SPAWNING = """\
Begin an agent: another model with the tools, the folder and the limits you have, that works at one task beside you.

Do this only if the person asked for agents or for work done in parallel, or a rule of the project asks for it. Keep \
what you need next for yourself; give away definite tasks that stand by themselves and whose results you can use. Two \
agents must not change the same files: say which are whose. An agent knows only what its task says, unless the \
context is forked. The answer holds its id and name; go on with your own work, and wait for it when you need what it \
found. Close agents you are done with, for only some can be open at a time."""
_SENDING = """\
Tell an agent something more. It reads it between two steps of its turn, or begins a new turn; `interrupt` stops \
what it is doing first. For a follow-up, an agent that knows the matter is better than a new one."""
_WAITING = """\
Wait until one of some agents has ended its turn, and see what it answered. When the time is over the status is \
empty. Wait only for what you cannot go on without."""
_CLOSING = "Close an agent and those it began. The answer says how it stood before."
_RESUMING = "Open an agent again that was closed, so that it can be told more."


def _text(about: str) -> dict[str, Any]:
    return {"type": "string", "description": about}


def _message(about: str) -> dict[str, Any]:
    """A message in words or in pieces."""
    pieces = {
        "audio_url": _text("Not used"),
        "image_url": _text("The address of an `image`"),
        "name": _text("What a `skill` or `mention` is called"),
        "path": _text("The file of a `local_image` or `skill`, or what a `mention` means"),
        "text": _text("The words of a `text`"),
        "type": _text("`text`, `image`, `local_image`, `skill` or `mention`"),
    }
    piece = {"type": "object", "properties": pieces, "additionalProperties": False}
    return {
        "message": _text(f"{about}, in words"),
        "items": {"type": "array", "items": piece, "description": f"{about}, in pieces, in the place of `message`"},
    }


def spec(name: str, *, plain: bool) -> tools.ToolSpec:
    """A tool, within the namespace or (`plain`) without it; `spawn_agent` as it is without roles of the user."""
    return _spec(name, *_SPECS[name](), plain=plain)


def spawning(settings: Settings) -> tools.ToolSpec:
    """`spawn_agent` under these settings: the models there are, and the roles if there are others than csm's own."""
    listed = models.listed(catalogs.of(settings))
    about, properties, required = _spawn(listed)
    known = roles.roles(settings).known.values()
    if not set(known) <= set(roles.OWN):
        told = "".join(f"\n- {_role(role)}" for role in known)
        properties["agent_type"] = _text(f"Its role, `{roles.DEFAULT}` unless given:{told}")
    return _spec("spawn_agent", about, properties, required)


def _role(role: roles.Role) -> str:
    fixed = {"model": role.model, "effort": role.effort}
    told = ", ".join(f"{name} `{value}`" for name, value in fixed.items() if value)
    return f"{role.name}: {role.about}" + (f" (always with {told})" if told else "")


def _spec(
    name: str, about: str, properties: dict[str, Any], required: tuple[str, ...], *, plain: bool = False
) -> tools.ToolSpec:
    parameters: dict[str, Any] = {"type": "object", "properties": dict(sorted(properties.items()))}
    if required:
        parameters["required"] = required
    parameters["additionalProperties"] = False
    raw = {"type": "function", "name": name, "description": about, "strict": False, "parameters": parameters}
    encoded = msgspec.Raw(msgspec.json.encode(raw))
    return tools.ToolSpec(name, encoded) if plain else tools.ToolSpec(name, encoded, SPACE, ABOUT)


def _spawn(listed: tuple[str, ...] = ()) -> _Parts:
    properties = {
        **_message("The task"),
        "fork_context": {"type": "boolean", "description": "Whether it knows what was said here so far"},
        "model": _text("Another model; leave it out unless the person wants one"),
        "reasoning_effort": _text("How hard it thinks; leave it out to have it as hard as you"),
    }
    there = f"\n\nModels there are: {', '.join(listed)}." if listed else ""
    return f"{_SPAWNING}{there}", properties, ()


def _send() -> _Parts:
    properties = {
        "target": _text("The agent's id"),
        **_message("What to say"),
        "interrupt": {"type": "boolean", "description": "Stop its turn first; otherwise it is told between two steps"},
    }
    return _SENDING, properties, ("target",)


def _wait() -> _Parts:
    bounds = "Milliseconds to wait at the most: 30000 unless given, 10000 to 3600000. Rather too long."
    properties = {
        "targets": {"type": "array", "items": {"type": "string"}, "description": "Ids; the first to end counts"},
        "timeout_ms": {"type": "number", "description": bounds},
    }
    return _WAITING, properties, ("targets",)


def _close() -> _Parts:
    return _CLOSING, {"target": _text("The agent's id")}, ("target",)


def _resume() -> _Parts:
    return _RESUMING, {"id": _text("The agent's id")}, ("id",)


_SPECS: dict[str, Callable[[], _Parts]] = {
    "spawn_agent": _spawn,
    "send_input": _send,
    "wait_agent": _wait,
    "close_agent": _close,
    "resume_agent": _resume,
}
