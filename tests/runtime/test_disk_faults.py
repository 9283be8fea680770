"""A disk whose n-th call fails, for every n: no half line, nothing twice, and the session goes on afterwards."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from csm.api.testing import Bench, bundled
from csm.core.fold import fold
from csm.protocol import events as ev
from csm.protocol.errors import StoreError

Disk = bundled("sessions", "disk").Disk
RolloutStore = bundled("sessions", "store").RolloutStore
check = bundled("sessions", "checking").check
ID = "01a1f949-c093-7b01-ae9e-cc5d1e7e9ecc"
TIME = "2026-01-02T03:04:05.678Z"


class Failing(Disk):
    """A disk whose `at`-th call fails, and the `many` after it; of a write that fails some bytes are written."""

    def __init__(self, at: int, many: int = 1, code: int = errno.ENOSPC) -> None:
        self.calls: list[str] = []
        self.at, self.many, self.code = at, many, code

    @property
    def failed(self) -> bool:
        return len(self.calls) >= self.at

    def _count(self, name: str) -> None:
        self.calls.append(name)
        if self.at <= len(self.calls) < self.at + self.many:
            raise OSError(self.code, os.strerror(self.code))

    def open(self, path: Path, flags: int) -> int:
        self._count("open")
        return super().open(path, flags)

    def write(self, fd: int, data: Any) -> int:
        half = bytes(data)[: max(1, len(data) // 2)]
        try:
            self._count("write")
        except OSError:
            super().write(fd, half)
            raise
        return super().write(fd, data if len(self.calls) % 3 else half)

    def truncate(self, fd: int, size: int) -> None:
        self._count("truncate")
        super().truncate(fd, size)

    def sync(self, fd: int) -> None:
        self._count("sync")
        super().sync(fd)

    def sync_folder(self, folder: Path) -> None:
        self._count("sync_folder")
        super().sync_folder(folder)

    def replace(self, source: Path, target: Path) -> None:
        self._count("replace")
        super().replace(source, target)

    def remove(self, path: Path) -> None:
        self._count("remove")
        super().remove(path)


def texts(path: Path) -> list[str]:
    """The prompts in a file, every line of which must be whole."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return [line["payload"]["message"] for line in lines if line["payload"].get("type") == "user_message"]


def said(number: int) -> tuple[str, ev.Body]:
    from csm.protocol.items import UserMessage

    return TIME, ev.ItemCompleted("u", UserMessage(f"i{number}", f"text {number} " + "x" * 200), number)


def write(home: Path, disk: Disk) -> tuple[list[str], int]:
    """Six lines in two sittings, each given again until it is taken. What was taken, and how often it was refused."""
    store, refused, taken = RolloutStore(home, disk=disk), 0, []
    writer: Any = None
    for number in range(6):
        for _ in range(20):
            try:
                if writer is None:
                    started = ev.ThreadStarted(ID, "/w", created=TIME)
                    writer = store.open(ID) if taken else store.create(started, TIME)
                writer.append([said(number)])
                break
            except StoreError:
                refused += 1
        taken.append(f"text {number} " + "x" * 200)
        for _ in range(20):
            try:
                writer.sync()
                break
            except StoreError:
                refused += 1
        if number == 2:
            refused += _close(writer)
            writer = None
    refused += _close(writer)
    return taken, refused


def _close(writer: Any) -> int:
    try:
        writer.close()
    except StoreError:
        return 1
    return 0


def calls(tmp_path: Path) -> int:
    """How many calls it takes when none fails."""
    disk = Failing(10**9)
    write(tmp_path / "sound", disk)
    assert {"open", "write", "sync", "sync_folder"} <= set(disk.calls)
    return len(disk.calls)


