"""Watches the files that a host is made of, in a thread of its own, and says which have changed.

Folders are watched, not trees: sessions are written below some of them all the time. After each sign of life the few
files that matter are compared with how they were, so that what an editor does while it saves is one change or none.

Does not: take anything up (`csm.host.renewal`).
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from csm.host.host import Host

#: Milliseconds between two looks at what the system tells, and until a look is taken unasked.
STEP, UNASKED = 60, 10_000
_MOST_BYTES = 2_000_000

State = dict[Path, tuple[int, int, int]]


class Watcher:
    """`tell` gets the paths that have changed, in the watcher's thread."""

    def __init__(self, host: Host, tell: Callable[[list[Path]], None]) -> None:
        self._host, self._tell = host, tell
        self._stop = threading.Event()
        #: Set once what changes will be told.
        self.ready = threading.Event()
        self._state: State | None = None

    def start(self) -> None:
        """Watch from now on."""
        threading.Thread(target=self._run, name="csm-watch", daemon=True).start()

    def stop(self) -> None:
        """Watch no more."""
        self._stop.set()

    def _run(self) -> None:
        try:
            from watchfiles._rust_notify import RustNotify

            while not self._stop.is_set():
                watched = folders(self._host)
                names = [str(folder) for folder in watched]
                with RustNotify(names, False, False, 300, False, True) as notify:
                    self._follow(notify, watched)
        except Exception as error:
            if not self._stop.is_set():
                why = f"{type(error).__name__}: {error}"
                self._host.report("info", f"files are not watched ({why}); /reload takes changes")

    def _follow(self, notify: Any, watched: list[Path]) -> None:
        """Look whenever something moves, until other folders are to be watched."""
        while not self._stop.is_set() and folders(self._host) == watched:
            self._look()  # also at first: what changed before these folders were watched
            self.ready.set()
            if notify.watch(5 * STEP, STEP, UNASKED, self._stop) == "stop":
                return

    def _look(self) -> None:
        now = state(self._host)
        before, self._state = self._state, now
        if before is None:  # what was saved while the host was made may have been read before that
            latest = time.time_ns()
            changed = [path for path, one in now.items() if self._host.begun < one[0] <= latest]
        else:
            changed = [path for path in {**before, **now} if _differs(before.get(path), now.get(path))]
        if changed and not self._stop.is_set():
            self._tell(sorted(changed))


def folders(host: Host) -> list[Path]:
    """The folders to watch; for one that is not there the nearest above it that is."""
    wanted = [*_homes(host), host.settings.codex_home / "themes"]
    for home in _roots(host):
        wanted += [home / "keymaps", home / "themes", home / "extensions"]
        wanted += [one for one in _inside(home / "extensions") if one.is_dir()]
    found: dict[Path, None] = {}
    for folder in wanted:
        while not folder.is_dir() and folder.parent != folder:
            folder = folder.parent
        if folder.parent != folder:
            found[folder] = None
    return list(found)


def state(host: Host) -> State:
    """Time, size and sum of the content of every file that matters."""
    return {path: made for path in _files(host) if (made := _print(path)) is not None}


def _files(host: Host) -> Iterator[Path]:
    settings = host.settings
    yield from (settings.config_dir / name for name in ("init.py", "settings.toml", "layouts.toml", "macros.toml"))
    yield from (folder / "config.toml" for folder in settings.folders())
    if settings.profile:
        yield settings.codex_home / f"{settings.profile}.config.toml"
    yield from (path for path in _inside(settings.codex_home / "themes") if path.suffix == ".tmTheme")
    for home in _roots(host):
        for kind in ("keymaps", "themes"):
            yield from (path for path in _inside(home / kind) if path.suffix in (".toml", ".tmTheme"))
        for path in _inside(home / "extensions"):
            inner = _inside(path) if path.is_dir() else [path]
            yield from (one for one in inner if one.suffix == ".py")


def _homes(host: Host) -> list[Path]:
    return [*_roots(host), *host.settings.folders()]


def _roots(host: Host) -> list[Path]:
    """Roots of others than csm; the project's also where it is not there yet."""
    settings = host.settings
    found = [root.path for root in host.roots if root.kind != "bundled"]
    if settings.trusted and not settings.skipped.own:
        found.append(settings.project_root / ".csm")
    return list(dict.fromkeys(found))


def _inside(folder: Path) -> list[Path]:
    try:
        return [Path(entry.path) for entry in os.scandir(folder) if not entry.name.startswith((".", "__pycache__"))]
    except OSError:
        return []


def _print(path: Path) -> tuple[int, int, int] | None:
    from zlib import crc32

    try:
        about = path.stat()
        data = path.read_bytes() if about.st_size <= _MOST_BYTES else b""
    except OSError:
        return None
    return about.st_mtime_ns, about.st_size, crc32(data)


def _differs(before: tuple[int, int, int] | None, now: tuple[int, int, int] | None) -> bool:
    """Whether the content does; a file that was only touched is as it was."""
    if before is None or now is None:
        return before is not now
    return before[1:] != now[1:]
