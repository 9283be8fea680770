"""The editor: one text with its cursor, mode, marks, registers, kill ring and undo tree.

All changes of the text go through `replace`, which records them for undo, moves marks and keeps the cursor on a
character. In the modes `normal`, `visual` and `visual-line` the cursor stays on a character of its line (not behind the
last one, except in visual mode, where it may stand on the line feed); in `insert` and `replace` it may stand behind it.

Modes: `insert` (the only one Emacs style editing uses), `replace`, `normal`, `visual`, `visual-line`, `visual-block`.

Does not: know keys, commands or the screen. What acts on an editor are the functions of the modules beside this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from csm.edit import chars
from csm.edit.chips import Chips
from csm.edit.pending import Pending
from csm.edit.registers import KillRing, Registers
from csm.edit.undo import Edit, Step, UndoTree

PAUSE = 1.0
#: What a count may make of a text, in characters.
LARGEST = 1 << 26
#: Changes of one line that are not farther apart are one place in the list of changes.
NEAR = 79
_MOST_CHANGES = 100
MODES = ("insert", "replace", "normal", "visual", "visual-line", "visual-block")
#: Modes whose keys are those of another one, but for a few.
_GENERAL = {"visual-line": "visual", "visual-block": "visual", "replace": "insert"}


def times(text: str, count: int | None) -> str:
    """`text` repeated, but for a count that would make it larger than `LARGEST`: then once."""
    return text * (count or 1) if len(text) * (count or 1) <= LARGEST else text


class Range(NamedTuple):
    """Offsets `start` to `end` (not included). Linewise: whole lines, without the last one's line feed."""

    start: int
    end: int
    linewise: bool = False


