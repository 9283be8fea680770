"""Seccomp filters for sandboxed commands: a small assembler for the kernel's classic BPF and the rules themselves.

A filter sees a system call's number and the plain values of its arguments, not the memory they point to. So sockets
are held by family and type, and `connect` as a whole.

Does not: load a filter. The sandboxes hand the bytes to `bwrap --seccomp` or to the kernel.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

EPERM, ENOSYS = 1, 38
_ALLOW, _ASK, _ERRNO, _KILL = 0x7FFF0000, 0x7FC00000, 0x00050000, 0x80000000
_LOAD, _EQUAL, _GREATER_EQUAL, _ANY_BIT, _RETURN, _AND = 0x20, 0x15, 0x35, 0x45, 0x06, 0x54

#: machine -> (audit architecture, system call numbers that differ between machines).
_COMMON_64 = {"io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428,
    "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433, "clone3": 435,
    "pidfd_getfd": 438, "mount_setattr": 442, "quotactl_fd": 443, "fchmodat2": 452, "open_tree_attr": 467}  # fmt: skip
_X86_64 = {"ioctl": 16, "socket": 41, "connect": 42, "sendto": 44, "socketpair": 53, "clone": 56, "chmod": 90,
    "fchmod": 91, "ptrace": 101, "pivot_root": 155, "acct": 163, "settimeofday": 164, "mount": 165, "umount2": 166,
    "swapon": 167, "swapoff": 168, "reboot": 169, "iopl": 172, "ioperm": 173, "init_module": 175,
    "delete_module": 176, "quotactl": 179, "clock_settime": 227, "kexec_load": 246, "add_key": 248,
    "request_key": 249, "keyctl": 250, "fchmodat": 268, "unshare": 272, "perf_event_open": 298,
    "open_by_handle_at": 304, "setns": 308, "process_vm_readv": 310, "process_vm_writev": 311, "finit_module": 313,
    "kexec_file_load": 320, "bpf": 321, "userfaultfd": 323}  # fmt: skip
_AARCH64 = {"ioctl": 29, "umount2": 39, "mount": 40, "pivot_root": 41, "fchmod": 52, "fchmodat": 53, "quotactl": 60,
    "acct": 89, "unshare": 97, "kexec_load": 104, "init_module": 105, "delete_module": 106, "clock_settime": 112,
    "ptrace": 117, "reboot": 142, "settimeofday": 170, "socket": 198, "socketpair": 199, "connect": 203,
    "sendto": 206, "add_key": 217, "request_key": 218, "keyctl": 219, "clone": 220, "swapon": 224, "swapoff": 225,
    "perf_event_open": 241, "open_by_handle_at": 265, "setns": 268, "process_vm_readv": 270,
    "process_vm_writev": 271, "finit_module": 273, "bpf": 280, "userfaultfd": 282, "kexec_file_load": 294}  # fmt: skip
MACHINES: Mapping[str, tuple[int, Mapping[str, int]]] = {
    "x86_64": (0xC000003E, {**_X86_64, **_COMMON_64}),
    "aarch64": (0xC00000B7, {**_AARCH64, **_COMMON_64}),
}
_MODES = ("chmod", "fchmod", "fchmodat", "fchmodat2")
_SPECIAL = ("ioctl", "socket", "connect", "sendto", "socketpair", "clone", "clone3", "unshare", *_MODES)

_UNIX, _INET, _INET6, _NETLINK = 1, 2, 10, 16
_STREAM, _SEQPACKET = 1, 5
#: CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET; `unshare` takes NEWTIME too.
_NAMESPACES, _NEW_TIME = 0x7E020000, 0x80
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C

Code = list[tuple[int, int, int, int]]


def program(machine: str, *, network: bool, ask: Sequence[str] = (), allow: Sequence[str] = ()) -> bytes:
    """The filter for a machine (`platform.machine()`). Raises ValueError for one that is not known.

    Without `network`: no sockets but those of the Unix family, none of them connected to anything but its own pair.
    Always: no tracing, keyrings, io_uring, namespaces, mounts, modules, or typing into the terminal. Calls named in
    `ask` are left to the filter's listener, those in `allow` to another filter.
    """
    if machine not in MACHINES:
        raise ValueError(f"no system call table for {machine}")
    audit, numbers = MACHINES[machine]
    code: Code = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, audit), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, 0)]
    if machine == "x86_64":
        code += [(_GREATER_EQUAL, 0, 1, 0x40000000), (_RETURN, 0, 0, _ERRNO | ENOSYS)]
    rules = {name: [_refuse()] for name in numbers if name not in _SPECIAL}
    rules |= _always() | _sockets(network) | {name: [(_RETURN, 0, 0, _ASK)] for name in ask if name in numbers}
    rules |= {name: [_allow()] for name in allow}
    for name, body in rules.items():
        code += _when(numbers[name], body)
    return _packed(code)


def asking(machine: str, names: Sequence[str]) -> bytes:
    """A filter that leaves calls to its listener and allows all else: another one has to hold that."""
    audit, numbers = MACHINES[machine]
    code: Code = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, audit), _allow(), (_LOAD, 0, 0, 0)]
    for name in names:
        code += _when(numbers[name], [(_RETURN, 0, 0, _ASK)])
    return _packed(code)


def _packed(code: Code) -> bytes:
    return b"".join(struct.pack("=HBBI", *line) for line in [*code, _allow()])


def length(filter_: bytes) -> int:
    """How many instructions a filter has, as `struct sock_fprog` wants to know."""
    return len(filter_) // 8


def _refuse(error: int = EPERM) -> tuple[int, int, int, int]:
    return (_RETURN, 0, 0, _ERRNO | error)


def _allow() -> tuple[int, int, int, int]:
    return (_RETURN, 0, 0, _ALLOW)


def _when(number: int, body: Sequence[tuple[int, int, int, int]]) -> Code:
    """`body`, which always returns, for one system call; else skip it."""
    return [(_EQUAL, 0, len(body), number), *body]


def _argument(index: int, half: int = 0) -> tuple[int, int, int, int]:
    return (_LOAD, 0, 0, 16 + 8 * index + 4 * half)


def _always() -> dict[str, Code]:
    return {
        # The C library falls back to clone, whose flags can be seen.
        "clone3": [_refuse(ENOSYS)],
        "clone": [_argument(0), (_ANY_BIT, 0, 1, _NAMESPACES), _refuse(), _allow()],
        "unshare": [_argument(0), (_ANY_BIT, 0, 1, _NAMESPACES | _NEW_TIME), _refuse(), _allow()],
        "ioctl": [_argument(1), (_EQUAL, 1, 0, _TIOCSTI), (_EQUAL, 0, 1, _TIOCLINUX), _refuse(), _allow()],
    }


def _sockets(network: bool) -> dict[str, Code]:
    if network:
        families = (_UNIX, _INET, _INET6, _NETLINK)
        jumps = [(_EQUAL, len(families) - at, 0, family) for at, family in enumerate(families)]
        return {"socket": [_argument(0), *jumps, _refuse(), _allow()]}
    # A datagram socket can be sent to any name with sendmsg, whose target lies in memory: none is given out.
    kind = [(_AND, 0, 0, 0xF), (_EQUAL, 2, 0, _STREAM), (_EQUAL, 1, 0, _SEQPACKET)]
    unix = [_argument(0), (_EQUAL, 0, 4, _UNIX), _argument(1), *kind, _refuse(), _allow()]
    return {
        "socket": unix,
        "socketpair": unix,
        "connect": [_refuse()],
        "sendto": [_argument(4), (_EQUAL, 0, 3, 0), _argument(4, 1), (_EQUAL, 0, 1, 0), _allow(), _refuse()],
    }
