"""How the seccomp filter gets to a command, and who answers what it asks about.

With network the filter asks nothing, and bwrap loads it from a memory file. Without, `connect` is asked about:

- A thread of csm loads a filter that asks, and starts bwrap, which loads the other one (`Inherited`). Where that cannot
  be, the other one refuses `connect` by itself.
- Where bwrap is setuid, which no filter of ours may be in the way of, a loader inside the sandbox does both (`Loaded`).

Does not: judge calls (`sockets.py`).
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from csm.api import Mediator, listening, seccomp

from .sockets import Connects

_LOADER = str(Path(__file__).with_name("loader.py"))


class Filter:
    """No filter at all: on a machine we have no table for, a new session at least keeps the terminal from input.

    `options` are bwrap's, `loader` goes before the command's words. `close` once no process of the command is left.
    """

    options: tuple[str, ...] = ("--new-session",)
    loader: tuple[str, ...] = ()
    fds: tuple[int, ...] = ()
    through: Callable[[Callable[[], Any]], Any] | None = None

    def close(self) -> None:
        """Wait until nothing is asked any more."""


def choose(*, network: bool, setuid: bool) -> Filter:
    """The filter for a command. `setuid`: bwrap gains rights when it starts."""
    machine = platform.machine()
    if machine not in seccomp.MACHINES:
        return Filter()
    if network:
        return Stored(seccomp.program(machine, network=True))
    return Loaded(machine) if setuid else Inherited(machine)


class Stored(Filter):
    """bwrap loads it."""

    def __init__(self, code: bytes) -> None:
        fd = os.memfd_create("csm-seccomp")
        os.pwrite(fd, code, 0)
        self.options, self.fds = ("--seccomp", str(fd)), (fd,)


class Inherited(Stored):
    """bwrap loads one filter and inherits the other."""

    def __init__(self, machine: str) -> None:
        super().__init__(seccomp.program(machine, network=False))
        self._machine = machine
        self._connects = Connects()
        self._mediator: Mediator | None = None
        self.through = self._through

    def _through(self, start: Callable[[], Any]) -> Any:
        self._mediator = mediator = _mediator(self._machine, self._connects)
        try:
            return listening.Held(seccomp.asking(self._machine, ("connect",)), self._listens).start(start)
        finally:
            mediator.close()

    def _listens(self, listener: int) -> None:
        """Answers will come: the stored filter need not refuse any more. It stays as long as it was."""
        if self._mediator is not None:
            self._mediator.give(listener)
            os.pwrite(self.fds[0], seccomp.program(self._machine, network=False, allow=("connect",)), 0)

    def close(self) -> None:
        if self._mediator is not None:
            self._mediator.join()
        self._connects.close()


class Loaded(Filter):
    """A program inside the sandbox loads it and becomes the command."""

    def __init__(self, machine: str) -> None:
        self._connects = Connects()
        self._mediator = _mediator(machine, self._connects)
        code = seccomp.program(machine, network=False, ask=("connect",))
        self.options, self.fds = (), (self._mediator.socket,)
        self.loader = (sys.executable, "-I", "-S", _LOADER, str(self._mediator.socket), code.hex())

    def close(self) -> None:
        self._mediator.join()
        self._connects.close()


def _mediator(machine: str, connects: Connects) -> Mediator:
    return Mediator({seccomp.MACHINES[machine][1]["connect"]: connects})
