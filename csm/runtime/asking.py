"""Asking the user: extensions that decide in their place, answers they gave before, and the question itself.

Does not: judge commands.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, cast

from csm.core import approvals
from csm.core import effects as fx
from csm.protocol import events
from csm.protocol.tools import Answer, Ask, Decision, ToolCall
from csm.runtime.moments import Moments

if TYPE_CHECKING:
    from csm.core.rules import Judgement
    from csm.runtime.session import Session

_NOBODY = "nobody can be asked here"


async def ask(session: Session, question: Ask, call: ToolCall | None = None) -> Answer:
    """The answer; waits for the user where nobody and nothing else has one. Cancelled with the turn."""
    if question.kind == "questions":
        return await _ask_questions(session, question)
    ruled = _ruled(session, question)
    if ruled is not None and ruled.decision == "forbidden":
        return _decided(session, question, "decline", ruled.reason, "rules")
    verdict = None
    hooks = session.host.hooks
    if hooks.any("decide_approval"):
        verdict = await hooks.guard(
            "decide_approval", host=session.host, thread=session.thread, ask=question, cx=Moments(session, call)
        )
    insists = verdict is not None and verdict.decision == "ask"
    if verdict is not None and verdict.decision is not None and not insists:
        decision = cast("Decision", verdict.decision)
        return _decided(session, question, decision, verdict.reason, verdict.owner)
    if not insists and approvals.covers(session.performer.allowed, question):
        return Answer(question.id, "accept_session")
    if not insists and ruled is not None and ruled.decision == "allow":
        return Answer(question.id, "accept", by="rules")
    if session.start.headless or session.config.approval == "never" or _unwanted(session, question):
        return _decided(session, question, "decline", _NOBODY, "policy")
    return await _ask_user(session, question)


def _ruled(session: Session, question: Ask) -> Judgement | None:
    """What the user's rules say of a command, whatever tool asks about it; None where that was asked of them before."""
    if question.kind != "command" or question.by_rule or not question.argv:
        return None
    from csm.core import risk
    from csm.host import ruling

    found = ruling.in_force(session.host, session.settings)
    cwd = Path(question.cwd or session.start.cwd)
    return ruling.judge(found, question.argv, risk.script(question.argv), cwd=cwd, env=session.host.env)


def _unwanted(session: Session, question: Ask) -> bool:
    """Whether the settings' granular policy rules the question out; a policy chosen since then does not."""
    granular = session.settings.granular
    chosen = session.config.approval == session.settings.approval_policy
    return granular is not None and chosen and not granular.allows(question.kind, by_rule=question.by_rule)


def _decided(session: Session, question: Ask, decision: Decision, reason: str, by: str) -> Answer:
    """Record a question and its answer together."""
    turn_id = session.state.turn_id
    session.publish([events.Asked(turn_id, question), events.Answered(question.id, decision, reason, by)])
    if decision == "cancel":
        session.feed(fx.Stop(session.clock.now(), session.partial()))
    elif decision == "accept_session":
        _remember(session, question, decision)
    return Answer(question.id, decision, reason, by=by)


async def _ask_questions(session: Session, question: Ask) -> Answer:
    """Nobody answers in the user's place, and the approval policy does not matter: nothing is to be allowed."""
    if session.start.headless:
        return _decided(session, question, "decline", _NOBODY, "policy")
    return await _ask_user(session, question)


async def _ask_user(session: Session, question: Ask) -> Answer:
    future: asyncio.Future[Answer] = session.loop.create_future()
    session.performer.waiting[question.id] = future
    session.feed(fx.Raised(question))
    try:
        answer = await future
    finally:
        session.performer.waiting.pop(question.id, None)
    _remember(session, question, answer.decision)
    if answer.decision == "accept_rule":
        await _keep_rule(session, question)
    return answer


async def _keep_rule(session: Session, question: Ask) -> None:
    """Have a rule written for later sessions too. Where that fails it holds in this one, and the user is told."""
    from csm.core import rules
    from csm.host import ruling

    if not rules.sensible(question.prefix) or not ruling.keeps(session.host):
        return
    try:
        where = await asyncio.to_thread(ruling.add, session.host, session.settings, question.prefix)
    except Exception as error:
        session.notice(f"This rule holds until the session ends only: {error}")
    else:
        session.notice(f"Kept in {where}: {rules.text(question.prefix)}", "info")


def _remember(session: Session, question: Ask, decision: Decision) -> None:
    performer = session.performer
    performer.allowed = approvals.remember(performer.allowed, question, decision)
