"""What a session that ended in the middle of a turn leaves behind, and how that is closed when it is opened again.

Does not: run anything, or know what a tool had done by then.
"""

from __future__ import annotations

from typing import cast

import msgspec

from csm.core import calls, response_items
from csm.core.fold import Thread
from csm.protocol import codec, events
from csm.protocol.events import Body
from csm.protocol.items import CommandExecution, Item, ToolUse
from csm.protocol.tools import ToolCall

#: Tools that run a command, and where they are told it. The plan has no item for its calls.
_COMMANDS = {"exec_command": "cmd", "shell_command": "command", "shell": "command", "container.exec": "command"}
_UNSHOWN = ("update_plan", "write_stdin")
_OUTPUT = "stopped: the session ended while this ran\n"


def closing(thread: Thread) -> list[Body]:
    """What an unfinished history lacks: calls that never ended marked as stopped, their outputs, the turn's end."""
    missing = response_items.unanswered(thread.history)
    bodies: list[Body] = [events.HistoryAppended(msgspec.Raw(calls.closing(call))) for call in missing]
    if thread.running is None:
        return bodies + [events.Answered(ask, "cancel", by="interrupt") for ask in thread.asks]
    turn = thread.running
    shown = [events.ItemCompleted(turn, item) for call in missing if (item := _item(call, thread)) is not None]
    return [*shown, *bodies, events.TurnInterrupted(turn, "resumed")]


def _item(call: ToolCall, thread: Thread) -> Item | None:
    """The call as people see it, unless its end is on record already."""
    if call.call_id in thread.entries or call.name in _UNSHOWN or call.search:
        return None
    told = _command(call)
    if told is not None:
        return CommandExecution(call.call_id, told[0], told[1] or thread.cwd, "failed", _OUTPUT)
    name = f"{call.namespace}.{call.name}" if call.namespace else call.name
    return ToolUse(call.call_id, name, call.arguments, "failed", _OUTPUT)


def _command(call: ToolCall) -> tuple[str, str] | None:
    """The command line and its folder, of a tool that runs one."""
    key = _COMMANDS.get(call.name)
    if key is None or call.custom:
        return None
    try:
        given = codec.decode(call.arguments)
    except ValueError:
        return None
    if not isinstance(given, dict):
        return None
    given = cast("dict[str, object]", given)
    told, folder = given.get(key), given.get("workdir")
    if isinstance(told, list):
        told = " ".join(map(str, cast("list[object]", told)))
    return (told, folder if isinstance(folder, str) else "") if isinstance(told, str) else None
