"""What a command sees behind the screen: windows, buffers, the thread. Structural types.

Does not: implement them. `csm.ui` does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from csm.view.buffers import Buffer


class Windows(Protocol):
    """The windows that share the screen above the composer. What cannot be done raises CommandError."""

    @property
    def count(self) -> int:
        """How many there are."""
        ...

    def split(self, how: str) -> None:
        """Part the current window: `columns` puts the new one beside it, `rows` below it."""
        ...

    def close(self) -> None:
        """Close the current window."""
        ...

    def only(self) -> None:
        """Close all windows but the current one."""
        ...

    def go(self, direction: str) -> None:
        """Go to the window to the `left`, `right`, `up` or `down`; below the last one is the composer."""
        ...

    def next(self, step: int = 1) -> None:
        """Go to the next window, or the one before (-1); the composer is one of them."""
        ...

    def at(self, number: int) -> None:
        """Go to the window of a number from 1, the last one for what is more; 0 is the one before."""
        ...

    def swap(self) -> None:
        """Exchange the current window with the next one."""
        ...

    def exchange(self, number: int = 0) -> None:
        """Exchange the current window with the next one in its row or column, or that of a number; go to that one."""
        ...

    def edge(self, side: str) -> None:
        """Move the current window to the `left`, `right`, `up` or `down` side, as high or as wide as the screen."""
        ...

    def rotate(self, step: int = 1) -> None:
        """Move the windows of a row or column on by one, the last one to the front; -1: the other way round."""
        ...

    def size(self, how: str, cells: int) -> None:
        """Give the current window so many columns (`columns`) or rows (`rows`), 0: as many as can be."""
        ...

    def resize(self, how: str, cells: int) -> None:
        """Make the current window wider (`columns`) or higher (`rows`) by so many cells."""
        ...

    def zoom(self) -> None:
        """Show the current window alone, or all again."""
        ...

    def balance(self) -> None:
        """Give all windows the same room."""
        ...

    def put(self, name: str) -> None:
        """Show the buffer of a name in the current window, in place of what it shows."""
        ...

    def layout(self) -> dict[str, Any]:
        """The arrangement as plain tables: `{"show": NAME}`, or `{"split": HOW, "shares": [...], "parts": [...]}`."""
        ...

    def arrange(self, layout: Any) -> None:
        """Arrange windows and buffers as such tables say."""
        ...


class Buffers(Protocol):
    """The buffers there are, by name. What cannot be done raises CommandError."""

    def names(self) -> list[str]:
        """The transcript, open ones (last used first), and those that extensions can make."""
        ...

    def all(self) -> Sequence[Buffer]:
        """The open ones, last used first; the transcript is none of them."""
        ...

    def find(self, name: str) -> Buffer | None:
        """The buffer of a name, made if need be; None for the transcript."""
        ...

    def kill(self, name: str) -> None:
        """Close a buffer wherever it is shown."""
        ...


class Seats(Protocol):
    """The sessions that are open, in the order in which they were. What cannot be done raises CommandError."""

    def all(self) -> Sequence[Session]:
        """All of them; `Screen.session` gives the current one."""
        ...

    def go(self, session: Any) -> None:
        """Make one of them the current one: in the window that shows it, else in the current window."""
        ...

    def begin(self, where: str = "right", *, resume: str | None = None, fork: str | None = None, at: str = "") -> Any:
        """Open one more in a window of its own, `right` or `below`, and give it: a new one, a stored one or a fork."""
        ...

    def end(self, session: Any) -> None:
        """Close one: its turn is stopped, its windows go, all others stay as they are."""
        ...

    def asks(self) -> dict[str, Any]:
        """The questions of all that wait for an answer, by id; those of the current session first."""
        ...

    def asking(self, ask_id: str) -> Session | None:
        """The session whose question that is."""
        ...


class Session(Protocol):
    """A thread that is open: its folded state and a way to submit ops."""

    @property
    def thread_id(self) -> str:
        """The thread's id; empty before there is one."""
        ...

    @property
    def thread(self) -> Any:
        """`csm.core.fold.Thread`, folded up to the last frame."""
        ...

    @property
    def title(self) -> str:
        """What a person knows it by: its name, else how it began."""
        ...

    @property
    def state(self) -> str:
        """How it stands: `asks`, `working` or `ready`."""
        ...

    @property
    def busy(self) -> bool:
        """Whether there is something to interrupt: a turn that runs, or a command of the user's own."""
        ...

    def submit(self, op: Any, done: Callable[[Any], None] | None = None) -> None:
        """Submit an op; `done` gets the `Ack` on the shell's loop. A refusal without `done` shows as a message. The
        answer to a question goes to the session that asked.
        """
        ...

    def open(self, *, resume: str | None = None, fork: str | None = None, at: str = "", keep: bool = False) -> None:
        """Put another thread in its place: a new one, a stored one or a fork, up to the turn `at` if given. This one is
        closed, or with `keep` goes on beside it.
        """
        ...
