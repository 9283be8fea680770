"""What long streams and large outputs cost: many deltas, one enormous line, 100 MB printed by a command.

What counts is the extra over a small run of the same program, so each size is a case of its own.

Does not: run them (`tests.benchmarks.measure`).
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.benchmarks.groups import CSM, Group, bench
from tests.benchmarks.measure import Case, Extra

MEGABYTE = 1_000_000


def stream(deltas: int, size: int = 5) -> bytes:
    """A whole answer as server-sent events: `deltas` pieces of `size` characters of one message.

    As servers do, the whole text stands in the end of the text, of the item and of the response again.
    """
    text = "word "[:size] if size <= 5 else "x" * size
    whole = {"type": "message", "id": "m", "role": "assistant", "content": [_part(text * deltas)]}
    usage = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": {"id": "r"}},
        {"type": "response.output_item.added", "output_index": 0, "item": {**whole, "content": []}},
        {"type": "response.content_part.added", "item_id": "m", "content_index": 0, "part": _part("")},
    ]
    delta = {"type": "response.output_text.delta", "item_id": "m", "output_index": 0, "content_index": 0, "delta": text}
    end: list[dict[str, Any]] = [
        {"type": "response.output_text.done", "item_id": "m", "content_index": 0, "text": text * deltas},
        {"type": "response.output_item.done", "output_index": 0, "item": whole},
        {"type": "response.completed", "response": {"id": "r", "output": [whole], "usage": usage}},
    ]
    one = _event(delta)
    return b"".join([*map(_event, events), one * deltas, *map(_event, end)])


class Pace:
    """A halt in a script that opens by itself, so many seconds after the stream came to it."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._due = seconds, 0.0

    def is_set(self) -> bool:
        """Whether it is open."""
        self._due = self._due or time.monotonic() + self._seconds
        return time.monotonic() >= self._due


def answer(pieces: Iterable[str], size: int = 0, seconds: float = 0.0) -> list[Any]:
    """An answer whose message comes in these pieces, `size` at a time with a halt of some seconds between; 0: at once.

    To be made anew for each request.
    """
    made = list(pieces)
    whole = {"type": "message", "id": "m", "role": "assistant", "content": [_part("".join(made))]}
    place = {"item_id": "m", "output_index": 0, "content_index": 0}
    head: list[dict[str, Any]] = [
        {"type": "response.created", "response": {"id": "r"}},
        {"type": "response.output_item.added", "output_index": 0, "item": {**whole, "content": []}},
    ]
    usage = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
    tail: list[dict[str, Any]] = [
        {"type": "response.output_item.done", "output_index": 0, "item": whole},
        {"type": "response.completed", "response": {"id": "r", "output": [whole], "usage": usage}},
    ]
    deltas = [_event({"type": "response.output_text.delta", **place, "delta": piece}) for piece in made]
    first, last = b"".join(map(_event, head)), b"".join(map(_event, tail))
    if not size:
        return [b"".join([first, *deltas, last])]
    bursts = [b"".join(deltas[at : at + size]) for at in range(0, len(deltas), size)]
    return [first, *(one for burst in bursts for one in (burst, Pace(seconds))), last]


def _records(body: bytes, size: int = 16_384) -> list[bytes]:
    """In pieces as large as a TLS record, which is how a long line arrives from a real server."""
    return [body[at : at + size] for at in range(0, len(body), size)]


def _part(text: str) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": []}


def _event(event: dict[str, Any]) -> bytes:
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


def _programs(codex: str | None) -> Iterator[tuple[str, str]]:
    yield "csm", CSM
    if codex:
        yield "codex", codex


def _sizes(
    folder: Path, codex: str | None, stack: ExitStack, sizes: dict[str, list[Any]], sandbox: str = "read-only"
) -> tuple[list[Case], list[Extra]]:
    """A case for each program and size, and what the large sizes cost beyond the small one."""
    cases: list[Case] = []
    extras: list[Extra] = []
    for program, path in _programs(codex):
        own: list[Case] = []
        for name, turns in sizes.items():
            env, work, _ = stack.enter_context(bench(folder / f"{program}-{len(own)}", turns))
            command = [path, "exec", "--json", "-s", sandbox, "go"]
            own.append(Case(f"{program}, {name}", command, env, work))
        cases += own
        extras += [Extra(large.name, own[0], large) for large in own[1:]]
    return cases, extras


def deltas(folder: Path, codex: str | None, stack: ExitStack) -> Group:
    """100,000 deltas against 100."""
    sizes = {f"{count} deltas": [{"raw": stream(count)}] for count in (100, 100_000)}
    cases, extras = _sizes(folder, codex, stack, sizes)
    return Group("exec, many deltas", cases, (), extras, goals={"wall ms": 0.60, "cpu ms": 0.60})


def line(folder: Path, codex: str | None, stack: ExitStack) -> Group:
    """One delta of 8 and of 16 MB on one line, against a short one."""
    sizes = {f"{count} MB": [{"raw": _records(stream(1, count * MEGABYTE or 5))}] for count in (0, 8, 16)}
    cases, extras = _sizes(folder, codex, stack, sizes)
    return Group("exec, one enormous line", cases, (), extras, most_rounds=3, goals={"wall ms": 0.05})


def output(folder: Path, codex: str | None, stack: ExitStack) -> Group:
    """A command that prints 100 MB against one that prints nothing."""

    def turns(command: str) -> list[Any]:
        def answer(request: Any) -> dict[str, Any]:
            done = request.json["input"][-1].get("type") == "function_call_output"
            return {"text": "ok"} if done else {"call": ("exec_command", {"cmd": command, "yield_time_ms": 30_000})}

        return [answer]

    sizes = {"true": turns("true"), "100 MB": turns("head -c 100000000 /dev/zero | tr '\\0' x")}
    cases, extras = _sizes(folder, codex, stack, sizes, "workspace-write")
    return Group("exec, a command that prints 100 MB", cases, (), extras, goals={"wall ms": 1.5})
