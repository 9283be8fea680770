"""Between dispatcher and shell: which bindings apply, what a typed character does.

Does not: wait or count (`csm.ui.dispatch`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from csm.edit import edits, modal
from csm.edit.chords import ambiguous
from csm.ui import arrange, fallback
from csm.ui.waiting import Choices, Waiting

if TYPE_CHECKING:
    from csm.edit.inputs import Key
    from csm.ui.shell import Shell


#: So many times C-c in a row leave a shell whose keymap has no other way out.
_STUCK = 3
_TYPED = {"enter": "\n", "tab": "\t", "space": " "}


class KeySink:
    """Implements `csm.ui.dispatch.Keys` for a shell."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._text = ""
        self._stuck = 0
        self._reading: Callable[[tuple[str, ...]], None] | None = None
        self._asked: Callable[[str], None] | None = None
        self.waiting = Waiting(shell)

    @property
    def asking(self) -> bool:
        """Whether the next key is an answer."""
        return self._reading is not None or self._asked is not None

    def ask(self, done: Callable[[str], None], what: str = "", choices: Choices | None = None) -> None:
        """Give the next key to `done` if it types a character; any other one is an answer too: none.

        `choices` are rows of a character and what it stands for, shown after a moment; `what` says what they are.
        """
        self._asked = done
        self.waiting.asks(what, choices)

    def read(self, done: Callable[[tuple[str, ...]], None]) -> None:
        """Give the chords up to the end of the next binding to `done` instead of running them."""
        self._reading = done

    def press(self, key: Key) -> None:
        """Take a key; where its chord means nothing, that of the same key on the base layout, or without what plain
        terminals cannot tell, may.
        """
        if self.waiting.turned(key.chord):
            return
        host = self._shell.host
        if host.enhanced_keys is False and len(key.chord) > 1 and ambiguous(key.chord):
            host.tell_keys(True)  # here is a key that a terminal which tells less would not send
        self._press(key)
        self.waiting.pressed(key.chord)

    def _press(self, key: Key) -> None:
        shell = self._shell
        if shell.reader is not None and shell.reader.aiming and shell.in_window:
            with contextlib.suppress(Exception):  # keys come faster than frames; a frame tells what cannot be drawn
                arrange.frame(shell, *shell.size)
        if shell.taking is not None:
            self._hand_over(key)
            return
        if self._asked is not None:
            self._answer(key)
            return
        if shell.editor.pending.awaiting is not None:
            self._supply(key)
            return
        if shell.editor.pending.universal and key.chord.isdecimal() and not shell.dispatcher.pending:
            shell.editor.pending.digit(int(key.chord))
            return
        self._text = key.text
        shell.dispatcher.press(self._meant(key))

    def _meant(self, key: Key) -> str:
        """The key's chord; where that means nothing, the one that a plain terminal sends for it (Esc for C-[)."""
        if len(key.chord) == 1 or self._known(key.chord):
            return key.chord
        for other in (key.alternate, ambiguous(key.chord)):
            if other and self._known(other):
                return other
        return key.chord

    def _hand_over(self, key: Key) -> None:
        """A key for what runs in the window, unless it is one of the few that are bound there."""
        shell = self._shell
        node = shell.host.keymap.find("pane", "attached", (key.chord,))
        if node is not None and isinstance(node.line, str):
            shell.run(node.line)
        elif node is None or node.line is not False:
            shell.taking.press(key.chord, key.text)

    def _answer(self, key: Key) -> None:
        done, self._asked = self._asked, None
        text = key.text or _TYPED.get(key.chord, "")
        if done is not None and text:
            self._shell.runner.guard(key.chord, lambda: done(text))

    def _supply(self, key: Key) -> None:
        """The character that a command waits for; any other key forgets the command."""
        text = key.text or _TYPED.get(key.chord, "")
        if text and not self._marked(text):
            modal.supply(self._shell.editor, text)
        elif text:
            modal.cancel(self._shell.editor)
        else:
            modal.cancel(self._shell.editor)

    def _marked(self, name: str) -> bool:
        """Marks with a capital are places in any buffer. Within the text that an operator waits for, they are not."""
        editor, jumps = self._shell.editor, self._shell.jumps
        if not (name.isascii() and name.isupper()) or self._shell.panels:
            return False
        if editor.pending.awaiting == "set-mark":
            jumps.mark(name)
            return False
        if editor.pending.awaiting not in ("mark", "mark-line") or editor.pending.operator or editor.selection:
            return False
        self._shell.runner.guard(name, lambda: jumps.to_mark(name))
        return True

    def lookup(self, chords: tuple[str, ...]) -> Any:
        """The match of chords where the focus is."""
        return self._shell.host.keymap.lookup(self._shell.places, self._shell.modes(), chords)

    def run(self, line: str, count: int | None) -> None:
        """Run a binding's line, or hand over the chords that someone waits for."""
        if not self._taken(self._shell.dispatcher.last):
            self._shell.run(line, count)

    def insert(self, chord: str) -> bool:
        """Type a character. One that answers no question begins to say what to do instead."""
        shell = self._shell
        text = self._text or (" " if chord == "space" else chord if len(chord) == 1 else "")
        if self._reading is not None or not text:
            return False
        if shell.place == "approval":
            shell.focus("composer")
        if not shell.writing:
            return False
        shell.scripts.expand(text)
        edits.insert(shell.editor, text)
        return True

    def counts(self) -> bool:
        """Digits are a count wherever they are not text."""
        return not self._shell.writing and self._shell.place != "approval"

    def unbound(self, chords: Sequence[str]) -> None:
        """Nothing is bound to these chords here: maybe one of the few keys that always work, else say so."""
        if self._taken(tuple(chords)):
            return
        shell = self._shell
        self._stuck = self._stuck + 1 if tuple(chords) == ("C-c",) else 0
        if self._stuck >= _STUCK:
            shell.leave(0)
        if len(chords) == 1:
            call = fallback.find(shell.place, chords[0], shell.screen, shell.answer)
            if call is not None:
                call()
                return
            if shell.writing and fallback.edit(shell.editor, chords[0]):
                return
        if shell.editor.pending.operator:
            shell.editor.pending.clear()  # or the next motion would be what it works on
        shell.macros.failed()
        shell.message.say(f"{' '.join(chords)} is unbound", "message")

    def changed(self) -> None:
        """What waits has changed."""
        self._shell.refresh()

    def _known(self, chord: str) -> bool:
        shell = self._shell
        return shell.host.keymap.knows(shell.places, shell.modes(), (*shell.dispatcher.pending, chord))

    def _taken(self, chords: tuple[str, ...]) -> bool:
        done, self._reading = self._reading, None
        if done is None:
            return False
        done(chords)
        return True
