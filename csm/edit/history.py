"""The history of a prompt: walking through it while the draft is kept.

Does not: read or write files, or touch an editor; callers put the texts that come back into one.
"""

from __future__ import annotations


class History:
    """Entries, oldest first, and where the walk through them stands. Neighbours that are equal are kept once."""

    def __init__(self, entries: list[str] | None = None, *, limit: int = 10_000) -> None:
        self.entries: list[str] = []
        self._limit = limit
        self._at: int | None = None
        self._draft = ""
        for entry in entries or []:
            self.add(entry)

    def add(self, entry: str) -> None:
        """Append an entry, and end the walk."""
        self.reset()
        if entry.strip() and (not self.entries or self.entries[-1] != entry):
            self.entries.append(entry)
            del self.entries[: -self._limit]

    def reset(self) -> None:
        """End the walk: the next one begins at the newest entry."""
        self._at, self._draft = None, ""

    @property
    def walking(self) -> bool:
        """Whether an entry, not the draft, is shown."""
        return self._at is not None

    def older(self, shown: str, prefix: str = "") -> str | None:
        """The next older entry that begins with `prefix` and differs from `shown`; None if there is none. On the first
        step `shown` is kept as the draft.
        """
        start = len(self.entries) if self._at is None else self._at
        for index in range(start - 1, -1, -1):
            entry = self.entries[index]
            if entry.startswith(prefix) and entry != shown:
                if self._at is None:
                    self._draft = shown
                self._at = index
                return entry
        return None

    def newer(self, shown: str, prefix: str = "") -> str | None:
        """The next newer entry that begins with `prefix`, at last the draft; None if the draft is shown."""
        if self._at is None:
            return None
        for index in range(self._at + 1, len(self.entries)):
            entry = self.entries[index]
            if entry.startswith(prefix) and entry != shown:
                self._at = index
                return entry
        draft = self._draft
        self.reset()
        return draft
