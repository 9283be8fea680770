"""What extensions and `init.py` have standing beside hooks and commands: handlers, timers, tasks, segments, buffers.

Each thing belongs to an owner and is taken back with it, exactly. Timers and tasks need a loop: they begin when a
runner (the shell) is there, and are stopped when they are taken back.

Replacing what an owner has is done whole: `hold` sets the old things aside, still running; `commit` stops them and
begins the new ones, `rollback` drops the new ones as if nothing had been.

Does not: run anything itself (`csm.ui.jobs`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Protocol

#: Kinds that need a runner.
JOBS = ("every", "after", "spawn", "poll", "quiet")
#: After so many failures a thing is asked no more.
PATIENCE = 3


class Stand:
    """One thing. `kind` is one of `JOBS`, `on`, or the name of a hook of contributions; `where` a `file:line`."""

    __slots__ = ("_stop", "failures", "kind", "name", "options", "owner", "tasks", "value", "where")

    def __init__(self, owner: str, kind: str, name: str, value: Any, where: str = "", **options: Any) -> None:
        self.owner, self.kind, self.name, self.value, self.where = owner, kind, name, value, where
        self.options = options
        self.failures = 0
        #: What it began and has not ended: each has `cancel()`.
        self.tasks: list[Any] = []
        self._stop: Callable[[], None] | None = None

    @property
    def running(self) -> bool:
        """Whether a runner has begun it."""
        return self._stop is not None

    def begin(self, runner: Runner) -> None:
        """Have it run, once."""
        if self._stop is None:
            self._stop = runner.begin(self)

    def end(self) -> None:
        """Stop it, and what it began."""
        stop, self._stop = self._stop, None
        if stop is not None:
            stop()
        tasks, self.tasks = self.tasks, []
        for task in tasks:
            task.cancel()

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name} of {self.owner}>"


class Runner(Protocol):
    """Who runs jobs."""

    def begin(self, stand: Stand) -> Callable[[], None]:
        """Begin a job; what is returned stops it."""
        ...


class Standing:
    """All that stands, in the order it was added."""

    def __init__(self) -> None:
        self._all: list[Stand] = []
        self._held: dict[str, list[Stand]] = {}
        self._runner: Runner | None = None
        self._lock = threading.RLock()
        #: Grows with each change.
        self.version = 0

    def add(self, stand: Stand) -> Stand:
        """Put a thing up. A job begins at once where there is a runner, or when its owner's changes are committed."""
        with self._lock:
            self._all.append(stand)
            self.version += 1
            if self._runner is not None and stand.kind in JOBS and stand.owner not in self._held:
                stand.begin(self._runner)
            return stand

    def of(self, kind: str, name: str | None = None) -> list[Stand]:
        """What stands of a kind (and name)."""
        with self._lock:
            return [one for one in self._all if one.kind == kind and (name is None or one.name == name)]

    def by(self, owner: str) -> list[Stand]:
        """What an owner has."""
        with self._lock:
            return [one for one in self._all if one.owner == owner]

    def drop(self, stand: Stand) -> None:
        """Take one thing back."""
        with self._lock:
            if stand in self._all:
                self._all.remove(stand)
                self.version += 1
            stand.end()

    def forget(self, owner: str) -> None:
        """Take back all that an owner has."""
        with self._lock:
            gone = [one for one in self._all if one.owner == owner]
            self._all = [one for one in self._all if one.owner != owner]
            self.version += bool(gone)
        for one in gone:
            one.end()

    def run(self, runner: Runner | None) -> None:
        """Have jobs run from now on; with None stop all of them."""
        with self._lock:
            self._runner = runner
            jobs = [one for one in self._all if one.kind in JOBS]
        for one in jobs:
            if runner is None:
                one.end()
            else:
                one.begin(runner)

    def hold(self, owner: str) -> None:
        """Set aside what an owner has, still running."""
        with self._lock:
            self._held.setdefault(owner, [one for one in self._all if one.owner == owner])
            self._all = [one for one in self._all if one.owner != owner]
            self.version += 1

    def commit(self, owner: str) -> None:
        """Stop what was set aside and begin what came in its place."""
        with self._lock:
            old = self._held.pop(owner, [])
            new = [one for one in self._all if one.owner == owner and one.kind in JOBS]
            runner = self._runner
        for one in old:
            one.end()
        if runner is not None:
            for one in new:
                one.begin(runner)

    def rollback(self, owner: str) -> None:
        """Put back what was set aside."""
        with self._lock:
            if owner not in self._held:
                return
            new = [one for one in self._all if one.owner == owner]
            self._all = [one for one in self._all if one.owner != owner] + self._held.pop(owner)
            self.version += 1
        for one in new:
            one.end()
