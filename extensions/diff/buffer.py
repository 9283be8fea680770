"""Changes as a buffer: files with their hunks, unified or side by side, each file folded or not.

Does not: know where changes come from (`sources.py`) or change anything (`commands.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from csm.api import diffs, items, lines, patches

Line = list[tuple[str, str]]
#: Below this width there is one column, whatever is asked.
SIDES = 100


class Spot(NamedTuple):
    """What a row shows: a file, a hunk of it (or -1), a line of that (or -1)."""

    file: int
    hunk: int
    line: int


class Diff:
    """See `csm.api.Buffer`. `again` gives the files anew; `tree` says that git knows them.

    `recorded` are a thread's own records of the changes, in order.
    """

    place = "diff"
    editor = None
    #: Commands act on what the cursor is on, so there always is one; and its keys come before those that move.
    pointed = True

    def __init__(
        self,
        name: str,
        title: str,
        again: Callable[[], Sequence[patches.FileDiff]],
        *,
        cwd: str,
        tree: bool = False,
        recorded: Sequence[items.PatchChange] = (),
    ) -> None:
        self.name, self._title, self._again = name, title, again
        self.cwd, self.tree, self.recorded = cwd, tree, recorded
        self.files: tuple[patches.FileDiff, ...] = ()
        self.sides = False
        self.version = 0
        self._folded: set[str] = set()
        #: Folded hunks, by their file and what they say.
        self._hidden: set[tuple[str, patches.Hunk]] = set()
        self._laid: tuple[Any, list[Line], list[Spot]] = (None, [], [])
        self.refresh()

    @property
    def heading(self) -> str:
        """What it is."""
        return self._title

    @property
    def title(self) -> str:
        """What it is, and how much."""
        added, removed = self.size()
        count = f"{len(self.files)} file{'' if len(self.files) == 1 else 's'} (+{added} -{removed})"
        return f"{self._title} · {count if self.files else 'no changes'}"

    def size(self) -> tuple[int, int]:
        """Lines added and removed."""
        every = [line[0] for file in self.files for hunk in file.hunks for line in hunk.lines]
        return every.count("+"), every.count("-")

    def refresh(self) -> None:
        """Take the changes as they now are."""
        self.files = tuple(self._again())
        self.version += 1

    # What the window asks

    def line_count(self, width: int) -> int:
        """How many lines there are."""
        return len(self._rows(width)[0])

    def lines(self, start: int, stop: int, width: int) -> Sequence[Line]:
        """The lines from `start` up to `stop`."""
        return self._rows(width)[0][max(0, start) : stop]

    def spot(self, line: int, width: int) -> Spot | None:
        """What stands on a line."""
        spots = self._rows(width)[1]
        return spots[min(line, len(spots) - 1)] if spots else None

    def line_of(self, width: int, *, file: int, hunk: int = -1) -> int | None:
        """The line where a file or a hunk begins."""
        spots = self._rows(width)[1]
        return next((at for at, one in enumerate(spots) if (one.file, one.hunk) == (file, hunk)), None)

    def next(self, line: int, width: int, step: int, *, files: bool) -> int | None:
        """The line of the next hunk or file (`step` 1), or of the one before (-1)."""
        spots = self._rows(width)[1]
        heads = [at for at, one in enumerate(spots) if one.line == -1 and (one.hunk == -1) == files]
        if step > 0:
            return next((at for at in heads if at > line), None)
        return next((at for at in reversed(heads) if at < line), None)

    # What the user does

    def fold(self, what: str = "block", line: int | None = None) -> None:
        """Fold or unfold what is at a line, the hunk or on a file's own line the file; or `all` files."""
        names = {file.path for file in self.files}
        if what == "all":
            self._folded = set() if self._folded else names
        else:
            spots = self._laid[2]
            if line is None or not spots:
                return
            spot = spots[min(line, len(spots) - 1)]
            file = self.files[spot.file]
            if spot.hunk < 0:
                self._folded ^= {file.path}
            else:
                self._hidden ^= {(file.path, file.hunks[spot.hunk])}
        self.version += 1

    def turn_sides(self) -> None:
        """Side by side, or in one column again."""
        self.sides = not self.sides
        self.version += 1

    def _rows(self, width: int) -> tuple[list[Line], list[Spot]]:
        key = (width, self.version)
        if self._laid[0] != key:
            self._laid = (key, *self._lay(width))
        return self._laid[1], self._laid[2]

    def _lay(self, width: int) -> tuple[list[Line], list[Spot]]:
        made: list[Line] = []
        spots: list[Spot] = []

        def add(rows: Sequence[Line], spot: Spot) -> None:
            made.extend(rows)
            spots.extend([spot] * len(rows))

        for index, file in enumerate(self.files):
            if index:
                add([[]], Spot(index - 1, len(self.files[index - 1].hunks) - 1, 0))
            add([self._head(file, width)], Spot(index, -1, -1))
            if file.path not in self._folded:
                self._file(index, file, width, add)
        if not self.files:
            add([[("help.text", "Nothing has changed.")]], Spot(0, -1, -1))
            spots.clear()
        return made, spots

    def _head(self, file: patches.FileDiff, width: int) -> Line:
        counts = [line[0] for hunk in file.hunks for line in hunk.lines]
        mark = "▸" if file.path in self._folded else "▾"
        name = f"{file.old_path} → {file.path}" if file.old_path else file.path
        note = {"add": "  new", "delete": "  deleted"}.get(file.kind, "") + ("  binary" if file.binary else "")
        note += f"  mode {file.mode}" if " → " in file.mode else ""
        line: Line = [("diff.gutter", f"{mark} "), ("diff.file", lines.clean(name)), ("dim", note), ("", "  ")]
        line += [("diff.count.added", f"+{counts.count('+')}"), ("", " ")]
        line += [("diff.count.removed", f"-{counts.count('-')}")]
        return lines.clip(line, width)

    def _file(
        self, index: int, file: patches.FileDiff, width: int, add: Callable[[Sequence[Line], Spot], None]
    ) -> None:
        for number, hunk in enumerate(file.hunks):
            head = f"@@ {hunk.old_start},{hunk.old_count} → {hunk.new_start},{hunk.new_count}  "
            head = f"▸ {head}" if (file.path, hunk) in self._hidden else head
            add([lines.clip([("diff.hunk", head), ("dim", lines.clean(hunk.head))], width)], Spot(index, number, -1))
            if (file.path, hunk) in self._hidden:
                continue
            shown = diffs.hunk_lines(hunk)
            digits = max(2, len(str(max(hunk.old_start + hunk.old_count, hunk.new_start + hunk.new_count))))
            if self.sides and width >= SIDES:
                for row, line in diffs.beside(shown, width, digits):
                    add([row], Spot(index, number, line))
            else:
                for at, one in enumerate(shown):
                    add(diffs.diff_rows([one], width, digits), Spot(index, number, at))
