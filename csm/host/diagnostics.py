"""csm's own log: what went wrong, and what happened where that is asked for, as lines of text.

A line is time, process, level and text; more lines of a message are indented below it. `csm.log` is the newest file,
`csm.1.log` and `csm.2.log` are the ones before; each holds about a megabyte. Any number of processes may write.
Secrets are kept out, and so is what a person or a model says.

Does not: keep sessions (they have their rollouts), or tell anybody that it could not write.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from csm import __version__

#: From few to many; `off` writes nothing.
LEVELS = ("off", "error", "warning", "info", "debug")
DEFAULT = "warning"
LIMIT = 1 << 20
#: How many files there are at most, the newest included.
KEPT = 3
#: Characters of one message; a traceback of a deep recursion has more.
LONGEST = 20_000


def opened(state_dir: Path, raw: Mapping[str, Any], env: Mapping[str, str]) -> Diagnostics:
    """The log that these settings ask for: `csm.log` is its level, `log_dir` its folder."""

    def secrets() -> Sequence[str]:
        from csm.host import secrecy

        return secrecy.known(env, raw)

    own, place = raw.get("csm"), raw.get("log_dir")
    level = own.get("log", DEFAULT) if isinstance(own, dict) else DEFAULT
    return Diagnostics(Path(place) if place else state_dir / "log", level, secrets)


class Diagnostics:
    """The log of one host. `secrets()` gives the values that are never written; it is asked once, at the first line.

    Nothing is opened or made before there is something to say.
    """

    def __init__(self, folder: Path, level: str = DEFAULT, secrets: Callable[[], Sequence[str]] = tuple) -> None:
        self.path = folder / "csm.log"
        self.level = level if level in LEVELS else DEFAULT
        self._secrets = secrets
        self._values: Sequence[str] | None = None
        self._lock = threading.Lock()

    def wants(self, level: str) -> bool:
        """Whether messages of a level are written."""
        return 0 < LEVELS.index(level) <= LEVELS.index(self.level)

    def write(self, level: str, text: str, where: str = "") -> None:
        """Write a message; one that the level leaves out, or that cannot be written, is dropped. From any thread."""
        if level not in LEVELS or not self.wants(level):
            return
        with self._lock:
            try:
                first = self._values is None
                if self._values is None:
                    self._values = self._secrets()
                told = _line("info", f"csm {__version__}, Python {sys.version.split()[0]}") if first else b""
                self._append(told + _line(level, self._safe(f"{text} · {where}" if where else text)))
            except OSError:
                pass

    def _safe(self, text: str) -> str:
        from csm.host import secrecy

        cut = text if len(text) <= LONGEST else f"{text[: LONGEST // 2]}\n[…]\n{text[-LONGEST // 2 :]}"
        return secrecy.hidden(cut, self._values or ())

    def _append(self, data: bytes) -> None:
        """In one write, which no other process parts."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = self._open()
        try:
            if os.fstat(handle).st_size > LIMIT:
                handle = self._turned(handle)
            os.write(handle, data)
        finally:
            os.close(handle)

    def _open(self) -> int:
        return os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)

    def _turned(self, handle: int) -> int:
        """Begin a new file, unless another process just has. Closes `handle`, and returns what to write to."""
        import fcntl

        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if os.fstat(handle).st_ino == self.path.stat().st_ino:
                for number in range(KEPT - 2, -1, -1):
                    old = _numbered(self.path, number)
                    if old.exists():
                        old.rename(_numbered(self.path, number + 1))
            return self._open()
        finally:
            os.close(handle)

    def files(self) -> list[Path]:
        """The files there are, the oldest first."""
        found = [_numbered(self.path, number) for number in range(KEPT - 1, -1, -1)]
        return [path for path in found if path.is_file()]

    def last(self, lines: int) -> list[str]:
        """The last lines that were written, by any process."""
        found: list[str] = []
        for path in reversed(self.files()):
            if len(found) >= lines:
                break
            try:
                found = [*path.read_text("utf-8", "replace").splitlines(), *found]
            except OSError:
                continue
        return found[-lines:] if lines > 0 else []


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"csm.{number}.log") if number else path


def _line(level: str, text: str) -> bytes:
    from datetime import UTC, datetime

    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
    lines = "\n    ".join(_plain(line) for line in text.rstrip().split("\n"))
    return f"{now}Z {os.getpid()} {level.upper():<7} {lines}\n".encode("utf-8", "replace")


def _plain(line: str) -> str:
    """Without what a terminal would obey: a log is read with `cat`."""
    return "".join(char if char.isprintable() or char == "\t" else repr(char)[1:-1] for char in line)
