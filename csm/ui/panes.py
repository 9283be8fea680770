"""Windows to lines: each with its title, side by side with lines between, and where the cursor stands among them.

Does not: decide what windows there are (`csm.ui.windows`).
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

from csm.ui.composer import rule
from csm.ui.frame import Line
from csm.ui.windows import Shown, Window, Windows
from csm.view.buffers import TextBuffer
from csm.view.lines import clip, line_width, pad, single, visible
from csm.view.windows import How, Rect

_MARGIN, _WIDE = 2, 40
#: What fills a transcript without lines, in so many columns and rows.
Empty = Callable[[int, int], list[Line]]
#: What stands at the end of a window of so many columns and rows.
Foot = Callable[[Window, int, int], list[Line]]


def render(
    windows: Windows,
    columns: int,
    rows: int,
    empty: Empty,
    *,
    focus: bool,
    marks: Callable[[list[Line]], list[Line]] | None = None,
    foot: Foot | None = None,
) -> list[Line]:
    """Exactly `rows` lines. `focus`: the current window has the keys, and `marks` marks in its lines what was searched.
    `foot` tells what stands below a window's own lines, at its width and height.
    """
    windows.place(Rect(0, 0, columns, rows))
    rects = windows.rects()
    pieces = {
        window.id: _window(
            windows,
            window,
            rects[window.id],
            empty,
            focus=focus and window is windows.current,
            marks=marks if window is windows.current else None,
            below=foot(window, rects[window.id].width, rects[window.id].height) if foot else [],
        )
        for window in windows.seen()
    }
    if len(pieces) == 1:
        return next(iter(pieces.values()))
    order = sorted(pieces, key=lambda number: rects[number].x)
    return [
        _join(y, columns, [(rects[number], pieces[number]) for number in order if _on(rects[number], y)])
        for y in range(rows)
    ]


def cursor(windows: Windows) -> tuple[int, int] | None:
    """Where the cursor of the current window's buffer stands, `(column, row)`; call after `render`."""
    shown = windows.current.top
    place = getattr(shown.buffer, "cursor", None)
    rect = windows.rects().get(windows.current.id)
    if rect is None or not shown.view.width:
        return None
    own = getattr(shown.buffer, "cursor_at", None)
    if own is not None and getattr(shown.buffer, "takes_keys", False):
        spot = own()
        if spot is None:
            return None
        line, column = spot
    elif shown.reader is not None:
        line, column = shown.reader.cell()
    elif place is not None:
        line, column = place(shown.view.width)
    else:
        return None
    row = line - shown.view.top + (not windows.plain)
    if not 0 <= row < rect.height:
        return None
    return min(rect.x + _margin(shown, rect.width) + column, rect.x + rect.width - 1), rect.y + row


def at(windows: Windows, x: int, y: int) -> tuple[Window, int, int] | None:
    """The window at a cell of the last frame, and the cell `(column, row)` of its text; row -1 is its title."""
    for window in windows.seen():
        rect = windows.rects()[window.id]
        if rect.x <= x < rect.x + rect.width and _on(rect, y):
            return window, x - rect.x - _margin(window.top, rect.width), y - rect.y - (not windows.plain)
    return None


def border(windows: Windows, x: int, y: int) -> tuple[int, How, int] | None:
    """The line between windows at a cell: the window before it, how they stand, the one behind it; None for no line."""
    found = windows.rects()
    for window in windows.seen() if len(found) > 1 else ():
        rect = found[window.id]
        for other in windows.seen():
            there = found[other.id]
            if rect.x + rect.width == x < there.x and _on(rect, y) and _on(there, y):
                return window.id, "columns", other.id
            if rect.y + rect.height == there.y == y and there.x <= x < there.x + there.width and _over(rect, x):
                return window.id, "rows", other.id
    return None


