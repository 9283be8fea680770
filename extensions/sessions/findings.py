"""What was found wrong in a session's log, as sentences for its user.

Does not: look for it (`reading`, `verify`).
"""

from __future__ import annotations


class Findings:
    """Counted while a log is read."""

    def __init__(self, thread_id: str) -> None:
        self.thread_id = thread_id
        #: Lines of which nothing could be read, and broken ones in which a whole line was found.
        self.skipped = 0
        self.salvaged = 0
        #: Lines with bytes that are no UTF-8.
        self.strange = 0
        #: Whether the line is missing that tells where the session began.
        self.headless = False
        #: Sessions that this one is a fork of, and that are not there.
        self.missing: list[str] = []

    def texts(self) -> tuple[str, ...]:
        """One sentence for each, or none if all is sound."""
        found = [
            f"the session {one}, of which this one is a fork, cannot be found: what was said there is missing here"
            for one in self.missing
        ]
        if self.skipped:
            found.append(f"{_lines(self.skipped)} of this session's log could not be read")
        if self.salvaged:
            found.append(f"{_lines(self.salvaged)} of this session's log could be read only in part")
        if self.strange:
            what = (
                f"{_lines(self.strange)} of this session's log hold{'s' * (self.strange == 1)} bytes that are no UTF-8"
            )
            found.append(f"{what}, for which Codex may not open it{self._mend()}")
        if self.headless or self.missing:
            why = "its first line is lost" if self.headless else "the other session is missing"
            found.append(f"Codex does not open this session, since {why}{self._mend()}")
        return tuple(found)

    def _mend(self) -> str:
        return f": `csm log repair {self.thread_id}` writes a copy that it opens"


def _lines(count: int) -> str:
    return f"{count} line{'s' if count > 1 else ''}"
