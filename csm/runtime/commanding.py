"""Commands that the user runs beside the thread: what follows `!`. Shown as they go, and told to the model when it next
reads.

Does not: start processes. A tool of an extension does, which no model is offered (`csm.host.contracts.Tool.for_user`).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from csm.core import effects as fx
from csm.core import response_items
from csm.host.contracts import Tool
from csm.protocol import codec, events, ops
from csm.protocol.errors import StoreError, ToolError
from csm.protocol.items import OWN_COMMAND, OWN_TERMINAL
from csm.protocol.ops import Ack
from csm.protocol.tools import ToolCall
from csm.runtime.tool_context import ToolRun

if TYPE_CHECKING:
    from csm.runtime.session import Session


def admit(session: Session, op: ops.Shell) -> Ack:
    """Begin a command, or say why not."""
    if not op.command.strip():
        return Ack(False, "there is no command to run")
    found = [each for each in session.host.provided("tools") if getattr(each.value, "for_user", False)]
    if not found:
        return Ack(False, "no extension runs commands")
    start = OWN_TERMINAL if op.tty else OWN_COMMAND
    call = ToolCall(f"{start}{session.clock.new_id()}", found[-1].value.spec.name, codec.whole(op.command))
    task = session.loop.create_task(_run(session, call, found[-1].owner, found[-1].value))
    session.performer.own.add(task)
    task.add_done_callback(session.performer.own.discard)
    return Ack(True)


def stop(session: Session) -> bool:
    """Stop all of them; whether there were any."""
    running = [task for task in session.performer.own if not task.done()]
    for task in running:
        task.cancel()
    return bool(running)


async def _run(session: Session, call: ToolCall, owner: str, tool: Tool) -> None:
    cx = ToolRun(session, call, session.performer.states.setdefault(owner, {}), owner)
    try:
        result = await tool.run(call, cx)
    except ToolError as error:
        cx.abandon()
        session.notice(error.message, "error")
        return
    except Exception as error:
        cx.abandon()
        session.host.report("error", f"the command failed: {error!r}", owner)
        session.notice(f"The command failed: {error}", "error")
        return
    cx.flush()
    if result.item is not None:
        session.publish([events.ItemCompleted(cx.turn_id, result.item)])
    if isinstance(result.output, str):
        session.feed(fx.Note(response_items.message("user", [codec.whole(result.output)])))
    try:
        await asyncio.to_thread(session.journal.sync)
    except StoreError as error:
        session.host.report("error", error.message)
