"""The filter's rules, run by an interpreter of classic BPF; no kernel."""

from __future__ import annotations

import struct

import pytest

from csm.core import confinement, seccomp
from csm.protocol.tools import SandboxPolicy

ALLOW, ASK, KILL, EPERM, ENOSYS = 0x7FFF0000, 0x7FC00000, 0x80000000, 0x00050001, 0x00050026
UNIX, INET, INET6, NETLINK, VSOCK = 1, 2, 10, 16, 40
STREAM, DATAGRAM, RAW, SEQPACKET, CLOEXEC = 1, 2, 3, 5, 0o2000000


def run(code: bytes, number: int, audit: int, *arguments: int) -> int:
    """What the filter returns for a call."""
    data = struct.pack("=IIQ6Q", number, audit, 0, *(*arguments, 0, 0, 0, 0, 0, 0)[:6])
    lines = list(struct.iter_unpack("=HBBI", code))
    value, at = 0, 0
    while True:
        op, yes, no, k = lines[at]
        at += 1
        if op == 0x20:
            value = struct.unpack_from("=I", data, k)[0]
        elif op == 0x54:
            value &= k
        elif op == 0x06:
            return k
        else:
            truth = {0x15: value == k, 0x35: value >= k, 0x45: bool(value & k)}[op]
            at += yes if truth else no


def verdict(
    name: str, *arguments: int, machine: str = "x86_64", network: bool = False, ask: tuple[str, ...] = ()
) -> int:
    """What a filter says to a named call."""
    audit, numbers = seccomp.MACHINES[machine]
    return run(seccomp.program(machine, network=network, ask=ask), numbers[name], audit, *arguments)


@pytest.mark.parametrize("machine", seccomp.MACHINES)
@pytest.mark.parametrize("network", [True, False])
def test_what_is_never_needed(machine: str, network: bool) -> None:
    for name in (
        "ptrace",
        "mount",
        "setns",
        "keyctl",
        "bpf",
        "io_uring_setup",
        "process_vm_readv",
        "open_by_handle_at",
    ):
        assert verdict(name, machine=machine, network=network) == EPERM
    assert verdict("clone3", machine=machine) == ENOSYS


@pytest.mark.parametrize(
    ("flags", "expected"),
    [(0x11, ALLOW), (0x3D0F00, ALLOW), (0x10000011, EPERM), (0x20000, EPERM), (0x40000000, EPERM)],
)
def test_new_namespaces(flags: int, expected: int) -> None:
    assert verdict("clone", flags) == expected
    assert verdict("unshare", flags) == expected


def test_time_namespaces_have_their_own_flag() -> None:
    assert verdict("unshare", 0x80) == EPERM


SOCKETS = [
    (UNIX, STREAM, ALLOW, ALLOW),
    (UNIX, STREAM | CLOEXEC, ALLOW, ALLOW),
    (UNIX, SEQPACKET, ALLOW, ALLOW),
    (UNIX, DATAGRAM, EPERM, ALLOW),
    (UNIX, RAW, EPERM, ALLOW),
    (INET, STREAM, EPERM, ALLOW),
    (INET6, DATAGRAM, EPERM, ALLOW),
    (NETLINK, RAW, EPERM, ALLOW),
    (VSOCK, STREAM, EPERM, EPERM),
    (38, SEQPACKET, EPERM, EPERM),
    (17, RAW, EPERM, EPERM),
    ((1 << 32) + INET, STREAM, EPERM, ALLOW),
]


@pytest.mark.parametrize(("family", "kind", "off", "on"), SOCKETS)
def test_sockets(family: int, kind: int, off: int, on: int) -> None:
    assert verdict("socket", family, kind) == off
    assert verdict("socket", family, kind, network=True) == on
    assert verdict("socketpair", family, kind) == off


