"""Runs the hooks of an event, side by side, and shows that they ran.

Does not: know what the answers change.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from csm.api import Moment, items

from . import answers, handlers, process, sources, spilling, trust
from .answers import Answer
from .handlers import Handler

_KNOWN, _BESIDE = "handlers", "beside"
#: Runs beside a thread at a time; one more than that is not begun.
_AT_ONCE = 32


def wanted(cx: Moment, name: str, subjects: Iterable[str] = ()) -> list[Handler]:
    """The hooks of an event that may run; `subjects` are the names that matchers look at."""
    names = tuple(subjects)
    return [one for one in _known(cx) if one.kind.name == name and handlers.matches(one.matcher, names)]


class _Known(NamedTuple):
    """What may run in a turn, and what was said to be wrong with the rest."""

    turn_id: str
    handlers: list[Handler]
    warnings: list[str]


def _known(cx: Moment) -> list[Handler]:
    """What is set up and may run: looked up once a turn, so that what the user decides counts from the next one on."""
    known: _Known | None = cx.state.get(_KNOWN)
    if known is None or (cx.turn_id and cx.turn_id != known.turn_id):
        found, warnings = handlers.find(sources.read(cx.settings, cx.env))
        said = warnings if known is None else known.warnings  # those at first when the thread was opened
        for text in warnings:
            if text not in said:
                cx.warn(text)
        known = _Known(cx.turn_id, [one for one in found if trust.may_run(one, cx.settings)], warnings)
        cx.state[_KNOWN] = known
    return known.handlers


async def run(cx: Moment, chosen: list[Handler], given: bytes, cwd: Path | None = None) -> list[tuple[Handler, Answer]]:
    """What the hooks say, in their order. Those that run beside the thread say nothing here."""
    for handler in chosen:
        if handler.beside:
            _begin(cx, handler, given, cwd or cx.cwd)
    waited = [handler for handler in chosen if not handler.beside]
    shown = [_shown(cx, handler) for handler in waited]
    ended: list[Any] = await asyncio.gather(*(_run(cx, handler, given, cwd or cx.cwd) for handler in waited))
    for item, (answer, took) in zip(shown, ended, strict=True):
        cx.completed(_told(item, answer, took))
    return [(handler, answer) for handler, (answer, _) in zip(waited, ended, strict=True)]


def tell(cx: Moment, ran: Iterable[tuple[Handler, Answer]]) -> None:
    """Have the model read what the hooks told it."""
    for handler, answer in ran:
        if answer.told.strip() and handler.kind.context:
            cx.tell(spilling.bounded(cx, answer.told, handler.limit))


async def _run(cx: Moment, handler: Handler, given: bytes, cwd: Path) -> tuple[Answer, int]:
    began = time.monotonic()
    env = process.environment(cx.env, cx.settings)
    ran = await process.run(handler.command, given, cwd=cwd, env=env, timeout=handler.timeout)
    return answers.read(handler.kind, ran), round((time.monotonic() - began) * 1000)


def _shown(cx: Moment, handler: Handler) -> items.HookRun:
    item = items.HookRun(
        cx.new_id(), handler.kind.name, doing=handler.doing, command=handler.command, source=handler.source
    )
    cx.started(item)
    return item


def _told(item: items.HookRun, answer: Answer, took: int) -> items.HookRun:
    return items.HookRun(item.id, item.event, answer.status, item.doing, answer.said, item.command, item.source, took)


class Beside:
    """What runs beside a thread; it ends with the thread."""

    def __init__(self) -> None:
        self.tasks: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Kill what still runs."""
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


def _begin(cx: Moment, handler: Handler, given: bytes, cwd: Path) -> None:
    beside: Beside = cx.state.setdefault(_BESIDE, Beside())
    if len(beside.tasks) >= _AT_ONCE:
        cx.warn(f"{_AT_ONCE} hooks run beside this thread already: one of {handler.kind.name} is left out")
        return
    task = asyncio.ensure_future(_run_beside(cx, handler, given, cwd))
    beside.tasks.add(task)
    task.add_done_callback(beside.tasks.discard)


async def _run_beside(cx: Moment, handler: Handler, given: bytes, cwd: Path) -> None:
    """Nobody waits for it: what it tells the model comes later, and it can block nothing."""
    answer, took = await _run(cx, handler, given, cwd)
    if answer.status == "failed":
        item = items.HookRun(
            cx.new_id(), handler.kind.name, doing=handler.doing, command=handler.command, source=handler.source
        )
        cx.completed(_told(item, answer, took))
    elif answer.told.strip() and handler.kind.context:
        cx.note(spilling.bounded(cx, answer.told, handler.limit))
