"""Searching what is read: as the pattern is typed, on and on, with every match marked until the window is left.

Does not: look for matches (`csm.view.finding`) or know keys.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from csm.ui.panels import LinePanel
from csm.ui.watchdog import HeldError
from csm.view import finding
from csm.view.lines import plain

if TYPE_CHECKING:
    from csm.ui.jumps import Place
    from csm.ui.shell import Shell
    from csm.view.lines import StyledLine


#: Seconds that a search may take with each letter typed, and where it was asked for; that a frame may look for matches.
_TYPED, _ASKED, _FRAME = 0.5, 1.5, 0.2
_WORD = re.compile(r"\W*\w+|\W+")


class _Origin(NamedTuple):
    """Where a search began, to go back to."""

    line: int
    column: int
    top: int
    follow: bool


class Search:
    """The search of a shell. `pattern` is what is marked, None for nothing."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self.pattern: re.Pattern[str] | None = None
        self._last = ""
        self._back = False
        self._at: tuple[int, int] | None = None
        self._from: Place | None = None
        #: The match that was gone on to or taken from, which what is typed next begins with.
        self._begin: tuple[int, int] | None = None
        #: What was typed last that was nowhere, and where.
        self._missing: tuple[str, object] = "", None

    def open(self, *, back: bool = False) -> None:
        """Ask for a pattern; each letter goes to its next match from here."""
        self._back, self._missing = back, ("", None)
        self._from, self._begin = self._shell.jumps.here(), None
        origin = self._origin()
        self._shell.screen.ask_line(
            "?" if back else "/",
            self._taken,
            cancel=lambda: self._cancelled(origin),
            changed=lambda text: self._typed(text, origin),
        )
        panel = self._shell.panels[-1]
        if isinstance(panel, LinePanel):
            panel.take = lambda what: self._take(panel, what)

    def again(self, *, reverse: bool = False) -> bool:
        """Go to the next match of the last pattern; False if there is none. One that takes too long has said so."""
        if not self._last:
            return False
        self.pattern = finding.compiled(self._last)
        found = self._go(self._place(), back=self._back != reverse)
        self._begin = self._at
        return found or self.pattern is None

    def word(self, text: str, *, back: bool = False) -> bool:
        """Go to the next place of a word."""
        self._last, self._back = rf"\b{re.escape(text)}\b", back
        return self.again()

    def clear(self) -> None:
        """Mark nothing any more."""
        self.pattern, self._at = None, None

    def marked(self, lines: list[StyledLine]) -> list[StyledLine]:
        """Lines with every match marked; where that takes too long nothing is marked from now on."""
        if self.pattern is None:
            return lines
        try:
            with self._shell.scripts.watch("marking matches", _FRAME):
                return finding.marked(lines, self.pattern, "search.match")
        except HeldError:
            self.pattern = None
            return lines

    def _typed(self, text: str, origin: _Origin) -> None:
        self._return(origin)
        self.pattern = finding.compiled(text) if text else None
        if text:
            self._last = text
            if not self._hopeless(text) and not self._go(self._before(origin), back=self._back, quiet=True):
                self._missing = text if self.pattern is not None else "", self._version()
        else:
            self._begin = None

    def _before(self, origin: _Origin) -> tuple[int, int]:
        """Where to look for what is typed from: a match that was gone on to is looked at too."""
        if self._begin is None:
            return origin.line, origin.column if self._back else origin.column - 1
        line, column = self._begin
        return line, column + 1 if self._back else column - 1

    def _take(self, panel: LinePanel, what: str) -> bool:
        """Put what follows the match at the end of what is typed, or what was killed last."""
        editor = panel.editor
        if what == "kill":
            more = self._shell.composer.editor.kills.get()
        else:
            more = self._following(typed=bool(editor.text))
            word = _WORD.match(more)
            more = word.group() if what == "word" and word else more
        more = more.rstrip("\n")
        if not more or "\n" in more:
            return False
        editor.set_text(finding.lengthened(editor.text, more))
        return True

    def _following(self, *, typed: bool) -> str:
        """What is left of the line behind the match, or behind where the search began while nothing is typed."""
        if typed and (self._at is None or self.pattern is None):
            return ""
        shown = self._shell.windows.current.top
        line, column = self._at or self._place()
        rows = shown.buffer.lines(line, line + 1, shown.view.width or self._shell.size[0])
        row = plain(rows[0]).rstrip() if rows else ""
        match = self.pattern.match(row, column) if typed and self.pattern is not None else None
        self._begin = line, max(0, column)
        return row[match.end() if match else max(0, column) :]

    def _hopeless(self, text: str) -> bool:
        """Whether what was typed before is nowhere, and this only says more. Looking through long texts takes time."""
        missing, version = self._missing
        plain = text.replace(" ", "").isalnum()
        return bool(missing) and plain and text.startswith(missing) and version == self._version()

    def _version(self) -> object:
        buffer = self._shell.windows.current.top.buffer
        return buffer, getattr(buffer, "version", None)

    def _taken(self, text: str) -> None:
        if not text:
            if not self.again():
                self._shell.failed("there is nothing to search for again" if not self._last else f"no {self._last}")
            return
        self._last = text
        if self._from is not None:
            self._shell.jumps.note(self._from)
        self.pattern = finding.compiled(text)
        if self._at is None and not self._go(self._place(), back=self._back) and self.pattern is not None:
            self._shell.failed(f"there is no {text}")

    def _cancelled(self, origin: _Origin) -> None:
        self._return(origin)
        self.clear()

    def _go(self, place: tuple[int, int], *, back: bool, quiet: bool = False) -> bool:
        """Go to the next match. One that takes too long is given up: then there is no `pattern` any more."""
        shell = self._shell
        shown = shell.windows.current.top
        assert self.pattern is not None
        columns = shown.view.width or shell.size[0]
        try:
            with shell.scripts.watch("searching", _TYPED if quiet else _ASKED):
                hit = finding.find(shown.buffer, self.pattern, *place, columns, back=back)
        except HeldError:
            self.pattern = None
            shell.message.say("the search took too long", "message.warning")
            return False
        if hit is None or hit.wrapped:
            # What came before may have it, if it is not at hand: then this is done again.
            further = shown.thread and not quiet
            if further and shell.session.recall(everything=True, then=lambda: self._further(back=back)):
                shell.message.say("Searching what came before…", "message")
                return True
        if hit is None:
            return False
        self._at = (hit.line, hit.column)
        shown.view.seek(hit.line)
        shown.view.point = hit.line
        if shell.reader is not None:
            shell.reader.aim(hit.line, hit.column)
        if hit.wrapped and not quiet:
            shell.message.say("from the top again" if not back else "from the end again", "message")
        shell.refresh()
        return True

    def _further(self, *, back: bool) -> None:
        if self.pattern is not None and not self._go(self._place(), back=back) and self.pattern is not None:
            self._shell.failed(f"there is no {self._last}")

    def _place(self) -> tuple[int, int]:
        """Where to go on from: the cursor, else the last match if it is in sight, else the top of the window."""
        shell = self._shell
        shown = shell.windows.current.top
        if shell.reader is not None:
            going = self._at if shell.reader.aiming else None  # the cursor follows with the next frame
            return going or shell.reader.spot
        if self._at is not None and shown.view.sees(self._at[0]):
            return self._at
        return shown.view.top, -1

    def _origin(self) -> _Origin:
        view = self._shell.windows.current.top.view
        self._at = None
        return _Origin(*self._place(), view.top, view.follow)

    def _return(self, origin: _Origin) -> None:
        self._at = None
        view = self._shell.windows.current.top.view
        view.show(origin.top)
        view.follow = origin.follow
        if self._shell.reader is not None:
            self._shell.reader.aim(origin.line, origin.column)
