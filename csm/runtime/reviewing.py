"""A review: a thread of the reviewer's own, on the loop of the thread that asked, whose turn it answers.

What the reviewer does shows in the thread that asked as if it were done there; its messages do not, but for the last
one, which comes as the model's answer. The reviewer has its own log, and its own history.

Does not: know how to review (`csm.host.delegation.Reviewer`).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec

from csm.core import effects as fx
from csm.core import response_items
from csm.protocol import events, items, ops
from csm.protocol.errors import CsmError
from csm.protocol.events import Body, Event
from csm.protocol.model import ModelPart, PartCompleted, PartItemDone
from csm.runtime import opening
from csm.runtime.behind import put_behind

if TYPE_CHECKING:
    from csm.host.delegation import ReviewPlan
    from csm.runtime.session import Session

#: Seconds that a reviewer who was stopped has to end.
_GRACE = 1.5
_ENDS = (events.TurnCompleted, events.TurnFailed, events.TurnInterrupted)
_ITEMS = (events.ItemStarted, events.ItemUpdated, events.ItemCompleted)
#: Items that stay with the reviewer.
_OWN = (items.UserMessage, items.AgentMessage, items.Compaction)


async def run(session: Session, plan: ReviewPlan) -> None:
    """Review, and answer the running turn; always ends by `PartCompleted` or `Fail`, unless cancelled."""
    try:
        end = await _watched(session, _child(session, plan), plan)
    except asyncio.CancelledError:
        raise
    except CsmError as error:
        session.fail(error.message, "review")
        return
    except Exception as error:
        session.host.report("error", f"the review failed: {error!r}")
        session.fail(f"The review failed: {error}", "review")
        return
    _answer(session, end)


def _child(session: Session, plan: ReviewPlan) -> Session:
    from csm.runtime.session import Session

    start = msgspec.structs.replace(
        session.start, resume=None, fork=None, headless=True, parent=session.thread_id, subagent="review"
    )
    model = session.settings.raw.get("review_model")
    opened = opening.open_child(session, start, plan.instructions, model if isinstance(model, str) and model else None)
    child = Session(opened)
    child.publish(opened.bodies)
    child.performer.without = frozenset(plan.without)
    return child


async def _watched(session: Session, child: Session, plan: ReviewPlan) -> Body:
    """Run the reviewer's turn and show it; how it ended, its answer made ready."""
    wake = asyncio.Event()
    watcher = child.hub.attach()
    watcher.on_ready(wake.set)
    serving = session.loop.create_task(child.main())
    serving.add_done_callback(lambda _: wake.set())
    try:
        child.push(ops.Submit(plan.request, schema=plan.schema), None)
        while True:
            await wake.wait()
            wake.clear()
            for event in watcher.drain():
                if isinstance(event.body, _ENDS):
                    return _ready(session, event.body)
                _show(session, event)
            if serving.done():
                return events.TurnFailed("", "The reviewer's thread ended before its turn did.")
    finally:
        child.push(ops.Shutdown(), None)
        await asyncio.wait([serving], timeout=_GRACE)
        serving.cancel()
        put_behind(child.journal.path, session.journal.path)


def _ready(session: Session, end: Body) -> Body:
    if not isinstance(end, events.TurnCompleted):
        return end
    reviewer: Any = session.host.provide("reviewers")[-1]
    return msgspec.structs.replace(end, last_message=reviewer.answer(end.last_message or ""))


def _show(session: Session, event: Event) -> None:
    """Have an event of the reviewer's thread happen in the thread that asked, if it belongs there."""
    body = event.body
    turn_id = session.state.turn_id
    if isinstance(body, _ITEMS) and not isinstance(body.item, _OWN):
        shown = msgspec.structs.replace(body, turn_id=turn_id)
        session.publish(
            [msgspec.structs.replace(shown, place=None) if isinstance(shown, events.ItemCompleted) else shown]
        )
    elif isinstance(body, events.Reconnecting):
        session.publish([msgspec.structs.replace(body, turn_id=turn_id)])
    elif isinstance(body, events.OutputDelta | events.ReasoningDelta):
        session.publish([body])


def _answer(session: Session, end: Body) -> None:
    """End the turn as the reviewer's ended."""
    if isinstance(end, events.TurnCompleted):
        raw = response_items.agent_message(end.last_message or "")
        for part in (PartItemDone("review", raw), PartCompleted()):
            _feed(session, part)
    elif isinstance(end, events.TurnFailed):
        session.fail(end.message, end.code or "review")
    else:
        session.fail("The review was stopped.", "review")


def _feed(session: Session, part: ModelPart) -> None:
    session.feed(fx.Part(part, session.clock.now()))
