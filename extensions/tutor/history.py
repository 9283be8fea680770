"""What the tutor can know from a request: what was said, what its calls gave, where the lesson stands.

Does not: keep state. Everything is read from the history, so a resumed lesson goes on where it stopped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from csm.api import codec

#: How a lesson's first line looks; the number is all that the tutor remembers.
HEADING = re.compile(r"^## Lesson (\d+)", re.MULTILINE)
CONTEXT = ("<environment_context>", "# AGENTS.md instructions", "<user_instructions>", "<turn_aborted>", "<skill>")


@dataclass(slots=True)
class Told:
    """One turn so far: the person's words, the calls we made in it and what they gave, in order."""

    words: str = ""
    outputs: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Story:
    """The whole conversation. `lesson` is the last one begun (0: none); `tries` how often it was asked for since."""

    lesson: int = 0
    tries: int = 0
    turn: Told = field(default_factory=Told)


def text_of(content: Any) -> str:
    """The text of a message's content, or of a call's output."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(str(part.get("text", "")) for part in parts if isinstance(part, dict))


def read(items: Iterable[bytes]) -> Story:
    """The story told by a request's input items (JSON of response items)."""
    story = Story()
    for raw in items:
        item = codec.decode(raw)
        kind = item.get("type", "message") if isinstance(item, dict) else ""
        if kind == "message":
            _message(story, item)
        elif kind.endswith("_call_output"):
            story.turn.outputs.append(text_of(item.get("output")))
        elif kind.endswith("_call"):
            story.turn.calls.append(str(item.get("name", "")))
    return story


def _message(story: Story, item: dict[str, Any]) -> None:
    text = text_of(item.get("content"))
    if item.get("role") == "user" and not text.lstrip().startswith(CONTEXT):
        story.turn = Told(words=text.strip())
        story.tries += 1
    elif item.get("role") == "assistant":
        for number in HEADING.findall(text):
            story.lesson, story.tries = int(number), 0