def test_sending_to_a_name_is_refused_and_to_the_other_end_is_not() -> None:
    assert verdict("sendto", 3, 0, 1, 0, 0) == ALLOW
    assert verdict("sendto", 3, 0, 1, 0, 0x7FFE0000) == EPERM
    assert verdict("sendto", 3, 0, 1, 0, 1 << 40) == EPERM
    assert verdict("sendto", 3, 0, 1, 0, 0x7FFE0000, network=True) == ALLOW


def test_typing_into_the_terminal() -> None:
    assert verdict("ioctl", 0, 0x5412) == EPERM
    assert verdict("ioctl", 0, (7 << 32) + 0x5412) == EPERM
    assert verdict("ioctl", 0, 0x541C) == EPERM
    assert verdict("ioctl", 0, 0x5413) == ALLOW


def test_calls_to_be_asked_about() -> None:
    assert verdict("connect", 3) == EPERM
    assert verdict("connect", 3, network=True) == ALLOW
    assert verdict("connect", 3, ask=("connect",)) == ASK
    assert verdict("chmod") == ALLOW
    assert verdict("chmod", ask=("chmod", "fchmodat")) == ASK
    # A machine without the older call has nothing to ask about.
    assert seccomp.program("aarch64", network=False, ask=("chmod",)) == seccomp.program("aarch64", network=False)


@pytest.mark.parametrize("machine", seccomp.MACHINES)
def test_two_filters_share_a_call(machine: str) -> None:
    audit, numbers = seccomp.MACHINES[machine]
    held = seccomp.program(machine, network=False, allow=("connect",))
    asks = seccomp.asking(machine, ("connect",))
    assert len(held) == len(seccomp.program(machine, network=False)), "one takes the place of the other"
    assert run(held, numbers["connect"], audit, 3) == ALLOW
    assert run(asks, numbers["connect"], audit, 3) == ASK
    for name in ("mount", "socket", "unshare", "clone"):
        assert run(asks, numbers[name], audit) == ALLOW
    assert run(asks, numbers["connect"], 1) == ALLOW, "calls of other machines are the other filter's business"


def test_everything_else_runs_on_this_machine_only() -> None:
    code = seccomp.program("x86_64", network=False)
    x86, arm = seccomp.MACHINES["x86_64"][0], seccomp.MACHINES["aarch64"][0]
    assert run(code, 0, x86) == ALLOW
    assert run(code, 0, arm) == KILL
    assert run(code, 0x40000000 + 41, x86) == ENOSYS
    with pytest.raises(ValueError, match="vax"):
        seccomp.program("vax", network=False)


ROOTS = [
    (SandboxPolicy(), ()),
    (SandboxPolicy("workspace-write"), ("/t", "/tmp", "/w")),
    (SandboxPolicy("workspace-write", exclude_slash_tmp=True), ("/t", "/w")),
    (SandboxPolicy("workspace-write", exclude_tmpdir_env_var=True), ("/tmp", "/w")),
    (SandboxPolicy("workspace-write", ("/a/../b//c/", "relative")), ("/b/c", "/t", "/tmp", "/w")),
]


@pytest.mark.parametrize(("policy", "expected"), ROOTS)
def test_writable_roots(policy: SandboxPolicy, expected: tuple[str, ...]) -> None:
    assert confinement.writable_roots(policy, "/w", {"TMPDIR": "/t"}) == expected


def test_a_relative_tmpdir_is_no_root() -> None:
    assert confinement.writable_roots(SandboxPolicy("workspace-write"), "/w", {"TMPDIR": "t"}) == ("/tmp", "/w")


@pytest.mark.parametrize(
    ("path", "root", "expected"),
    [("/a", "/a", True), ("/a/b", "/a", True), ("/ab", "/a", False), ("/a", "/", True), ("/a", "/a/b", False)],
)
def test_inside(path: str, root: str, expected: bool) -> None:
    assert confinement.inside(path, root) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("gitdir: ../x/y\n", "/x/y"), ("gitdir: /q\r\n", "/q"), ("gitdir:\n", None), ("[core]\n", None), ("", None)],
)
def test_where_a_git_file_points(text: str, expected: str | None) -> None:
    assert confinement.git_folder(text, "/w") == expected
