"""Commands that misbehave: they are killed with all of their group, bounded, and never hold a turn up."""

import asyncio
import os
import threading
import time
from pathlib import Path

import pytest

from csm.api import events, ops
from csm_extensions.hooks import process

ENV = {"PATH": os.environ["PATH"], "SHELL": "/bin/sh"}


def run(command, given=b"{}", timeout=20.0, cwd=Path("/")):
    return asyncio.run(process.run(command, given, cwd=cwd, env=ENV, timeout=timeout))


def gone(pid):
    """Whether a process has ended; waits for that, not for ever."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        os.sched_yield()
    return False


def begun(path):
    """The number that a command wrote into a file as it began."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if path.exists() and path.read_text().endswith("\n"):
            return int(path.read_text())
        os.sched_yield()
    raise AssertionError("it never began")


def test_what_it_is_told_and_what_it_says():
    assert run("cat; echo oh >&2; exit 3", b'{"a":1}') == process.Ran(3, '{"a":1}', "oh\n")


def test_one_that_does_not_listen():
    assert run("exit 0", b"x" * 1_000_000) == process.Ran(0)


def test_one_that_is_told_more_than_a_pipe_holds():
    assert run("wc -c", b"x" * 1_000_000).out.strip() == "1000000"


def test_bytes_that_are_no_text():
    assert run("printf '\\377ok'").out == "\ufffdok"


@pytest.mark.parametrize("stream", ["", ">&2"])
def test_a_flood_is_cut_off(stream):
    assert run(f"yes {stream}").fault == "it wrote more than 1 MiB"


def test_one_that_closes_its_output_is_still_waited_for():
    assert run("exec >&- 2>&-; read line; exit 4", b"go\n").code == 4


def test_one_that_leaves_somebody_behind_is_over_all_the_same(tmp_path):
    left = tmp_path / "left"
    ran = run(f"sleep 60 & echo $! > {left}; echo said")
    assert (ran.code, ran.out) == (0, "said\n")
    pid = int(left.read_text())
    assert not gone_now(pid)
    os.kill(pid, 9)


def gone_now(pid):
    return not Path(f"/proc/{pid}").exists()


def test_when_the_time_is_over_all_of_its_group_ends(tmp_path):
    left = tmp_path / "left"
    ran = run(f"sleep 60 & echo $! > {left}; trap '' TERM; wait", timeout=1)
    assert ran.fault == "hook timed out after 1s"
    assert gone(int(left.read_text()))


def test_cancelled_all_of_its_group_ends(tmp_path):
    left = tmp_path / "left"

    async def work():
        task = asyncio.ensure_future(
            process.run(f"sleep 60 & echo $! > {left}; wait", b"", cwd=tmp_path, env=ENV, timeout=60)
        )
        pid = await asyncio.to_thread(begun, left)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return pid

    assert gone(asyncio.run(work()))


def test_one_that_cannot_be_started():
    ran = asyncio.run(process.run("true", b"", cwd=Path("/"), env={**ENV, "SHELL": "/no/such/shell"}, timeout=5))
    assert ran.fault.startswith("it cannot be started: ")


def test_a_folder_that_is_gone(tmp_path):
    assert run("true", cwd=tmp_path / "gone").code == 0


class Settings:
    def __init__(self, **policy):
        self.raw = {"shell_environment_policy": policy}


@pytest.mark.parametrize(
    ("policy", "names"),
    [
        ({}, ["PATH"]),
        ({"ignore_default_excludes": True}, ["PATH", "MY_TOKEN", "a_key", "SECRET_X"]),
        ({"set": {"MY_TOKEN": "given"}}, ["PATH", "MY_TOKEN"]),
    ],
)
def test_what_looks_like_a_secret_is_not_handed_on_unless_asked_for(policy, names):
    env = {"PATH": "/bin", "MY_TOKEN": "1", "a_key": "2", "SECRET_X": "3"}
    found = process.environment(env, Settings(**policy))
    assert list(found) == names
    assert found.get("MY_TOKEN", "given") in ("1", "given")


def test_a_providers_key_is_never_handed_on(stage, kit):
    hooks = {"UserPromptSubmit": [kit.group(f"cat > /dev/null; env > {stage.out}/env")]}
    settings = {"model_providers.fake.env_key": "MY_SECRETS", "shell_environment_policy.ignore_default_excludes": True}
    bench = stage(hooks, [kit.DONE], settings=settings, env={"MY_SECRETS": "sk-123456789", "PLAIN": "yes"})
    bench.turn(bench.start(), "go")
    names = (stage.out / "env").read_text()
    assert "PLAIN=yes" in names
    assert "sk-123456789" not in names


def test_an_interrupt_ends_a_hook_that_hangs(stage, kit):
    left = stage.out / "left"
    bench = stage({"PreToolUse": [kit.group(f"echo $$ > {left}; sleep 60; true")]}, [kit.CMD])
    thread = bench.start()
    watcher = bench.port.attach(thread)
    bench.submit(thread, ops.Submit("go"))
    pid = begun(left)
    bench.submit(thread, ops.Interrupt())
    found = bench.until(watcher, events.TurnInterrupted)
    assert gone(pid)
    assert b"aborted by user" in b"".join(
        bytes(e.body.raw) for e in found if isinstance(e.body, events.HistoryAppended)
    )


def test_closing_ends_what_runs_beside_the_thread(stage, kit):
    left = stage.out / "left"
    bench = stage({"Stop": [kit.group(f"echo $$ > {left}; sleep 60; true", **{"async": True})]}, [kit.DONE])
    bench.turn(bench.start(), "go")
    pid = begun(left)
    bench.__exit__()
    assert gone(pid)


def test_a_hook_at_the_end_gets_a_second(stage, kit):
    left = stage.out / "left"
    bench = stage({"SessionEnd": [kit.group(f"echo $$ > {left}; sleep 60; true")]}, [kit.DONE])
    bench.turn(bench.start(), "go")
    bench.__exit__()
    assert gone(int(left.read_text()))


def test_one_beside_the_thread_blocks_nothing_and_tells_later(stage, kit):
    fifo = stage.out / "go"
    os.mkfifo(fifo)
    late = f"cat > /dev/null; cat {fifo} > /dev/null; "
    hooks = {
        "UserPromptSubmit": [kit.group(late + kit.context("UserPromptSubmit", "late"), **{"async": True})],
        "PreToolUse": [kit.group(kit.block("too late"), **{"async": True})],
        "Stop": [kit.group(kit.say({"decision": "block", "reason": "on"}), **{"async": True})],
    }
    bench = stage(hooks, [kit.CMD, kit.DONE, kit.DONE])
    thread = bench.start()
    found = bench.turn(thread, "one")
    assert kit.runs(found) == []
    assert bench.outputs()[0].endswith("hi\n")
    watcher = bench.port.attach(thread)
    threading.Thread(target=lambda: fifo.write_text("now")).start()
    bench.until(watcher, events.HistoryAppended)
    bench.turn(thread, "two")
    assert kit.heard(bench, "developer", "user") == ["one", "late", "two"]


def test_escape_sequences_do_nothing(stage, kit):
    hooks = {"PreToolUse": [kit.group("printf 'a\\033[31mb\\007' >&2; exit 1")]}
    bench = stage(hooks, [kit.CMD, kit.DONE])
    found = bench.turn(bench.start(), "go")
    ((_, _, said),) = kit.runs(found)
    assert said == "hook exited with code 1: a\x1b[31mb\x07"
