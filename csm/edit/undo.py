"""The undo tree: every state the text was ever in, and the way from each to the next.

A step is a list of edits made as one. Undoing and then editing starts a new branch; the old one stays and can be
reached by number. Steps are numbered in the order they were made; 0 is the first state.

What is kept is bounded. Where it gets too much, the earliest states go, with the branches that began there; the first
state is then a later one.

Does not: hold the text, or decide what belongs in one step (the editor does).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from csm.edit import chars

#: Steps that are kept at the most, and characters in them.
MOST, LARGEST = 5_000, 64_000_000


class Edit(NamedTuple):
    """`removed` at offset `at` was replaced by `inserted`."""

    at: int
    removed: str
    inserted: str

    def inverse(self) -> Edit:
        """The edit that takes this one back."""
        return Edit(self.at, self.inserted, self.removed)

    def moved(self, offset: int) -> int:
        """Where a mark at `offset` goes."""
        if offset >= self.at + len(self.removed) and offset > self.at:
            return offset + len(self.inserted) - len(self.removed)
        return min(offset, self.at)


class Step:
    """A node of the tree: the edits that lead here from `parent`, the cursor before and after them, and when."""

    __slots__ = ("after", "before", "children", "edits", "number", "parent", "weight", "when")

    def __init__(self, number: int, parent: Step | None, before: int, when: float) -> None:
        self.number = number
        self.parent = parent
        self.children: list[Step] = []
        self.edits: list[Edit] = []
        self.before = before
        self.after = before
        self.when = when
        #: Characters in its edits.
        self.weight = 0

    def add(self, edit: Edit) -> None:
        """Add an edit; one that goes on where the last insertion ended is joined with it."""
        self.weight += len(edit.removed) + len(edit.inserted)
        last = self.edits[-1] if self.edits else None
        if last and not edit.removed and last.at + len(last.inserted) == edit.at and len(last.inserted) < 4096:
            self.edits[-1] = Edit(last.at, last.removed, last.inserted + edit.inserted)
        else:
            self.edits.append(edit)
        self.after = edit.at + len(edit.inserted)

    def cursor(self, text: str, *, taken_back: bool) -> int:
        """Where Vim puts the cursor: where it was if that is in the lines changed, else the first of them."""
        first = min(edit.at for edit in self.edits)
        last = max(edit.at + len(edit.removed if taken_back else edit.inserted) for edit in self.edits)
        before = min(self.before, len(text))
        inside = chars.line_start(text, first) <= before <= chars.line_end(text, min(last, len(text)))
        return before if inside else chars.first_nonblank(text, first)


class UndoTree:
    """All steps and the current one. `undo`, `redo` and `path` only move and tell; the editor applies the edits."""

    def __init__(self) -> None:
        self.root = Step(0, None, 0, 0.0)
        self.current = self.root
        self.steps = [self.root]

    def begin(self, before: int, when: float) -> Step:
        """Start a step on top of the current one."""
        if len(self.steps) >= MOST or sum(step.weight for step in self.steps) > LARGEST:
            self._forget()
        step = Step(len(self.steps), self.current, before, when)
        self.current.children.append(step)
        self.steps.append(step)
        self.current = step
        return step

    def _forget(self) -> None:
        """Have the first state be one nearer to the current, so that a quarter of the room is free."""
        path = list(_ancestors(self.current))[::-1]
        places = {step: at for at, step in enumerate(path)}
        counts, weights = [0] * len(path), [0] * len(path)
        for step in self.steps:  # the state on the way here after which each was made
            at = places.setdefault(step, places[step.parent] if step.parent else 0)
            counts[at] += 1
            weights[at] += step.weight
        left, weight, first = len(self.steps), sum(weights), 0
        while first + 1 < len(path) and (left > MOST * 3 // 4 or weight > LARGEST * 3 // 4):
            left, weight, first = left - counts[first], weight - weights[first], first + 1
        self.root = path[first]
        self.root.parent, self.root.edits, self.root.weight = None, [], 0
        self.steps = [step for step in self.steps if places[step] >= first]
        if len(self.steps) >= MOST:  # all of it branched off here: what was undone goes
            self.current.children, self.steps = [], path[first:]
        for number, step in enumerate(self.steps):
            step.number = number

    def undo(self) -> Step | None:
        """Go to the parent; the step that is to be taken back, or None at the root."""
        step = self.current
        if step.parent is None:
            return None
        self.current = step.parent
        return step

    def redo(self) -> Step | None:
        """Go to the child that was current last; the step to make again, or None at a leaf."""
        if not self.current.children:
            return None
        self.current = self.current.children[-1]
        return self.current

    def path(self, number: int) -> tuple[list[Step], list[Step]]:
        """Go to the step of that number: steps to take back, then steps to make. Raises IndexError."""
        if not 0 <= number < len(self.steps):
            raise IndexError(number)
        target = self.steps[number]
        above = set(_ancestors(target))
        back = [step for step in _ancestors(self.current) if step not in above]
        held = set(_ancestors(self.current))
        make = [step for step in _ancestors(target) if step not in held]
        for step in make:
            assert step.parent is not None
            step.parent.children.remove(step)
            step.parent.children.append(step)
        self.current = target
        return back, make[::-1]


def _ancestors(step: Step | None) -> Iterator[Step]:
    while step is not None:
        yield step
        step = step.parent
