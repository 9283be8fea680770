"""The history of a prompt: walking through it, and searching it, while the draft is kept.

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

    def search(self, wanted: str, before: int | None = None) -> tuple[int, str] | None:
        """The newest entry older than index `before` that holds `wanted` (case matters only if it has capitals)."""
        for index in range(min(before if before is not None else len(self.entries), len(self.entries)) - 1, -1, -1):
            if _holds(self.entries[index], wanted):
                return index, self.entries[index]
        return None

    def search_newer(self, wanted: str, after: int) -> tuple[int, str] | None:
        """The oldest entry newer than index `after` that holds `wanted`."""
        for index in range(after + 1, len(self.entries)):
            if _holds(self.entries[index], wanted):
                return index, self.entries[index]
        return None


def _holds(entry: str, wanted: str) -> bool:
    return wanted in entry if any(char.isupper() for char in wanted) else wanted in entry.lower()


class Search:
    """An incremental search (C-r): `wanted` grows letter by letter, `found` is the entry shown, or None."""

    def __init__(self, history: History, draft: str) -> None:
        self.draft = draft
        self.wanted = ""
        self.index: int | None = None
        self._history = history

    @property
    def found(self) -> str | None:
        """The entry that matches now."""
        return None if self.index is None else self._history.entries[self.index]

    @property
    def position(self) -> int:
        """Where `wanted` begins in the entry; 0 without one."""
        found = self.found
        return 0 if found is None else max(found.lower().find(self.wanted.lower()), 0)

    def type(self, text: str) -> bool:
        """Search for more letters, from the entry shown on. False if nothing matches (`found` stays)."""
        self.wanted += text
        return self._go(None if self.index is None else self.index + 1)

    def erase(self) -> bool:
        """Take the last letter back and search again from the newest entry."""
        self.wanted = self.wanted[:-1]
        self.index = None
        return bool(self.wanted) and self._go(None)

    def older(self) -> bool:
        """The next older match that reads differently."""
        return self._go(self.index)

    def newer(self) -> bool:
        """The next newer match that reads differently."""
        index = -1 if self.index is None else self.index
        while match := self._history.search_newer(self.wanted, index):
            index = match[0]
            if match[1] != self.found:
                self.index = index
                return True
        return False

    def _go(self, before: int | None) -> bool:
        shown = self.found if before is not None and before == self.index else None
        while match := self._history.search(self.wanted, before):
            before = match[0]
            if match[1] != shown:
                self.index = before
                return True
        return False
