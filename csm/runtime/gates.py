"""Where extensions are heard in the course of a thread: at the gates of a turn, around its requests, and at its end.

Does not: decide what follows (`csm.core.turn_gates`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from csm.core import effects as fx
from csm.core import response_items
from csm.protocol import codec
from csm.protocol.errors import ModelError
from csm.protocol.model import Usage
from csm.runtime.moments import Moments

if TYPE_CHECKING:
    from csm.runtime.session import Session

#: Seconds that closing a thread waits for those who hear of an interrupt, and of its end.
GRACE = 3.5
#: Seconds that those who hear of its end have at the least.
_LAST = 0.5
#: Which hooks make a turn wait at which gates.
_GATES = {
    "before_prompt": ("begin", "steer"),
    "before_compact": ("compact",),
    "after_compact": ("compacted",),
    "before_stop": ("stop",),
}


def wanted(session: Session, *, alone: bool = False, review: bool = False) -> frozenset[str]:
    """The gates of a turn that begins now: `alone` only sums up, in a `review` a thread beside this one has them."""
    hooks = session.host.hooks
    found = {gate for name, gates in _GATES.items() if hooks.any(name) for gate in gates}
    if hooks.any("thread_started"):
        found |= {"begin", "compacted"} if session.begun else {"compacted"}
    if review:
        found -= {"begin", "stop"}
    if alone or session.start.subagent == "review":
        found.discard("stop")
    return frozenset(found)


async def stand(session: Session, gate: fx.Gate) -> None:
    """Hear extensions at a gate, and feed `Passed`."""
    if gate.name == "begin":
        passed = await _begin(session, gate)
    elif gate.name == "steer":
        passed = await _prompt(session, gate)
    elif gate.name == "stop":
        passed = await _stop(session, gate)
    else:
        passed = await _summary(session, gate)
    session.feed(passed)


async def _begin(session: Session, gate: fx.Gate) -> fx.Passed:
    before, refused = await _start(session)
    if refused:
        return fx.Passed("begin", session.clock.now(), before=before, stopped=True)
    passed = await _prompt(session, gate)
    return fx.Passed("begin", passed.now, (*before, *passed.before), passed.after, stopped=passed.stopped)


async def _start(session: Session) -> tuple[tuple[bytes, ...], bool]:
    """Tell that the thread begins, if that is still to be told: what the model is to read, and whether it ends here."""
    source, session.begun = session.begun, ""
    if not source or session.start.subagent == "review":
        return (), False
    moments = Moments(session)
    refused = await refusal(session, "thread_started", moments, source=source)
    return moments.take(), refused


async def _prompt(session: Session, gate: fx.Gate) -> fx.Passed:
    moments = Moments(session)
    if gate.unseen:
        return fx.Passed(gate.name, session.clock.now())
    refused = await refusal(session, "before_prompt", moments, prompt=gate.said)
    return fx.Passed(gate.name, session.clock.now(), after=moments.take(), stopped=refused)


async def _summary(session: Session, gate: fx.Gate) -> fx.Passed:
    moments = Moments(session)
    name = "before_compact" if gate.name == "compact" else "after_compact"
    refused = await refusal(session, name, moments, trigger="manual" if gate.alone else "auto")
    told = moments.take()
    if gate.name == "compacted":
        session.begun = "compact"
        if not (gate.alone or refused or session.state.waiting):
            more, refused = await _start(session)
            told += more
    return fx.Passed(gate.name, session.clock.now(), before=told, stopped=refused)


async def _stop(session: Session, gate: fx.Gate) -> fx.Passed:
    moments = Moments(session)
    answers = await session.host.hooks.answers(
        "before_stop", **_given(session, moments), message=gate.said, again=gate.again
    )
    again = tuple(response_items.message("user", [codec.whole(text)]) for text in _texts(answers))
    return fx.Passed("stop", session.clock.now(), before=moments.take(), again=again)


def _texts(answers: Sequence[Any]) -> list[str]:
    return [str(text) for answer in answers for text in ([answer] if isinstance(answer, str) else answer)]


async def texts(session: Session, name: str, **more: Any) -> list[str]:
    """The texts that extensions answer with, up to the first one."""
    answers = await session.host.hooks.answers(name, ends=bool, **_given(session, Moments(session)), **more)
    return [answer for answer in answers if isinstance(answer, str) and answer]


async def refusal(session: Session, name: str, moments: Moments, **more: Any) -> bool:
    """Whether an extension refuses; why, if it says so, is told to the user."""
    answers = await session.host.hooks.answers(
        name, ends=lambda answer: answer is not None, **_given(session, moments), **more
    )
    if answers and answers[0]:
        session.notice(str(answers[0]))
    return bool(answers)


def _given(session: Session, moments: Moments) -> dict[str, Any]:
    return {"host": session.host, "thread": session.thread, "cx": moments}


async def tell(session: Session, name: str, turn_id: str | None = None, **more: Any) -> None:
    """Have extensions hear of something that they cannot change: of the running turn, or another one."""
    await session.host.hooks.answers(name, **_given(session, Moments(session, turn_id=turn_id)), **more)


class Request:
    """A request that is under way. `answered` is to be called when the answer is whole, before that has effects."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._turn_id = session.state.turn_id

    async def answered(self, usage: Usage | None) -> None:
        """Tell that the answer is there."""
        await self._ended("completed", usage=usage)

    async def _ended(self, status: str, error: str | None = None, usage: Usage | None = None) -> None:
        await tell(self._session, "request_ends", self._turn_id, status=status, error=error, usage=usage)


@asynccontextmanager
async def request(session: Session) -> AsyncIterator[Request | None]:
    """Tell of a request while it is under way; None where nobody wants to hear."""
    hooks = session.host.hooks
    if not (hooks.any("request_begins") or hooks.any("request_ends")):
        yield None
        return
    await tell(session, "request_begins")
    under_way = Request(session)
    try:
        yield under_way
    except asyncio.CancelledError:
        session.beside(under_way._ended("cancelled"))
        raise
    except ModelError as error:
        await under_way._ended("failed", error.message)
        raise
    except Exception as error:
        await under_way._ended("failed", str(error))
        raise


async def end(session: Session) -> None:
    """Tell that the thread ends, if a turn began in it, once all is heard that came before; waits a moment only."""
    until = session.loop.time() + GRACE
    await _heard(session, until)
    own = not session.start.subagent and not session.children.depth
    if session.turned and own and session.host.hooks.any("thread_ended"):
        session.beside(tell(session, "thread_ended"))
        await _heard(session, max(until, session.loop.time() + _LAST))
    for task in list(session.hearing):
        task.cancel()
    await _heard(session, session.loop.time() + _LAST)


async def _heard(session: Session, until: float) -> None:
    if session.hearing:
        await asyncio.wait(session.hearing, timeout=max(0.0, until - session.loop.time()))
