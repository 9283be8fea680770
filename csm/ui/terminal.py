"""The terminal device: raw mode, its size, and every mode we switch on, so that all of them are switched off again.

Whatever enters a mode does so here; `leave` writes the exact reverse and may be called from anywhere, any number of
times: at the end, from an exception, from `atexit`, from a signal.

Does not: decode keys (`csm.ui.keyboard`) or paint (`csm.ui.fullscreen`, `csm.ui.inline`).
"""

from __future__ import annotations

import contextlib
import os
import select
import sys
import termios
from collections.abc import Mapping
from typing import Any

from csm.ui.prelude import ALTERNATE, RAW_INPUT, RAW_LOCAL, Prelude

_SHAPES = {"block": "\x1b[2 q", "underline": "\x1b[4 q", "beam": "\x1b[6 q"}

KITTY_QUERY = "\x1b[?u\x1b[c"
BACKGROUND_QUERY = "\x1b]11;?\x1b\\\x1b[c"


class Terminal:
    """One terminal. `mouse`: have the wheel and clicks reported on the alternate screen.

    `prelude` may have taken the terminal already; it is taken over then.
    """

    def __init__(
        self,
        env: Mapping[str, str],
        input_fd: int | None = None,
        output_fd: int | None = None,
        *,
        mouse: bool = False,
        prelude: Prelude | None = None,
    ) -> None:
        self.env, self._mouse = env, mouse
        self._prelude = prelude
        self.input = sys.stdin.fileno() if input_fd is None else input_fd
        self.output = sys.stdout.fileno() if output_fd is None else output_fd
        self._saved: Any = None
        #: What is switched on: how, and how to undo it.
        self._modes: dict[str, tuple[str, str]] = {}
        self._shape = ""
        self._title = ""
        self._kitty = False
        self._asked = False

    @property
    def dumb(self) -> bool:
        """Whether nothing but plain text can be written."""
        return self.env.get("TERM", "dumb") in ("", "dumb", "unknown")

    def size(self) -> tuple[int, int]:
        """`(columns, rows)`; 80 by 24 where the terminal does not say."""
        try:
            size = os.get_terminal_size(self.output)
        except OSError:
            return 80, 24
        return size.columns or 80, size.lines or 24

    def enter(self) -> None:
        """Take the terminal: raw mode, bracketed paste, focus reports; ask whether it speaks the kitty protocol."""
        taken = None if self._prelude is None else self._prelude.give()
        if self._saved is None:
            self._saved = termios.tcgetattr(self.input) if taken is None else taken
            self._raw()
        if self.dumb:
            return
        self._on("title", "\x1b[22;2t", "\x1b[23;2t")
        self._on("paste", "\x1b[?2004h", "\x1b[?2004l")
        self._on("focus", "\x1b[?1004h", "\x1b[?1004l")
        if taken is not None:
            self._modes["alternate"] = ALTERNATE
            self._report_mouse()
        self.write("\x1b[?1l" + KITTY_QUERY)
        self._kitty, self._asked = False, True

    @property
    def tells_keys(self) -> bool:
        """Whether the terminal tells all chords apart, as far as it has answered."""
        return self._kitty

    def answered(self) -> None:
        """The terminal has answered all that it was asked."""
        self._asked = False

    def ask_background(self) -> bool:
        """Ask for the colour behind the text, which comes as a reply if the terminal knows; whether it was asked."""
        if self._saved is None or self.dumb or self.env.get("TERM") == "linux":  # which would print the question
            return False
        self.write(BACKGROUND_QUERY)
        self._asked = True
        return True

    def report_scheme(self, on: bool) -> None:
        """Have the terminal tell when it turns dark or light (mode 2031), or tell it no more."""
        if not on:
            self._off("scheme")
        elif not self.dumb and self.env.get("TERM") != "linux":
            self._on("scheme", "\x1b[?2031h", "\x1b[?2031l")

    def leave(self) -> None:
        """Give the terminal back as it was found. Never raises."""
        undo = "".join(leave for _, leave in reversed(self._modes.values()))
        if self._modes or self._shape:
            shape = "\x1b[0 q" if self._shape else ""
            undo = f"\x1b[?2026l\x1b[0m{shape}\x1b[?25h{undo}"
        self._modes.clear()
        self._shape = self._title = ""
        self._kitty = False
        saved, self._saved = self._saved, None
        # An answer still under way would be typed into whatever reads the terminal next.
        when = termios.TCSAFLUSH if self._asked else termios.TCSADRAIN
        self._asked = False
        with contextlib.suppress(OSError):
            self.write(undo)
        if saved is not None:
            with contextlib.suppress(termios.error, OSError):
                termios.tcsetattr(self.input, when, saved)

    def again(self) -> None:
        """Switch on once more what is on: someone else had the terminal meanwhile."""
        if self._saved is not None:
            self._raw()
            self.write("".join(enter for enter, _ in self._modes.values()))
            self._shape = ""

    def alternate(self, on: bool) -> None:
        """Switch to the alternate screen or back. Each screen has a kitty stack of its own."""
        if on == ("alternate" in self._modes) or self.dumb:
            return
        kitty = self._kitty
        self.kitty(False)
        if on:
            self._on("alternate", *ALTERNATE)
            self._report_mouse()
        else:
            self._off("mouse")
            self._off("alternate")
        self.kitty(kitty)

    def mouse(self, on: bool) -> None:
        """Have the mouse reported, or left to the terminal."""
        self._mouse = on
        if "alternate" in self._modes:
            self._off("mouse")
            self._report_mouse()

    def kitty(self, on: bool) -> None:
        """Push or pop the flag of the kitty keyboard protocol that tells all chords apart."""
        if on == self._kitty:
            return
        self._kitty = on
        if on:
            self._on("kitty", "\x1b[>1u", "\x1b[<u")
        else:
            self._off("kitty")

    def other_keys(self) -> None:
        """Have xterm and tmux tell more chords apart, where the kitty protocol is not spoken. Their answer says whether
        they do; those that do not know of it keep silent.
        """
        term = self.env.get("TERM", "")
        if not self._kitty and term.startswith(("xterm", "tmux", "screen")) and "other keys" not in self._modes:
            self._on("other keys", "\x1b[>4;2m", "\x1b[>4m")
            self.write("\x1b[?4m")

    def shape(self, name: str) -> None:
        """Give the cursor the shape `block`, `underline` or `beam`."""
        if name != self._shape and name in _SHAPES and not self.dumb:
            self._shape = name
            self.write(_SHAPES[name])

    def title(self, text: str) -> None:
        """Name the window. Control characters are left out."""
        if text != self._title and not self.dumb and self.env.get("TERM") != "linux":
            self._title = text
            self.write(f"\x1b]2;{''.join(c for c in text if c.isprintable())}\x1b\\")

    def write(self, data: str | bytes) -> None:
        """Write everything, however slow the terminal is. Raises OSError once it is gone."""
        left = memoryview(data.encode("utf-8", "replace") if isinstance(data, str) else data)
        while left:
            try:
                left = left[os.write(self.output, left) :]
            except BlockingIOError:  # another program that has this terminal open switched that on
                select.select([], [self.output], [])

    def _report_mouse(self) -> None:
        if self._mouse:
            self._on("mouse", "\x1b[?1002h\x1b[?1006h", "\x1b[?1006l\x1b[?1002l")
        else:  # else the wheel would be taken for arrow keys
            self._on("mouse", "\x1b[?1007l", "\x1b[?1007h")

    def _on(self, mode: str, enter: str, leave: str) -> None:
        if mode not in self._modes:
            self._modes[mode] = enter, leave
            self.write(enter)

    def _off(self, mode: str) -> None:
        if mode in self._modes:
            self.write(self._modes.pop(mode)[1])

    def _raw(self) -> None:
        mode = termios.tcgetattr(self.input)
        mode[0] &= RAW_INPUT
        mode[3] &= RAW_LOCAL & ~termios.ISIG
        mode[6][termios.VMIN], mode[6][termios.VTIME] = 1, 0
        termios.tcsetattr(self.input, termios.TCSADRAIN, mode)
