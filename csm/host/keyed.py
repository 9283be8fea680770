"""What a screen offers commands around keys: macros, and the places where the keys were.

Does not: hold state. Implemented by `csm.ui`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol


class Macros(Protocol):
    """Keys that are remembered and pressed again. A step is a chord, or a paste (`csm.edit.macros`)."""

    @property
    def recording(self) -> str | None:
        """The name of the macro that is being recorded."""
        ...

    def record(self, name: str) -> None:
        """Remember keys from the next one on. Raises CommandError while it already does."""
        ...

    def stop(self) -> tuple[Any, ...]:
        """Remember no more; the steps, without those that said so. Raises CommandError where nothing is recorded."""
        ...

    def play(self, name: str, steps: Sequence[Any], times: int = 1) -> None:
        """Press steps again. Raises CommandError for a macro that plays itself."""
        ...

    def press(self, steps: Sequence[Any]) -> None:
        """Press steps at once, as a part of what is going on."""
        ...


class Jumps(Protocol):
    """Places where the keys were: tuples of buffer (empty for the composer), line and column."""

    #: Places named by a capital.
    marks: dict[str, Any]

    def go(self, step: int) -> None:
        """Go to an older place (negative) or back to a newer one. Raises CommandError."""
        ...

    def all(self) -> Sequence[tuple[int, Any]]:
        """The places, the oldest first, each with how far it is from where the list is gone through."""
        ...
