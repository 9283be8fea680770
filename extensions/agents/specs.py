"""What the model is told of the tools. Names and types are Codex's, the words ours.

Does not: run anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from csm.api import models, tools

from .roles import Role

SPACE = "multi_agent_v1"
ABOUT = "Have parts of the work done by agents: begin, tell, await, resume and close them."

_SPAWN = """\
Begin an agent: another model with the tools, the folder and the limits you have, that works at one task beside you.

Do this only if the person asked for agents or for work done in parallel, or a rule of the project asks for it. Keep \
what you need next for yourself; give away definite tasks that stand by themselves and whose results you can use. Two \
agents must not change the same files: say which are whose. An agent knows only what its task says, unless the \
context is forked. The answer holds its id and name; go on with your own work, and wait for it when you need what it \
found. Close agents you are done with, for only some can be open at a time."""
_SEND = """\
Tell an agent something more. It reads it between two steps of its turn, or begins a new turn; `interrupt` stops \
what it is doing first. For a follow-up, an agent that knows the matter is better than a new one."""
_WAIT = """\
Wait until one of some agents has ended its turn, and see what it answered. When the time is over the status is \
empty. Wait only for what you cannot go on without."""
_CLOSE = "Close an agent and those it began. The answer says how it stood before."
_RESUME = "Open an agent again that was closed, so that it can be told more."


def _text(about: str) -> dict[str, Any]:
    return {"type": "string", "description": about}


def _message(about: str, *, sounds: bool) -> dict[str, Any]:
    """A message in words or in pieces."""
    pieces = {
        "type": _text("`text`, `image`, `local_image`, `skill` or `mention`"),
        "text": _text("The words of a `text`"),
        "image_url": _text("The address of an `image`"),
        "path": _text("The file of a `local_image` or `skill`, or what a `mention` means"),
        "name": _text("What a `skill` or `mention` is called"),
    }
    if sounds:
        pieces["audio_url"] = _text("Not used")
    piece = {"type": "object", "properties": dict(sorted(pieces.items())), "additionalProperties": False}
    return {
        "message": _text(f"{about}, in words"),
        "items": {"type": "array", "items": piece, "description": f"{about}, in pieces, in the place of `message`"},
    }


def spawn(roles: Iterable[Role], *, spaced: bool) -> tools.ToolSpec:
    """`spawn_agent` where these roles are known. Models with the namespace choose neither role nor service tier."""
    told = "".join(f"\n- {role.name}: {role.about}" for role in roles)
    properties = {
        **_message("The task", sounds=spaced),
        "fork_context": {"type": "boolean", "description": "Whether it knows what was said here so far"},
        "model": _text("Another model; leave it out unless the person wants one"),
        "reasoning_effort": _text("How hard it thinks; leave it out to have it as hard as you"),
    }
    if not spaced:
        properties["agent_type"] = _text(f"Its role, `default` unless given:{told}")
        properties["service_tier"] = _text("Another service tier; leave it out unless the person wants one")
    about = f"{_SPAWN}\n\nModels there are: {', '.join(models.listed())}."
    return _spec("spawn_agent", about, properties, (), spaced=spaced)


def send(*, spaced: bool) -> tools.ToolSpec:
    """`send_input`."""
    properties = {
        "target": _text("The agent's id"),
        **_message("What to say", sounds=spaced),
        "interrupt": {"type": "boolean", "description": "Stop its turn first; otherwise it is told between two steps"},
    }
    return _spec("send_input", _SEND, properties, ("target",), spaced=spaced)


def wait(*, spaced: bool) -> tools.ToolSpec:
    """`wait_agent`."""
    properties = {
        "targets": {"type": "array", "items": {"type": "string"}, "description": "Ids; the first to end counts"},
        "timeout_ms": {
            "type": "number",
            "description": "Milliseconds to wait at the most: 30000 unless given, 10000 to 3600000. Rather too long.",
        },
    }
    return _spec("wait_agent", _WAIT, properties, ("targets",), spaced=spaced)


def close(*, spaced: bool) -> tools.ToolSpec:
    """`close_agent`."""
    return _spec("close_agent", _CLOSE, {"target": _text("The agent's id")}, ("target",), spaced=spaced)


def resume(*, spaced: bool) -> tools.ToolSpec:
    """`resume_agent`."""
    return _spec("resume_agent", _RESUME, {"id": _text("The agent's id")}, ("id",), spaced=spaced)


def _spec(
    name: str, about: str, properties: dict[str, Any], required: tuple[str, ...], *, spaced: bool
) -> tools.ToolSpec:
    parameters: dict[str, Any] = {"type": "object", "properties": dict(sorted(properties.items()))}
    if required:
        parameters["required"] = required
    parameters["additionalProperties"] = False
    raw = {"type": "function", "name": name, "description": about, "strict": False, "parameters": parameters}
    encoded = msgspec.Raw(msgspec.json.encode(raw))
    return tools.ToolSpec(name, encoded, SPACE, ABOUT) if spaced else tools.ToolSpec(name, encoded)
