"""The shell's windows: what each shows and has shown before, and which one commands mean.

A window has a stack: what is shown over something else gives way to it again when it is closed. One window that shows
the transcript and nothing over it is `plain`: it has no title, and in inline mode no rows at all.

Does not: draw (`csm.ui.panes`), know keys or the composer, or how an arrangement changes (`csm.view.windows`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from csm.protocol.errors import CommandError
from csm.ui.viewport import Viewport
from csm.ui.window import Shown, ThreadOf, Window, follows, same
from csm.view import windows as tree
from csm.view.windows import Direction, How, Leaf, Node, Rect

#: Columns from which on a window made for a buffer stands beside the others, not below.
_BESIDE = 140
#: Where `show` puts a buffer.
WHERES = ("here", "right", "below", "other")


class Windows:
    """All windows of a shell. `transcript(another, owner)` gives the transcript of an owner's thread, or another one
    of it. `owner` is whose thread is shown where none is named.
    """

    def __init__(self, transcript: Callable[[bool, Any], Any], owner: Any = None) -> None:
        self._transcript, self.owner = transcript, owner
        self._all: dict[int, Window] = {}
        self._next = 0
        self.focused = self._make(Shown(transcript(False, owner), Viewport(follow=True), True, owner)).id
        self._before = self.focused
        self.tree: Node = Leaf(self.focused)
        self.zoomed = False
        self._area = Rect(0, 0, 80, 20)
        #: Rows that they do not have for a moment.
        self.covered = 0

    # What there is

    def __iter__(self) -> Iterator[Window]:
        return (self._all[number] for number in tree.leaves(self.tree))

    def __len__(self) -> int:
        return len(self._all)

    @property
    def current(self) -> Window:
        """The window that commands mean."""
        return self._all[self.focused]

    @property
    def plain(self) -> bool:
        """Whether there is only the transcript."""
        return len(self) == 1 and len(self.current.stack) == 1 and self.current.top.thread

    # Buffers

    def show(self, buffer: Any, where: str = "here") -> None:
        """Show a buffer in the current window, or in another one: `right`, `below`, `other`. Raises CommandError."""
        if where not in WHERES:
            raise CommandError(f"a buffer goes {', '.join(WHERES)}, not {where}")
        for window in self:
            if any(shown.buffer is buffer or same(shown, buffer) for shown in window.stack):
                self._replace(window, buffer)
                return
        if where == "here" or (where != "other" and not self._can_split(where)):
            self.current.stack.append(Shown(buffer, Viewport(follow=follows(buffer))))
        elif where == "other" and len(self) > 1:
            self.focus(self._other())
            self.current.stack.append(Shown(buffer, Viewport(follow=follows(buffer))))
        else:
            how: How = "columns" if where == "right" or (where == "other" and self._area.width >= _BESIDE) else "rows"
            self.split(how)
            self.current.stack = [Shown(buffer, Viewport(follow=follows(buffer)), own=True)]

    def put(self, buffer: Any) -> None:
        """Show a buffer in the current window in place of what is on top of it."""
        current = self.current
        current.stack[-1] = Shown(buffer, Viewport(follow=follows(buffer)), own=current.top.own)

    def put_transcript(self) -> None:
        """Show the thread in the current window, and nothing over it."""
        self.put_thread(self.owner)

    def put_thread(self, owner: Any) -> None:
        """Show an owner's thread in the current window, and nothing over it."""
        self.current.stack = []
        self.current.stack = [self._thread(owner)]
        self._keep_transcript()

    def shows(self, owner: Any) -> bool:
        """Whether a window shows an owner's thread."""
        return any(window.owner is owner for window in self)

    def show_thread(self, owner: Any) -> None:
        """Make the window that shows an owner's thread the current one, else show it in the current one."""
        found = next((window for window in (self.current, *self) if window.owner is owner), None)
        if found is None:
            self.put_thread(owner)
            return
        self.focus(found.id)
        while not found.top.thread:
            found.stack.pop()

    def forget_thread(self, owner: Any, follower: Any) -> None:
        """An owner's thread is gone: its windows close, the last one shows another's."""
        for window in list(self):
            window.stack = [shown for shown in window.stack if shown.owner is not owner]
            if not window.stack and len(self) > 1:
                self.close(window.id)
        self.owner = follower
        for window in self:
            window.stack = window.stack or [self._thread(follower)]
        self._keep_transcript()

    def cover(self) -> None:
        """Show the transcript over everything: where it has no window, or a title is wanted."""
        self.current.stack.append(Shown(self._transcript(False, self.owner), Viewport(follow=True), True, self.owner))

    def pop(self) -> bool:
        """Close what lies on top of the current window, or the window that was made for it; False if nothing does."""
        top = self.current.top
        if len(self.current.stack) > 1:
            self.current.stack.pop()
            return True
        if top.own and len(self) > 1:
            self.close()
            return True
        return False

    def forget(self, buffer: Any) -> None:
        """Show a buffer nowhere any more."""
        for window in list(self):
            window.stack = [shown for shown in window.stack if shown.buffer is not buffer]
            if window.stack:
                continue
            if len(self) > 1:
                self.close(window.id)
            else:
                window.stack = [self._thread(self.owner)]
                self._keep_transcript()

    def opened(self, owner: Any = None) -> None:
        """Another thread is the owner's."""
        first = True
        for window in self:
            for index, shown in enumerate(window.stack):
                if shown.thread and shown.owner is owner:
                    made = self._transcript(not first, owner)
                    window.stack[index] = Shown(made, Viewport(follow=True), True, owner)
                    first = False

    def to_transcript(self) -> None:
        """Make a window that shows the current thread the current one; where none does, cover that one with it."""
        for window in (self.current, *self):
            if window.top.thread and window.top.owner is self.owner:
                self.focus(window.id)
                return
        self.cover()

    def settle(self) -> None:
        """Have transcripts of which the reader nears the beginning count their lines from there."""
        for window in self:
            view, settle = window.top.view, getattr(window.top.buffer, "settle", None)
            if settle is not None and not view.follow and (moved := settle()):
                self.moved(window.top.buffer, moved)

    def moved(self, buffer: Any, lines: int) -> None:
        """Lines were put before all others of a buffer: whoever looks at it stays with the text."""
        for window in self:
            for shown in window.stack:
                if shown.buffer is buffer:
                    shown.view.moved(lines)
                    if shown.reader is not None:
                        shown.reader.moved(lines)

    # Windows

    def split(self, how: How) -> None:
        """Part the current window in two that show the same; the new one is focused. Raises CommandError: no room."""
        made = tree.split(self.tree, self.current.id, how, self._next)
        if not self._fits(made):
            raise CommandError("there is no room for another window")
        shown = self.current.top
        copy = self._thread(shown.owner) if shown.thread else Shown(shown.buffer, Viewport(follow=shown.view.follow))
        copy.view.top = shown.view.top
        self._before, self.focused = self.focused, self._make(copy).id
        self.tree, self.zoomed = made, False

    def close(self, number: int | None = None) -> None:
        """Close a window, else the current one. Raises CommandError for the last one."""
        gone = self.current.id if number is None else number
        if len(self) == 1:
            raise CommandError("this is the only window")
        beside = self._beside(gone)
        self.tree = tree.remove(self.tree, gone) or self.tree
        del self._all[gone]
        self.zoomed = False
        if self.focused == gone:
            self.focused = beside
        self._keep_transcript()

    def only(self) -> None:
        """Close all windows but the current one."""
        keep = self.current
        self._all = {keep.id: keep}
        self.tree, self.focused, self.zoomed = Leaf(keep.id), keep.id, False
        self._keep_transcript()

    def focus(self, number: int) -> None:
        """Make a window the current one."""
        if number in self._all and number != self.focused:
            self._before, self.focused = self.focused, number

    def go(self, direction: Direction) -> bool:
        """Make the neighbour in a direction the current window; False if there is none."""
        found = tree.neighbour(tree.rects(self.tree, self._area), self.current.id, direction)
        if found is None:
            return False
        self.focus(found)
        return True

    def next(self, step: int = 1) -> None:
        """Make the next window (previous: -1) the current one, round and round."""
        order = list(tree.leaves(self.tree))
        self.focus(order[(order.index(self.current.id) + step) % len(order)])

    def at(self, number: int) -> None:
        """Make the window of a number from 1 the current one, the last for what is more; 0 is the one before."""
        order = list(tree.leaves(self.tree))
        if number == 0 and self._before not in self._all:
            raise CommandError("there is no window to go back to")
        self.focus(order[min(number, len(order)) - 1] if number > 0 else self._before)

    def swap(self) -> None:
        """Exchange the current window with the next one."""
        if len(self) < 2:
            raise CommandError("there is no other window")
        self.tree = tree.swap(self.tree, self.current.id, self._other())

    def exchange(self, number: int = 0) -> None:
        """Exchange the current window with another one in its row or column, and have that one in its place.

        It is the one of a `number` from 1, else the next, else the one before.
        """
        order = tree.beside(self.tree, self.current.id)
        at = order.index(self.current.id) if len(order) > 1 else 0
        other = number - 1 if number else at + 1 if at + 1 < len(order) else at - 1
        if len(order) < 2 or not 0 <= other < len(order) or other == at:
            raise CommandError("there is no other window in this row or column")
        self.tree, self.zoomed = tree.swap(self.tree, self.current.id, order[other]), False
        self.focus(order[other])

    def edge(self, side: Direction) -> None:
        """Move the current window to a side of the screen, as high or as wide as that is."""
        self._change(tree.edge(self.tree, self.current.id, side))

    def rotate(self, step: int = 1) -> None:
        """Move the windows of a row or column on by one, the last one to the front; -1: the other way round."""
        self._change(tree.rotate(self.tree, self.current.id, step))

    def _fits(self, made: Node) -> bool:
        """Whether there is room, once what covers some of it for a moment (a popup, the palette) is gone."""
        return tree.fits(made, self._area._replace(height=self._area.height + self.covered))

    def _change(self, made: Node) -> None:
        if len(self) < 2:
            raise CommandError("there is no other window")
        if not self._fits(made):
            raise CommandError("there is no room for that")
        self.tree, self.zoomed = made, False

    def size(self, how: How, cells: int) -> None:
        """Give the current window so many columns or rows; 0: as many as the others can spare."""
        rect = tree.rects(self.tree, self._area)[self.current.id]
        now, most = (rect.width, self._area.width) if how == "columns" else (rect.height, self._area.height)
        self.resize(how, (cells or most) - now)

    def resize(self, how: How, cells: int) -> None:
        """Make the current window wider or higher; negative for the opposite."""
        self.tree = tree.resize(self.tree, self.current.id, how, cells, self._area)

    def zoom(self) -> None:
        """Show the current window alone, or all again."""
        self.zoomed = not self.zoomed and len(self) > 1

    def balance(self) -> None:
        """Give all windows the same room."""
        self.tree = tree.balance(self.tree)

    # Layouts

    def layout(self) -> dict[str, Any]:
        """The arrangement as plain tables, windows as the names of their buffers."""
        return tree.data(self.tree, lambda number: self._name(self._all[number].top))

    def arrange(self, layout: Any, find: Callable[[str], Any]) -> None:
        """Arrange the windows as a layout says; `find(name)` gives a buffer (None: the transcript).

        Raises CommandError for what is no layout, ValueError for what has no room.
        """
        made: dict[int, Window] = {}

        def window(name: str) -> int:
            buffer = find(name)
            if buffer is None or isinstance(buffer, ThreadOf):
                shown = self._thread(self.owner if buffer is None else buffer.owner)
            else:
                shown = Shown(buffer, Viewport(follow=follows(buffer)))
            number = self._next + len(made)
            made[number] = Window(number, [shown])
            return number

        try:
            root = tree.from_data(layout, window)
        except ValueError as error:
            raise CommandError(f"not a layout: {error}") from error
        if not self._fits(root):
            raise CommandError("there is no room for this layout")
        self.tree, self._all, self._next = root, made, self._next + len(made)
        self.focused, self.zoomed = next(iter(made)), False
        self._keep_transcript()

    # Where they stand

    def place(self, area: Rect) -> None:
        """Windows share this part of the screen from now on."""
        self._area = area

    def seen(self) -> list[Window]:
        """The windows on the screen: all, or the zoomed one."""
        return [self.current] if self.zoomed else list(self)

    def rects(self) -> dict[int, Rect]:
        """Where each of them stands."""
        return {self.current.id: self._area} if self.zoomed else tree.rects(self.tree, self._area)

    # The rest

    def _name(self, shown: Shown) -> str:
        other = shown.thread and shown.owner is not self.owner
        return str(shown.owner.name if other else shown.buffer.name)

    def _make(self, shown: Shown) -> Window:
        window = self._all[self._next] = Window(self._next, [shown])
        self._next += 1
        return window

    def _thread(self, owner: Any) -> Shown:
        return Shown(self._transcript(True, owner), Viewport(follow=True), True, owner)

    def _replace(self, window: Window, buffer: Any) -> None:
        """Bring a buffer that is open up, with what it now says."""
        index = next(i for i, shown in enumerate(window.stack) if shown.buffer is buffer or same(shown, buffer))
        shown = window.stack.pop(index)
        shown.buffer = buffer
        window.stack.append(shown)
        self.focus(window.id)

    def _keep_transcript(self) -> None:
        """The transcript that is printed and told of first is always one of those shown, for each owner."""
        shown = [entry for window in self for entry in window.stack if entry.thread]
        for owner in {id(entry.owner): entry.owner for entry in shown}.values():
            first, own = self._transcript(False, owner), [entry for entry in shown if entry.owner is owner]
            if all(entry.buffer is not first for entry in own):
                own[0].buffer = first

    def _can_split(self, where: str) -> bool:
        how: How = "columns" if where == "right" else "rows"
        return tree.fits(tree.split(self.tree, self.current.id, how, self._next), self._area)

    def _other(self) -> int:
        order = list(tree.leaves(self.tree))
        return order[(order.index(self.current.id) + 1) % len(order)]

    def _beside(self, gone: int) -> int:
        """The window that is current when one is closed: the one before it, else the one after."""
        order = list(tree.leaves(self.tree))
        index = order.index(gone)
        return order[index - 1] if index else order[1]