def _window(
    windows: Windows,
    window: Window,
    rect: Rect,
    empty: Empty,
    *,
    focus: bool,
    marks: Callable[[list[Line]], list[Line]] | None,
    below: list[Line],
) -> list[Line]:
    if rect.width < 1 or rect.height < 1:
        return [[] for _ in range(rect.height)]
    shown = window.top
    titled = not windows.plain and rect.height > 1
    foot = getattr(shown.buffer, "foot", None) if rect.height > 2 else None
    rows = max(0, rect.height - titled - (foot is not None) - len(below))
    margin = _margin(shown, rect.width)
    width = max(1, rect.width - 2 * margin)
    lines = _shown(shown, width, rows, focus)
    if not shown.thread:  # extensions may have made it, and not have asked how wide it is
        lines = [clip(line, width) for line in lines]
    if marks is not None:
        lines = marks(lines)
    if margin:
        lines = [[("", " " * margin), *line] for line in lines]
    if not lines and shown.thread:
        lines = empty(rect.width, rows)
    title = [_title(shown, rect.width, focus, many=len(windows) > 1)] if titled else []
    below = [*([foot(rect.width)] if foot is not None else []), *below]
    return [*title, *lines, *([] for _ in range(rows - len(lines))), *below]


def _shown(shown: Shown, width: int, rows: int, focus: bool) -> list[Line]:
    """The window's lines. A buffer that cannot give its own gives way to what went wrong, and is not asked again."""
    try:
        return _lines(shown, width, rows, focus)
    except Exception as error:
        if shown.thread:
            raise
        shown.buffer = _broken(shown.buffer, error)
        shown.reader = None
        return _lines(shown, width, rows, focus)


def _broken(buffer: Any, error: Exception) -> TextBuffer:
    told = "".join(traceback.format_exception(error)[-3:]).splitlines()
    content: list[Line] = [[("notice.error", f"{type(error).__name__}: {single(str(error))}")], []]
    content += [[("dim", visible(line))] for line in told]
    return TextBuffer(str(buffer.name), str(buffer.title), content, "help")


def _lines(shown: Shown, width: int, rows: int, focus: bool) -> list[Line]:
    told = getattr(shown.buffer, "fit", None)
    if told is not None:
        told(width, rows)
    if focus and shown.reader is not None:
        start, stop = shown.reader.fit(shown.view, width, rows)
        return shown.reader.lines(start, stop, width)
    start, stop = shown.view.fit(shown.buffer, width, rows)
    place = getattr(shown.buffer, "cursor", None) if focus else None
    if place is not None and shown.view.reveal(place(width)[0]):
        start, stop = shown.view.fit(shown.buffer, width, rows)
    return list(shown.buffer.lines(start, stop, width))


def _title(shown: Shown, columns: int, focus: bool, many: bool) -> Line:
    left: Line = [("border.focused" if focus else "border", f" {single(_named(shown))} ")]
    right: Line = [("status.hint", f" ↓ {shown.view.below} ")] if many and shown.view.below else []
    return pad(clip(rule(columns, left, right), columns), columns)


def _named(shown: Shown) -> str:
    return str((shown.thread and getattr(shown.owner, "heading", "")) or shown.buffer.title)


def _join(y: int, columns: int, row: list[tuple[Rect, list[Line]]]) -> Line:
    """One row of the screen: the windows on it, with lines between."""
    made: Line = []
    for rect, lines in row:
        if rect.x > line_width(made):
            made.append(("border", "┬" if all(one.y == y for one, _ in row) else "│"))
        made += pad(lines[y - rect.y], rect.width)
    return clip(made, columns)


def _margin(shown: Shown, columns: int) -> int:
    """The transcript has margins of its own, and what says so fills its width."""
    wants = not shown.thread and getattr(shown.buffer, "margin", True) and shown.buffer.place != "transcript"
    return _MARGIN if columns >= _WIDE and wants else 0


def _over(rect: Rect, x: int) -> bool:
    return rect.x <= x < rect.x + rect.width


def _on(rect: Rect, y: int) -> bool:
    return rect.y <= y < rect.y + rect.height
