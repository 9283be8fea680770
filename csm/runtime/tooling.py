"""One tool call: guarded, run, filtered, and its answer fed to the turn machine. Whatever happens, there is an answer.

Does not: know any tool.
"""

from __future__ import annotations

import asyncio
import inspect
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from csm.core import effects as fx
from csm.host.contracts import Tool
from csm.protocol import events
from csm.protocol.errors import StoreError, ToolError
from csm.protocol.tools import Ask, ToolCall, ToolResult
from csm.runtime.moments import Moments
from csm.runtime.tool_context import ToolRun

if TYPE_CHECKING:
    from csm.runtime.session import Session


async def run(session: Session, call: ToolCall) -> None:
    """Run a call and feed its output."""
    output: str | list[dict[str, Any]] | None = None
    try:
        output = await _answered(session, call)
    except asyncio.CancelledError:
        pass
    session.feed(fx.ToolDone(call.call_id, session.clock.now(), output))


async def _answered(session: Session, call: ToolCall) -> str | list[dict[str, Any]]:
    if session.performer.tools.get((call.namespace, call.name)) is None:
        return _unsupported(call)
    given = await _replaced(session, call)
    if isinstance(given, ToolResult):
        if given.item is not None:
            session.publish([events.ItemCompleted(session.state.turn_id, given.item)])
        return given.output
    found = session.performer.tools.get((given.namespace, given.name))
    if found is None:
        return _unsupported(given)
    async with _turn(session, *found):
        return await _run(session, given, *found)


def _turn(session: Session, owner: str, tool: Tool) -> AbstractAsyncContextManager[Any]:
    """What to hold while a tool runs."""
    if not getattr(tool, "in_turn", False):
        return nullcontext()
    return session.performer.turns.setdefault(owner, asyncio.Lock())


def _unsupported(call: ToolCall) -> str:
    return f"unsupported {'custom tool ' if call.custom else ''}call: {call.namespace or ''}{call.name}"


async def _run(session: Session, call: ToolCall, owner: str, tool: Tool) -> str | list[dict[str, Any]]:
    cx = ToolRun(session, call, session.performer.states.setdefault(owner, {}), owner)
    try:
        refusal = await _refusal(session, call, cx)
        if refusal is not None:
            return refusal
        await asyncio.to_thread(session.journal.sync)
        result = await _result(tool, call, cx)
        result = await _filtered(session, call, cx, result)
    except ToolError as error:
        cx.abandon()
        return error.message
    except StoreError as error:
        session.store_failed(error)
        return f"{call.name} was not run: {error.message}"
    except asyncio.CancelledError:
        cx.abandon()
        raise
    except Exception as error:
        cx.abandon()
        session.host.report("error", f"the tool {call.name} failed: {error!r}", owner)
        return f"{call.name} failed: {error}"
    return result.output


async def _filtered(session: Session, call: ToolCall, cx: ToolRun, result: ToolResult) -> ToolResult:
    """What the model is to read of a result, which is shown first."""
    cx.flush()
    if result.item is not None:
        session.publish([events.ItemCompleted(cx.turn_id, result.item)])
    hooks = session.host.hooks
    if not hooks.any("after_tool"):
        return result
    moments = Moments(session, call)
    changed = await hooks.pipeline(
        "after_tool", result, host=session.host, thread=session.thread, call=call, cx=moments
    )
    _told(session, moments)
    if changed.item is not None and changed.item != result.item:
        session.publish([events.ItemCompleted(cx.turn_id, changed.item)])
    return changed


def _told(session: Session, moments: Moments) -> None:
    session.publish([events.HistoryAppended(msgspec.Raw(raw)) for raw in moments.take()])


async def _replaced(session: Session, call: ToolCall) -> ToolCall | ToolResult:
    """The call that extensions put in its place, or the answer that they give."""
    hooks = session.host.hooks
    if not hooks.any("before_call"):
        return call
    moments = Moments(session, call)
    given = await hooks.pipeline(
        "before_call", call, ends=_is_answer, host=session.host, thread=session.thread, cx=moments
    )
    _told(session, moments)
    return given if isinstance(given, ToolResult) else msgspec.structs.replace(given, call_id=call.call_id)


def _is_answer(given: Any) -> bool:
    if not isinstance(given, ToolCall | ToolResult):
        raise TypeError(f"{given!r} is neither a call nor a result")
    return isinstance(given, ToolResult)


async def passed_on(session: Session, call: ToolCall, workdir: Path | None) -> ToolResult | None:
    """The result of a call that one tool hands to another, raised errors too; None where there is no such tool."""
    found = session.performer.tools.get((call.namespace, call.name))
    if found is None:
        return None
    owner, tool = found
    cx = ToolRun(session, call, session.performer.states.setdefault(owner, {}), owner, workdir)
    try:
        refusal = await _refusal(session, call, cx)
        if refusal is not None:
            raise ToolError(refusal)
        result = await _result(tool, call, cx)
    except BaseException:
        cx.abandon()
        raise
    cx.flush()
    return result


async def _result(tool: Tool, call: ToolCall, cx: ToolRun) -> ToolResult:
    """What the tool says; one that is not async runs in a worker."""
    if inspect.iscoroutinefunction(tool.run):
        return await tool.run(call, cx)
    answer = await asyncio.to_thread(tool.run, call, cx)
    return await answer if inspect.isawaitable(answer) else answer


async def _refusal(session: Session, call: ToolCall, cx: ToolRun) -> str | None:
    """What the model reads instead, if a guard does not let the call pass."""
    if not session.host.hooks.any("before_tool"):
        return None
    moments = Moments(session, call)
    verdict = await session.host.hooks.guard(
        "before_tool", host=session.host, thread=session.thread, call=call, cx=moments
    )
    _told(session, moments)
    if verdict.decision == "deny":
        return f"{call.name} was blocked by {verdict.owner}: {verdict.reason or 'no reason given'}"
    if verdict.decision != "ask":
        return None
    ask = Ask(
        session.clock.new_id(),
        call.call_id,
        "tool",
        f"Run {call.name}?",
        command=call.arguments,
        cwd=str(cx.cwd),
        why=verdict.reason,
        decisions=("accept", "accept_session", "decline", "cancel"),
    )
    answer = await cx.ask(ask)
    if answer.decision.startswith("accept"):
        return None
    return f"{call.name} was declined by the user" + (f": {answer.text}" if answer.text else "")
