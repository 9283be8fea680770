"""Words looked for in what was said in sessions: prompts and answers, in the order they stand in a file.

A file is gone through by blocks, and only lines in which a word stands are decoded.

Does not: know lists of sessions, or when to stop: who asks gives few at a time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from csm.api import StoreError, codec, events, items, rollout

from . import places

_BLOCK = 1 << 22
#: Longer lines are no prompts or answers.
_LONGEST = 1 << 24
#: Characters that are told around a word.
_BEFORE, _AROUND = 30, 160
_KINDS = (b'"user_message"', b'"agent_message"', b'"UserMessage"', b'"AgentMessage"')


def find(path: Path, words: Sequence[str]) -> dict[str, str]:
    """The words that were said in a session, each with the text around its first place. Raises OSError, StoreError."""
    left = {word: _needles(word) for word in words}
    found: dict[str, str] = {}
    for block in _blocks(path):
        low = block.lower()
        for word in [word for word, needles in left.items() if any(needle in low for needle in needles)]:
            text = _said(block, low, word, left[word])
            if text:
                found[word] = text
                del left[word]
        if not left:
            break
    return found


def _said(block: bytes, low: bytes, word: str, needles: Iterable[bytes]) -> str:
    """What was said with a word in it, in a block of whole lines; empty where the word stands in other lines alone."""
    for needle in needles:
        at = low.find(needle)
        while at >= 0:
            start, stop = block.rfind(b"\n", 0, at) + 1, block.find(b"\n", at)
            stop = len(block) if stop < 0 else stop
            text = _text(block[start:stop])
            spot = text.lower().find(word)
            if spot >= 0:
                begin = max(0, spot - _BEFORE)
                return ("…" if begin else "") + " ".join(text[begin : begin + _AROUND].split())
            at = low.find(needle, stop)
    return ""


def _text(line: bytes) -> str:
    if not any(kind in line[:400] for kind in _KINDS):
        return ""
    pair = rollout.decode(line)
    item = pair[1].item if pair is not None and isinstance(pair[1], events.ItemCompleted) else None
    return item.text if isinstance(item, items.UserMessage | items.AgentMessage) else ""


def _needles(word: str) -> tuple[bytes, ...]:
    """How a word in small letters may stand in a file whose ASCII letters were made small: as it is, or escaped."""
    forms = (word, word.upper(), word.capitalize())
    written = [(codec.encode(form), json.dumps(form).encode()) for form in forms]
    return tuple(dict.fromkeys(text[1:-1].lower() for pair in written for text in pair))


def _blocks(path: Path) -> Iterator[bytes]:
    """A file in blocks of whole lines."""
    rest = b""
    for data in _pieces(path):
        head, newline, tail = (rest + data).rpartition(b"\n")
        if newline:
            yield head
            rest = tail
        else:
            rest = tail if len(tail) <= _LONGEST else b""
    if rest:
        yield rest


def _pieces(path: Path) -> Iterator[bytes]:
    if path.suffix == places.PACKED:
        from .packed import blocks

        yield from blocks(path)
        return
    with path.open("rb") as file:
        while data := file.read(_BLOCK):
            yield data


def search(paths: Iterable[tuple[str, Path]], words: Sequence[str]) -> dict[str, dict[str, str]]:
    """By id, of the sessions in which any word was said, what `find` tells; what cannot be read is passed over."""
    made: dict[str, dict[str, str]] = {}
    for thread_id, path in paths:
        try:
            found = find(path, words)
        except (OSError, StoreError):
            continue
        if found:
            made[thread_id] = found
    return made
