"""Lists and lines to type, told as numbered lines: a number takes a row, words narrow the list, nothing closes it.

Does not: show or read anything (`csm.ui.plain`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from csm.core.fold import Thread
from csm.protocol.items import AgentMessage, CommandExecution, UserMessage
from csm.ui.session_rows import age, naming
from csm.view import words
from csm.view.lines import clean

if TYPE_CHECKING:
    from csm.ui.shell import Shell

#: Rows that are told at a time, and places where something was found.
_PAGE, _MOST = 20, 50
_HOW = "Number, words to look for, or nothing to close: "


class _State(NamedTuple):
    """What of a list was told: which panel, what narrows it, how many rows there were, from which row on, its boxes."""

    panel: int
    typed: str
    rows: int
    first: int
    ticks: tuple[str, ...] = ()


def wanted(panel: Any) -> tuple[Any, list[str], str]:
    """What tells the panel's state from others, its lines, and the prompt."""
    if not hasattr(panel, "rows"):
        return id(panel), [], f"{words.worded(str(getattr(panel, 'prompt', '')).strip())} "
    rows, first = panel.rows(), getattr(panel, "told_from", 0)
    first = first if first < len(rows) else 0
    state = _State(id(panel), panel.editor.text, len(rows), first, tuple(map(repr, _ticked(panel) or ())))
    typed = f', "{words.worded(panel.editor.text)}"' if panel.editor.text else ""
    lines = [f"{words.worded(str(panel.title))}{typed}, {len(rows)} to choose from:"]
    for number, row in enumerate(rows[first : first + _PAGE], first + 1):
        lines.append(f"  {number}. {_row(panel, row)}")
    if first + _PAGE < len(rows):
        lines.append(f"  ... {len(rows) - first - _PAGE} more; + tells them")
    acts = [f"{name} and a number: {word}" for name, (word, _) in getattr(panel, "actions", {}).items()]
    lines += [f"  {act}" for act in acts]
    how = "Number to tick, = to take what is ticked, or nothing to close: " if _ticked(panel) is not None else _HOW
    return state, lines, how


def take(shell: Shell, line: str, asked: Any) -> Any:
    """Take a line for the panel on top; what counts as told afterwards (None: tell it anew)."""
    panel: Any = shell.panels[-1]
    typed = line.strip()
    if not hasattr(panel, "rows"):
        panel.editor.set_text(line)
        panel.pressed()
        shell.screen.accept()
        return None
    rows, ticked = panel.rows(), _ticked(panel)
    if not typed:
        shell.screen.close()
    elif typed == "+":
        panel.told_from = getattr(panel, "told_from", 0) + _PAGE
        return asked
    elif typed == "=" and ticked is not None:
        shell.screen.accept()
    elif typed.isdigit() and 1 <= int(typed) <= len(rows):
        panel.selected = int(typed) - 1
        panel.pressed()
        panel.tick() if ticked is not None else shell.screen.accept()
    elif (found := re.fullmatch(r"(\S+) (\d+)", typed)) and found[1] in getattr(panel, "actions", {}):
        panel.selected = min(max(0, int(found[2]) - 1), max(0, len(rows) - 1))
        shell.screen.act(found[1])
    elif typed.isdigit():
        shell.failed(f"there is no {typed}")
    else:
        panel.told_from = 0
        panel.editor.set_text(typed)
        panel.pressed()
    return None


def _ticked(panel: Any) -> list[Any] | None:
    return panel.ticked() if "ticks" in getattr(panel, "places", ()) else None


def _row(panel: Any, row: Any) -> str:
    if hasattr(row, "label"):
        detail = words.worded(clean(" ".join(str(row.detail).split())))
        ticked = _ticked(panel)
        box = "" if ticked is None else "[x] " if row.value in ticked else "[ ] "
        return f"{box}{words.worded(clean(' '.join(str(row.label).split())))}{': ' if detail else ''}{detail}"
    title, begun = naming(row)
    import time

    return ", ".join(filter(None, (words.worded(title), words.worded(begun), age(row.updated, time.time()))))


def found(thread: Thread, pattern: re.Pattern[str], text: str) -> list[str]:
    """The lines of a thread in which a pattern stands, the last ones, with the turn and who said them."""
    who: dict[type, str] = {UserMessage: "you", AgentMessage: "assistant", CommandExecution: "command"}
    lines: list[str] = []
    for number, turn in enumerate(thread.turns, 1):
        for entry in turn.entries:
            name = who.get(type(entry.item), type(entry.item).__name__.lower())
            said = f"{getattr(entry.item, 'command', '')}\n{entry.text()}" if name == "command" else entry.text()
            lines += [
                f"  turn {number}, {name}: {row.strip()}" for row in words.source(said) if row and pattern.search(row)
            ]
    if not lines:
        return [f'"{words.worded(clean(text))}" stands nowhere.']
    count = f'"{words.worded(clean(text))}" stands in {len(lines)} line{"s" * (len(lines) != 1)}'
    return [f"{count}{f'; the last {_MOST}' if len(lines) > _MOST else ''}:", *lines[-_MOST:]]
