"""The buffers there are: those shown so far, the last used first, and those that extensions can make, by name.

Does not: show them (`csm.ui.windows`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from csm.protocol.errors import CommandError

if TYPE_CHECKING:
    from csm.host.context import Context
    from csm.host.host import Host
    from csm.protocol.events import Event

#: The buffer that is always there, whatever thread it shows.
TRANSCRIPT = "transcript"
#: Buffers are kept until killed; of pages that come and go only so many.
_MOST = 50


class Buffers:
    """Open buffers by name. `context()` is what a factory gets."""

    def __init__(self, host: Host, context: Callable[[], Context]) -> None:
        self._host, self._context = host, context
        self._open: dict[str, Any] = {}
        self._owners: dict[str, Any] = {}

    def use(self, buffer: Any, owner: Any = None) -> None:
        """A buffer is shown, made in the session of `owner`."""
        if self._open.pop(buffer.name, None) is not buffer:
            self._owners[buffer.name] = owner
        self._open[buffer.name] = buffer
        if len(self._open) > _MOST:
            # What wants to know what happens would hear nothing more, even where it is shown.
            pages = (name for name, one in self._open.items() if not hasattr(one, "happened"))
            gone = next(pages, next(iter(self._open)))
            del self._open[gone]
            self._owners.pop(gone, None)

    def all(self) -> list[Any]:
        """The open ones, last used first; the transcript is none of them."""
        return list(reversed(self._open.values()))

    def happened(self, event: Event, owner: Any = None) -> None:
        """Tell the buffers that want to know what the thread of their session did."""
        for buffer in [one for name, one in self._open.items() if self._owners.get(name) in (None, owner)]:
            told = getattr(buffer, "happened", None)
            if told is not None:
                told(event)

    def left(self, owner: Any) -> None:
        """The thread of a session is open here no more, or another one is in its place: nothing is heard of it."""
        from csm.protocol.events import Event, ThreadClosed

        self.happened(Event(0, "", ThreadClosed()), owner)

    def names(self) -> list[str]:
        """Every name that `find` knows: the transcript, open ones, those that can be made."""
        made = [name for name, _ in self._factories()]
        return list(dict.fromkeys([TRANSCRIPT, *(str(one.name) for one in self.all()), *made]))

    def find(self, name: str) -> Any:
        """The buffer of a name, made if need be; None for the transcript. Raises CommandError."""
        if name == TRANSCRIPT:
            return None
        for known, factory in reversed(self._factories()):
            if known == name:
                # Asked anew also where one is open: a factory that keeps its buffer gives the same one.
                return factory(self._context())
        if name not in self._open:
            raise CommandError(f"there is no buffer {name}")
        return self._open[name]

    def kill(self, name: str) -> Any:
        """Forget an open buffer, and give it. Raises CommandError."""
        if name not in self._open:
            raise CommandError("the transcript stays" if name == TRANSCRIPT else f"no buffer {name} is open")
        buffer = self._open.pop(name)
        self._owners.pop(name, None)
        closed = getattr(buffer, "closed", None)
        if closed is not None:
            closed()
        return buffer

    def _factories(self) -> list[tuple[str, Callable[[Any], Any]]]:
        return list(self._host.provide("buffers"))
