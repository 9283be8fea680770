"""What was typed of a command that is not complete: count, register, operator, a command waiting for a character.

Does not: act on it (see `csm.edit.modal`).
"""

from __future__ import annotations

MOST = 999_999


class Pending:
    """`awaiting` names the command that takes the next character."""

    __slots__ = ("awaiting", "count", "operator", "operator_count", "register", "universal")

    def __init__(self) -> None:
        self.count: int | None = None
        self.operator: str | None = None
        self.operator_count: int | None = None
        self.register: str | None = None
        self.awaiting: str | None = None
        #: Whether the count came of Emacs's C-u: `new` until a digit takes its place, then `digits`.
        self.universal = ""

    def multiply(self) -> None:
        """Emacs's C-u: four times the count."""
        self.count = min((self.count or 1) * 4, MOST)
        self.universal = "new"

    def digit(self, value: int) -> None:
        """Append a digit to the count."""
        before = 0 if self.universal == "new" else self.count or 0
        self.universal = "digits" if self.universal else ""
        self.count = min(before * 10 + value, MOST)

    def take_count(self, given: int | None = None) -> int | None:
        """The count typed so far (times the operator's, if one waits), which is used up. `given` wins over typed."""
        count = self.count if given is None else given
        self.count, self.universal = None, ""
        if self.operator_count is not None:
            count = self.operator_count * (count or 1)
            self.operator_count = None
        return None if count is None else min(count, MOST)

    def take_register(self) -> str | None:
        """The register named, which is used up."""
        register, self.register = self.register, None
        return register

    def clear(self) -> None:
        """Forget everything."""
        self.count = self.operator = self.operator_count = self.register = self.awaiting = None
        self.universal = ""

    @property
    def active(self) -> bool:
        """Whether anything was typed of a command."""
        return not (self.count is self.operator is self.register is self.awaiting is None)

    def shown(self) -> str:
        """What a status line shows: `2"ad3` and the like."""
        parts = [f'"{self.register}' if self.register else "", str(self.operator_count or "")]
        return "".join([*parts, self.operator or "", str(self.count or ""), self.awaiting or ""])
