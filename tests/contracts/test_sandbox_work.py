"""What every sandbox must let through: ordinary work inside, and how a command ends.

Does not: measure it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

WORK = {
    "files": ("mkdir -p d/e && echo 1 > d/e/f && mv d/e g && cp g/f h && rm -r d && cat g/f h", "1\n1\n"),
    "modes": ("printf '#!/bin/sh\\necho ran' > s && chmod +x s && ./s", "ran\n"),
    "a mode by descriptor": (
        f"touch s; {sys.executable} -I -c 'import os; os.fchmod(os.open(\"s\", 0), 0o711)'; stat -c %a s",
        "711\n",
    ),
    "links": ("ln -s a.txt l && ln a.txt m && cat l m", "hello\nhello\n"),
    "pipes": ("seq 1000 | sort -rn | head -1; cat <<< here", "1000\nhere\n"),
    "fifo": ("mkfifo p; echo through > p & cat p", "through\n"),
    "process substitution": ("diff <(echo a) <(echo a) && echo same", "same\n"),
    "devices": ("echo x > /dev/null; head -c 3 /dev/zero | wc -c; head -c 2 /dev/urandom | wc -c", "3\n2\n"),
    "times": ("touch -d 2020-01-01 t && stat -c %y t | cut -c1-4", "2020\n"),
    "sparse files": ("truncate -s 5 t && stat -c %s t", "5\n"),
    "descriptors": ("exec 5> t; echo x >&5; cat t", "x\n"),
    "background": ("echo a & wait; echo b", "a\nb\n"),
    "archives": ("mkdir d; cp a.txt d; tar cf d.tar d && rm -r d && tar xf d.tar && cat d/a.txt", "hello\n"),
    "reading outside": ("head -c 4 /etc/passwd", "root"),
    "environment": ('echo "$MARK"', "seen\n"),
}


@pytest.mark.parametrize(("script", "expected"), WORK.values(), ids=WORK.keys())
def test_ordinary_work(box: Any, script: str, expected: str) -> None:
    box.env["MARK"] = "seen"
    assert box.run(script) == (0, expected, [])


PROGRAMS = {
    "socketpair": "import socket; a, b = socket.socketpair(); a.send(b'x'); assert b.recv(1) == b'x'",
    "asyncio": "import asyncio; assert asyncio.run(asyncio.to_thread(abs, -1)) == 1",
    "asyncio subprocess": "import asyncio; p = asyncio.run(asyncio.create_subprocess_shell('exit 3')); print(p.pid)",
    "pool": "import multiprocessing as m; assert m.Pool(2).map(abs, [-1, -2]) == [1, 2]",
    "pipe": "import multiprocessing as m; a, b = m.Pipe(); a.send([1]); assert b.recv() == [1]",
    "shared memory": "from multiprocessing.shared_memory import SharedMemory as S; S(create=True, size=9).unlink()",
    "threads": "from concurrent.futures import ThreadPoolExecutor as T; assert list(T(4).map(abs, [-1])) == [1]",
    "terminal": "import pty, os; assert pty.spawn(['true']) == 0",
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_programs_that_talk_to_themselves(box: Any, program: str) -> None:
    done = box.python(program)
    assert done.code == 0, done.output


@pytest.mark.parametrize(
    ("script", "code"), [("exit 7", 7), ("kill -TERM $$", 143), ("kill -KILL $$", 137), ("nope", 127)]
)
def test_how_a_command_ended(box: Any, script: str, code: int) -> None:
    assert box.run(script).code == code


def test_a_signal_from_inside_the_group_is_caught(box: Any) -> None:
    assert box.run("trap 'echo caught; exit 5' INT; kill -INT $$").output == "caught\n"


def test_a_program_reaches_its_own_socket_files(box: Any) -> None:
    if not box.has_processes_of_its_own:
        pytest.skip(f"{box.sandbox.name} cannot tell whose a socket is: connecting to socket files is refused")
    # A path of its own: where tests run deep in folders, the one it makes up is too long for a socket.
    begin = "from multiprocessing.managers import SyncManager; g = SyncManager('own'); g.start()"
    program = f"{begin}; d = g.dict(); d[1] = 2; print(dict(d)); g.shutdown()"
    assert box.python(program).output == "{1: 2}\n"


INNER = """
import os, subprocess, sys
sys.path[:] = PATH
from pathlib import Path
from csm.api import tools
from csm.host import roots
roots.mount([roots.Root("bundled", Path(ROOT), 0)])
from csm_extensions.landlock.sandbox import Landlock
launch = Landlock().launch(["/bin/echo", "inside"], cwd=Path(ROOT), env={}, policy=tools.SandboxPolicy())
subprocess.run(launch.argv, env=launch.env, pass_fds=launch.pass_fds, check=True)
"""


def test_a_sandbox_in_a_sandbox_runs_commands(box: Any) -> None:
    """The inner filter has no listener, as the outer one has; what it would ask about is refused."""
    from csm_extensions.landlock.sandbox import Landlock

    if reason := Landlock().unavailable():
        pytest.skip(f"landlock: {reason}")
    repository = str(Path(__file__).resolve().parents[2])
    done = box.python(INNER.replace("PATH", repr(sys.path)).replace("ROOT", repr(repository)))
    assert done == (0, "inside\n", [])
