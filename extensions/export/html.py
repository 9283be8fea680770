"""A session as one page of HTML that needs nothing else: no scripts, no fetched images, colours of csm's themes.

Every text is escaped; markup in messages is shown as text, links go to the web and to mail only. A policy in the page
forbids everything but its own styles and images that stand in it.

Does not: render Markdown and code itself (`prose`), or choose colours (`style`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from .about import About, when
from .pieces import Block, Did, How, Note, Piece, Said, Steps, duration, pieces
from .plain import words
from .prose import Prose
from .turns import Numbered

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
_IMAGE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/\s]+={0,2}")
#: Characters of an image that is shown in the page.
_MOST_IMAGE = 12_000_000
_WHO = {"user": "You", "agent": "Agent", "thought": "Thinking"}
_MARKS = {"completed": ("plan-done", "✓"), "in_progress": ("plan-doing", "▸"), "pending": ("plan-pending", "·")}


def write(about: About, turns: Iterator[Numbered], how: How, css: str) -> Iterator[str]:
    """The pieces of the page."""
    title = _text(about.title)
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="light dark">\n'
        f"<title>{title}</title>\n<style>\n{css}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n<dl>\n"
    )
    yield "".join(f"<div><dt>{_text(name)}</dt><dd>{_text(value)}</dd></div>\n" for name, value in about.rows)
    yield "</dl>\n</header>\n<main>\n"
    prose = Prose()
    empty = True
    for numbered in turns:
        empty = False
        yield from _turn(numbered, how, prose)
    yield '<p class="r-dim">Nothing was said.</p>\n' if empty else ""
    yield "</main>\n</body>\n</html>\n"


def _turn(numbered: Numbered, how: How, prose: Prose) -> Iterator[str]:
    turn, number = numbered.turn, numbered.number
    yield f"<section{f' id={chr(34)}turn-{number}{chr(34)}' if number else ''}>\n"
    if number:
        started = when(turn.started)
        at = f' <span class="r-dim">{started}</span>' if started else ""
        yield f'<h2><a href="#turn-{number}">Turn {number}</a>{at}</h2>\n'
    for entry in turn.entries:
        for piece in pieces(entry.item, how):
            yield _piece(piece, prose)
    if turn.status in ("failed", "interrupted"):
        what = "failed" if turn.status == "failed" else "was interrupted"
        why = f": {_text(turn.error)}" if turn.error else "."
        yield f'<p class="note r-turn-{turn.status}">The turn {what}{why}</p>\n'
    elif turn.duration_ms:
        yield f'<p class="foot r-turn-footer">{duration(turn.duration_ms)}</p>\n'
    yield "</section>\n"


def _piece(piece: Piece, prose: Prose) -> str:
    if isinstance(piece, Said):
        return _said(piece, prose)
    if isinstance(piece, Did):
        return _did(piece, prose)
    if isinstance(piece, Steps):
        return _steps(piece, prose)
    return _note(piece)


def _said(piece: Said, prose: Prose) -> str:
    note = f' <span class="r-dim">({_text(piece.note)})</span>' if piece.note else ""
    images = "".join(map(_image, piece.images))
    # What people typed is no Markdown: it stands as it was typed.
    body = f'<div class="typed">{_text(piece.text)}</div>' if piece.by == "user" else prose.markdown(piece.text)
    return f'<article class="{piece.by}"><h3>{_WHO[piece.by]}{note}</h3>\n{images}{body}</article>\n'


def _image(name: str) -> str:
    if len(name) <= _MOST_IMAGE and _IMAGE.fullmatch(name):
        return f'<p><img alt="image" src="{escape(name)}"></p>\n'
    shown = f"{name[:60]}…" if name.startswith("data:") else name
    return f'<p class="r-user-image">image: {_text(shown)}</p>\n'


def _did(piece: Did, prose: Prose) -> str:
    state = "failed" if piece.failed else "ok"
    outcome = f' <span class="r-command-{state}">{_text(piece.outcome)}</span>' if piece.outcome else ""
    failed = ' <span class="r-command-failed">failed</span>' if piece.failed and not piece.outcome else ""
    head = f'<span class="verb">{_text(piece.verb)}</span> <code>{_text(piece.subject)}</code>{outcome}{failed}'
    if not piece.blocks:
        return f'<p class="did">{head}</p>\n'
    blocks = "".join(_block(block, prose) for block in piece.blocks)
    return f'<details class="did"><summary>{head}</summary>\n{blocks}</details>\n'


def _block(block: Block, prose: Prose) -> str:
    if block.language == "output":
        return prose.output(block.text)
    return prose.diff(block.text) if block.language == "diff" else prose.code(block.text, block.language)


def _steps(piece: Steps, prose: Prose) -> str:
    rows = "".join(
        f'<li class="r-{role}"><span class="mark">{mark}</span> {_text(step)}</li>\n'
        for status, step in piece.steps
        for role, mark in (_MARKS.get(status, _MARKS["pending"]),)
    )
    explanation = prose.markdown(piece.explanation) if piece.explanation else ""
    return f'<div class="plan">{explanation}<ul>\n{rows}</ul></div>\n'


def _note(piece: Note) -> str:
    return f'<p class="note r-notice-{piece.level}">{_text(piece.text)}</p>\n'


def _text(text: str) -> str:
    return escape(words(text))
