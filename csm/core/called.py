"""What the model called in turns whose log tells of it in the model's history only, as Codex 0.132 leaves them.

The log is read a second time for that, in step with the turns, so that no more than a turn is held.

Does not: touch turns whose tools are shown already, or read logs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from csm.core import response_items
from csm.core.fold import Entry, Thread, Turn
from csm.protocol import codec, events, items, tools
from csm.protocol.errors import CsmError

_SHOWN = (items.CommandExecution, items.FileChange, items.McpToolCall, items.ToolUse, items.CollabToolCall)
_SHELLS = ("exec_command", "shell", "shell_command", "local_shell", "container.exec")
#: Tools that are shown by what they made.
_ELSEWHERE = ("update_plan", "view_image", "request_user_input")
_EXIT = re.compile(r"(?:exited with code|[Ee]xit(?: code|_code)\"?:) ?(-?\d{1,6})")

Pairs = Iterable[tuple[str, events.Body]]
#: How many entries of its turn stand before a call, and the call as an item.
Found = list[tuple[int, items.Item]]
NONE: Found = []


def lacking(turn: Turn) -> bool:
    """Whether a turn tells of no call of a tool."""
    return turn.begun and not any(isinstance(entry.item, _SHOWN) for entry in turn.entries)


def insert(turn: Turn, found: Found) -> None:
    """Put calls into a turn where they were made, unless it tells of some."""
    if not lacking(turn):
        return
    for before, (place, item) in enumerate(found):
        at = min(place + before, len(turn.entries))
        turn.entries.insert(at, Entry(item, turn.id, turn.entries[at - 1].place if at else 0, done=True))


def by_turn(pairs: Pairs) -> Iterator[tuple[int, Found]]:
    """The number of each turn, and what was called in it: how many entries stand before it, and the call as an item."""
    return _by_turn(Thread(), (body for _, body in pairs))


def complete(turns: Sequence[Turn], thread: Thread, bodies: Iterable[events.Body]) -> dict[int, Found]:
    """What was called in those of some turns that tell of no call. `bodies` follow on a `thread` from before them."""
    wanted = {turn.number for turn in turns if lacking(turn)}
    last, found = max(wanted, default=-1), dict[int, Found]()
    for number, calls in _by_turn(thread, bodies) if wanted else ():
        if number in wanted and calls:
            found[number] = calls
        if number >= last:
            break
    return found


def _by_turn(thread: Thread, bodies: Iterable[events.Body]) -> Iterator[tuple[int, Found]]:
    calls: dict[str, tuple[int, tools.ToolCall, str]] = {}
    for body in bodies:
        if isinstance(body, events.HistoryAppended):
            _take(thread, calls, bytes(body.raw))
        elif isinstance(body, events.RolledBack):
            thread.asks.clear()
            thread.running = thread.current = None
            thread.epoch += 1
        elif not isinstance(body, events.HistoryReplaced):
            begun = thread.begun
            thread.take(body)
            if thread.begun > begun:
                yield begun, _items(calls)
                calls = {}
                del thread.turns[:-1]
                thread.entries = {entry.item.id: entry for entry in thread.turns[-1].entries}
        thread.seq += 1
    yield thread.begun, _items(calls)


def _take(thread: Thread, calls: dict[str, tuple[int, tools.ToolCall, str]], raw: bytes) -> None:
    if b"_call" not in raw or not thread.turns:
        return
    try:
        received = response_items.received(raw)
    except CsmError:
        return
    call = response_items.tool_call(received) or _local(received)
    if call is not None:
        calls[call.call_id] = (len(thread.turns[-1].entries), call, "")
    elif (call_id := received.value.get("call_id")) in calls:
        place, known, _ = calls[call_id]
        calls[call_id] = (place, known, _output(received.value.get("output")))


def _local(received: response_items.Received) -> tools.ToolCall | None:
    """A call of the local shell, with its words."""
    call = response_items.local_shell(received)
    action = received.value.get("action")
    if call is None or not isinstance(action, dict):
        return None
    return tools.ToolCall(call.call_id, call.name, codec.encode(cast("dict[str, Any]", action)).decode())


def _output(output: Any) -> str:
    if isinstance(output, str):
        return output
    given = cast("dict[str, Any]", output) if isinstance(output, dict) else {}
    parts = cast("list[Any]", output) if isinstance(output, list) else [given]
    texts = [cast("dict[str, Any]", part) for part in parts if isinstance(part, dict)]
    return "\n".join(str(part.get("text") or part.get("content") or "") for part in texts).strip()


def _items(calls: dict[str, tuple[int, tools.ToolCall, str]]) -> Found:
    return [(place, _item(call, output)) for place, call, output in calls.values() if call.name not in _ELSEWHERE]


def _item(call: tools.ToolCall, output: str) -> items.Item:
    name = f"{call.namespace}.{call.name}" if call.namespace else call.name
    if call.name not in _SHELLS:
        return items.ToolUse(call.call_id, name, call.arguments, "completed", output)
    command, argv = _command(call.arguments)
    code = _EXIT.search(output[:2000])
    status = "failed" if code is not None and int(code[1]) else "completed"
    exit_code = int(code[1]) if code is not None else None
    return items.CommandExecution(
        call.call_id, command or name, status=status, output=output, exit_code=exit_code, argv=argv
    )


def _command(arguments: str) -> tuple[str, tuple[str, ...]]:
    """What a shell was told, and its words where they were given one by one."""
    try:
        value = codec.decode(arguments.encode())
    except ValueError:
        return arguments, ()
    given = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    command = given.get("cmd") or given.get("command") or ""
    if isinstance(command, list):
        words = tuple(map(str, cast("list[Any]", command)))
        return " ".join(words), words
    return str(command), ()