@pytest.mark.parametrize("many", [1, 2, 3, 7])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_every_call_may_fail(tmp_path: Path, many: int, code: int) -> None:
    for at in range(1, calls(tmp_path) + 2):
        home = tmp_path / f"at{at}"
        disk = Failing(at, many, code)
        taken, refused = write(home, disk)
        assert bool(refused) is disk.failed or disk.calls[at - 1 :][:1] == ["truncate"]
        (path,) = home.rglob("rollout-*.jsonl")
        assert texts(path) == taken, f"call {at}: {disk.calls[at - 1]}"
        assert check(home, path).sound
        assert [entry.text() for entry in fold(RolloutStore(home).read(ID)).turns[-1].entries] == taken


class Full(Disk):
    """A disk with room for no byte."""

    def write(self, fd: int, data: Any) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_disk_that_stays_full_leaves_no_file(tmp_path: Path) -> None:
    writer = RolloutStore(tmp_path, disk=Full()).create(ev.ThreadStarted(ID, "/w", created=TIME), TIME)
    with pytest.raises(StoreError, match="No space left"):
        writer.append([said(0)])
    writer.close()
    assert list(tmp_path.rglob("*.jsonl")) == []


SCRIPT = [
    {"reasoning": "hm", "text": "a", "call": [("one", {}, "c1"), ("two", {}, "c2")]},
    {"text": "b"},
    {"text": "c"},
    {"text": "d"},
    {"text": "e"},
]


def run(folder: Path, disk: Disk, does: Any) -> tuple[list[ev.Body], Any]:
    """Two turns and one after a resume, on a bench that stores on `disk`; the ends, and the live thread at the end."""
    store = RolloutStore(folder / "codex", disk=disk)
    tools = [does("one", lambda call, cx: "1"), does("two", lambda call, cx: "2")]
    ends: list[ev.Body] = []
    with Bench(folder, SCRIPT, tools=tools, store=store) as bench:
        thread = bench.start()
        ends += [bench.turn(thread, text)[-1].body for text in ("go", "again")]
        if isinstance(ends[-1], ev.TurnFailed):
            ends.append(bench.turn(thread, "once more")[-1].body)
        live = bench.port.attach(thread).snapshot
    return ends, live


def test_a_session_survives_every_call_that_fails(tmp_path: Path, does: Any) -> None:
    count = Failing(10**9)
    run(tmp_path / "sound", count, does)
    assert count.calls.count("sync") >= 4, "before each tool, and at the end of each turn"
    for at in range(1, len(count.calls) + 1):
        folder = tmp_path / f"at{at}"
        disk = Failing(at)
        ends, live = run(folder, disk, does)
        failed = [end for end in ends if isinstance(end, ev.TurnFailed)]
        assert all(end.code == "store" for end in failed) and len(failed) <= 1
        (path,) = (folder / "codex").rglob("rollout-*.jsonl")
        assert check(folder / "codex", path).sound
        store = RolloutStore(folder / "codex")
        stored = fold(store.read(live.thread_id))
        assert stored.state_hash() == live.state_hash(), f"call {at}: {disk.calls[at - 1]}"
        assert [turn.entries[0].text() for turn in stored.turns if turn.id][:2] == ["go", "again"]
        with Bench(folder / "next", [{"text": "fine"}], store=store) as bench:
            bench.start(resume=live.thread_id)
            assert bench.turn(live.thread_id, "go on")[-1].body.last_message == "fine"


def test_the_log_is_on_the_disk_before_a_tool_starts_and_when_a_turn_has_ended(tmp_path: Path, does: Any) -> None:
    disk, safe = Failing(10**9), []

    def synced() -> bool:
        written = [name for name in disk.calls if name in ("write", "sync")]
        return written[-1:] == ["sync"]

    def one(call: Any, cx: Any) -> str:
        path = next((tmp_path / "codex").rglob("rollout-*.jsonl"))
        safe.append(synced() and b'"call_id":"c1"' in path.read_bytes())
        return "1"

    script = [{"text": "a", "call": ("one", {}, "c1")}, {"text": "b"}]
    with Bench(tmp_path, script, tools=[does("one", one)], store=RolloutStore(tmp_path / "codex", disk=disk)) as bench:
        bench.turn(bench.start(), "go")
        assert synced()
    assert safe == [True]
