"""What a press of the mouse on the frame around the windows does: it runs the command that a key would.

Rows of lists and menus are chosen, answers given by their keys, hints and parts of the status line run.

Does not: know windows or the draft (`csm.ui.pointer`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.edit import chords
from csm.edit.inputs import Key
from csm.ui import hints
from csm.view.lines import width

if TYPE_CHECKING:
    from csm.ui.shell import Shell

Line = list[tuple[str, str]]
#: What the parts of the status line run.
_PARTS = {
    "status.model": "model.choose",
    "status.policy": "permissions.choose",
    "status.policy.open": "permissions.choose",
    "status.path": "session.status",
    "status.context": "session.status",
    "status.context.low": "session.status",
    "status.queued": "queue.open",
}


def press(shell: Shell, region: str, row: int, column: int) -> None:
    """Take a press at a row and column of a region."""
    if region == "panel":
        pressed = getattr(shell.panels[-1], "click", None) if shell.panels else None
        if pressed is not None and pressed(row, column):
            shell.screen.accept()
    elif region == "menu":
        shell.menu.click(row)
    elif region == "approval":
        _answer(shell, row, column)
    elif region == "asking":
        shell.run("approval.focus")
    elif region == "queue":
        shell.run("queue.open")
    elif region == "rule":
        role, text = _segment(_lines(shell, "rule")[row], column)
        if role == "status.hint" and "↓" in text:
            shell.screen.scroll_to("bottom")
    elif region == "status":
        _status(shell, *_segment(_lines(shell, "status")[row], column))
    elif region == "message":
        _hint(shell, *_segment(_lines(shell, "message")[row], column))


def _lines(shell: Shell, name: str) -> list[Line]:
    for region in shell.drawn:
        if region.name == name:
            return region.lines
    return [[]]


def _segment(line: Line, column: int) -> tuple[str, str]:
    """The part of a line at a column: its role and text."""
    at = 0
    for role, text in line:
        at += width(text)
        if column < at:
            return role, text
    return "", ""


def _status(shell: Shell, role: str, text: str) -> None:
    if role == "status.path" and text == shell.branch:
        shell.run("diff.open")
    elif role in _PARTS:
        shell.run(_PARTS[role])


def _hint(shell: Shell, role: str, text: str) -> None:
    """A hint names a key and what that does."""
    if role == "status.hint":
        command = next((command for command, key, word in hints.worth(shell) if f"{key} {word}" == text), None)
        if command is not None:
            shell.run(command)


def _answer(shell: Shell, row: int, column: int) -> None:
    """An answer is given by its key, which stands at the beginning of its row, or before it where all are in one."""
    lines = _lines(shell, "approval")
    role, _ = _segment(lines[row], column)
    if role not in ("approval.key", "approval.choice", "approval.command", "dim", "") or not _choices(lines, row):
        shell.run("approval.open")
        return
    key = _key(lines[row], column)
    while not key and row > 0 and _choices(lines, row - 1):  # an answer of several rows
        row -= 1
        key = _key(lines[row], 1 << 20)
    if not key:
        return
    shell.focus("approval")
    for chord in chords.parse(key):
        shell.press(Key(chord, chord if len(chord) == 1 else ""))


def _choices(lines: list[Line], row: int) -> bool:
    """Whether a row is one of answers."""
    while row > 0 and lines[row] and not any(role == "approval.key" for role, _ in lines[row]):
        row -= 1
    return any(role == "approval.key" for role, _ in lines[row])


def _key(line: Line, column: int) -> str:
    found, at = "", 0
    for role, text in line:
        if (role == "approval.key" or (role == "dim" and text.strip().isdigit())) and at <= column:
            found = text.strip()
        at += width(text)
    return found
