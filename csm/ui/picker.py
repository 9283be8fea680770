"""A list to choose from: filtered by what is typed, with a look at the chosen row, sections, boxes and an order.

Rows may have, besides what `csm.host.context.Choice` says, a `section`: rows of one stand together below its name, for
as long as nothing is typed.

Does not: know what is chosen, or keys. Commands move, tick, accept and close it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from csm.ui.frame import Line
from csm.ui.panels import ARROWS, FEW, TYPE, ListPanel, Row, typed_line
from csm.view.lines import clip, clip_text, pad, single, width

#: From this width on the look stands beside the list.
_WIDE = 90
#: Rows of a look below the list at the most, and the rows of the panel from which on there is one.
_LOOK, _TALL = 10, 12
Preview = Callable[[Any, int, int], Sequence[Line]]


class Picker(ListPanel):
    """`preview(value, columns, rows)` gives the look at a row, `moved(value)` is told which one is chosen now.

    With `ticked` (values, in order) rows have boxes, and `done` gets the values that are ticked; `ordered` lets them be
    put in another order. `actions` are what else can be done, by name: a word for it, and what is called with the
    value; the list is closed before. `current` is the value that is chosen at first, `typed` what narrows it then.
    With `several` rows can be marked, and `done` and the actions get a list: the values marked, else the chosen one.
    `find` gives the rows for what is typed, `sorts` are other orders, by name: what gives the key of a row. `keys` is a
    place whose keys come before those of lists. `recent`: the rows are in the order of their age, which they keep, and
    every word that is typed must stand in them.
    """

    def __init__(
        self,
        title: str,
        rows: Sequence[Row],
        done: Callable[[Any], None],
        cancel: Callable[[], None] | None = None,
        *,
        preview: Preview | None = None,
        moved: Callable[[Any], None] | None = None,
        ticked: Iterable[Any] | None = None,
        ordered: bool = False,
        actions: Mapping[str, tuple[str, Callable[[Any], None]]] | None = None,
        current: Any = None,
        keys: str = "",
        recent: bool = False,
        typed: str = "",
        several: bool = False,
        find: Callable[[str], Sequence[Row]] | None = None,
        sorts: Mapping[str, Callable[[Any], Any]] | None = None,
    ) -> None:
        super().__init__(title, rows, done, cancel)
        self._keys, self._recent, self._find = keys, recent, find
        self._preview, self._moved = preview, moved
        self.ordered, self.actions = ordered, dict(actions or {})
        self.looking, self._down = True, 0
        self.several, self._marked = several, list[Any]()
        self._sorts, self._sort, self._given = dict(sorts or {}), "", list(self._rows)
        self._ticks: list[Any] | None = None if ticked is None else list(ticked)
        if ordered and self._ticks is not None:
            rank = {repr(value): at for at, value in enumerate(self._ticks)}
            self._rows = sorted(self._rows, key=lambda row: rank.get(repr(row.value), len(rank)))
            self._shown = list(self._rows)
        self._sections = not ordered and any(getattr(row, "section", "") for row in rows)
        self._at: list[int | None] = []
        self._over = 0
        self.selected = next((at for at, row in enumerate(self._rows) if row.value == current), 0)
        if typed:
            self.editor.set_text(typed)
        self._told: Any = self.chosen()

    # What keymaps and hints ask

    @property
    def places(self) -> list[str]:
        """Where its keys are looked up: boxes have some of their own."""
        own = [self._keys] if self._keys else []
        return [*own, self.place] if self._ticks is None else [*own, "ticks", self.place]

    def filter(self, typed: str) -> list[Row]:
        """The rows for what is typed: in their own order where that says how old they are."""
        if self._find is not None:
            return list(self._find(typed))
        if not self._recent and not (self._sort and typed):
            return super().filter(typed)
        words = typed.lower().split()
        return [row for row in self._rows if all(word in row.label.lower() for word in words)]

    @property
    def tall(self) -> bool:
        """It may have all the rows there are."""
        return self._preview is not None and self.looking

    def worth(self) -> list[tuple[str, str]]:
        """The commands worth knowing here, with a word for each."""
        found = [] if self._ticks is None else [("list.tick", "tick")]
        found += [("list.mark", "mark")] if self.several else []
        found += [("list.shift -1", "up"), ("list.shift 1", "down")] if self.ordered else []
        found += [(f"list.act {name}", word) for name, (word, _) in self.actions.items()]
        return [*found, ("list.sort", "sort")] if self._sorts else found

    # What commands do

    def chosen(self) -> Any:
        """The value of the chosen row; None where there is none."""
        rows = self.rows()
        return rows[min(self.selected, len(rows) - 1)].value if rows else None

    def move(self, rows: int) -> None:
        """Choose another row."""
        super().move(rows)
        self._tell()

    def pressed(self) -> None:
        """The rows follow what is typed, and so does the chosen one."""
        self.rows()
        self._tell()

    def accept(self) -> Callable[[], None] | None:
        """Give the chosen row's value, or the values that are ticked."""
        if self._ticks is None and not self.several:
            return super().accept()
        values = self._meant() if self._ticks is None else self.ticked()
        if self._ticks is None and not values:
            return None
        return lambda: self._done(values)

    def ticked(self) -> list[Any]:
        """The values that are ticked, in the order of their rows."""
        return [row.value for row in self._rows if row.value in (self._ticks or ())]

    def tick(self) -> None:
        """Tick the chosen row, or clear its box."""
        if self._ticks is None or not self.rows():
            return
        value = self.chosen()
        if value in self._ticks:
            self._ticks.remove(value)
        else:
            self._ticks.append(value)
        self._tell(always=True)

    def mark(self) -> None:
        """Mark the chosen row, or do not, and go on to the next."""
        if not self.several or not self.rows():
            return
        value = self.chosen()
        if value in self._marked:
            self._marked.remove(value)
        else:
            self._marked.append(value)
        super().move(1 if self.selected + 1 < len(self.rows()) else 0)
        self._tell()

    def _meant(self) -> list[Any]:
        """The values that are marked, in the order of their rows; else the chosen one."""
        known = [row.value for row in self._given]
        found = [value for value in known if value in self._marked] if self._marked else []
        found += [value for value in self._marked if value not in found]
        return found or ([self.chosen()] if self.rows() else [])

    def sort(self) -> None:
        """Put the rows in the next order; after the last one, in that which they came in."""
        if not self._sorts or self.ordered:
            return
        names, chosen = ["", *self._sorts], self.chosen()
        self._sort = names[(names.index(self._sort) + 1) % len(names)]
        self._rows = sorted(self._given, key=self._sorts[self._sort]) if self._sort else list(self._given)
        self._shown = self.filter(self.editor.text)
        self.selected = next((at for at, row in enumerate(self._shown) if row.value == chosen), 0)

    def scroll_look(self, rows: int) -> None:
        """Move through the look at the chosen row; negative is up."""
        self._down = max(0, self._down + rows)

    def shift(self, step: int) -> None:
        """Move the chosen row up or down among all, where they have an order and nothing is typed."""
        at = self.selected
        to = min(max(0, at + step), len(self._rows) - 1)
        if self.ordered and not self.editor.text and self._rows and to != at:
            rows = list(self._rows)
            rows.insert(to, rows.pop(at))
            self._rows = self._shown = rows
            self.selected = to
            self._tell(always=True)

    def act(self, name: str) -> Callable[[], None] | None:
        """What an action does with the chosen row; None where there is no such action, or no row."""
        if name not in self.actions or not self.rows():
            return None
        value = self._meant() if self.several else self.chosen()
        return lambda: self.actions[name][1](value)

    def click(self, row: int, column: int) -> bool:
        """Choose the row at a row of the panel; True if it was chosen before and is to be taken."""
        at = self._at[row - self._over] if 0 <= row - self._over < len(self._at) else None
        if at is None:
            return False
        again = at == self.selected
        self.selected = at
        if self._ticks is not None:
            self.tick()
            return False
        self._tell()
        return again

    def _tell(self, *, always: bool = False) -> None:
        chosen = self.chosen()
        if always or chosen != self._told:
            self._told, self._down = chosen, 0
            if self._moved is not None:
                self._moved(chosen)

    # The panel

    def render(self, columns: int, height: int) -> tuple[list[Line], tuple[int, int]]:
        """Title with the count, the typed line, the rows around the chosen one; a look at it where there is room."""
        rows = self.rows()
        self.selected = min(self.selected, max(0, len(rows) - 1))
        head = self._head(columns, len(rows))
        hint = TYPE if self._find is not None or len(self._rows) >= FEW else ARROWS
        line, column = typed_line(self.editor, [(f"{self.place}.prompt", self.prompt)], columns, hint=hint)
        top: list[Line] = [*head[: max(0, height - 2)], line]
        room = max(0, height - len(top))
        looks = self._preview is not None and self.looking and bool(rows)
        beside = looks and columns >= _WIDE and room > 3
        below = looks and not beside and height >= _TALL
        size = self._size(columns, beside=beside)
        look = self._look(columns - size - 3 if beside else columns - 4, room if beside else _LOOK) if looks else []
        below_rows = min(len(look) + 1, room // 2) if below and look else 0
        body = self._body(rows, size, max(0, room - below_rows))
        self._over = len(top)
        if beside:
            body = self._beside(body, look, size, room)
        elif below_rows:
            body += [[("border", clip_text("  " + "─" * columns, columns, ""))]]
            body += [clip([("", "  "), *line], columns) for line in look[: below_rows - 1]]
        return [*top, *body], (column, len(top) - 1)

    def _size(self, columns: int, *, beside: bool) -> int:
        return min(max(columns * 2 // 5, 36), columns // 2) if beside else columns

    def _look(self, columns: int, rows: int) -> list[Line]:
        assert self._preview is not None
        found = self._preview(self.chosen(), max(1, columns), rows + self._down)
        self._down = min(self._down, max(0, len(found) - rows))
        return [clip(list(line), max(1, columns)) for line in found[self._down : self._down + rows]]

    def _beside(self, body: list[Line], look: list[Line], size: int, room: int) -> list[Line]:
        count = min(room, max(len(body), len(look)))
        body, look = [*body, *([] for _ in range(count))], [*look, *([] for _ in range(count))]
        return [[*pad(clip(body[at], size), size), ("border", " │ "), *look[at]] for at in range(count)]

    def _body(self, rows: list[Row], columns: int, room: int) -> list[Line]:
        self._at = []
        if room < 1:
            return []
        if not rows:
            return [[("picker.detail", clip_text("  nothing fits" if self._rows else "  there is nothing", columns))]]
        first, last = self._window(rows, room)
        seen = rows[first:last]
        boxes = 0 if self._ticks is None else 4
        labels = min(max(width(single(row.label)) for row in seen), max(8, (columns - boxes) * 2 // 3))
        lines: list[Line] = []
        for at, row in enumerate(seen, first):
            section = self._section(rows, at)
            if section and (at == first or section != self._section(rows, at - 1)):
                lines.append([("picker.count", clip_text(f"  {single(section)}", columns))])
                self._at.append(None)
            lines.append(self._boxed(row, at == self.selected, labels, columns))
            self._at.append(at)
        return lines[:room]

    def _section(self, rows: Sequence[Row], at: int) -> str:
        sections = self._sections and not self.editor.text and not self._sort
        return str(getattr(rows[at], "section", "")) if sections else ""

    def _window(self, rows: Sequence[Row], room: int) -> tuple[int, int]:
        """The rows to show: the chosen one among them, with their sections' names in no more lines than there are."""
        first = min(self._first, self.selected)

        def lines(start: int) -> int:
            heads = sum(
                bool(self._section(rows, at))
                and (at == start or self._section(rows, at) != self._section(rows, at - 1))
                for at in range(start, self.selected + 1)
            )
            return self.selected + 1 - start + heads

        first = max(first, self.selected - room + 1, 0)
        while first < self.selected and lines(first) > room:
            first += 1
        if not self._sections or self.editor.text:
            first = max(0, min(first, len(rows) - room))
        self._first = first
        return first, min(len(rows), first + room)

    def _tail(self, count: int) -> str:
        marked = f"{len(self._marked)} marked" if self._marked else ""
        return " · ".join(filter(None, (marked, self._sort and f"by {self._sort}", super()._tail(count))))

    def _boxed(self, row: Row, chosen: bool, labels: int, columns: int) -> Line:
        if self._ticks is None:
            line = self._row(row, chosen, labels, columns)
            return [(line[0][0], f"✓{line[0][1][1:]}"), *line[1:]] if row.value in self._marked else line
        base = f"{self.place}.selected" if chosen else self.place
        on = row.value in self._ticks
        box = (f"{base} {self.place}.prompt" if on else f"{base} picker.detail", "  [x]" if on else "  [ ]")
        return clip([box, *self._row(row, chosen, labels, max(1, columns - 5))], columns)
