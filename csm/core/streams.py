"""A model's answer, part by part, as items to show, history to keep and calls to run.

Does not: decide what comes after the answer (`csm.core.turn`).
"""

from __future__ import annotations

from typing import Any

import msgspec

from csm.core import calls, response_items, searches
from csm.core.effects import Part
from csm.core.response_items import Received
from csm.core.turn_state import Open, Out, State, noted
from csm.protocol import codec, events, items
from csm.protocol.errors import RemoteProtocolError
from csm.protocol.events import ItemCompleted, ItemStarted, ItemUpdated
from csm.protocol.model import PartCompleted, PartItemDone, PartItemStarted, PartReasoning, PartText

_put = msgspec.structs.replace
_SEARCH = "web_search_call"


def part(state: State, given: Part, out: Out) -> State:
    """Take one part. Parts that come after the stream was given up are ignored."""
    if not state.streaming:
        return state
    found = given.part
    if isinstance(found, PartText):
        state, item = _shown(state, found.item_id, "message", out)
        if item is not None:
            out.events.append(events.TextDelta(item.id, codec.whole(found.text)))
        return state
    if isinstance(found, PartReasoning):
        state, item = _shown(state, found.item_id, "reasoning", out)
        if item is not None:
            out.events.append(events.ReasoningDelta(item.id, codec.whole(found.text), found.index))
        return state
    if isinstance(found, PartItemStarted):
        state = _started(state, found)
        return _shown(state, found.item_id, _SEARCH, out)[0] if found.kind == _SEARCH else state
    if isinstance(found, PartItemDone):
        return _done(state, found, given.now, out)
    if isinstance(found, PartCompleted):
        return _completed(state, found, given.partial, out)
    return state


def close(state: State, partial: dict[str, str], out: Out, *, remember: bool = False) -> State:
    """End the items that never came whole with the text they had; `remember` keeps messages in the history too."""
    for item in state.opens:
        text = partial.get(item.id, "")
        if not item.shown:
            continue
        out.events.append(ItemCompleted(state.turn_id, _item(item, text, partial=True)))
        if remember and item.kind == "message" and text:
            out.events.append(events.HistoryAppended(msgspec.Raw(response_items.agent_message(text))))
    return _put(state, opens=())


def _item(item: Open, text: str, *, partial: bool = False) -> items.Item:
    if item.kind == "message":
        return items.AgentMessage(item.id, text, item.phase, partial)
    if item.kind == _SEARCH:
        return _web_search(_begun(item.raw), item.id, item.source, "failed" if partial else "in_progress")
    return items.Reasoning(item.id, text, partial)


def _started(state: State, found: PartItemStarted) -> State:
    kind = found.kind
    if (kind != "message" and kind != "reasoning" and kind != _SEARCH) or found.item_id in state.finished:
        return state
    opened = Open(found.item_id, state.next_id(), kind, found.phase, raw=found.raw)
    return _put(state, opens=(*state.opens, opened), items=state.items + 1)


def _shown(state: State, source: str, kind: str, out: Out) -> tuple[State, Open | None]:
    """The open item that a delta belongs to, shown; None for one that was shown whole before the stream broke."""
    item = _find(state, source)
    if item is not None and item.shown:
        return state, item
    if item is None:
        if source in state.finished:
            return state, None
        state = _started(state, PartItemStarted(source, kind))
        item = state.opens[-1]
    stale = next((old for old in state.opens if old.stale and old.kind == item.kind), None)
    shown = _put(item, id=stale.id if stale else item.id, shown=True)
    body = ItemUpdated if stale else ItemStarted
    out.events.append(body(state.turn_id, _item(shown, "")))
    opens = tuple(shown if old is item else old for old in state.opens if old is not stale)
    return _put(state, opens=opens), shown


def _find(state: State, source: str) -> Open | None:
    for item in state.opens:
        if item.source == source and not item.stale:
            return item
    return None


def _done(state: State, found: PartItemDone, now: int, out: Out) -> State:
    if found.item_id and found.item_id in state.finished:
        return state
    try:
        item = response_items.received(found.raw)
    except RemoteProtocolError:
        return state  # as unknown parts are: what follows may still be whole
    call = response_items.tool_call(item)
    state, item_id = _take_open(state, found.item_id, item.kind)
    state = _put(state, done=noted(state.done, found.item_id, call.call_id if call else ""))
    if item.kind in response_items.UNANSWERABLE or (call is not None and call.call_id in state.finished):
        return state
    state = _show(state, item, item_id, found.item_id, out)
    out.events.append(events.HistoryAppended(msgspec.Raw(item.raw)))
    refused = response_items.local_shell(item)
    if refused is not None:
        output = response_items.call_output(refused, response_items.ABORTED)
        out.events.append(events.HistoryAppended(msgspec.Raw(output)))
    return state if call is None else calls.start(state, call, now, out)


def _take_open(state: State, source: str, kind: str) -> tuple[State, str]:
    """Remove the open item that is now done; its id, or a new one."""
    opened = _find(state, source)
    if opened is None or not opened.shown:
        # It may take the place of one of its kind that a broken stream left on the screen.
        stale = next((old for old in state.opens if old.stale and old.kind == kind), None)
        gone = [old for old in (opened, stale) if old is not None]
        item_id = stale.id if stale else (opened.id if opened else state.next_id())
        count = state.items + (not gone)
        return _put(state, opens=tuple(old for old in state.opens if old not in gone), items=count), item_id
    return _put(state, opens=tuple(old for old in state.opens if old is not opened)), opened.id


def _show(state: State, item: Received, item_id: str, source: str, out: Out) -> State:
    if item.kind == "message" and item.value.get("role", "assistant") == "assistant":
        text = response_items.message_text(item)
        phase = item.value.get("phase")
        shown = items.AgentMessage(item_id, text, phase if isinstance(phase, str) else None)
        out.events.append(ItemCompleted(state.turn_id, shown))
        return _put(state, last_message=text or state.last_message)
    if item.kind == "reasoning":
        text = response_items.reasoning_text(item)
        if text:
            out.events.append(ItemCompleted(state.turn_id, items.Reasoning(item_id, text)))
    elif item.kind == _SEARCH:
        status = "failed" if item.value.get("status") == "failed" else "completed"
        out.events.append(ItemCompleted(state.turn_id, _web_search(item.value, item_id, source, status)))
    return state


def _begun(raw: bytes) -> dict[str, Any]:
    """What is known of an item that begins."""
    try:
        return response_items.received(raw).value
    except RemoteProtocolError:
        return {}


def _web_search(value: dict[str, Any], item_id: str, source: str, status: items.Status) -> items.WebSearch:
    action = searches.action(value.get("action"))
    return items.WebSearch(item_id, source, searches.words(action), msgspec.Raw(codec.encode(action)), status)


def _completed(state: State, found: PartCompleted, partial: dict[str, str], out: Out) -> State:
    state = close(state, partial, out)
    if found.usage is not None:
        total = state.usage + found.usage
        out.events.append(events.UsageReported(found.usage, total, state.window))
        prefix = found.usage.input if state.prefix is None else state.prefix
        state = _put(state, usage=total, tokens=found.usage.total, prefix=prefix)
    none: frozenset[str] = frozenset()
    return _put(state, streaming=False, attempt=0, done=(), finished=none, again=found.end_turn is False)
