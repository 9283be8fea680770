"""What a few keys do where no keymap binds them, so that a broken one never locks anybody out.

Does not: stand above any keymap. A bound chord never comes here, nor one that a keymap unbinds on purpose elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csm.edit import edits, modal
from csm.edit.editor import Editor

#: Chord to the name of a method of the screen and its argument.
_LIST = {
    "enter": ("accept",), "esc": ("close",), "C-g": ("close",), "C-c": ("close",),
    "up": ("select", -1), "C-p": ("select", -1), "down": ("select", 1), "C-n": ("select", 1),
    "page-up": ("select", -10), "page-down": ("select", 10), "tab": ("complete",),
}  # fmt: skip
_READ = {
    "q": ("close",), "esc": ("close",), "C-g": ("close",), "C-c": ("close",), "up": ("scroll", -1),
    "down": ("scroll", 1), "page-up": ("scroll_to", "page-up"), "page-down": ("scroll_to", "page-down"),
    "space": ("scroll_to", "page-down"), "home": ("scroll_to", "top"), "end": ("scroll_to", "bottom"),
}  # fmt: skip
_WRITE = {
    "page-up": ("scroll_to", "page-up"), "page-down": ("scroll_to", "page-down"), "M-x": ("palette",),
}  # fmt: skip
_TABLES: dict[str, dict[str, tuple[Any, ...]]] = {
    "picker": _LIST, "sessions": _LIST, "palette": _LIST, "line": _LIST, "help": _READ, "messages": _READ,
    "transcript": _READ | _WRITE, "composer": _WRITE,
}  # fmt: skip


def find(place: str, chord: str, screen: Any, answer: Callable[[str], None]) -> Callable[[], None] | None:
    """What to call for an unbound chord, if there is something."""
    if place == "approval" and chord in ("y", "n", "esc"):
        return lambda: answer("accept" if chord == "y" else "decline")
    found = _TABLES.get(place, {}).get(chord)
    if found is None:
        return None
    name, *arguments = found
    return lambda: getattr(screen, name)(*arguments)


def edit(editor: Editor, chord: str) -> bool:
    """Keys without which no text can be written; whether this was one."""
    if chord == "backspace":
        edits.delete_backward(editor)
    elif chord in ("left", "right"):
        modal.move(editor, chord)
    else:
        return False
    return True
