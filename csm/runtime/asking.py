"""Asking the user: extensions that decide in their place, answers they gave before, and the question itself.

Does not: judge commands.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from csm.core import effects as fx
from csm.core import scripts
from csm.protocol import events
from csm.protocol.tools import Answer, Ask, Decision

if TYPE_CHECKING:
    from csm.runtime.session import Session

_NOBODY = "nobody can be asked here"


async def ask(session: Session, question: Ask) -> Answer:
    """The answer; waits for the user where nobody and nothing else has one. Cancelled with the turn."""
    verdict = None
    hooks = session.host.hooks
    if hooks.any("decide_approval"):
        verdict = await hooks.guard("decide_approval", host=session.host, thread=session.thread, ask=question)
    insists = verdict is not None and verdict.decision == "ask"
    if verdict is not None and verdict.decision is not None and not insists:
        decision = cast("Decision", verdict.decision)
        return _decided(session, question, decision, verdict.reason, verdict.owner)
    if not insists and _remembered(session, question):
        return Answer(question.id, "accept_session")
    if session.start.headless or session.config.approval == "never":
        return _decided(session, question, "decline", _NOBODY, "policy")
    return await _ask_user(session, question)


def _decided(session: Session, question: Ask, decision: Decision, reason: str, by: str) -> Answer:
    """Record a question and its answer together."""
    turn_id = session.state.turn_id
    session.publish([events.Asked(turn_id, question), events.Answered(question.id, decision, reason, by)])
    if decision == "cancel":
        session.feed(fx.Stop(session.clock.now(), session.partial()))
    elif decision == "accept_session":
        _remember(session, question, decision)
    return Answer(question.id, decision, reason)


async def _ask_user(session: Session, question: Ask) -> Answer:
    future: asyncio.Future[Answer] = session.loop.create_future()
    session.performer.waiting[question.id] = future
    session.feed(fx.Raised(question))
    try:
        answer = await future
    finally:
        session.performer.waiting.pop(question.id, None)
    _remember(session, question, answer.decision)
    return answer


def _remember(session: Session, question: Ask, decision: Decision) -> None:
    memory = session.performer.remembered
    if decision == "accept_session":
        memory.update(_keys(question))
    elif decision == "accept_rule" and question.prefix:
        memory.add(("prefix", *question.prefix))


def _remembered(session: Session, question: Ask) -> bool:
    memory = session.performer.remembered
    if not memory:
        return False
    return _ruled(memory, question.argv) or all(key in memory for key in _keys(question))


def _ruled(memory: set[tuple[str, ...]], argv: tuple[str, ...]) -> bool:
    """Whether every command in `argv` begins with words that were allowed always. A shell's script is taken apart."""
    if not argv or not any(key[0] == "prefix" for key in memory):
        return False
    commands = scripts.plain(argv[2]) if len(argv) == 3 and argv[1] in ("-c", "-lc") else [list(argv)]
    return bool(commands) and all(
        any(("prefix", *words[:length]) in memory for length in range(1, len(words) + 1)) for words in commands
    )


def _keys(question: Ask) -> list[tuple[str, ...]]:
    """What "for this session" covers: the same command in the same place, each file of a patch, the tool."""
    if question.kind == "patch" and question.changes:
        places = [path for change in question.changes for path in (change.path, change.move_path) if path]
        return [("patch", path) for path in places]
    if question.kind == "command":
        return [("command", question.cwd, question.sandbox, question.command, *question.argv)]
    return [("tool", question.title)]
