"""A session as Markdown: what was said stands word for word, code fences included.

A fence that a message leaves open is closed behind it, so that what follows is not swallowed. What programs printed
stands in fences longer than any in it.

Does not: judge the Markdown of messages, or leave out markup in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .about import About, when
from .pieces import Block, Did, How, Note, Piece, Said, Steps, duration, pieces
from .plain import output, words
from .turns import Numbered

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_TICKS = re.compile(r"`+")
_MARKS = {"completed": "x", "in_progress": "~", "pending": " "}
_WHO = {"user": "You", "agent": "Agent", "thought": "Thinking"}


def write(about: About, turns: Iterator[Numbered], how: How) -> Iterator[str]:
    """The pieces of the text."""
    yield f"# {_inline(about.title)}\n\n"
    yield "".join(f"- {name}: {_code(value)}\n" for name, value in about.rows)
    empty = True
    for numbered in turns:
        for text in _turn(numbered, how):
            empty = False
            yield text
    if empty:
        yield "\nNothing was said.\n"


def _turn(numbered: Numbered, how: How) -> Iterator[str]:
    turn = numbered.turn
    if numbered.number:
        started = when(turn.started)
        yield f"\n## Turn {numbered.number}{f' · {started}' if started else ''}\n"
    speaker = ""
    for entry in turn.entries:
        for piece in pieces(entry.item, how):
            by = piece.by if isinstance(piece, Said) else "agent"
            if by != speaker and isinstance(piece, Said):
                yield f"\n### {_WHO[by]}\n"
                speaker = by
            yield "\n" + _piece(piece)
    if turn.status in ("failed", "interrupted"):
        yield f"\n> **The turn {'failed' if turn.status == 'failed' else 'was interrupted'}.**{_why(turn.error)}\n"
    elif how == "full" and turn.duration_ms:
        yield f"\n*{duration(turn.duration_ms)}*\n"


def _why(error: str | None) -> str:
    return "".join(f"\n> {row}" for row in words(error).splitlines()) if error else ""


def _piece(piece: Piece) -> str:
    if isinstance(piece, Said):
        images = "".join(f"*(image: {_code(_image(one))})*\n\n" for one in piece.images)
        note = f"\n*({piece.note})*\n" if piece.note else ""
        return f"{images}{closed(words(piece.text))}{note}"
    if isinstance(piece, Did):
        return _did(piece)
    if isinstance(piece, Steps):
        rows = [f"- [{_MARKS.get(status, ' ')}] {_inline(step)}\n" for status, step in piece.steps]
        return (f"{words(piece.explanation)}\n\n" if piece.explanation else "") + "".join(rows)
    return _note(piece)


def _note(piece: Note) -> str:
    rows = words(piece.text).splitlines() or [""]
    return f"> **{piece.level}:** " + "\n> ".join(rows) + "\n"


def _did(piece: Did) -> str:
    outcome = f" — {_inline(piece.outcome)}" if piece.outcome else ""
    failed = " **failed**" if piece.failed and not piece.outcome else ""
    head = f"*{piece.verb}* {_code(words(piece.subject))}{outcome}{failed}\n"
    return head + "".join("\n" + _fenced(block) for block in piece.blocks)


def _fenced(block: Block) -> str:
    printed = block.language == "output"
    text = output(block.text) if printed else words(block.text)
    longest = max((len(run) for run in _TICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{'text' if printed else block.language}\n{text.rstrip(chr(10))}\n{fence}\n"


def closed(text: str) -> str:
    """A message as it is, with one line end behind it; and with the end of a fence that it left open."""
    fence = ""
    for row in text.split("\n"):
        found = _FENCE.match(row)
        if found is None:
            continue
        mark, rest = found[1], found[2]
        if not fence and not (mark[0] == "`" and "`" in rest):
            fence = mark
        elif fence and mark[0] == fence[0] and len(mark) >= len(fence) and not rest.strip():
            fence = ""
    whole = text if text.endswith("\n") else f"{text}\n"
    return f"{whole}{fence}\n" if fence else whole


def _code(text: str) -> str:
    """Text as code within a line."""
    text = " ".join(words(text).split("\n"))
    longest = max((len(run) for run in _TICKS.findall(text)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") or not text.strip() else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _inline(text: str) -> str:
    """Text within a line, its markup taken away."""
    return re.sub(r"([\\`*_\[\]<>#|~])", r"\\\1", " ".join(words(text).split()))


def _image(name: str) -> str:
    return f"{name[:40]}…" if name.startswith("data:") else name
