"""Loads a seccomp filter inside the sandbox, sends out what csm needs to serve it, then becomes the command.

`python -I -S loader.py CHANNEL FILTER ARGV...`: an inherited socket's number and the program in hexadecimal. Sent are
the filter's listener and a socket that lists the Unix sockets of this network namespace.

Does not: import anything of csm; it runs alone.
"""

import _socket as socket
import ctypes
import os
import struct
import sys

_SECCOMP = {"x86_64": 317, "aarch64": 277}
#: SECCOMP_FILTER_FLAG_NEW_LISTENER and _WAIT_KILLABLE_RECV, which kernels before 5.19 do not know.
_LISTENER, _KILLABLE = 1 << 3, 1 << 5
_NETLINK, _SOCK_DIAG = 16, 4


def main() -> None:
    """Exits 125 where the filter cannot be loaded, 126 or 127 where the command cannot be run."""
    channel, code, argv = int(sys.argv[1]), bytes.fromhex(sys.argv[2]), sys.argv[3:]
    lister = socket.socket(_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, _SOCK_DIAG)
    listener = _load(code)
    sender = socket.socket(fileno=channel)
    if listener:
        fds = struct.pack("ii", listener, lister.fileno())
        sender.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
        os.close(listener)
    sender.close()
    lister.close()
    try:
        os.execv(argv[0], argv)
    except OSError as error:
        print(f"{argv[0]}: {error.strerror}", file=sys.stderr)
        sys.exit(127 if isinstance(error, FileNotFoundError) else 126)


def _load(code: bytes) -> int:
    """The listener; 0 where an outer filter has one already. Then the kernel refuses what was to be asked about."""
    text = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("@HxxxxxxP", len(code) // 8, ctypes.addressof(text))
    libc = ctypes.CDLL(None, use_errno=True)
    for flags in (_LISTENER | _KILLABLE, _LISTENER, 0):
        listener = libc.syscall(_SECCOMP[os.uname().machine], 1, flags, program)
        if listener >= 0:
            return listener
    print(f"csm cannot confine the command: seccomp: {os.strerror(ctypes.get_errno())}", file=sys.stderr)
    sys.exit(125)


main()
