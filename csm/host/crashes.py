"""Reports of crashes: what broke where, in files that can be sent to somebody.

A report holds versions, the traceback without values of variables, and the end of csm's own log; no environment and
no settings; secrets that stand in an error's text are marked.

Does not: send anything.
"""

from __future__ import annotations

import os
import platform
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

from csm import __version__

#: How many reports are kept.
KEPT = 20
#: Lines of the log that a report ends with.
LOGGED = 30


def folder(state_dir: Path) -> Path:
    """Where reports lie."""
    return state_dir / "crashes"


def reports(state_dir: Path) -> list[Path]:
    """The reports there are, the oldest first. Empty ones are of processes that run, or ended well."""
    found = folder(state_dir).glob("*.txt")
    return sorted((path for path in found if path.stat().st_size), key=lambda path: path.name)


def record(
    state_dir: Path, error: BaseException, *, doing: str = "", env: Mapping[str, str], log: Sequence[str] = ()
) -> Path | None:
    """Write a report; its file, or None where none can be written. `doing` is what ran, without what it was given."""
    from csm.host import secrecy

    told = "".join(traceback.format_exception(error))
    lines = [*_head(doing, env), "", told.rstrip(), *(["", "The log's end", *log[-LOGGED:]] if log else [])]
    text = secrecy.hidden("\n".join(lines), secrecy.known(env)) + "\n"
    path = folder(state_dir) / f"{_stamp()}-{os.getpid()}.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8", "replace"))
        _prune(state_dir)
    except OSError:
        return None
    return path


def _head(doing: str, env: Mapping[str, str]) -> list[str]:
    return [
        f"csm {__version__}" + (f", {doing}" if doing else ""),
        f"Python {platform.python_version()} on {platform.system()} {platform.release()} {platform.machine()}",
        f"TERM={env.get('TERM', '')} LANG={env.get('LC_ALL') or env.get('LC_CTYPE') or env.get('LANG', '')}",
        f"stdin {_kind(0)}, stdout {_kind(1)}, stderr {_kind(2)}",
    ]


def _kind(number: int) -> str:
    try:
        return "a terminal" if os.isatty(number) else "no terminal"
    except OSError:
        return "closed"


def _stamp() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")


def _prune(state_dir: Path) -> None:
    for path in reports(state_dir)[:-KEPT]:
        path.unlink(missing_ok=True)


def _sweep(place: Path) -> None:
    """Take away what processes left that were killed before anything broke in them."""
    for path in place.glob("*.txt"):
        number = path.stem.rpartition("-")[2]
        if path.stat().st_size or not number.isdecimal():
            continue
        try:
            os.kill(int(number), 0)
        except (ProcessLookupError, OverflowError):
            path.unlink(missing_ok=True)
        except OSError:
            continue


class Faults:
    """While open, a fatal error of the interpreter itself leaves the stacks of all threads in a report."""

    def __init__(self, state_dir: Path) -> None:
        self._path = folder(state_dir) / f"{_stamp()}-{os.getpid()}.txt"
        self._handle: int | None = None

    def open(self) -> None:
        """Begin. Without a folder to write to there will be no report."""
        import faulthandler

        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _sweep(self._path.parent)
            self._handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError:
            return
        faulthandler.enable(self._handle)

    def close(self) -> None:
        """End; a report without content goes away."""
        if self._handle is None:
            return
        import faulthandler

        faulthandler.disable()
        os.close(self._handle)
        self._handle = None
        try:
            if not self._path.stat().st_size:
                self._path.unlink()
        except OSError:
            pass


def told(error: BaseException, path: Path | None) -> str:
    """What to say of a crash, in a line or two."""
    what = f"csm broke: {type(error).__name__}: {error}"
    if path is None:
        return what + "".join(f"\n{line}" for line in traceback.format_exception(error)).rstrip()
    return f"{what}\nThe report {path} says where. Read it before you send it to anyone."
