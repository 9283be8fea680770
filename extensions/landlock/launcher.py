"""Confines itself, then becomes the command: `python -I -S launcher.py PLAN... ARGV...`.

PLAN is, in this order: the pid to die with; an inherited socket that takes the filter's listener; whether there is
network (0 or 1); the seccomp program in hexadecimal; then three lists, each led by its length: writable folders,
folders for shared memory, devices.

Does not: import anything of csm (it runs alone), nor anything slow. `probe` is all that csm imports of it.
"""

import _socket as socket
import ctypes
import os
import struct
import sys

#: What a rule may allow, by the version of the kernel's interface that brought it.
WRITE_FILE, TRUNCATE, IOCTL_DEV = 1 << 1, 1 << 14, 1 << 15
REMOVE_DIR, REMOVE_FILE, MAKE_REG, REFER = 1 << 4, 1 << 5, 1 << 8, 1 << 13
_MAKE = 1 << 6 | 1 << 7 | MAKE_REG | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 12
_ALL = {1: WRITE_FILE | REMOVE_DIR | REMOVE_FILE | _MAKE, 2: REFER, 3: TRUNCATE, 5: IOCTL_DEV}
_TCP = 1 << 0 | 1 << 1
_SCOPE_ABSTRACT, _SCOPE_SIGNAL = 1 << 0, 1 << 1
_CREATE, _ADD, _RESTRICT = 444, 445, 446
_PDEATHSIG, _NO_NEW_PRIVS, _CAPBSET_DROP, _AMBIENT = 1, 38, 24, 47
_SECCOMP = {"x86_64": 317, "aarch64": 277}
#: SECCOMP_FILTER_FLAG_NEW_LISTENER and _WAIT_KILLABLE_RECV, which kernels before 5.19 do not know.
_LISTENER, _KILLABLE = 1 << 3, 1 << 5
_KILL = 9

_libc = ctypes.CDLL(None, use_errno=True)


def probe() -> int:
    """The version of Landlock here; 0 where there is none."""
    return max(_libc.syscall(_CREATE, None, ctypes.c_size_t(0), 1), 0)


def main() -> None:
    """Exits 125 where it cannot confine, 126 or 127 where the command cannot be run."""
    parent, channel, network, code, *rest = sys.argv[1:]
    writable, rest = _taken(rest)
    shared, rest = _taken(rest)
    devices, argv = _taken(rest)
    _prctl(_PDEATHSIG, _KILL)
    if os.getppid() != int(parent):
        sys.exit(125)
    _drop_capabilities()
    _prctl(_NO_NEW_PRIVS, 1)
    _landlock(network == "1", writable, shared, devices)
    _seccomp(bytes.fromhex(code), int(channel))
    try:
        os.execv(argv[0], argv)
    except OSError as error:
        print(f"{argv[0]}: {error.strerror}", file=sys.stderr)
        sys.exit(127 if isinstance(error, FileNotFoundError) else 126)


def _taken(words: list) -> tuple:
    """A list led by its length, and what follows."""
    count = int(words[0])
    return words[1 : 1 + count], words[1 + count :]


def _landlock(network: bool, writable: list, shared: list, devices: list) -> None:
    version = probe()
    handled = sum(bits for since, bits in _ALL.items() if since <= version)
    net = _TCP if version >= 4 and not network else 0
    scoped = 0
    if version >= 6:
        scoped = _SCOPE_SIGNAL if network else _SCOPE_SIGNAL | _SCOPE_ABSTRACT
    size = 8 if version < 4 else 16 if version < 6 else 24
    attributes = struct.pack("=QQQ", handled, net, scoped)[:size]
    ruleset = _check("landlock", _libc.syscall(_CREATE, attributes, ctypes.c_size_t(size), 0))
    for path in writable:
        _allow(ruleset, path, handled)
    for path in shared:
        _allow(ruleset, path, handled & (WRITE_FILE | TRUNCATE | REMOVE_FILE | MAKE_REG))
    for path in devices:
        _allow(ruleset, path, handled & (WRITE_FILE | TRUNCATE | IOCTL_DEV))
    _check("landlock", _libc.syscall(_RESTRICT, ruleset, 0))
    os.close(ruleset)


def _allow(ruleset: int, path: str, access: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    _check(path, _libc.syscall(_ADD, ruleset, 1, struct.pack("=Qi", access, fd), 0))
    os.close(fd)


def _seccomp(code: bytes, channel: int) -> None:
    """Load the filter, and send its listener through the socket `channel`."""
    text = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("@HxxxxxxP", len(code) // 8, ctypes.addressof(text))
    number = _SECCOMP[os.uname().machine]
    # Where an outer filter has a listener already there is none for us, and the kernel refuses what was to be asked.
    for flags in (_LISTENER | _KILLABLE, _LISTENER, 0):
        listener = _libc.syscall(number, 1, flags, program)
        if listener >= 0:
            break
    _check("seccomp", listener)
    sender = socket.socket(fileno=channel)
    if listener:
        sender.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("i", listener))])
        os.close(listener)
    sender.close()


def _drop_capabilities() -> None:
    """Root without capabilities is held by file permissions like anybody."""
    for number in range(64):
        if _libc.prctl(_CAPBSET_DROP, number, 0, 0, 0) != 0:
            break
    _libc.prctl(_AMBIENT, 4, 0, 0, 0)
    header, none = struct.pack("=Ii", 0x20080522, 0), bytes(24)
    _check("capabilities", _libc.capset(header, none))


def _prctl(option: int, value: int) -> None:
    _check("prctl", _libc.prctl(option, value, 0, 0, 0))


def _check(what: str, result: int) -> int:
    if result < 0:
        print(f"csm cannot confine the command: {what}: {os.strerror(ctypes.get_errno())}", file=sys.stderr)
        sys.exit(125)
    return result


if __name__ == "__main__":
    main()
