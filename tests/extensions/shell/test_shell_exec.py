"""`exec_command` on real processes: what it answers, shows and refuses."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from csm.api import SandboxError, ToolError
from csm.api import tools as types

BODY = re.compile(
    r"Chunk ID: [0-9a-f]{6}\nWall time: \d+\.\d{4} seconds\nProcess exited with code (\d+)\n"
    r"Original token count: (\d+)\nOutput:\n(.*)",
    re.DOTALL,
)


async def body(bench: Any, cmd: str, **arguments: Any) -> tuple[int, int, str]:
    """Exit code, token count and output of a command that ended."""
    found = BODY.fullmatch(await bench.run(cmd, login=False, **arguments))
    assert found
    return int(found[1]), int(found[2]), found[3]


CASES = {
    "order": ("echo out; echo err >&2; echo out2; exit 3", (3, 4, "out\nerr\nout2\n")),
    "no newline": ("printf abc", (0, 1, "abc")),
    "nothing": ("true", (0, 0, "")),
    "killed": ("kill -9 $$", (137, 0, "")),
    "ended": ("kill -TERM $$", (143, 0, "")),
    "no input": ("cat; echo done", (0, 2, "done\n")),
    "bytes": ("printf '\\377\\376abc\\n'", (0, 2, "��abc\n")),
    "split character": ("printf 'a\\303'; printf '\\244b'", (0, 1, "aäb")),
    "unknown command": ("nope", (127, 11, "/bin/bash: line 1: nope: command not found\n")),
    "unfinished": ("echo 'x", (2, 18, "/bin/bash: -c: line 1: unexpected EOF while looking for matching `''\n")),
    "many lines": ("seq 3 | while read x; do echo $x; done", (0, 2, "1\n2\n3\n")),
}


@pytest.mark.parametrize(("cmd", "expected"), CASES.values(), ids=CASES.keys())
@pytest.mark.parametrize("kind", ["bench", "held"])
def test_output_and_exit_code(request: pytest.FixtureRequest, run: Any, kind: str, cmd: str, expected: Any) -> None:
    bench = request.getfixturevalue(kind)
    assert run(bench, lambda: body(bench, cmd)) == expected
    item = bench.item()
    assert (item.exit_code, item.output) == (expected[0], expected[2])
    assert item.status == ("completed" if expected[0] == 0 else "failed")
    assert bench.kinds() == ["started", "completed"]


def test_where_it_runs(bench: Any, run: Any) -> None:
    (bench.cwd / "sub").mkdir()

    async def work() -> list[str]:
        return [(await body(bench, "pwd", workdir=folder))[2] for folder in ("sub", "", "/usr", "..")]

    assert run(bench, work) == [f"{bench.cwd}/sub\n", f"{bench.cwd}\n", "/usr\n", f"{bench.cwd.parent}\n"]


NOT_STARTED = {
    "missing": ({"workdir": "nowhere"}, "No such file or directory (os error 2)"),
    "a file": ({"workdir": "a.txt"}, "Not a directory (os error 20)"),
    "nul": ({"cmd": "echo \0"}, "nul byte found in provided data"),
}


@pytest.mark.parametrize(("arguments", "why"), NOT_STARTED.values(), ids=NOT_STARTED.keys())
@pytest.mark.parametrize("kind", ["bench", "held"])
def test_what_cannot_be_started(
    request: pytest.FixtureRequest, run: Any, kind: str, arguments: dict[str, Any], why: str
) -> None:
    bench = request.getfixturevalue(kind)
    text = run(bench, lambda: bench.call_text("exec_command", **{"cmd": "true", **arguments}))
    reason = f"Failed to create unified exec process: {why}"
    assert text == f'exec_command failed: CreateProcess {{ message: "Rejected(\\"{reason}\\")" }}'
    assert (bench.item().exit_code, bench.item().status, bench.item().output) == (-1, "failed", reason)
    assert bench.kinds() == ["started", "completed"]
    assert [path.name for path in bench.cwd.iterdir() if path.name != ".git"] == ["a.txt"]


def test_bad_arguments_show_nothing(bench: Any, run: Any) -> None:
    with pytest.raises(ToolError, match="key must be a string"):
        run(bench, lambda: bench.call("exec_command", "{cmd: 1}"))
    assert bench.log == []


def test_truncation_to_what_was_asked_and_what_is_allowed(bench: Any, run: Any) -> None:
    bench.limit = 500

    async def work() -> list[str]:
        return [(await body(bench, "seq 1 30000", max_output_tokens=tokens))[2] for tokens in (10, 1_000_000)]

    small, large = run(bench, work)
    assert "…42214 tokens truncated…" in small
    assert "…41724 tokens truncated…" in large
    assert bench.item().output == "".join(f"{number}\n" for number in range(1, 30_001))


def test_a_flood_is_bounded_everywhere(bench: Any, run: Any) -> None:
    text = run(bench, lambda: bench.run("head -c 20000000 /dev/zero | tr '\\0' x", login=False))
    assert "Original token count: 5000000\nOutput:\nWarning: truncated output (original token count: 5000000)\n" in text
    assert "\n... 18951424 bytes omitted ...\n" in text
    shown = "".join(piece for kind, piece in bench.log if kind == "output")
    assert len(shown) < 5 << 20
    assert bench.item().output.startswith("xxx") and "\n... 18951424 bytes omitted ...\n" in bench.item().output
    assert len(bench.item().output) < (1 << 20) + 64


def test_a_command_shown_while_it_runs(bench: Any, run: Any) -> None:
    run(bench, lambda: bench.run("printf 'a\\303'; sleep 0.2; printf '\\244b'; echo", login=False))
    pieces = [piece for kind, piece in bench.log if kind == "output"]
    assert pieces[0] == "a"
    assert bench.item().output == "aäb\n"
    started = bench.log[0][1]
    assert (started.status, started.command, started.cwd) == (
        "in_progress", "/bin/bash -c \"printf 'a\\\\303'; sleep 0.2; printf '\\\\244b'; echo\"", str(bench.cwd),
    )  # fmt: skip
    assert bench.item().duration_ms >= 200


def test_calls_together_run_together(bench: Any, run: Any) -> None:
    """Each waits for the other: one after the other would never end."""
    import asyncio

    script = "mkfifo {0} 2>/dev/null; echo x > {0} & read y < {1}; echo $y"

    async def work() -> Any:
        (bench.cwd / "n").touch()
        import os

        os.mkfifo(bench.cwd / "a")
        os.mkfifo(bench.cwd / "b")
        return await asyncio.gather(body(bench, script.format("a", "b")), body(bench, script.format("b", "a")))

    assert run(bench, work) == [(0, 1, "x\n"), (0, 1, "x\n")]


def test_secrets_do_not_reach_commands(bench: Any, run: Any) -> None:
    bench.env.update(MY_PROVIDER="sk-1", OTHER_API_KEY="sk-2", HARMLESS="yes")
    text = run(bench, lambda: bench.run("env", login=False))
    assert "HARMLESS=yes" in text
    assert "sk-1" not in text
    assert "sk-2" not in text


class Refusing:
    """A sandbox that cannot hold anything."""

    def launch(self, *_: Any, **__: Any) -> Any:
        raise SandboxError("no sandbox works here")


def test_without_a_sandbox_nothing_runs(bench: Any, run: Any, tmp_path: Path) -> None:
    bench._sandbox = Refusing()
    bench.sandbox_policy = types.SandboxPolicy(mode="workspace-write")
    text = run(bench, lambda: bench.run(f"touch {tmp_path}/ran"))
    assert "no sandbox works here" in text
    assert not (tmp_path / "ran").exists()
    assert bench.item().status == "failed"


def test_the_sandbox_holds(held: Any, run: Any, tmp_path: Path) -> None:
    code, _, output = run(held, lambda: body(held, f"echo x > new; echo x > {Path.home()}/csm-test-file"))
    assert code == 1
    assert "Read-only file system" in output
    assert (held.cwd / "new").read_text() == "x\n"


def test_no_descriptor_and_no_process_is_left(held: Any, run: Any) -> None:
    import os

    async def work() -> None:
        await held.run("true", login=False)
        before = sorted(os.listdir("/proc/self/fd"))  # noqa: PTH208
        for _ in range(5):
            await held.run("echo x; exit 1", login=False)
            await held.run("true", login=False, tty=True)
            await held.run("true", login=False, workdir="nowhere")
        assert sorted(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
        with pytest.raises(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)

    run(held, work)
