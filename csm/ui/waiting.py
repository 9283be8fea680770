"""What was typed of a command that is not complete, and what may follow it: after `d` motions and objects, after a
register's or a mark's name was asked for the ones there are.

The chords are told at once, the popup comes after a moment, as behind a prefix of the keymap.

Does not: take keys (`csm.ui.keysink`) or draw (`csm.ui.whichkey`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from csm.edit.operators import OPERATORS
from csm.host.bindings import Next
from csm.ui import hints
from csm.ui.dispatch import PAGES, POPUP_DELAY
from csm.view.lines import single

if TYPE_CHECKING:
    from csm.ui.shell import Shell

#: Rows of a name and what it stands for.
Choices = Callable[[], Iterable[tuple[str, str]]]
#: What an operator can be applied to.
_TARGETS = ("move.", "search.", "object.", "block.select", "operator.start")
#: What is asked for one more character, and which.
_ASKED = {
    "register": "a register", "insert-register": "a register", "set-mark": "a name for this place",
    "mark": "a mark", "mark-line": "a mark", "replace-char": "a character", "insert-char": "any key",
    "zap": "a character", "find-forward": "a character", "find-backward": "a character",
    "till-forward": "a character", "till-backward": "a character", "point-to-register": "a register",
    "copy-to-register": "a register", "insert-from-register": "a register", "jump-to-register": "a register",
    "rectangle-to-register": "a register",
}  # fmt: skip
_LONGEST = 200
_DOUBLED = "Whole lines"


class Offer(NamedTuple):
    """What may follow: rows as those of a prefix, with texts for their commands, and what they are."""

    rows: list[Next]
    label: str


class Waiting:
    """Of one shell. `typed` are the chords of what is not complete, `popup` whether what may follow is shown."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self.typed: tuple[str, ...] = ()
        self.popup = False
        self.page = 0
        self._choices: Choices | None = None
        self._asked = ""
        self._timer: Any = None

    def asks(self, what: str, choices: Choices | None) -> None:
        """The next character is asked for from outside the editor."""
        self._asked, self._choices = what, choices

    def turned(self, chord: str) -> bool:
        """Turn the popup's page if that is what the chord is for."""
        if not self.popup or chord not in PAGES or self._shell.dispatcher.pending:
            return False
        self.page += PAGES[chord]
        return True

    def pressed(self, chord: str) -> None:
        """A key was taken: go on, or begin anew."""
        shell = self._shell
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not (shell.editor.pending.active or shell.keys.asking or shell.dispatcher.pending):
            self.typed, self.popup, self.page = (), False, 0
            return
        self.typed, self.page = (*self.typed, chord), 0
        if shell.dispatcher.pending or not self._leads():
            self.popup = False
        elif not self.popup:
            self._timer = shell.clock.later(POPUP_DELAY, self._expired)

    def _leads(self) -> bool:
        pending = self._shell.editor.pending
        return bool(pending.operator or pending.awaiting or (self._shell.keys.asking and self._choices))

    def _expired(self) -> None:
        self._timer, self.popup = None, True
        self._shell.refresh()

    def text(self) -> str:
        """The chords so far, in a line."""
        return " ".join(self.typed)

    def offer(self) -> Offer:
        """What may follow now."""
        pending = self._shell.editor.pending
        if pending.awaiting is not None:
            rows = self._named(pending.awaiting)
            return Offer(_texts(rows), _ASKED.get(pending.awaiting, "a character"))
        if pending.operator:
            return Offer(self._targets(pending.operator), f"what to {OPERATORS[pending.operator].title}")
        return Offer(_texts(self._choices() if self._choices else ()), self._asked)

    def _named(self, awaiting: str) -> list[tuple[str, str]]:
        shell = self._shell
        if "register" in awaiting:
            held = shell.editor.registers.all()
            return [(name, slot.text) for name, slot in held.items()]
        if "mark" not in awaiting:
            return []
        text = shell.editor.text
        rows = [(name, _line(text, at)) for name, at in sorted(shell.editor.marks.items())]
        places = ((name, f"{one.buffer} line {one.line + 1}") for name, one in sorted(shell.jumps.marks.items()))
        return [*rows, *places]

    def _targets(self, operator: str) -> list[Next]:
        """The motions and objects that the keymap in force has here; chords that begin the same make one row."""
        shell = self._shell
        keymap, modes, places = shell.host.keymap, shell.modes(), shell.places
        found: dict[str, Next] = {}
        for one in keymap.following(places, modes, ()):
            line = one.command or ""
            if one.prefix and any(
                (below.command or "").startswith(_TARGETS) for below in keymap.following(places, modes, (one.chord,))
            ):
                found[one.chord] = one._replace(command=None)
            elif line == f"operator.start {operator}":
                found[one.chord] = one._replace(command=_DOUBLED)
            elif line.startswith(_TARGETS[:-1]) and len(one.chord) == 1:
                found[one.chord] = one._replace(command=hints.title(shell.host, line))
        return sorted(found.values(), key=_order)


def _order(one: Next) -> tuple[bool, bool, bool, bool]:
    """Whole lines first, then objects, letters before marks."""
    return one.command != _DOUBLED, not one.prefix, not one.label, not one.chord.isalpha()


def _texts(rows: Iterable[tuple[str, str]]) -> list[Next]:
    """Rows of a name and a text; long texts are cut."""
    return [Next(name, single(text[:_LONGEST].replace("\n", "⏎")), "", False) for name, text in rows]


def _line(text: str, at: int) -> str:
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", start)
    return text[start : len(text) if end < 0 else end].strip() or "an empty line"
