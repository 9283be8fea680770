"""Changes of file modes, which Landlock does not hold: made here for the command, in its writable folders only.

Does not: hold changes of owner, times or extended attributes (the docs say so).
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from csm.api import confinement, seccomp

if TYPE_CHECKING:
    from csm.api import mediation

#: The calls to ask about.
NAMES = ("chmod", "fchmod", "fchmodat", "fchmodat2")
_AT_FDCWD, _AT_SYMLINK_NOFOLLOW, _AT_EMPTY_PATH = -100, 0x100, 0x1000
_OWN = re.compile(rb"/proc/(self|thread-self)(?=/|$)")


class Modes:
    """Allows changes below `roots` but for the `protected` paths there."""

    def __init__(self, roots: Sequence[str], protected: Sequence[str]) -> None:
        self._roots, self._protected = roots, protected

    def handlers(self, machine: str) -> Mapping[int, mediation.Handler]:
        """What answers each call, by its number on a machine."""
        numbers = seccomp.MACHINES[machine][1]
        does = {"chmod": self._chmod, "fchmod": self._fchmod, "fchmodat": self._fchmodat, "fchmodat2": self._fchmodat}
        return {numbers[name]: does[name] for name in NAMES if name in numbers}

    def _chmod(self, call: mediation.Call, _: tuple[int, ...]) -> int:
        return self._change(_found(call, _AT_FDCWD, call.text(call.arguments[0]), 0), call.number_at(1))

    def _fchmod(self, call: mediation.Call, _: tuple[int, ...]) -> int:
        return self._change(call.descriptor(call.number_at(0)), call.number_at(1))

    def _fchmodat(self, call: mediation.Call, _: tuple[int, ...]) -> int:
        extended = call.number == seccomp.MACHINES[os.uname().machine][1]["fchmodat2"]
        flags = call.number_at(3) if extended else 0
        path = call.text(call.arguments[1])
        return self._change(_found(call, call.number_at(0), path, flags), call.number_at(2))

    def _change(self, fd: int, mode: int) -> int:
        about = os.fstat(fd)
        if stat.S_ISLNK(about.st_mode):
            raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))
        path = os.readlink(f"/proc/self/fd/{fd}")  # noqa: PTH115
        # Pipes, sockets and files without a name belong to whoever holds them.
        if path.startswith("/") and about.st_nlink and not self._allowed(path):
            raise OSError(errno.EACCES, os.strerror(errno.EACCES))
        os.chmod(f"/proc/self/fd/{fd}", stat.S_IMODE(mode))  # noqa: PTH101
        return 0

    def _allowed(self, path: str) -> bool:
        return confinement.inside_any(path, self._roots) and not confinement.inside_any(path, self._protected)


def _found(call: mediation.Call, folder: int, path: bytes, flags: int) -> int:
    """The file that a call means, opened as a place only."""
    if not path and flags & _AT_EMPTY_PATH:
        return call.folder(folder)
    path = _OWN.sub(f"/proc/{call.process}".encode(), path)
    how = os.O_PATH | os.O_CLOEXEC | (os.O_NOFOLLOW if flags & _AT_SYMLINK_NOFOLLOW else 0)
    if path.startswith(b"/"):
        return call.own(os.open(path, how))
    return call.own(os.open(path, how, dir_fd=call.folder(folder)))
