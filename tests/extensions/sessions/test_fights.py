"""Two processes, then eight, that all want one session: one has it, the others are told who, numbers stay unique."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from csm.api.testing import bundled

fixture = bundled("sessions", "fixture")
check = bundled("sessions", "checking").check
CHILD = """
import sys
from pathlib import Path
from csm.host import roots
roots.mount(roots.find(config_dir=Path("/dev/null")))
from csm.api.testing import bundled
from csm.protocol import events as ev
from csm.protocol.errors import StoreError

store, thread, name = bundled("sessions", "store").RolloutStore(Path(sys.argv[1])), sys.argv[2], sys.argv[3]
print("ready", flush=True)
sys.stdin.readline()
try:
    writer = store.open(thread)
except StoreError as error:
    print(f"refused: {error.message}: {error.hint}", flush=True)
    sys.exit(1)
print("open", flush=True)
for number in range(50):
    writer.append([("t", ev.TurnStarted(f"{name} {number}")), ("t", ev.Answered("q", "accept"))])
print("written", flush=True)
sys.stdin.readline()
writer.close()
"""


class Fighter:
    """A process that opens the session when told, writes, and lets go when told again."""

    def __init__(self, home: Path, thread_id: str, name: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(home), thread_id, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.hear()

    def hear(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def tell(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.mark.parametrize("count", [2, 8])
@pytest.mark.parametrize("shape", ["legacy", "paginated"])
def test_one_wins_and_the_others_are_told_who(tmp_path: Path, count: int, shape: Any) -> None:
    wish = fixture.Wish(40, 1, shape, 0)
    thread_id = fixture.thread_id(wish)
    path = tmp_path / "sessions" / fixture.folder() / fixture.name(wish)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"".join(fixture.lines(wish)))
    for sitting in range(2):
        fighters = [Fighter(tmp_path, thread_id, f"{sitting}{number}") for number in range(count)]
        try:
            for fighter in fighters:
                fighter.tell()
            heard = [fighter.hear() for fighter in fighters]
            (winner,) = (fighter for fighter, text in zip(fighters, heard, strict=True) if text == "open")
            told = [text for text in heard if text != "open"]
            assert len(told) == count - 1
            assert all("already has an active writer" in text for text in told)
            if Path("/proc/locks").exists():
                assert all(f"(process {winner.process.pid})" in text for text in told)
            assert winner.hear() == "written"
            winner.tell()
            assert winner.process.wait(10) == 0
        finally:
            for fighter in fighters:
                fighter.end()
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    numbers = [line["ordinal"] for line in lines if "ordinal" in line]
    assert numbers == (list(range(40 + 2 * 50)) if shape == "paginated" else [])
    assert len(lines) == 40 + 2 * 2 * 50
    assert check(tmp_path, path).sound
    assert list((tmp_path / "thread-writer-locks").glob("*-*.lock")) == []


def test_a_lock_that_a_killed_writer_left_is_taken_over(tmp_path: Path) -> None:
    wish = fixture.Wish(40)
    path = tmp_path / "sessions" / fixture.folder() / fixture.name(wish)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"".join(fixture.lines(wish)))
    fighter = Fighter(tmp_path, fixture.thread_id(wish), "x")
    fighter.tell()
    assert [fighter.hear(), fighter.hear()] == ["open", "written"]
    fighter.end()
    assert (tmp_path / f"thread-writer-locks/{fixture.thread_id(wish)}.lock").exists()
    bundled("sessions", "store").RolloutStore(tmp_path).open(fixture.thread_id(wish)).close()
    assert check(tmp_path, path).sound
