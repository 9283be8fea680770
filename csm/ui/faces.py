"""Windows, buffers and thread as commands see them: implements `Windows`, `Buffers` and `Session` of `csm.host.shown`.

Does not: hold state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from csm.protocol.errors import CommandError

if TYPE_CHECKING:
    from csm.ui.shell import Shell

_HOWS = ("columns", "rows")
_DIRECTIONS = ("left", "right", "up", "down")


class WindowsFace:
    """See `csm.host.shown.Windows` for what each of these means."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    @property
    def count(self) -> int:
        return len(self._shell.windows)

    def split(self, how: str) -> None:
        self._shell.windows.split(_checked(how, _HOWS))
        self._shell.focus("window")

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
        self._shell.refresh()

    def at(self, number: int) -> None:
        self._shell.windows.at(number)
        self._shell.focus("window")

    def exchange(self, number: int = 0) -> None:
        self._shell.windows.exchange(number)
        self._shell.refresh()

    def edge(self, side: str) -> None:
        self._shell.windows.edge(_checked(side, _DIRECTIONS))
        self._shell.refresh()

    def rotate(self, step: int = 1) -> None:
        self._shell.windows.rotate(step)
        self._shell.refresh()

    def size(self, how: str, cells: int) -> None:
        self._shell.windows.size(_checked(how, _HOWS), cells)
        self._shell.refresh()

    def resize(self, how: str, cells: int) -> None:
        self._shell.windows.resize(_checked(how, _HOWS), cells)
        self._shell.refresh()

    def zoom(self) -> None:
        self._shell.windows.zoom()
        self._shell.refresh()

    def balance(self) -> None:
        self._shell.windows.balance()
        self._shell.refresh()

    def put(self, name: str) -> None:
        buffer = self._shell.buffers.find(name)
        if buffer is None:
            self._shell.windows.put_transcript()
        else:
            self._shell.buffers.use(buffer)
            self._shell.windows.put(buffer)
        self._shell.focus("window")

    def layout(self) -> dict[str, Any]:
        return self._shell.windows.layout()

    def arrange(self, layout: Any) -> None:
        def find(name: str) -> Any:
            buffer = self._shell.buffers.find(name)
            if buffer is not None:
                self._shell.buffers.use(buffer)
            return buffer

        self._shell.windows.arrange(layout, find)
        self._settle()

    def _settle(self) -> None:
        """The keys stay where they were, unless there is nothing to read any more."""
        if self._shell.reading and self._shell.windows.plain:
            self._shell.focus("composer")
        self._shell.refresh()


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
    """Implements `csm.host.shown.Session`: the shell's own handling of ops, then the session."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    @property
    def thread_id(self) -> str:
        """The id of the thread on the screen; empty before there is one."""
        return self._shell.session.thread_id

    @property
    def thread(self) -> Any:
        """The thread's folded state."""
        return self._shell.session.thread

    @property
    def busy(self) -> bool:
        """Whether there is something to interrupt: a turn, or a command of the user's own."""
        return self._shell.session.thread.running is not None or bool(self._shell.session.own)

    def submit(self, op: Any, done: Callable[[Any], None] | None = None) -> None:
        """Submit an op."""
        self._shell.submit(op, done)

    def open(self, *, resume: str | None = None, fork: str | None = None, at: str = "") -> None:
        """Put another thread on the screen."""
        self._shell.session.open(resume=resume, fork=fork, at=at)


def _checked(word: str, words: tuple[str, ...]) -> Any:
    if word not in words:
        raise CommandError(f"{word} is none of {', '.join(words)}")
    return word
