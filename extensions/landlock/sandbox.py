"""Runs commands under Landlock and seccomp, started through a small launcher.

Writing is allowed in the policy's folders only, sockets as in `csm.core.seccomp`; signals reach the command's own
processes only where the kernel can say so. Names that must stay as they are inside writable folders are put back
afterwards (`guard.py`).

Does not: give the command process numbers or a network of its own.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from csm.api import Launch, Mediator, Nested, SandboxError, confinement, seccomp
from csm.api import tools as types

from .guard import Guards
from .modes import NAMES, Modes

#: The first version that keeps files outside from being emptied (Linux 6.2).
_NEEDED = 3
_DEVICES = ("null", "zero", "full", "random", "urandom", "tty", "ptmx", "pts")
_SHARED_MEMORY = "/dev/shm"


class Landlock:
    """`guarded` folders are put back like protected names where they lie in writable folders."""

    name = "landlock"
    rank = 20

    def __init__(self, *, guarded: Sequence[Path] = ()) -> None:
        self._guarded = tuple(guarded)
        self._guards = Guards()
        self._nested = Nested(confinement.PROTECTED)

    def unavailable(self) -> str | None:
        """None where the kernel has a Landlock that can hold writing."""
        if not sys.platform.startswith("linux"):
            return "Landlock is part of Linux"
        if platform.machine() not in seccomp.MACHINES:
            return f"no system call table for {platform.machine()}"
        from .launcher import probe

        version = probe()
        if version == 0:
            return "this kernel has no Landlock"
        return None if version >= _NEEDED else f"Landlock version {_NEEDED} is needed, this kernel has {version}"

    def launch(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        policy: types.SandboxPolicy,
        workdir: Path | None = None,
    ) -> Launch:
        """The launcher's command line for `argv`; the caller starts it in `workdir`. Raises SandboxError."""
        if reason := self.unavailable():
            raise SandboxError(reason)
        roots = _existing(confinement.writable_roots(policy, str(cwd), env))
        own = _existing([str(cwd), *policy.writable_roots])
        protected = self._protected(roots, [root for root in own if root in roots])
        modes = Modes(roots, [str(path) for path in protected])
        mediator = Mediator(modes.handlers(platform.machine()))
        self._guards.enter(protected)
        launcher = str(Path(__file__).with_name("launcher.py"))
        return Launch(
            argv=(sys.executable, "-I", "-S", launcher, *_plan(policy, roots, mediator.socket), *argv),
            env=_reading_git(env),
            finish=_finish(self._guards, protected, mediator),
            pass_fds=(mediator.socket,),
        )

    def _protected(self, roots: Sequence[str], own: Sequence[str]) -> list[Path]:
        """The names in `roots`, and deeper in those that are the work's own."""
        named = [Path(root, name) for root in roots for name in confinement.PROTECTED]
        named += [Path(path) for root in own for path in self._nested.below(root)]
        real = [str(path.resolve()) for path in (*named, *self._guarded)]
        inside = [Path(path) for path in real if path not in roots and confinement.inside_any(path, roots)]
        return list(dict.fromkeys([*named, *inside]))


def _reading_git(env: Mapping[str, str]) -> dict[str, str]:
    """Else `git status` and `git diff` would refresh the index, which then had to be put back."""
    count = env.get("GIT_CONFIG_COUNT", "0")
    number = int(count) if count.isdecimal() else 0
    return {
        **env,
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_CONFIG_COUNT": str(number + 1),
        f"GIT_CONFIG_KEY_{number}": "diff.autoRefreshIndex",
        f"GIT_CONFIG_VALUE_{number}": "false",
    }


def _plan(policy: types.SandboxPolicy, roots: Sequence[str], channel: int) -> list[str]:
    """The launcher's own arguments."""
    code = seccomp.program(platform.machine(), network=policy.network_access, ask=NAMES)
    devices = [f"/dev/{name}" for name in _DEVICES]
    lists = [word for each in (roots, [_SHARED_MEMORY], devices) for word in (str(len(each)), *each)]
    return [str(os.getpid()), str(channel), str(int(policy.network_access)), code.hex(), *lists]


def _existing(roots: Sequence[str]) -> list[str]:
    return sorted({os.path.realpath(root) for root in roots if Path(root).is_dir()})


def _finish(guards: Guards, protected: list[Path], mediator: Mediator) -> Callable[[], list[str]]:
    def finish() -> list[str]:
        mediator.join()
        return guards.leave(protected)

    return finish
