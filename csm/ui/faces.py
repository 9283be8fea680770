"""Windows, buffers and thread as commands see them: implements `Windows`, `Buffers` and `Session` of `csm.host.shown`.

Does not: hold state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from csm.protocol.errors import CommandError
from csm.ui.seats import NAMED
from csm.ui.window import ThreadOf

if TYPE_CHECKING:
    from csm.ui.seats import Seat
    from csm.ui.shell import Shell

_HOWS = ("columns", "rows")
_DIRECTIONS = ("left", "right", "up", "down")


class WindowsFace:
    """See `csm.host.shown.Windows` for what each of these means."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def _changed(self) -> None:
        self._shell.scripts.tell("windows")
        self._shell.refresh()

    @property
    def count(self) -> int:
        return len(self._shell.windows)

    def split(self, how: str) -> None:
        self._shell.windows.split(_checked(how, _HOWS))
        self._shell.focus("window")
        self._changed()

    def close(self) -> None:
        self._shell.windows.close()
        self._settle()

    def only(self) -> None:
        self._shell.windows.only()
        self._settle()

    def go(self, direction: str) -> None:
        shell, way = self._shell, _checked(direction, _DIRECTIONS)
        if not shell.reading:
            shell.focus("window" if way == "up" else "composer")
        elif not shell.windows.go(way) and way == "down":
            shell.focus("composer")
        shell.refresh()

    def next(self, step: int = 1) -> None:
        shell = self._shell
        order = [window.id for window in shell.windows]
        at = order.index(shell.windows.current.id) if shell.reading else len(order)
        at = (at + step) % (len(order) + 1)
        if at == len(order):
            shell.focus("composer")
        else:
            shell.windows.focus(order[at])
            shell.focus("window")

    def swap(self) -> None:
        self._shell.windows.swap()
        self._changed()

    def at(self, number: int) -> None:
        self._shell.windows.at(number)
        self._shell.focus("window")

    def exchange(self, number: int = 0) -> None:
        self._shell.windows.exchange(number)
        self._changed()

    def edge(self, side: str) -> None:
        self._shell.windows.edge(_checked(side, _DIRECTIONS))
        self._changed()

    def rotate(self, step: int = 1) -> None:
        self._shell.windows.rotate(step)
        self._changed()

    def size(self, how: str, cells: int) -> None:
        self._shell.windows.size(_checked(how, _HOWS), cells)
        self._changed()

    def resize(self, how: str, cells: int) -> None:
        self._shell.windows.resize(_checked(how, _HOWS), cells)
        self._changed()

    def zoom(self) -> None:
        self._shell.windows.zoom()
        self._changed()

    def balance(self) -> None:
        self._shell.windows.balance()
        self._changed()

    def put(self, name: str) -> None:
        buffer = self._shell.buffers.find(name)
        if buffer is None:
            self._shell.windows.put_transcript()
        else:
            self._shell.buffers.use(buffer, self._shell.seats.current)
            self._shell.windows.put(buffer)
        self._shell.focus("window")
        self._changed()

    def layout(self) -> dict[str, Any]:
        return self._shell.windows.layout()

    def arrange(self, layout: Any) -> None:
        def find(name: str) -> Any:
            if name.startswith(NAMED):
                return ThreadOf(self._shell.seats.named(name[len(NAMED) :]))
            buffer = self._shell.buffers.find(name)
            if buffer is not None:
                self._shell.buffers.use(buffer, self._shell.seats.current)
            return buffer

        self._shell.windows.arrange(layout, find)
        self._settle()

    def _settle(self) -> None:
        """The keys stay where they were, unless there is nothing to read any more."""
        if self._shell.reading and self._shell.windows.plain:
            self._shell.focus("composer")
        self._changed()


class BuffersFace:
    """See `csm.host.shown.Buffers`."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def names(self) -> list[str]:
        return self._shell.buffers.names()

    def all(self) -> Sequence[Any]:
        return self._shell.buffers.all()

    def find(self, name: str) -> Any:
        return self._shell.buffers.find(name)

    def kill(self, name: str) -> None:
        shell = self._shell
        shell.windows.forget(shell.buffers.kill(name))
        if shell.reading and shell.windows.plain:
            shell.focus("composer")
        shell.refresh()


class SessionFace:
    """Implements `csm.host.shown.Session`: a seat as commands see it."""

    def __init__(self, shell: Shell, seat: Seat) -> None:
        self._shell, self.seat = shell, seat

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SessionFace) and other.seat is self.seat

    def __hash__(self) -> int:
        return id(self.seat)

    @property
    def thread_id(self) -> str:
        return self.seat.session.thread_id

    @property
    def thread(self) -> Any:
        return self.seat.session.thread

    @property
    def title(self) -> str:
        return self.seat.title

    @property
    def state(self) -> str:
        return self.seat.state

    @property
    def busy(self) -> bool:
        return self.thread.running is not None or bool(self.seat.session.own)

    def submit(self, op: Any, done: Callable[[Any], None] | None = None) -> None:
        self._shell.seats.submit(self.seat, op, done)

    def open(self, *, resume: str | None = None, fork: str | None = None, at: str = "", keep: bool = False) -> None:
        self._shell.seats.open(self.seat, keep=keep, resume=resume, fork=fork, at=at)


class SeatsFace:
    """See `csm.host.shown.Seats`."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def all(self) -> list[SessionFace]:
        return [SessionFace(self._shell, seat) for seat in self._shell.seats.all]

    def go(self, session: Any) -> None:
        if session.seat not in self._shell.seats.all:
            raise CommandError("this session is closed")
        self._shell.seats.go(session.seat)

    def begin(
        self, where: str = "right", *, resume: str | None = None, fork: str | None = None, at: str = ""
    ) -> SessionFace:
        seat = self._shell.seats.begin(_checked(where, ("right", "below")), resume=resume, fork=fork, at=at)
        return SessionFace(self._shell, seat)

    def end(self, session: Any) -> None:
        self._shell.seats.end(session.seat)

    def asks(self) -> dict[str, Any]:
        return {ask_id: ask for ask_id, (_, ask) in self._shell.seats.asks.items()}

    def asking(self, ask_id: str) -> SessionFace | None:
        found = self._shell.seats.asks.get(ask_id)
        return None if found is None else SessionFace(self._shell, found[0])


def _checked(word: str, words: tuple[str, ...]) -> Any:
    if word not in words:
        raise CommandError(f"{word} is none of {', '.join(words)}")
    return word
