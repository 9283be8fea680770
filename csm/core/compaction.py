"""Compaction: what the model is asked to sum up, and the history that takes the place of what it summed up.

A summary is never made from a summary alone. The request holds everything since the last compaction, the user's own
earlier messages, and the last summary, which says that it is one. The new history holds the context that is in force,
the user's messages as far as they fit, and one summary.

Does not: decide when (`csm.core.turn_compaction`) or ask a model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from csm.core import prompts, response_items
from csm.protocol import codec

#: How a summary begins that stands in a history.
MARK = (
    "[Summary of the session so far]\n"
    "What you said and what your tools answered up to here was taken out of your context to make room. An earlier part "
    "of this same session, with the same tools and the same working directory, left you the notes below. Take them as "
    "a report: files may have changed since, and the person's own words above and below count more. Go on from here "
    "and do not repeat work that is reported as done."
)
#: How notes begin that stand for a part of a session which is not there to be read.
_LOST = (
    "[Summary of the session so far]\n"
    "The log of this session has lost its beginning, and your context with it. These notes were made of that part "
    "while it could still be read; what is left of the log stands before and after them. Take them as a report: files "
    "may have changed since, and the person's own words count more."
)
#: How notes begin with which a new session goes on from another one.
_TAKEN_OVER = (
    "[Summary of the session so far]\n"
    "This session goes on from an earlier one, of which you have the notes below and nothing else. Take them as a "
    "report: files may have changed since, and the person's own words below count more. Do not repeat work that is "
    "reported as done."
)
#: How a text begins that is to be summed up in place of a session.
_SOURCE = "[A text to sum up]\nWhat follows, up to the next message of mine, is a text and no conversation with you."
#: Bytes of such a text in one message, so that parts of it can be left out where it does not fit.
_SOURCE_BYTES = 16_000
#: What the model is asked for at the end of the history.
ASK = (
    "[The session is about to run out of room]\n"
    "Stop working for a moment and call no tool. Write the notes with which this session can be carried on by someone "
    "who has the person's messages and the working directory, but nothing else of the above. Put down:\n"
    "- what the person wants, with every limit and wish that still counts;\n"
    "- what was done: files with their paths and what changed in each, commands that matter and what came of them;\n"
    "- what was found out: names, places, causes, figures, exact error texts;\n"
    "- what was decided and why, and what was tried and did not work;\n"
    "- what is under way right now, and what comes next, in order.\n"
    "If an older summary stands above, keep what it says in full where it still holds, and correct it where later "
    "messages say otherwise; do not shorten it a second time. Write plain text in short points. Leave out greetings "
    "and anything that can be read again from the files."
)
#: How summaries begin that Codex wrote.
_CODEX_MARK = "Another language model started to solve this problem and produced a summary of its thinking process."
#: Messages in the user's name that are not the user's.
_NOT_SAID = (
    prompts.ENVIRONMENT, prompts.AGENTS, MARK.partition("\n")[0], _CODEX_MARK, "<turn_aborted>", "<skill>",
    "<hook_prompt", "<codex_internal_context", "<user_shell_command>", "<subagent_notification>",
)  # fmt: skip
#: Bytes of the user's earlier messages that a new history keeps.
SAID_BYTES = 80_000
#: How much of the context window may be filled before it is time, in percent.
FULL = 90
#: How often a request that does not fit is shortened further.
LEVELS = 4
_OUTPUT_BYTES = (0, 4096, 512, 512, 512)
_TOKEN_BYTES = 4
#: What a message with an image counts for, however long the image is as text.
_IMAGE_BYTES = 8_000


def limit(window: int, wanted: int | None) -> int:
    """Tokens of a response from which on it is time. `window` is the model's whole context window."""
    most = window * FULL // 100
    return most if wanted is None else min(wanted, most)


def worthwhile(history: Sequence[bytes]) -> bool:
    """Whether there is anything to sum up: the model said or did something since the last summary."""
    for raw in reversed(history):
        if b'"user"' not in raw and b'"developer"' not in raw:
            return True
        value = response_items.value_of(raw)
        if value.get("role") not in ("user", "developer"):
            return True
        if _is_summary(_words(value)):
            return False
    return False


def span(history: Sequence[bytes], ask: str, level: int = 0) -> tuple[bytes, ...]:
    """The input of the request for a summary. A higher level leaves more out, where the whole did not fit."""
    kept = history if level == 0 else list(_shortened(_cut(history, level), level))
    return (*kept, response_items.message("user", [ask]))


def replacement(history: Iterable[bytes], context: Iterable[bytes], summary: str) -> tuple[bytes, ...]:
    """The new history: context in force, the user's messages, the summary."""
    said = (response_items.message("user", [text]) for text in _bounded(list(_said(history))))
    return (*context, *said, response_items.message("user", [marked(summary)]))


def marked(summary: str) -> str:
    """A summary as it stands in a history."""
    return codec.whole(summary) if _is_summary(summary) else f"{MARK}\n\n{codec.whole(summary)}"


def lost(summary: str) -> bytes:
    """The message that stands for a lost part of a session."""
    return _notes(_LOST, summary)


