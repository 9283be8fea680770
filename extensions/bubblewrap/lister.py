"""Makes a socket that lists the Unix sockets of another network namespace, and sends it to csm.

`python -I -S lister.py CHANNEL NAMESPACE`: the numbers of an inherited socket and of the opened namespace. A process of
its own is needed, since only one without threads may enter a user namespace.

Does not: import anything of csm; it runs alone.
"""

import _socket as socket
import ctypes
import fcntl
import os
import struct
import sys

_GET_OWNER = 0xB701
_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
_NETLINK, _SOCK_DIAG = 16, 4


def main() -> None:
    """Exits 1 where the namespace cannot be entered."""
    channel, namespace = int(sys.argv[1]), int(sys.argv[2])
    libc = ctypes.CDLL(None, use_errno=True)
    owner = fcntl.ioctl(namespace, _GET_OWNER)
    for fd, kind in ((owner, _NEW_USER), (namespace, _NEW_NET)):
        if libc.setns(fd, kind) != 0:
            sys.exit(f"setns: {os.strerror(ctypes.get_errno())}")
    lister = socket.socket(_NETLINK, socket.SOCK_RAW, _SOCK_DIAG)
    sender = socket.socket(fileno=channel)
    sender.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("i", lister.fileno()))])


main()
