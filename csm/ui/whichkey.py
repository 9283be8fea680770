"""The popup after a prefix: the chords that may follow and what they do, in columns.

Does not: decide when it shows (`csm.ui.dispatch`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from csm.ui.frame import Line
from csm.view.lines import clip, clip_text, pad, width

if TYPE_CHECKING:
    from csm.ui.waiting import Waiting

_COLUMN = 34
_MOST_ROWS = 12


def popup(
    chords: Sequence[str],
    following: Sequence[Any],
    columns: int,
    height: int,
    title: Callable[[str], str],
    label: str = "",
    page: int = 0,
) -> list[Line]:
    """At most `height` lines. `following` are `csm.host.bindings.Next`; `title` names a command line, `label` them.

    Where there are more than fit, `page` says which of them; it goes round.
    """
    rows = max(1, min(height - 1, _MOST_ROWS))
    across = max(1, min(columns // _COLUMN, -(-len(following) // 2) or 1))
    down = -(-len(following) // across)
    shown, pages, most = list(following), 1, rows * across
    if down > rows:
        down, pages = rows, -(-len(following) // most)
        page %= pages
        shown = shown[page * most : (page + 1) * most]
    size = columns // across
    keys = max((width(one.chord) for one in shown), default=1)
    cells = [_cell(one, keys, size, title) for one in shown]
    heading = f" {' '.join(chords)} – {label}".rstrip()
    turning = f"{page + 1} of {pages} · page-down " if pages > 1 else ""
    gap = columns - width(heading) - width(turning)
    head: Line = [("which-key.group", heading)]
    if gap > 0:
        head += [("which-key", " " * gap), ("which-key.command", turning)]
    lines: list[Line] = [pad(clip(head, columns), columns, "which-key")]
    for row in range(down):
        line: Line = []
        for cell in cells[row::down]:
            line += cell
        lines.append(pad(clip(line, columns), columns, "which-key"))
    return lines[:height]


def offered(waiting: Waiting, columns: int, height: int) -> list[Line]:
    """The popup for what is not complete: a motion, a register, a mark, a character."""
    rows, label = waiting.offer()
    return popup(waiting.typed, rows, columns, height, str, label, waiting.page)


def _cell(one: Any, keys: int, size: int, title: Callable[[str], str]) -> Line:
    if one.prefix and not one.command:
        what, role = f"+{one.label or 'more'}", "which-key.group"
    else:
        what, role = title(one.command or ""), "which-key.command"
    gap = " " * (keys - width(one.chord))
    line: Line = [("which-key", " "), ("which-key.key", one.chord), ("which-key", gap + "  ")]
    line.append((role, clip_text(what, max(1, size - keys - 5))))
    return pad(line, size, "which-key")
