"""Scripts: what a pretended model answers, written as small dicts.

A script is a list of turns, one for each request the model gets. A turn is a dict, or a list of dicts for an answer
with several items of one kind. The keys are emitted in the order in which they stand:

    text       "hello", or a list of its deltas: ["hel", gate, "lo"]; a `Gate` or `threading.Event` in the list halts
               the stream there until it is opened
    phase      "commentary" or "final_answer": put on the messages of this dict
    chunk      characters in a delta of `text` given as one string (default: two deltas)
    reasoning  "a summary", or a list of its parts
    call       (name, arguments) or (name, arguments, call_id), or a list of such; arguments are a dict or JSON text
    custom     (name, input) or (name, input, call_id), or a list of such: a call with free text
    item       any response item as a dict, or a list of them
    wait       a `Gate` or `threading.Event`: halt until it is opened
    usage      {"input": 100, "cached": 10, "output": 20, "reasoning": 5, "total": 120, "written": 0}, or None
    end_turn   False asks for one more request

Faults (one in a turn), understood by both:

    fail       {"message": ..., "code": ...}: the answer ends as failed (a FakeModel also reads `status`,
               `retry_after`, `retryable`, or takes a ModelError)
    drop       N: the connection breaks after N events
    open_end   True: the stream ends without having completed
    hang       True: nothing more comes, until the client goes away

and by `ResponsesServer` only:

    http       status: a plain HTTP answer with `body` (str, bytes or JSON value) and `headers`
    incomplete "max_output_tokens": the answer ends as incomplete
    raw        str or bytes sent instead of events; bytes may stand in a list with gates between them
    headers    more headers on the answer

A turn may also be a function: it is called with the request and returns the turn.

Does not: send or stream anything.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

from csm.protocol.model import (
    ModelPart,
    PartCompleted,
    PartCreated,
    PartItemDone,
    PartItemStarted,
    PartReasoning,
    PartText,
    Usage,
)

Turn = dict[str, Any] | list[dict[str, Any]]
Script = Sequence[Turn | Callable[[Any], Turn]]

FAULTS = ("fail", "drop", "open_end", "hang")
SERVER_FAULTS = ("http", "body", "headers", "incomplete", "raw")
_PLAIN = ("text", "phase", "chunk", "reasoning", "call", "custom", "item", "wait", "usage", "end_turn")


class Gate:
    """A halt in a script. `arrived` is set when the stream reaches it; `open` lets it go on.

    gate = Gate()
    ...                     # a turn with {"text": ["one ", gate, "two"]} is on its way
    gate.wait_arrived()
    gate.open()
    """

    def __init__(self) -> None:
        self.arrived = threading.Event()
        self._open = threading.Event()

    def wait_arrived(self, timeout: float = 10.0) -> None:
        """Wait until the stream halts here. Raises TimeoutError."""
        if not self.arrived.wait(timeout):
            raise TimeoutError("the stream did not reach the gate")

    def open(self) -> None:
        """Let the stream go on, now or when it gets here."""
        self._open.set()

    def is_set(self) -> bool:
        """Whether it is open; marks the stream as arrived."""
        self.arrived.set()
        return self._open.is_set()


Halt = Gate | threading.Event


def pick(script: Script, index: int, request: Any, *, repeat: bool) -> dict[str, Any] | None:
    """The turn for the request number `index` as one checked list of dicts under `parts`, or None at the end."""
    if index >= len(script):
        if not repeat or not script:
            return None
        index = len(script) - 1
    turn = script[index]
    if callable(turn):
        turn = turn(request)
    return check(turn)


def check(turn: Turn) -> dict[str, Any]:
    """A turn in its general form: `parts` (the dicts in order) and the faults. Raises ValueError for unknown keys."""
    parts: list[dict[str, Any]] = turn if isinstance(turn, list) else [turn]
    known = {*_PLAIN, *FAULTS, *SERVER_FAULTS}
    for part in parts:
        if unknown := sorted(set(part) - known):
            raise ValueError(f"unknown key in a scripted turn: {', '.join(unknown)}")
    whole: dict[str, Any] = {"parts": parts}
    for part in parts:
        whole.update({key: part[key] for key in part if key in (*FAULTS, *SERVER_FAULTS, "usage", "end_turn")})
    return whole


def steps(turn: dict[str, Any], number: int) -> Iterator[ModelPart | Halt]:
    """What a checked turn streams, in order: model parts, and halts between them. `number` goes into the ids."""
    count = 0
    yield PartCreated(f"resp_{number:04d}")
    for part in turn["parts"]:
        for key, value in part.items():
            for item in _items(part, key, value):
                count += 1
                yield from _item_steps(item, f"{number:04d}_{count}", part)
            if key == "wait":
                yield value
    if any(turn.get(key) for key in ("fail", "incomplete", "open_end", "hang")):
        return
    yield PartCompleted(f"resp_{number:04d}", usage(turn), turn.get("end_turn"))


def usage(turn: dict[str, Any]) -> Usage | None:
    """The figures of a checked turn."""
    given = turn.get("usage", {})
    if given is None or isinstance(given, Usage):
        return given
    values = {"input": 100, "cached": 10, "output": 20, "reasoning": 5, **given}
    return Usage(**{"total": values["input"] + values["output"], **values})


def many(value: Any) -> list[Any]:
    """The value itself where it is a list, else a list of it."""
    return cast("list[Any]", value) if isinstance(value, list) else [value]


def _items(part: dict[str, Any], key: str, value: Any) -> Iterator[dict[str, Any]]:
    """The response items that one key of a turn stands for. `_deltas` is ours and not part of the item."""
    if key == "text":
        yield _message(part, value)
    elif key == "reasoning":
        yield _reasoning(many(value))
    elif key == "call":
        for name, arguments, *call_id in many(value):
            text = arguments if isinstance(arguments, str) else json.dumps(arguments)
            yield {"type": "function_call", "name": name, "arguments": text, "call_id": next(iter(call_id), None)}
    elif key == "custom":
        for name, text, *call_id in many(value):
            yield {"type": "custom_tool_call", "name": name, "input": text, "call_id": next(iter(call_id), None)}
    elif key == "item":
        yield from (dict(item) for item in many(value))


def _message(part: dict[str, Any], value: Any) -> dict[str, Any]:
    deltas = many(value) if isinstance(value, list) else _chunks(value, part.get("chunk"))
    text = "".join(piece for piece in deltas if isinstance(piece, str))
    item = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": text}]}
    if part.get("phase"):
        item["phase"] = part["phase"]
    return {**item, "_deltas": deltas}


def _reasoning(summaries: list[str]) -> dict[str, Any]:
    summary = [{"type": "summary_text", "text": text} for text in summaries]
    return {"type": "reasoning", "summary": summary, "encrypted_content": "scripted", "_deltas": summaries}


def _chunks(text: str, size: int | None) -> list[Any]:
    size = size or max(1, (len(text) + 1) // 2)
    return [text[at : at + size] for at in range(0, len(text), size)]


def _item_steps(item: dict[str, Any], ident: str, part: dict[str, Any]) -> Iterator[ModelPart | Halt]:
    kind = str(item.get("type", ""))
    item_id = str(item.get("id") or f"{kind}_{ident}")
    if item.get("call_id", "") is None:
        item["call_id"] = f"call_{ident}"
    deltas = item.pop("_deltas", [])
    yield PartItemStarted(item_id, kind, item.get("phase"))
    for index, piece in enumerate(deltas):
        if not isinstance(piece, str):
            yield piece
        elif kind == "reasoning":
            yield PartReasoning(item_id, piece, index)
        else:
            yield PartText(item_id, piece)
    yield PartItemDone(item_id, json.dumps(item, separators=(",", ":")).encode())
