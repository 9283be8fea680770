"""Asking the reviewer, and what follows from its answer: yes, no, or no and an end to the turn.

Does not: word the question (`words.py`, `evidence.py`) or read the answer (`verdict.py`).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from csm.api import CsmError, Host, ModelError, Moment, Thread, asides, items, model, models, response_items
from csm.api import tools as types

from . import evidence, words
from .verdict import Verdict, read

#: Seconds that a review may take, and how often it is asked.
_SECONDS, _TRIES = 90.0, 3
#: Seconds to wait before a second try where the server names no time; twice as many before the third.
_PAUSE = 0.5
#: After so many refusals in a row the turn ends: an agent that keeps trying wants its person.
_PATIENCE = 3
_ADVICE = "Do not reach the same end by another way; do something safer, or say what you need and why."


class Failed(Exception):
    """There is no verdict, and this is why."""


@dataclass
class _Refusals:
    """How often in a row the reviewer said no in one turn."""

    turn_id: str = ""
    count: int = 0


async def decide(host: Host, thread: Thread, ask: types.Ask, cx: Moment) -> tuple[str, str]:
    """The decision and its reason. Whatever goes wrong is a no."""
    refusals: _Refusals = cx.state.setdefault("refusals", _Refusals())
    if refusals.turn_id != cx.turn_id:
        refusals.turn_id, refusals.count = cx.turn_id, 0
    try:
        async with asyncio.timeout(_SECONDS):
            verdict = await _verdict(host, thread, ask, cx)
    except TimeoutError:
        return _no(refusals, cx, ask, f"the review took longer than {_SECONDS:g} seconds", failed=True)
    except Failed as error:
        return _no(refusals, cx, ask, str(error), failed=True)
    if not verdict.allows:
        return _no(refusals, cx, ask, f"{verdict.why} (risk {verdict.risk_level})")
    refusals.count = 0
    _show(cx, f"The reviewer allowed {_named(ask)}: {verdict.why} (risk {verdict.risk_level})")
    return "accept", verdict.why


def _no(refusals: _Refusals, cx: Moment, ask: types.Ask, why: str, *, failed: bool = False) -> tuple[str, str]:
    refusals.count += 1
    ends = refusals.count >= _PATIENCE
    what = "could not judge" if failed else "refused"
    tail = f" That was the {_PATIENCE}rd no in a row, so the turn ends." if ends else ""
    _show(cx, f"The reviewer {what} {_named(ask)}: {why}.{tail}")
    told = f"the review failed and nothing was done: {why}" if failed else f"{why}. {_ADVICE}"
    return "cancel" if ends else "decline", told


async def _verdict(host: Host, thread: Thread, ask: types.Ask, cx: Moment) -> Verdict:
    """Raises Failed."""
    try:
        request = _request(thread, ask, cx)
    except ValueError as error:
        raise Failed(str(error)) from None
    problem = ""
    for attempt in range(_TRIES):
        try:
            return read(await asides.answer(host, cx.settings.model_provider, request, originator=thread.originator))
        except ValueError as error:
            problem = str(error)
        except ModelError as error:
            problem = error.message
            if not error.retryable or attempt == _TRIES - 1:
                break
            await asyncio.sleep(min(error.retry_after or _PAUSE * 2**attempt, 10.0))
        except CsmError as error:
            problem = error.message
            break
    raise Failed(problem)


def _request(thread: Thread, ask: types.Ask, cx: Moment) -> model.ModelRequest:
    info = models.info(cx.model)
    return model.ModelRequest(
        model=cx.model,
        instructions=words.instructions(_policy(cx.settings)),
        input=(response_items.message("user", [evidence.request(thread, ask)]),),
        effort="low" if info.effort else None,
        verbosity=info.verbosity,
        schema=words.SCHEMA,
        cache_key=f"{cx.thread_id}-review",
        thread_id=cx.thread_id,
        turn_id=cx.turn_id,
    )


def _policy(settings: Any) -> str:
    table = settings.raw.get("auto_review")
    policy = table.get("policy") if isinstance(table, dict) else None
    return policy if isinstance(policy, str) else ""


def _named(ask: types.Ask) -> str:
    if ask.kind == "patch":
        return f"the change of {', '.join(change.path for change in ask.changes[:3])}"
    script = ask.argv[2] if len(ask.argv) == 3 and ask.argv[1] in ("-c", "-lc") else ""
    text = " ".join((script or ask.command or ask.title).split())
    return f"`{text if len(text) <= 200 else text[:199] + '…'}`"


def _show(cx: Moment, text: str) -> None:
    cx.completed(items.Notice(cx.new_id(), text, "info"))
