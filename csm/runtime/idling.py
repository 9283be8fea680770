"""What a thread does that has nothing to do: extensions may go on with it.

Does not: go on by itself, or where nobody is there (`exec`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from csm.core import effects as fx
from csm.core import response_items
from csm.protocol import codec, ops
from csm.protocol.ops import Ack
from csm.runtime import gates

if TYPE_CHECKING:
    from csm.runtime.session import Session


class Idle(msgspec.Struct, frozen=True):
    """Nothing is left to do. `ended` is how the last turn did, or empty where something else woke the thread."""

    ended: str = ""


def over(session: Session) -> None:
    """A turn is over."""
    wake(session, session.thread.turns[-1].status if session.thread.turns else "")


def wake(session: Session, ended: str = "") -> None:
    """Have extensions asked, once all that waits was done."""
    if not (session.start.headless or session.closing) and session.host.hooks.any("idle"):
        session.push(Idle(ended), None)


async def admit(session: Session, idle: Idle) -> Ack:
    """Begin a turn with what an extension wants to go on with, if one does, and nobody has said anything since.

    After a turn that was stopped or failed, extensions hear of it, but none goes on.
    """
    stays = idle.ended in ("interrupted", "failed")
    if not session.state.idle or (_busy(session) and not stays):
        return Ack(False, "there is something else to do")
    found: list[str] = []

    async def ask() -> None:
        found.extend(await gates.texts(session, "idle", ended=idle.ended, code=session.failure if idle.ended else None))

    await session.unless_stopped(ask())
    if stays or not found or _busy(session):
        return Ack(False, "nobody goes on")
    from csm.runtime import admission

    user = fx.UserInput("", response_items.message("user", [codec.whole(found[0])]), unseen=True)
    return Ack(True, turn_id=await admission.begin(session, ops.Submit(""), user))


def _busy(session: Session) -> bool:
    return session.asked or not session.state.idle or bool(session.state.queue)