class Editor:
    """See the module. `clock` gives seconds; with it, typing after a pause of 1 s is an undo step of its own.

    `width`, if set, is the wrap width in cells, for motions by row of the screen. `multiline` false turns line feeds
    into spaces. While `read_only` is set nothing but `load` changes the text. `version` grows with every change of it.
    `modal` is set while Vim style editing is on: then there is a normal mode for Esc to go to, and what is deleted goes
    to the registers.
    """

    #: What copying a range gives where that is not the text between its offsets.
    copies: Callable[[int, int], str] | None = None

    def __init__(
        self, text: str = "", *, multiline: bool = True, clock: Callable[[], float] | None = None, modal: bool = False
    ) -> None:
        self.multiline = multiline
        self.width: int | None = None
        self.modal = modal
        self.read_only = False
        self.version = 0
        self.goal: float | None = None
        self.mark: int | None = None
        self.mark_active = False
        #: Earlier marks, the newest first.
        self.mark_ring: list[int] = []
        self.marks: dict[str, int] = {}
        self.registers = Registers()
        self.kills = KillRing()
        #: What characters stand for that are shown by a label.
        self.chips = Chips()
        self.pending = Pending()
        self.undo_tree = UndoTree()
        #: Where the text was changed, the last place last, and which of them `change-older` went to.
        self.changes: list[int] = []
        self.change_at = 0
        #: Name of the last action where the next one of its kind goes on with it: `kill`, `yank`, ...
        self.chain = ""
        #: How often a motion could not go or find anything.
        self.missed = 0
        #: What `modal` and `repeat` remember.
        self.last_find: tuple[str, str] | None = None
        self.last_search: tuple[str, bool] | None = None
        self.last_visual: tuple[str, tuple[int, int], tuple[int, int], float | None] | None = None
        self.change: object = None
        self.last_substitution: object = None
        #: Called with each edit of the text.
        self.on_edit: Callable[[Edit], object] | None = None
        self.overwritten: list[str] = []
        #: What is to be done in other lines with what is being typed (`csm.edit.block`).
        self.alongside: Callable[[], int | None] | None = None
        self.insertion_opens = False
        self.insertion: list[tuple[int, int, str]] | None = None
        self.insertion_anchor, self.insertion_count = 0, 1
        self._text = self._clean(text)
        self._cursor = len(self._text)
        self._mode = "insert"
        self._anchor = 0
        self._clock = clock
        self._typed_at = 0.0
        self._step: Step | None = None
        self._kind = ""
        self._depth = 0
        if modal:
            self.mode = "normal"
            self.cursor = 0

    def __repr__(self) -> str:
        return f"Editor({self._text[: self._cursor]!r} | {self._text[self._cursor :]!r}, mode={self._mode!r})"

    # The text

    def copied(self, start: int, end: int) -> str:
        """What copying a range gives."""
        return self._text[start:end] if self.copies is None else self.copies(start, end)

    @property
    def text(self) -> str:
        """The whole text."""
        return self._text

    def set_text(self, text: str, cursor: int | None = None) -> None:
        """Replace the whole text, as one step that can be undone. The cursor goes to the end if not given."""
        inserting, self.insertion = self.insertion is not None, None
        with self.group():
            self.replace(0, len(self._text), text)
            self.cursor = len(self._text) if cursor is None else cursor
        self.leave_selection()
        if inserting:
            self.begin_insertion()

    def load(self, text: str, cursor: int = 0) -> None:
        """Begin with another text: no history, no marks."""
        self._text, self.undo_tree, self._step = self._clean(text), UndoTree(), None
        self.marks, self.mark, self.mark_active, self.insertion, self.alongside = {}, None, False, None, None
        self.changes, self.change_at = [], 0
        self.pending.clear()
        self.leave_selection()
        self.version += 1
        self.cursor = cursor

    def insert(self, text: str, kind: str = "type") -> None:
        """Insert at the cursor, which goes behind it. Successive insertions of one kind are one undo step."""
        at = self._cursor
        self.replace(at, at, text, kind=kind)

    def replace(self, start: int, end: int, text: str, *, kind: str = "") -> None:
        """Replace offsets `start` to `end`; the cursor goes behind the new text. The one way to change the text.

        `kind` joins successive changes of the same kind into one undo step.
        """
        if self.read_only:
            return
        start, end = max(0, min(start, end)), min(max(start, end), len(self._text))
        text = self._clean(text)
        removed, step = self._text[start:end], self._step
        self.goal = None
        self.chain = ""
        self.mark_active = False
        if removed == text:
            self._cursor = end
            self._settle(after=True)
            return
        self._note_step(kind)
        edit = Edit(start, removed, text)
        assert self._step
        self._step.add(edit)
        if self.insertion is not None:
            self._record(start - self.insertion_anchor, len(removed), text)
            self.insertion_anchor = start + len(text)
        self._apply(edit)
        self._note_change(start, step=step is not self._step)
        self.marks["."] = start
        self._cursor = start + len(text)
        self._settle(after=True)

    def _note_change(self, at: int, *, step: bool) -> None:
        """Remember where a change was made. One near the last one, in its line, takes its place."""
        near = self.changes and (
            not step
            or (abs(self.changes[-1] - at) < NEAR and "\n" not in self._text[slice(*sorted((self.changes[-1], at)))])
        )
        self.changes = [*(self.changes[:-1] if near else self.changes), at][-_MOST_CHANGES:]
        self.change_at = len(self.changes)

    def _record(self, offset: int, length: int, text: str) -> None:
        """Add an edit to what is being inserted, joined with the last one where it goes on or takes back."""
        assert self.insertion is not None
        last = self.insertion[-1] if self.insertion else None
        if last and (offset, length) == (0, 0):
            self.insertion[-1] = (*last[:2], last[2] + text)
        elif last and length == -offset <= len(last[2]):
            self.insertion[-1] = (*last[:2], last[2][: len(last[2]) - length] + text)
        else:
            self.insertion.append((offset, length, text))

    def _clean(self, text: str) -> str:
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text if self.multiline or "\n" not in text else text.replace("\n", " ")

    def _apply(self, edit: Edit) -> None:
        end = edit.at + len(edit.removed)
        self._text = self._text[: edit.at] + edit.inserted + self._text[end:]
        self.version += 1
        if self.on_edit:
            self.on_edit(edit)
        self.marks = {name: edit.moved(at) for name, at in self.marks.items()}
        self.changes = [edit.moved(at) for at in self.changes]
        self.mark_ring = [edit.moved(at) for at in self.mark_ring]
        if self.mark is not None:
            self.mark = edit.moved(self.mark)

    # Cursor and mode

    @property
    def cursor(self) -> int:
        """The cursor's offset. Setting it moves to the character there, and forgets the goal column."""
        return self._cursor

    @cursor.setter
    def cursor(self, offset: int) -> None:
        self._cursor = offset
        self.goal = None
        self.chain = ""
        self._settle()

    def _settle(self, *, after: bool = False) -> None:
        """Put the cursor on a character."""
        at = min(max(self._cursor, 0), len(self._text))
        at = chars.boundary_after(self._text, at) if after else chars.boundary_before(self._text, at)
        if self._mode == "normal" and not self._depth:
            at = min(at, chars.last_char(self._text, at))
        self._cursor = at

    @property
    def mode(self) -> str:
        """One of `MODES`."""
        return self._mode

    @mode.setter
    def mode(self, mode: str) -> None:
        if mode not in MODES:
            raise ValueError(mode)
        if mode.startswith("visual") and not self._mode.startswith("visual"):
            self._anchor = self._cursor
        self._mode = mode
        self._settle()

    def modes(self) -> tuple[str, ...]:
        """The modes whose keys apply, the most special first: `("operator", "normal")` while an operator waits,
        `("visual-line", "visual")`, `("replace", "insert")`, else the mode alone.
        """
        if self._mode == "normal" and self.pending.operator:
            return ("operator", "normal")
        general = _GENERAL.get(self._mode)
        return (self._mode, general) if general else (self._mode,)

    @property
    def anchor(self) -> int:
        """Where visual mode began."""
        return min(self._anchor, len(self._text))

    @anchor.setter
    def anchor(self, offset: int) -> None:
        self._anchor = chars.boundary_before(self._text, min(max(offset, 0), len(self._text)))

    def leave_selection(self) -> None:
        """End visual mode and the active region."""
        self.mark_active = False
        if self._mode.startswith("visual"):
            self.mode = "normal"

    @property
    def selection(self) -> Range | None:
        """The visual selection or the active region. Of a block (`csm.edit.block`) all from its first character to its
        last one.
        """
        text = self._text
        if self._mode.startswith("visual"):
            low, high = sorted((self.anchor, self._cursor))
            if self._mode == "visual-line":
                return Range(chars.line_start(text, low), chars.line_end(text, high), True)
            return Range(low, chars.following(text, high))
        if self.mark_active and self.mark is not None:
            return Range(*sorted((min(self.mark, len(text)), self._cursor)))
        return None

    # Undo

    @contextmanager
    def group(self) -> Iterator[None]:
        """Everything changed inside is one undo step. Can be nested."""
        if not self._depth and self.insertion is None:
            self.break_undo()
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if not self._depth:
                if self.insertion is None:
                    self.break_undo()
                self._settle()

    def begin_insertion(self, count: int = 1) -> None:
        """Record what is typed from here on as one insertion, which `.` can repeat and which `count` applies to."""
        self.insertion, self.insertion_anchor, self.insertion_count = [], self._cursor, count
        self.alongside = None
        self.insertion_opens = False

    def break_undo(self) -> None:
        """The next change is a step of its own, unless all of it is a part of one."""
        if not self._depth:
            self._step = None

    def _note_step(self, kind: str) -> None:
        """Begin an undo step unless this change goes on with the last one."""
        now = self._clock() if self._clock else 0.0
        goes_on = self._step is self.undo_tree.current and (
            self._depth or self.insertion is not None or (kind and kind == self._kind)
        )
        paused = now - self._typed_at > PAUSE and not self._depth and self.insertion is None
        if not goes_on or paused:
            self._step = self.undo_tree.begin(self._cursor, now)
        self._kind, self._typed_at = kind, now

    def undo(self, count: int = 1) -> bool:
        """Take back steps; False when there was none."""
        done = False
        for _ in range(count):
            if not (step := self.undo_tree.undo()):
                break
            done = self._take_back(step)
        return done

    def redo(self, count: int = 1) -> bool:
        """Make steps again that were taken back; False when there was none."""
        done = False
        for _ in range(count):
            if not (step := self.undo_tree.redo()):
                break
            done = self._make_again(step)
        return done

    def goto_step(self, number: int) -> bool:
        """Go to the text after step `number` of the undo tree, on whatever branch. False if there is none."""
        try:
            back, make = self.undo_tree.path(number)
        except IndexError:
            return False
        for step in back:
            self._take_back(step)
        for step in make:
            self._make_again(step)
        return True

    def earlier(self, count: int = 1) -> bool:
        """Go back in the order the steps were made, across branches; False at the first state."""
        number = self.undo_tree.current.number
        return number > 0 and self.goto_step(max(number - count, 0))

    def later(self, count: int = 1) -> bool:
        """The reverse of `earlier`; False at the last state."""
        number, last = self.undo_tree.current.number, len(self.undo_tree.steps) - 1
        return number < last and self.goto_step(min(number + count, last))

    def _take_back(self, step: Step) -> bool:
        for edit in reversed(step.edits):
            self._apply(edit.inverse())
        self._after_undo(step, step.before)
        return True

    def _make_again(self, step: Step) -> bool:
        for edit in step.edits:
            self._apply(edit)
        self._after_undo(step, step.after)
        return True

    def _after_undo(self, step: Step, cursor: int) -> None:
        self.break_undo()
        self.leave_selection()
        self.chain = ""
        if self._mode == "normal":
            cursor = step.cursor(self._text, taken_back=step.parent is self.undo_tree.current)
        self.cursor = cursor
        if self.insertion is not None:
            self.begin_insertion()
