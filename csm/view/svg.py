"""A screen as an SVG picture: each run of cells at its own place, so that every font keeps the columns.

Lines of boxes are drawn, since in a font they would not meet. The same screen gives the same bytes.

Does not: choose colours (the theme does), and needs no font of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Any, NamedTuple

from csm.view import looks
from csm.view.lines import StyledLine, cells
from csm.view.looks import Look
from csm.view.shot import Shot

#: Pixels: a cell, the margin around all, the font.
WIDE, HIGH, MARGIN, FONT = 9, 20, 12, 15
_BASE = 15
_FAMILY = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"
#: Foreground and background where the theme leaves them to the terminal: dark, light.
_GROUNDS = {True: ("#d8dee9", "#15181d"), False: ("#24292f", "#ffffff")}
#: Lines of boxes: which arms (left, right, up, down) go out from the middle of the cell.
_ARMS = {
    "─": "lr", "│": "ud", "┌": "rd", "┐": "ld", "└": "ru", "┘": "lu", "├": "rud", "┤": "lud", "┬": "lrd", "┴": "lru",
    "┼": "lrud", "╭": "rd", "╮": "ld", "╰": "ru", "╯": "lu", "╴": "l", "╶": "r", "╵": "u", "╷": "d", "━": "lr",
    "┃": "ud",
}  # fmt: skip
_HEAVY = "━┃"
_UNKNOWN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ENDS = {"l": (0, 10), "r": (9, 10), "u": (4.5, 0), "d": (4.5, 20)}


class Ground(NamedTuple):
    """Colours of what has none, as `#rrggbb`."""

    fg: str
    bg: str


def ground(dark: bool) -> Ground:
    """The terminal's own colours, as they may be."""
    return Ground(*_GROUNDS[dark])


class _Run(NamedTuple):
    """Text in one look from `column` on, `size` cells; `kind` is `text`, `wide` or `box`."""

    column: int
    size: int
    text: str
    look: Look
    kind: str


def render(shot: Shot, theme: Any, *, cursor: bool = True) -> str:
    """The picture. `theme` gives `style(role)` and `dark`."""
    own = ground(bool(theme.dark))
    width, height = shot.columns * WIDE + 2 * MARGIN, shot.rows * HIGH + 2 * MARGIN
    title = f"<title>{_text(shot.title)}</title>\n" if shot.title else ""
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">\n'
        f'{title}<rect width="{width}" height="{height}" rx="8" fill="{own.bg}"/>\n'
        f'<g font-family="{_FAMILY}" font-size="{FONT}" fill="{own.fg}" transform="translate({MARGIN} {MARGIN})" '
        'style="white-space:pre" xml:space="preserve">\n'
    ]
    cached: dict[str, Look] = {}
    for row, line in enumerate(shot.lines[: shot.rows]):
        for run in _runs(line, theme, cached):
            out += _drawn(run, row, own)
    if cursor and shot.cursor is not None:
        out.append(_cursor(shot, own))
    out.append("</g>\n</svg>\n")
    return "".join(out)


def _runs(line: StyledLine, theme: Any, cached: dict[str, Look]) -> Iterator[_Run]:
    column = 0
    for role, text in line:
        look = cached.get(role)
        if look is None:
            look = cached[role] = looks.resolve(theme, role)
        for piece, size, kind in _pieces(text):
            yield _Run(column, size, piece, look, kind)
            column += size


def _pieces(text: str) -> Iterator[tuple[str, int, str]]:
    """Runs of one kind: narrow text, equal lines of boxes, each wide character by itself; marks stay with theirs."""
    run, size, kind = "", 0, ""
    for char in text:
        wide = cells(char)
        own = "box" if char in _ARMS else "wide" if wide == 2 else "text"
        if wide == 0 and run:
            run += char
            continue
        if run and (own != kind or own == "wide" or (own == "box" and char != run[-1])):
            yield run, size, kind
            run, size = "", 0
        run, size, kind = run + char, size + wide, own
    if run:
        yield run, size, kind


def _drawn(run: _Run, row: int, own: Ground) -> Iterator[str]:
    front, back = _colours(run.look, own)
    x, y, width = run.column * WIDE, row * HIGH, run.size * WIDE
    if back != own.bg:
        yield f'<rect x="{x}" y="{y}" width="{width}" height="{HIGH}" fill="{back}"/>\n'
    marks = [flag for flag in ("underline", "strike") if flag in run.look.flags]
    if not run.text.strip() and not marks:
        return
    paint = f' fill="{front}"' if front != own.fg else ""
    if run.kind == "box":
        yield _box(run, x, y, front)
        return
    weight = ' font-weight="700"' if "bold" in run.look.flags else ""
    slant = ' font-style="italic"' if "italic" in run.look.flags else ""
    faint = ' fill-opacity="0.6"' if "dim" in run.look.flags else ""
    lines = {"underline": "underline", "strike": "line-through"}
    under = f' text-decoration="{" ".join(lines[mark] for mark in marks)}"' if marks else ""
    text = run.text if marks else run.text.rstrip()
    lead = 0 if marks else len(text) - len(text.lstrip())
    text, x = text[lead:], x + lead * WIDE
    size = sum(map(cells, text)) * WIDE
    stretch = f' textLength="{size}" lengthAdjust="spacingAndGlyphs"' if size else ""
    yield f'<text x="{x}" y="{y + _BASE}"{stretch}{paint}{weight}{slant}{faint}{under}>{_text(text)}</text>\n'


def _box(run: _Run, x: int, y: int, colour: str) -> str:
    """Equal lines of boxes side by side as one path."""
    char = run.text[0]
    if _ARMS[char] == "lr":
        path = f"M{x} {y + 10}h{run.size * WIDE}"
    else:
        path = "".join(_arms(_ARMS[char], x + at * WIDE, y) for at in range(run.size))
    faint = ' stroke-opacity="0.6"' if "dim" in run.look.flags else ""
    return f'<path d="{path}" stroke="{colour}"{faint} stroke-width="{2 if char in _HEAVY else 1}"/>\n'


def _arms(arms: str, x: int, y: int) -> str:
    return "".join(f"M{x + 4.5:g} {y + 10}L{x + _ENDS[arm][0]:g} {y + _ENDS[arm][1]}" for arm in arms)


def _cursor(shot: Shot, own: Ground) -> str:
    assert shot.cursor is not None
    column, row = shot.cursor
    x, y = column * WIDE, row * HIGH
    if shot.shape == "underline":
        return f'<rect x="{x}" y="{y + HIGH - 3}" width="{WIDE}" height="2" fill="{own.fg}"/>\n'
    size, opacity = (2, "") if shot.shape == "beam" else (WIDE, ' fill-opacity="0.5"')
    return f'<rect x="{x}" y="{y + 1}" width="{size}" height="{HIGH - 2}" fill="{own.fg}"{opacity}/>\n'


def _colours(look: Look, own: Ground) -> tuple[str, str]:
    front, back = _hex(look.fg) or own.fg, _hex(look.bg) or own.bg
    return (back, front) if "reverse" in look.flags else (front, back)


def _hex(colour: str) -> str:
    """`#rrggbb`; nothing for what is no colour."""
    if colour.startswith("#"):
        found = looks.rgb(colour)
    else:
        at = looks.number(colour)
        found = looks.SIXTEEN[at] if at is not None else None
    return "#{:02x}{:02x}{:02x}".format(*found) if found is not None else ""


def _text(text: str) -> str:
    """Text for XML, which knows no control characters nor halves of characters."""
    return escape(_UNKNOWN.sub("\ufffd", text), quote=False)
