"""What every sandbox must hold: sockets, other processes, the kernel.

With network off nothing but the command's own sockets can be reached.
"""

from __future__ import annotations

import os
import select
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def knocks(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """Listeners of this program, and a list of what reached them."""
    heard: list[str] = []
    short = Path(tempfile.mkdtemp(prefix="csm-", dir="/tmp"))
    places = {
        "tcp": (socket.AF_INET, ("127.0.0.1", 0)),
        "unix": (socket.AF_UNIX, str(short / "s")),
        "abstract": (socket.AF_UNIX, f"\0{short}"),
    }
    listeners: dict[str, socket.socket] = {}
    for name, (family, address) in places.items():
        listeners[name] = socket.socket(family)
        listeners[name].bind(address)
        listeners[name].listen()
        threading.Thread(target=_listen, args=(listeners[name], name, heard), daemon=True).start()
    yield {"heard": heard, "port": listeners["tcp"].getsockname()[1], "folder": short}
    for listener in listeners.values():
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
    (short / "s").unlink()
    short.rmdir()


def _listen(listener: socket.socket, name: str, heard: list[str]) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        heard.append(name)
        connection.close()


#: How Python begins to tell that the system said no.
REFUSED = ("PermissionError", "ConnectionRefusedError", "OSError")
CONNECT = {
    "tcp": "s = socket.socket(); s.connect(('127.0.0.1', int(sys.argv[1])))",
    "udp": "s = socket.socket(2, 2); s.sendto(b'x', ('127.0.0.1', int(sys.argv[1])))",
    "unix": "s = socket.socket(1); s.connect(sys.argv[2] + '/s')",
    "unix datagram": "s = socket.socket(1, 2); s.sendto(b'x', sys.argv[2] + '/s')",
    "abstract": "s = socket.socket(1); s.connect(chr(0) + sys.argv[2])",
    "pair sent elsewhere": "a, b = socket.socketpair(1, 2); a.sendto(b'x', sys.argv[2] + '/s')",
    "netlink": "s = socket.socket(16, 3)",
    "vsock": "s = socket.socket(40, 1)",
    "raw": "s = socket.socket(2, 3, 1)",
    "packet": "s = socket.socket(17, 3)",
    "alg": "s = socket.socket(38, 5)",
}


@pytest.mark.parametrize("program", CONNECT.values(), ids=CONNECT.keys())
def test_no_socket_leads_out(box: Any, knocks: dict[str, Any], program: str) -> None:
    done = box.python(f"import socket, sys; {program}", str(knocks["port"]), str(knocks["folder"]))
    assert done.code == 1, done.output
    assert done.output.splitlines()[-1].startswith(("PermissionError", "ConnectionRefusedError", "OSError")), (
        done.output
    )
    assert knocks["heard"] == []


def test_a_socket_in_the_workspace_of_another_program_is_out_of_reach_too(
    box: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        monkeypatch.chdir(box.work)
        listener.bind("s")
        listener.listen()
        done = box.python("import socket; socket.socket(1).connect('s')")
    assert "PermissionError" in done.output


def test_with_network_allowed_there_is_network_and_nothing_more(box: Any, knocks: dict[str, Any]) -> None:
    connect = f"import socket, sys; {CONNECT['tcp']}; open(sys.argv[2], 'w')"
    done = box.python(connect, str(knocks["port"]), str(box.outside / "new"), network_access=True)
    assert done.output.splitlines()[-1].startswith(REFUSED)
    assert knocks["heard"] == ["tcp"]


KERNEL = {
    "ptrace": "assert libc.ptrace(0, 0, 0, 0) == -1",
    "another's memory": "assert libc.syscall(310, PARENT, 0, 0, 0, 0, 0) == -1 and ctypes.get_errno() == 1",
    "io_uring": "assert libc.syscall(425, 1, 0) == -1 and ctypes.get_errno() == 1",
    "bpf": "assert libc.syscall(321, 0, 0, 0) == -1 and ctypes.get_errno() == 1",
    "keyring": "assert libc.syscall(250, 0, -3, 1) == -1 and ctypes.get_errno() == 1",
    "namespaces": "assert libc.unshare(0x10000000) == -1",
    "mount": "assert libc.mount(b'none', b'/mnt', b'tmpfs', 0, 0) == -1",
    "x32": "assert libc.syscall(0x40000000 + 39) == -1 and ctypes.get_errno() == 38",
    "terminal input": "assert libc.ioctl(0, 0x5412, b'x') == -1 and ctypes.get_errno() == 1",
}


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="numbers of x86-64 calls")
@pytest.mark.parametrize("program", KERNEL.values(), ids=KERNEL.keys())
def test_calls_that_only_widen_the_hole_are_refused(box: Any, program: str) -> None:
    program = program.replace("PARENT", str(os.getpid()))
    done = box.python(f"import ctypes; libc = ctypes.CDLL(None, use_errno=True); {program}")
    assert (done.code, done.output) == (0, "")


def test_no_capabilities_and_no_new_privileges(box: Any) -> None:
    done = box.run("grep -E '^(CapEff|CapPrm|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status")
    values = dict(line.split(":\t") for line in done.output.splitlines())
    assert values["NoNewPrivs"] == "1"
    assert values["Seccomp"] == "2"
    assert int(values["CapEff"], 16) == int(values["CapPrm"], 16) == 0


def test_the_kernels_switches_cannot_be_opened_for_writing(box: Any) -> None:
    """Opened only, never written."""
    program = "import os; os.close(os.open('/proc/sys/kernel/core_pattern', os.O_WRONLY))"
    for mode in ("workspace-write", "read-only"):
        done = box.python(program, mode=mode)
        assert done.output.splitlines()[-1].startswith(REFUSED), done.output


def test_other_processes_get_no_signal(box: Any) -> None:
    assert box.run(f"kill -0 {os.getpid()}").code != 0


def test_descriptors_stay_here(box: Any) -> None:
    with open(box.outside / "file", "a") as leak:  # noqa: PTH123
        os.set_inheritable(leak.fileno(), True)
        done = box.run("ls /proc/self/fd")
    assert done.output.split() == ["0", "1", "2", "3"]


def test_what_a_command_leaves_running_ends_with_it(box: Any) -> None:
    if not box.has_processes_of_its_own:
        pytest.skip(f"{box.sandbox.name} has no processes of its own to end: the shell tools end the command's group")
    os.mkfifo(box.work / "alive")
    reader = os.open(box.work / "alive", os.O_RDONLY | os.O_NONBLOCK)
    box.run("exec 3> alive; setsid sleep 300 >&3 2>&1 < /dev/null & disown; true")  # opened before it is left alone
    poll = select.poll()
    poll.register(reader, 0)
    assert poll.poll(5000) == [(reader, select.POLLHUP)]
    os.close(reader)