def taken_over(summary: str) -> bytes:
    """The message with which a session begins that goes on from another one."""
    return _notes(_TAKEN_OVER, summary)


def _notes(mark: str, summary: str) -> bytes:
    return response_items.message("user", [f"{mark}\n\n{codec.whole(summary)}"])


def continued(before: Iterable[bytes], summary: str, since: Iterable[bytes]) -> tuple[bytes, ...]:
    """The history to sum up where a summary of all `before` is there already: the user's words, that, and the rest."""
    return (*replacement(before, (), summary), *since)


def source(text: str) -> tuple[bytes, ...]:
    """A text in the place of a history, in parts that break at lines where they can."""
    parts, left = list[str](), codec.whole(text)
    while left:
        cut = left.rfind("\n", 0, _SOURCE_BYTES) + 1 if len(left) > _SOURCE_BYTES else 0
        parts.append(left[: cut or _SOURCE_BYTES])
        left = left[len(parts[-1]) :]
    return (response_items.message("user", [_SOURCE]), *map(response_items.agent_message, parts))


def estimate(history: Iterable[bytes], instructions: str) -> int:
    """About how many tokens a request with this history has."""
    sizes = (min(len(raw), _IMAGE_BYTES) if b'"input_image"' in raw else len(raw) for raw in history)
    return (sum(sizes) + len(instructions)) // _TOKEN_BYTES


def _said(history: Iterable[bytes]) -> Iterator[str]:
    """What the user said, in order."""
    for raw in history:
        if b'"user"' not in raw:
            continue
        value = response_items.value_of(raw)
        text = codec.whole(_words(value)) if value.get("role") == "user" else ""
        if text and not text.startswith(_NOT_SAID):
            yield text


def is_said(raw: bytes) -> bool:
    """Whether an item of a history is something that the user said."""
    return b'"user"' in raw and any(_said((raw,)))


def _words(value: dict[str, Any]) -> str:
    """The text of a message; an image is named only."""
    content = value.get("content")
    if isinstance(content, str):
        return content
    parts = cast("list[Any]", content) if isinstance(content, list) else []
    return "\n".join(filter(None, map(_part, parts)))


def _part(part: Any) -> str:
    table = cast("dict[str, Any]", part) if isinstance(part, dict) else {}
    if table.get("type") == "input_image":
        return "(an image was here)"
    text = table.get("text")
    return text if isinstance(text, str) and text != "</image>" and not text.startswith("<image name=") else ""


def _is_summary(text: str) -> bool:
    return text.startswith((MARK.partition("\n")[0], _CODEX_MARK))


def _bounded(texts: list[str]) -> list[str]:
    """The last texts that fit; the one that does not quite fit loses its middle."""
    room, kept = SAID_BYTES, list[str]()
    for text in reversed(texts):
        size = len(text.encode())
        if size > room:
            if room:
                kept.append(_without_middle(text, room))
            break
        kept.append(text)
        room -= size
    return kept[::-1]


def _without_middle(text: str, most: int) -> str:
    data = text.encode()
    if len(data) <= most:
        return text
    half = most // 2
    left_out = (len(data) - 2 * half) // _TOKEN_BYTES
    head, tail = data[:half].decode("utf-8", "ignore"), data[len(data) - half :].decode("utf-8", "ignore")
    return f"{head}\n[... about {left_out} tokens left out ...]\n{tail}"


def _cut(history: Sequence[bytes], level: int) -> Sequence[bytes]:
    """The later part of a history: all of it at first, then half, then a quarter; and in any case the last summary."""
    at = len(history) - (len(history) >> max(level - 2, 0))
    summary = next((raw for raw in reversed(history[:at]) if _holds_summary(raw)), None)
    return history[at:] if summary is None else [summary, *history[at:]]


def _holds_summary(raw: bytes) -> bool:
    return b'"user"' in raw and _is_summary(_words(response_items.value_of(raw)))


def _shortened(history: Sequence[bytes], level: int) -> Iterator[bytes]:
    """The items with long outputs cut and images left out, without outputs whose calls are gone."""
    calls: set[str] = set()
    for raw in history:
        value = response_items.value_of(raw)
        kind, call_id = str(value.get("type", "")), value.get("call_id")
        if kind == "reasoning":
            continue
        if kind.endswith("_call") and isinstance(call_id, str):
            calls.add(call_id)
        if kind.endswith("_output"):
            if isinstance(call_id, str) and call_id in calls:
                yield _short_output(raw, value, _OUTPUT_BYTES[level])
        else:
            yield _without_images(raw, value)


def _short_output(raw: bytes, value: dict[str, Any], most: int) -> bytes:
    if "output" not in value:
        return raw
    output = value["output"]
    text = output if isinstance(output, str) else _words({"content": output})
    return codec.encode({**value, "output": _without_middle(text, most)})


def _without_images(raw: bytes, value: dict[str, Any]) -> bytes:
    if b'"input_image"' not in raw:
        return raw
    role = value.get("role")
    return response_items.message(role if isinstance(role, str) else "user", [_words(value)])
