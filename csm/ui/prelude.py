"""The screen from the first moment on: where the composer will be and which folder this is, before csm knows more.

Importing and reading settings take longer than eyes and hands do. What is typed meanwhile is kept, and goes to the
composer when it is there; C-c still ends csm.

Does not: import anything that costs time, nor stay: the first frame of the shell covers every row of it.
"""

from __future__ import annotations

import os
import termios

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Any

ALTERNATE = "\x1b[?1049h\x1b[H", "\x1b[?7h\x1b[?1049l"
RAW_INPUT = ~(termios.BRKINT | termios.ICRNL | termios.INLCR | termios.IGNCR | termios.ISTRIP | termios.IXON)
#: All but ISIG: nobody hears keys yet, so that only a signal can end what takes too long.
RAW_LOCAL = ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
#: Fewer rows than this have no room for the rule and the line below the status.
_SMALL = 8


class Prelude:
    """Takes the terminal, as a context manager: gives it back at the end, unless the shell has taken it over."""

    def __init__(self, folder: str, env: Mapping[str, str], *, wanted: bool = True) -> None:
        self._folder, self._home = folder, env.get("HOME", "")
        self._wanted = wanted and env.get("TERM", "dumb") not in ("", "dumb", "unknown")
        self._saved: Any = None

    def __enter__(self) -> Prelude:
        if self._wanted:
            try:
                self._take()
            except (OSError, termios.error):
                self.leave()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.leave()

    def give(self) -> Any:
        """The terminal's settings before all this, for whoever gives it back from now on; None where it was not taken.

        The alternate screen is on.
        """
        saved, self._saved = self._saved, None
        return saved

    def _take(self) -> None:
        folder = _short(os.path.abspath(self._folder), self._home)  # noqa: PTH100
        saved = termios.tcgetattr(0)
        mode = termios.tcgetattr(0)
        mode[0] &= RAW_INPUT
        mode[3] &= RAW_LOCAL
        mode[6][termios.VMIN], mode[6][termios.VTIME] = 1, 0
        mode[6][termios.VSUSP] = b"\0"  # stopped now, it would leave this screen behind
        self._saved = saved
        termios.tcsetattr(0, termios.TCSADRAIN, mode)
        size = os.get_terminal_size(1)
        _write(ALTERNATE[0] + picture(folder, size.columns or 80, size.lines or 24))
        import signal

        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ended)

    def leave(self) -> None:
        """Give the terminal back, if it was taken."""
        saved = self.give()
        if saved is None:
            return
        try:
            _write(f"\x1b[0m\x1b[?25h{ALTERNATE[1]}")
            termios.tcsetattr(0, termios.TCSADRAIN, saved)
        except (OSError, termios.error):
            pass

    def _ended(self, number: int, _frame: Any) -> None:
        self.leave()
        os._exit(128 + number)


def picture(folder: str, columns: int, rows: int) -> str:
    """What to write on an empty screen: the rule, the prompt and the folder, each where the shell will have it."""
    small = rows < _SMALL
    prompt = max(1, rows - (1 if small else 2))
    made = "" if small else f"\x1b[{prompt - 1}H\x1b[2m{'─' * columns}\x1b[0m"
    if rows > 1:
        made += f"\x1b[{prompt + 1}H\x1b[2m  {folder[: max(0, columns - 3)]}\x1b[0m"
    return f"{made}\x1b[{prompt}H› "


def _short(folder: str, home: str) -> str:
    """As the status line shows a folder: `~` for home, and nothing that a terminal would obey."""
    home = home.rstrip("/")
    if home and f"{folder}/".startswith(f"{home}/"):
        folder = f"~{folder[len(home) :]}"
    return "".join(char for char in folder if char.isprintable())


def _write(text: str) -> None:
    data = text.encode("utf-8", "replace")
    while data:
        data = data[os.write(1, data) :]
