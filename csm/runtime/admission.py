"""Ops: accepted or refused, and turned into inputs of the turn machine.

Does not: perform what follows.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from csm.core import effects as fx
from csm.core import models, request, response_items
from csm.host import requirements
from csm.protocol import codec, events, ops
from csm.protocol.errors import CommandError, ToolError
from csm.protocol.ops import Ack
from csm.protocol.tools import Answer, Ask
from csm.runtime import briefing, commanding, compacting, gates, idling, images, rewinding, surroundings

if TYPE_CHECKING:
    from csm.host.delegation import ReviewPlan
    from csm.runtime.session import Session


async def admit(session: Session, op: ops.Op | idling.Idle) -> Ack:
    """Do what an op asks, or say why not."""
    if isinstance(op, idling.Idle):
        return await idling.admit(session, op)
    if isinstance(op, ops.Submit):
        return await _submit(session, op)
    if isinstance(op, ops.Review):
        return await _review(session, op)
    if isinstance(op, ops.Interrupt):
        return _interrupt(session)
    if isinstance(op, ops.AnswerAsk):
        handed = session.children.answer(op)
        return _answer(session, op) if handed is None else await handed
    if isinstance(op, ops.Configure):
        return _configure(session, op)
    if isinstance(op, ops.Rename):
        return _rename(session, op)
    if isinstance(op, ops.Rewind):
        return await rewinding.admit(session, op)
    if isinstance(op, ops.Keep):
        return _keep(session, op)
    if isinstance(op, ops.Reach):
        return _reach(session, op)
    if isinstance(op, ops.Shell):
        return commanding.admit(session, op)
    if isinstance(op, ops.Unqueue | ops.Requeue):
        return _requeue(session, op)
    if isinstance(op, ops.Compact):
        return await _compact(session)
    session.closing = True
    return Ack(True)


async def _submit(session: Session, op: ops.Submit) -> Ack:
    state = session.state
    if not op.text.strip() and not op.images and op.busy != "reject":
        return _release(session)
    if not state.idle and op.busy == "reject":
        return Ack(False, "a turn is running")
    if not state.idle and (op.busy == "queue" or state.ending is not None):
        session.feed(fx.Enqueue(op))
        return Ack(True)
    text = codec.whole(op.text)
    found, detail = await _images(session, op.images) if op.images else ([], "high")
    user = fx.UserInput(text, response_items.user_message(text, found, detail), op.images)
    unseen = "; ".join(image.problem for image in found if image.problem)
    if not session.state.idle:
        session.feed(fx.Steer(user))
        return Ack(True, unseen, session.state.turn_id)
    return Ack(True, unseen, await begin(session, op, user))


async def _images(session: Session, names: tuple[str, ...]) -> tuple[list[response_items.Image], str]:
    """The images of a message, and how closely the model looks at them."""
    detail = briefing.facts(session, session.config.model).image_detail
    reader = next(reversed(session.host.provide("image_readers")), None)
    return await asyncio.to_thread(images.load, names, Path(session.start.cwd), reader, detail), detail


def _release(session: Session) -> Ack:
    if not session.state.idle or not session.state.queue:
        return Ack(False, "there is nothing to send")
    session.feed(fx.Release())
    return Ack(True)


async def _review(session: Session, op: ops.Review) -> Ack:
    if not session.state.idle:
        return Ack(False, "a turn is running")
    reviewers = session.host.provide("reviewers")
    if not reviewers:
        return Ack(False, "no extension reviews code")
    try:
        plan = await asyncio.to_thread(reviewers[-1].prepare, op, Path(session.start.cwd))
    except CommandError as error:
        return Ack(False, error.message)
    user = fx.UserInput(plan.label, response_items.user_message(plan.request))
    return Ack(True, turn_id=await begin(session, ops.Submit(plan.label), user, plan))


async def _warn(session: Session, known: bool) -> None:
    """Tell, once each, what the model does not get whole."""
    told = [] if known else [models.unknown(session.config.model)]
    told += await asyncio.to_thread(surroundings.clipped, session.settings, Path(session.start.cwd))
    for text in told:
        if text not in session.performer.warned:
            session.performer.warned.add(text)
            session.notice(text, turn_id="")


async def begin(session: Session, op: ops.Submit, user: fx.UserInput, review: ReviewPlan | None = None) -> str:
    """Start a turn; its id."""
    await session.unless_stopped(session.host.hooks.prepare("begin_turn", host=session.host, thread=session.thread))
    config = session.config
    turn_id = session.clock.new_id()
    info = briefing.facts(session, config.model)
    await _warn(session, info.known)
    brief = await briefing.brief(session, turn_id)
    session.performer.begin(op, info, review)
    session.feed(
        fx.Begin(
            turn_id,
            session.clock.now(),
            user,
            brief.context,
            request.missing(session.thread.history, brief.wanted),
            brief.window,
            config.collaboration,
            brief.limit,
            compacting.due(session, brief.limit),
            gates.wanted(session, review=review is not None),
            session.settings.raw.get("agents", {}).get("interrupt_message", True),
        )
    )
    return turn_id


async def _compact(session: Session) -> Ack:
    if not session.state.idle:
        return Ack(False, "a turn is running")
    if not compacting.possible(session):
        return Ack(False, "there is nothing to summarise yet")
    turn_id = session.clock.new_id()
    brief = await briefing.brief(session, turn_id)
    session.performer.begin(ops.Submit(""), brief.info)
    held = gates.wanted(session, alone=True)
    session.feed(fx.Condense(turn_id, session.clock.now(), brief.window, session.config.collaboration, held))
    return Ack(True, turn_id=turn_id)


def _interrupt(session: Session) -> Ack:
    own = commanding.stop(session)
    if session.state.idle:
        return Ack(own, "" if own else "no turn is running")
    turn_id = session.state.turn_id
    session.feed(fx.Stop(session.clock.now(), session.partial()))
    return Ack(True, turn_id=turn_id)


def _answer(session: Session, op: ops.AnswerAsk) -> Ack:
    ask = session.thread.asks.get(op.ask_id)
    if ask is None or op.ask_id not in session.state.asks:
        return Ack(False, "this question is no longer open")
    if op.decision not in (*ask.decisions, "decline", "cancel"):
        return Ack(False, f"{op.decision} is no answer to this question")
    if strange := _strange(ask, op):
        return Ack(False, strange)
    turn_id = session.state.turn_id
    answer = Answer(op.ask_id, op.decision, op.text, op.answers, edited=op.edited, pieces=op.pieces)
    session.feed(fx.Settled(answer, session.clock.now(), partial=session.partial()))
    return Ack(True, turn_id=turn_id)


def _strange(ask: Ask, op: ops.AnswerAsk) -> str:
    """Why what is to be done in the place of the whole cannot be; empty where it can, or nothing is."""
    given = [*(["edited"] if op.edited else []), *(["pieces"] if op.pieces is not None else [])]
    if given and op.decision != "accept":
        return "what is changed can be accepted once, and nothing else"
    if any(one not in ask.takes for one in given):
        return "this can be allowed only as it is"
    if op.pieces is not None:
        from csm.core import patches

        count = len(patches.pieces(ask.changes))
        if not op.pieces or not all(0 <= one < count for one in op.pieces):
            return f"pieces go from 0 to {count - 1}, and one at least is needed"
    return ""


def _configure(session: Session, op: ops.Configure) -> Ack:
    changes = {
        name: value
        for name, value in (
            ("model", op.model),
            ("effort", op.effort),
            ("approval", op.approval),
            ("sandbox", op.sandbox),
            ("collaboration", op.collaboration),
        )
        if value is not None
    }
    if not changes:
        return Ack(False, "nothing to change")
    refused = requirements.refusal(session.settings.requirements, op.approval, op.sandbox)
    if refused is not None:
        return Ack(False, refused)
    session.config = msgspec.structs.replace(session.config, **changes)
    session.publish([events.Configured(op.model, op.effort, op.approval, op.sandbox, op.collaboration)])
    return Ack(True)


def _rename(session: Session, op: ops.Rename) -> Ack:
    name = " ".join(op.name.split())
    if not name:
        return Ack(False, "a name needs at least one character")
    session.publish([events.ThreadNamed(name)])
    return Ack(True)


def _keep(session: Session, op: ops.Keep) -> Ack:
    session.publish([events.Kept(op.owner, op.name, msgspec.Raw(codec.encode(op.value)))])
    if session.state.idle:
        idling.wake(session)
    elif op.note:
        session.feed(fx.Note(response_items.message("user", [codec.whole(op.note)])))
    return Ack(True)


def _reach(session: Session, op: ops.Reach) -> Ack:
    reach = session.performer.reachable.get(op.item_id)
    if reach is None:
        return Ack(False, "that tool does not run any more, or takes nothing")
    try:
        reach(op.action, op.text)
    except ToolError as error:
        return Ack(False, error.message)
    return Ack(True)


def _requeue(session: Session, op: ops.Unqueue | ops.Requeue) -> Ack:
    queue = session.state.queue
    if not queue:
        return Ack(False, "nothing is queued")
    at = len(queue) - 1 if op.at is None else op.at
    if not 0 <= at < len(queue) or (op.text is not None and queue[at].text != op.text):
        return Ack(False, "the queue is not what it was")
    if isinstance(op, ops.Unqueue):
        session.feed(fx.Unqueue(at))
    else:
        session.feed(fx.Requeue(at, min(max(0, op.to), len(queue) - 1)))
    return Ack(True)
