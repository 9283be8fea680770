"""Replacing one match after another, asked for each: where the next one is, and what takes its place.

Does not: ask; whoever does shows the match and calls `take` or `skip`.
"""

from __future__ import annotations

import re

from csm.edit import expressions
from csm.edit.editor import Editor


class Replacing:
    """One query replace in an editor, from the cursor on, or inside the region.

    A pattern without capitals finds those too, and what takes a match's place then has its capitals. Raises ValueError
    for a regular expression that is none.
    """

    def __init__(self, editor: Editor, wanted: str, new: str, *, regexp: bool = False) -> None:
        self.editor, self.done = editor, 0
        self._new, self._regexp = new, regexp
        self._fold = wanted == wanted.lower()
        flags = re.MULTILINE | (re.IGNORECASE if self._fold else 0)
        self._pattern = expressions.compiled(wanted if regexp else re.escape(wanted), flags)
        active = editor.mark_active and editor.mark is not None
        low, high = sorted((editor.cursor, editor.mark or 0)) if active else (editor.cursor, len(editor.text))
        self._at, self._left = low, len(editor.text) - high
        self._empty = False
        self._spans: list[tuple[int, str, str]] = []
        self.match: re.Match[str] | None = None
        self.next()

    def next(self) -> bool:
        """Go to the next match, which becomes the region; False if there is none."""
        text = self.editor.text
        end = len(text) - self._left
        found = self._pattern.search(text, self._at, end)
        while found is not None and found.end() == found.start() and self._empty:
            self._empty = False
            found = self._pattern.search(text, found.end() + 1, end) if found.end() < end else None
        self.match = found
        self.editor.mark_active = False
        if found is not None:
            self.editor.cursor = found.end()
            self.editor.mark, self.editor.mark_active = found.start(), True
        return found is not None

    def skip(self) -> bool:
        """Leave this match and go to the next one."""
        if self.match is not None:
            self._at, self._empty = self.match.end(), True
        return self.next()

    def take(self, *, go: bool = True) -> bool:
        """Replace this match, and go to the next one."""
        assert self.match is not None
        new = self._made(self.match)
        start, end = self.match.span()
        self._spans.append((start, new, self.match.group()))
        self.editor.replace(start, end, new)
        self._at, self._empty = start + len(new), end == start
        self.done += 1
        return self.next() if go else False

    def back(self) -> bool:
        """Take the last replacement back, and go to it again."""
        if not self._spans:
            return False
        start, new, old = self._spans.pop()
        self.editor.replace(start, start + len(new), old)
        self.done -= 1
        self._at, self._empty = start, False
        return self.next()

    def rest(self) -> None:
        """Replace this match and all others."""
        with self.editor.group():
            while self.match is not None:
                self.take()

    def end(self) -> None:
        """Leave the cursor where it is, without a region."""
        self.editor.mark_active = False

    def _made(self, match: re.Match[str]) -> str:
        if self._regexp:
            try:
                new = match.expand(self._new.replace(r"\&", r"\g<0>"))
            except (re.error, IndexError):
                new = self._new
        else:
            new = self._new
        found = match.group()
        if not self._fold or new != new.lower():
            return new
        if found.isupper() and len(found) > 1:
            return new.upper()
        return new[:1].upper() + new[1:] if found[:1].isupper() else new
