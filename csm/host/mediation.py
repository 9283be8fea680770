"""Answers single system calls of sandboxed commands that the kernel cannot judge by itself.

A seccomp filter may hand a call to whoever holds its listener. Here that is a thread of csm: it looks at what the
call's pointers lead to, does the allowed ones itself on the caller's behalf, and refuses the rest. It never lets the
kernel carry on with memory the caller could change after the look.

The launcher of a command loads the filter and sends the listener, and further descriptors if the sandbox wants them,
through the socket whose other end the `Mediator` has.

Does not: say which calls to ask about (`csm.core.seccomp`) nor what is allowed (the sandboxes).
"""

from __future__ import annotations

import array
import errno
import fcntl
import os
import select
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

_RECEIVE, _SEND, _VALID = 0xC0502100, 0xC0182101, 0x40082102
_NOTICE, _ANSWER = struct.Struct("=QIIiIQ6Q"), struct.Struct("=QqiI")
_PIDFD_GETFD = 438
_PATH_BYTES = 4096
_AT_FDCWD = -100
#: Descriptors a launcher may send, and calls served at a time: each may wait, and costs csm a thread.
_MOST, _AT_ONCE = 4, 64


class Call:
    """One system call waiting for an answer. Descriptors it opens are closed after the answer."""

    def __init__(self, listener: int, data: bytes) -> None:
        self._listener = listener
        self.id, self.thread, _, self.number, _, _, *arguments = _NOTICE.unpack(data)
        self.arguments: tuple[int, ...] = tuple(arguments)
        self._open: list[int] = []

    @property
    def process(self) -> int:
        """The process of the calling thread. Raises OSError if it is gone."""
        status = Path(f"/proc/{self.thread}/status").read_text()
        return int(status.split("\nTgid:", 1)[1].split(None, 1)[0])

    def number_at(self, index: int) -> int:
        """An `int` argument, with its sign."""
        value = self.arguments[index] & 0xFFFFFFFF
        return value - (1 << 32) if value >= 1 << 31 else value

    def memory(self, address: int, size: int) -> bytes:
        """Up to `size` bytes of the caller's memory. Raises OSError; also where the caller is gone by now."""
        fd = self.own(os.open(f"/proc/{self.thread}/mem", os.O_RDONLY | os.O_CLOEXEC))
        data = os.pread(fd, size, address)
        self.check()
        return data

    def check(self) -> None:
        """Raises OSError if the caller is gone, whose number may by now be another's."""
        fcntl.ioctl(self._listener, _VALID, struct.pack("=Q", self.id))

    def text(self, address: int) -> bytes:
        """A path: the bytes up to the first NUL."""
        page = os.sysconf("SC_PAGE_SIZE")
        data = b""
        while len(data) < _PATH_BYTES:
            # Never across a page that may not be there.
            more = self.memory(address + len(data), page - (address + len(data)) % page)
            if not more:
                raise OSError(errno.EFAULT, os.strerror(errno.EFAULT))
            data += more
            if b"\0" in data:
                return data.split(b"\0", 1)[0]
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))

    def descriptor(self, number: int) -> int:
        """A duplicate of one of the caller's descriptors: the same open file."""
        pidfd = self.own(os.pidfd_open(self.process))
        self.check()
        return self.own(_pidfd_getfd(pidfd, number))

    def folder(self, number: int) -> int:
        """The folder that a `dirfd` argument means."""
        if number == _AT_FDCWD:
            return self.place("cwd")
        return self.descriptor(number)

    def place(self, name: str) -> int:
        """The caller's `cwd` or `root`."""
        fd = self.own(os.open(f"/proc/{self.thread}/{name}", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC))
        self.check()
        return fd

    def own(self, fd: int) -> int:
        """Have a descriptor closed after the answer."""
        self._open.append(fd)
        return fd

    def close(self) -> None:
        """Close what was opened."""
        while self._open:
            os.close(self._open.pop())


#: Answers a call: its return value. Raises OSError, whose errno the caller gets. Gets the further descriptors too.
Handler = Callable[[Call, tuple[int, ...]], int]


class Mediator:
    """Serves the calls of one command in a thread of its own, until every process of it has ended.

    `socket` is to be inherited by the launcher and closed here once it has started.
    """

    def __init__(self, handlers: Mapping[int, Handler]) -> None:
        self._handlers = handlers
        self._free = threading.BoundedSemaphore(_AT_ONCE)
        self._ours, theirs = socket.socketpair()
        self.socket = theirs.detach()
        self._thread = threading.Thread(target=self._run, name="csm-mediator", daemon=True)
        self._thread.start()

    def give(self, listener: int) -> None:
        """Serve a listener that this process has itself, in place of a launcher's."""
        with socket.socket(fileno=os.dup(self.socket)) as sender:
            socket.send_fds(sender, [b"x"], [listener])
        os.close(listener)

    def close(self) -> None:
        """Close `socket`, where no launcher inherits it."""
        os.close(self.socket)

    def join(self, seconds: float = 0.5) -> None:
        """Wait for the end, which comes by itself when the command and all it left behind are gone."""
        self._thread.join(seconds)

    def _run(self) -> None:
        fds = self._receive()
        if not fds:
            return
        listener, further = fds[0], fds[1:]
        try:
            poll = select.poll()
            poll.register(listener, select.POLLIN)
            while all(event & select.POLLIN for _, event in poll.poll()):
                self._serve(listener, further)
        finally:
            for fd in fds:
                os.close(fd)

    def _receive(self) -> tuple[int, ...]:
        """What the launcher sent; nothing where it never got that far."""
        numbers = array.array("i")
        with self._ours:
            _, ancillary, _, _ = self._ours.recvmsg(1, socket.CMSG_SPACE(_MOST * numbers.itemsize))
        for _, _, data in ancillary:
            numbers.frombytes(data[: len(data) - len(data) % numbers.itemsize])
        return tuple(numbers)

    def _serve(self, listener: int, further: tuple[int, ...]) -> None:
        notice = bytearray(_NOTICE.size)
        try:
            fcntl.ioctl(listener, _RECEIVE, notice)
        except OSError:
            return  # The caller died meanwhile.
        call = Call(listener, bytes(notice))
        if not self._free.acquire(blocking=False):
            _reply(listener, call, 0, -errno.EAGAIN)
            return
        # A call may have to wait for another one to be served.
        threading.Thread(target=self._answer, args=(call, listener, further), daemon=True).start()

    def _answer(self, call: Call, listener: int, further: tuple[int, ...]) -> None:
        value, error = 0, 0
        try:
            value = self._handlers[call.number](call, further)
        except OSError as failure:
            error = -(failure.errno or errno.EPERM)
        except (KeyError, ValueError, IndexError):
            error = -errno.EPERM
        finally:
            call.close()
            self._free.release()
        _reply(listener, call, value, error)


def _reply(listener: int, call: Call, value: int, error: int) -> None:
    try:
        fcntl.ioctl(listener, _SEND, _ANSWER.pack(call.id, value, error, 0))
    except OSError:
        pass  # Nobody waits any more.


def _pidfd_getfd(pidfd: int, number: int) -> int:
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    fd = libc.syscall(_PIDFD_GETFD, pidfd, number, 0)
    if fd < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return fd
