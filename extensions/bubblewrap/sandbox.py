"""Runs commands under bubblewrap.

The whole disk is read-only but for the writable folders of the policy, in which the protected names are read-only too.
The command gets process, user and IPC namespaces of its own, no capabilities, a small `/dev`, and no network unless
allowed. A seccomp filter refuses what namespaces leave open (sockets of other programs, tracing, keyrings).

Does not: start the command; `launch` says how.
"""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from csm.api import Launch, Nested, SandboxError, confinement
from csm.api import tools as types

from . import arguments
from .filters import Filter, choose
from .find import find
from .links import Links
from .placeholders import Placeholders

#: bwrap's monitor and the reaper that is process 1 inside: it collects orphans, and ends them with the command.
_WRAPPERS = 2
_PROBE_SECONDS = 10


class Bubblewrap:
    """`env` and `cwd` say where to look for bwrap; `guarded` folders are never writable."""

    name = "bubblewrap"
    rank = 10

    def __init__(self, *, env: Mapping[str, str], cwd: Path, guarded: Sequence[Path] = ()) -> None:
        self._env, self._cwd = env, cwd
        self._guarded = tuple(str(path) for path in guarded)
        self._found: str | None = None
        self._nested = Nested(confinement.PROTECTED)

    def unavailable(self) -> str | None:
        """None after a small command ran in the strictest sandbox; else bwrap's own complaint. Takes some 10 ms."""
        try:
            launch = self.launch(["/bin/sh", "-c", ":"], cwd=Path("/"), env={}, policy=types.SandboxPolicy())
        except SandboxError as error:
            return error.message
        try:
            done = subprocess.run(
                launch.argv, env=launch.env, pass_fds=launch.pass_fds, stdin=subprocess.DEVNULL,
                capture_output=True, timeout=_PROBE_SECONDS,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"bwrap does not run: {error}"
        finally:
            _close(launch.pass_fds)
        if done.returncode == 0:
            return None
        complaint = done.stderr.decode("utf-8", "replace").strip().splitlines()
        return complaint[-1] if complaint else f"bwrap ended with code {done.returncode}"

    def launch(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        policy: types.SandboxPolicy,
        workdir: Path | None = None,
    ) -> Launch:
        """The bwrap command line for `argv`. Raises SandboxError: no bwrap, or names that cannot be protected."""
        roots = arguments.existing(confinement.writable_roots(policy, str(cwd), env))
        placeholders = Placeholders()
        try:
            links = Links(Path(root, name) for root in roots for name in confinement.PROTECTED)
            for root in roots:
                placeholders.hold(Path(root), confinement.PROTECTED)
            program = self._program()
            nested = self._below(roots, arguments.existing([str(cwd), *policy.writable_roots]))
            options = [program, *self._options(policy, roots, nested), "--chdir", str(workdir or cwd)]
            filter_ = choose(network=policy.network_access, setuid=_gains(program))
        except (OSError, SandboxError) as error:
            placeholders.close()
            raise _refusal(error) from error
        return Launch(
            argv=(*options, *filter_.options, "--", *filter_.loader, *argv),
            env=dict(env),
            finish=_finish(placeholders, links, filter_),
            pass_fds=filter_.fds,
            wrappers=_WRAPPERS,
            through=filter_.through,
        )

    def _program(self) -> str:
        self._found = self._found or find(self._env, self._cwd)
        if self._found is None:
            raise SandboxError("bwrap was not found", "install bubblewrap, or csm with the extra `bubblewrap`")
        return self._found

    def _below(self, roots: list[str], own: list[str]) -> list[str]:
        """Protected names deeper in those folders that are the work's own, not everybody's like /tmp."""
        found = [path for root in own if root in roots for path in self._nested.below(root)]
        return [*found, *arguments.git_folders([str(Path(path).parent) for path in found])]

    def _options(self, policy: types.SandboxPolicy, roots: list[str], nested: list[str]) -> list[str]:
        inside = arguments.within([*nested, *arguments.git_folders(roots), *self._guarded], roots)
        return [
            "--die-with-parent",
            *arguments.root_mounts(roots),
            *arguments.writable_mounts(roots, confinement.PROTECTED),
            *arguments.read_only(inside),
            "--unshare-user",
            "--unshare-pid",
            "--unshare-ipc",
            *([] if policy.network_access else ["--unshare-net"]),
            "--proc",
            "/proc",
            *arguments.kernel_files(),
            "--cap-drop",
            "ALL",
        ]


def _finish(placeholders: Placeholders, links: Links, filter_: Filter) -> Callable[[], list[str]]:
    def finish() -> list[str]:
        filter_.close()
        placeholders.close()
        return links.restore()

    return finish


def _gains(program: str) -> bool:
    """Whether bwrap is an installed setuid program, which it could not be under a filter of ours."""
    return bool(Path(program).stat().st_mode & stat.S_ISUID) and os.geteuid() != 0


def _refusal(error: OSError | SandboxError) -> SandboxError:
    if isinstance(error, SandboxError):
        return error
    return SandboxError(f"cannot protect {error.filename or 'the working directory'}: {error.strerror}")


def _close(fds: Sequence[int]) -> None:
    for fd in fds:
        os.close(fd)
