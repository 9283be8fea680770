"""Which Unix sockets a command without network may connect to: those of its own network namespace, so its own.

A mount does not keep anybody from a socket of the file system, such as Docker's or tmux's. So `connect` is asked about,
and made here to the very file that was checked.

Does not: look at what is said.
"""

from __future__ import annotations

import errno
import os
import re
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csm.api import mediation

_LISTER = str(Path(__file__).with_name("lister.py"))
#: Seconds until the program that makes a lister must have sent it.
_PATIENCE = 5.0
_MOST = 128
_DUMP, _DONE, _FAILED = 20, 3, 2
_LISTENING = 1 << 10
_SHOW_FILE, _FILE = 2, 1


class Connects:
    """Connects as a caller asked, if to a socket of its sandbox. For the calls of one command."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lister: int | None = None

    def __call__(self, call: mediation.Call, further: tuple[int, ...]) -> int:
        """Answer a call. `further` may have a socket that lists the sandbox's sockets; else it is made when needed."""
        return _connect_as(call, lambda: further[0] if further else self._listing(call))

    def _listing(self, call: mediation.Call) -> int:
        with self._lock:
            if self._lister is None:
                self._lister = _lister(call)
            return self._lister

    def close(self) -> None:
        """No call will come any more."""
        with self._lock:
            if self._lister is not None:
                os.close(self._lister)
                self._lister = None


def _lister(call: mediation.Call) -> int:
    """A socket that lists the sockets of the caller's network namespace. Raises OSError."""
    namespace = call.own(os.open(f"/proc/{call.thread}/ns/net", os.O_RDONLY | os.O_CLOEXEC))
    call.check()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(_PATIENCE)
        words = [sys.executable, "-I", "-S", _LISTER, str(theirs.fileno()), str(namespace)]
        with subprocess.Popen(words, pass_fds=(theirs.fileno(), namespace), stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # fmt: skip
            theirs.close()
            _, fds, _, _ = socket.recv_fds(ours, 1, 1)
            process.wait()
    if not fds:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))
    return fds[0]


def _connect_as(call: mediation.Call, lister: Callable[[], int]) -> int:
    address = call.memory(call.arguments[1], min(call.arguments[2] & 0xFFFFFFFF, _MOST))
    if len(address) < 2 or struct.unpack_from("=H", address)[0] != socket.AF_UNIX:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))
    ours = call.descriptor(call.number_at(0))
    name = address[2:]
    with socket.socket(fileno=os.dup(ours)) as caller:
        if name[:1] == b"\0":
            # An abstract name is looked up in the namespace of the socket: only the sandbox's are there.
            return _connect(caller, name)
        file = _found(call, name.split(b"\0", 1)[0])
        if _place(call, file) not in set(_places(lister())):
            raise OSError(errno.EPERM, os.strerror(errno.EPERM))
        return _connect(caller, f"/proc/self/fd/{file}")


def _connect(caller: socket.socket, address: str | bytes) -> int:
    number = caller.connect_ex(address)
    if number:
        raise OSError(number, os.strerror(number))
    return 0


def _found(call: mediation.Call, path: bytes) -> int:
    """The socket's file as the caller sees it, opened as a place only."""
    folder = call.place("root" if path.startswith(b"/") else "cwd")
    return call.own(os.open(path.lstrip(b"/") or b".", os.O_PATH | os.O_CLOEXEC, dir_fd=folder))


def _place(call: mediation.Call, file: int) -> tuple[int, int]:
    """Device and inode of a file as the kernel's list has them: the file system's own device number."""
    about = os.fstat(file)
    with open(f"/proc/self/fdinfo/{file}") as lines:  # noqa: PTH123
        mount = re.search(r"^mnt_id:\s*(\d+)", lines.read(), re.MULTILINE)
    with open(f"/proc/{call.thread}/mountinfo") as lines:  # noqa: PTH123
        device = re.search(rf"^{mount[1] if mount else -1} \d+ (\d+):(\d+) ", lines.read(), re.MULTILINE)
    if device is None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))
    return int(device[1]) << 20 | int(device[2]), about.st_ino & 0xFFFFFFFF


def _places(lister: int) -> Iterator[tuple[int, int]]:
    """Device and inode of every listening socket of the sandbox's network namespace that has a file."""
    request = struct.pack("=BBHIIIII", socket.AF_UNIX, 0, 0, _LISTENING, 0, _SHOW_FILE, 0, 0)
    with socket.socket(fileno=os.dup(lister)) as kernel:
        kernel.settimeout(1)
        kernel.send(struct.pack("=IHHII", 16 + len(request), _DUMP, 0x301, 1, 0) + request)
        while True:
            data = kernel.recv(65_536)
            while len(data) >= 16:
                size, kind = struct.unpack_from("=IH", data)
                if kind in (_DONE, _FAILED) or size < 16:
                    return
                yield from _file(data[32:size])
                data = data[(size + 3) & ~3 :]


def _file(attributes: bytes) -> Iterator[tuple[int, int]]:
    while len(attributes) >= 4:
        size, kind = struct.unpack_from("=HH", attributes)
        if size < 4:
            return
        if kind == _FILE and size >= 12:
            inode, device = struct.unpack_from("=II", attributes, 4)
            yield device, inode
        attributes = attributes[(size + 3) & ~3 :]
