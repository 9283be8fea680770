"""The tutor as a model provider: moves become parts of a streamed answer.

Does not: decide what to say (`lessons.py`).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterable

from csm.api import ModelContext, codec, model

from . import history, lessons
from .script import Edit, Move, React, Run, Say, World

#: Seconds between words: quick to read along, slow enough to see that an answer streams.
PACE = 0.012
_WORDS = re.compile(r"\S+\s*|\s+")


class Tutor:
    """A `ModelProvider` that needs no key and no network.

    `world(interrupted)` tells what the person did since the lesson began; `pace` is seconds between words.
    `begin(lesson, passed)` is told of each lesson that begins, and of the one that was passed with it.
    """

    id = "tutor"
    name = "Tutor"

    def __init__(
        self,
        world: Callable[[bool], World],
        pace: float | None = None,
        begin: Callable[[int, int | None], None] = lambda lesson, passed: None,
    ) -> None:
        self._world, self._begin = world, begin
        self._pace = PACE if pace is None else pace
        self._stopped_in = 0

    def problem(self) -> str | None:
        """None: the tutor always works."""
        return None

    def info(self, slug: str) -> model.ModelInfo:
        """Facts of the model made of rules: it reads little and edits with patches."""
        return model.ModelInfo(slug, context_window=128_000, effort=None, verbosity=None, parallel=False)

    async def stream(self, request: model.ModelRequest, cx: ModelContext) -> AsyncIterator[model.ModelPart]:
        """The next piece of the lesson that `request`'s history asks for."""
        story = history.read(request.input)
        stopped, self._stopped_in = self._stopped_in, 0
        if stopped:
            story.lesson = stopped
        world = self._world(bool(stopped))
        moves = lessons.reply(story, world)
        begun = _lesson(moves)
        if begun is not None:
            done = story.lesson and begun == story.lesson + 1 and lessons.passed(story, world)
            self._begin(begun, story.lesson if done else None)
        lesson = begun or story.lesson
        told = f"tutor_{len(request.input)}"
        yield model.PartCreated(told)
        finished = False
        try:
            async for part in self._parts(moves, story, world, told):
                yield part
            finished = True
        finally:
            if not finished:
                self._stopped_in = lesson
        read, said = sum(map(len, request.input)) // 4, 40 * len(moves)
        yield model.PartCompleted(told, model.Usage(input=read, output=said, total=read + said))

    async def _parts(
        self, moves: Iterable[Move], story: history.Story, world: World, told: str
    ) -> AsyncIterator[model.ModelPart]:
        spoken: list[Say] = []
        for move in moves:
            if isinstance(move, React):
                spoken.append(Say(move.tell(story, world) + "\n"))
            elif isinstance(move, Say):
                spoken.append(move)
            else:
                async for part in self._message(spoken, f"{told}_text"):
                    yield part
                spoken = []
                call = f"{told}_call"
                yield model.PartItemStarted(call, "custom_tool_call" if isinstance(move, Edit) else "function_call")
                yield _call(move, call)
        async for part in self._message(spoken, f"{told}_text"):
            yield part

    async def _message(self, said: list[Say], item_id: str) -> AsyncIterator[model.ModelPart]:
        if not said:
            return
        yield model.PartItemStarted(item_id, "message")
        for say in said:
            for word in _WORDS.findall(say.text):
                yield model.PartText(item_id, word)
                pause = say.pause or self._pace
                if pause:
                    await asyncio.sleep(pause)
        text = "".join(say.text for say in said)
        content = [{"type": "output_text", "text": text}]
        yield model.PartItemDone(item_id, codec.encode({"type": "message", "role": "assistant", "content": content}))


def _lesson(moves: Iterable[Move]) -> int | None:
    for move in moves:
        found = history.HEADING.search(move.text) if isinstance(move, Say) else None
        if found:
            return int(found[1])
    return None


def _call(move: Run | Edit, call_id: str) -> model.ModelPart:
    if isinstance(move, Edit):
        item = {"type": "custom_tool_call", "call_id": call_id, "name": "apply_patch", "input": move.patch}
        return model.PartItemDone(call_id, codec.encode(item))
    arguments: dict[str, str] = {"cmd": move.command}
    if move.why:
        arguments |= {"sandbox_permissions": "require_escalated", "justification": move.why}
    item = {
        "type": "function_call",
        "call_id": call_id,
        "name": "exec_command",
        "arguments": codec.encode(arguments).decode(),
    }
    return model.PartItemDone(call_id, codec.encode(item))
