"""Damaged logs: whatever happened to a file, what is sound in it is read, what is not is told, a copy can be made."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from csm.api.testing import Bench, bundled
from csm.core.fold import Thread, fold
from csm.protocol import events as ev
from csm.protocol.items import Notice

fixture = bundled("sessions", "fixture")
mend = bundled("sessions", "mending").mend
check = bundled("sessions", "checking").check
Disk = bundled("sessions", "disk").Disk
RolloutStore = bundled("sessions", "store").RolloutStore
SHAPES = ("legacy", "paginated")
TURN = [("t", ev.TurnStarted("new")), ("t", ev.TurnCompleted("new"))]


def log(shape: str, events: int = 60) -> tuple[str, list[bytes]]:
    """A made-up log: the session's id, and its lines."""
    wish = fixture.Wish(events, 5, shape, 20)
    return fixture.thread_id(wish), list(fixture.lines(wish))


def put(home: Path, thread_id: str, data: bytes) -> Path:
    path = home / f"sessions/2026/01/02/rollout-2026-01-02T03-04-05-{thread_id}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def at(place: int, change: Callable[[bytes], bytes]) -> Callable[[list[bytes]], bytes]:
    return lambda lines: b"".join(change(line) if number == place else line for number, line in enumerate(lines))


def cut(line: bytes) -> bytes:
    return line[: len(line) // 2] + b"\n"


#: What happens to a file; which of its lines are lost then; and a word of what is said of it, if anything is.
DAMAGE: dict[str, tuple[Callable[[list[bytes]], bytes], set[int], str]] = {
    "nothing": (b"".join, set(), ""),
    "torn tail": (lambda lines: b"".join(lines)[:-30], {59}, "cut off"),
    "torn tail, ended": (lambda lines: b"".join(lines)[:-30] + b"\n", {59}, "1 line of"),
    "end without its line end": (lambda lines: b"".join(lines)[:-1], set(), ""),
    "NUL tail": (lambda lines: b"".join(lines) + b"\0" * 4096, set(), "4096 bytes"),
    "NUL tail behind a whole line": (lambda lines: b"".join(lines)[:-1] + b"\0" * 4096, set(), "4096 bytes"),
    "NUL tail, ended": (lambda lines: b"".join(lines) + b"\0" * 4096 + b"\n", set(), "1 line of"),
    "written on behind NULs": (at(40, lambda line: b"\0" * 4096 + line), set(), "only in part"),
    "written on behind a torn line": (at(40, lambda line: line[:-9]), {40}, "only in part"),
    "bad line": (at(30, cut), {30}, "1 line of"),
    "bad lines": (lambda al: b"".join(cut(x) if n in (9, 30, 31) else x for n, x in enumerate(al)), {9, 30, 31}, "3 l"),
    "binary line": (at(30, lambda line: bytes(range(11, 256)) + b"\n"), {30}, "1 line of"),
    "bytes that are no text": (at(31, lambda line: line.replace(b'"type"', b'"\xff":1,"type"', 2)), set(), "UTF-8"),
    "blank lines": (at(30, lambda line: b"\n   \n" + line), set(), ""),
    "torn first line": (at(0, cut), {0}, "Codex does not open"),
    "no first line": (at(0, lambda line: b""), {0}, "Codex does not open"),
    "one line twice": (at(30, lambda line: line + line), set(), ""),
    "lines of others": (at(30, lambda line: b'{"timestamp":"t","type":"new","payload":1}\n' + line), set(), ""),
    "emptied": (lambda lines: b"", set(range(60)), "Codex does not open"),
}  # fmt: skip


def history(home: Path, thread_id: str) -> list[bytes]:
    return fold(RolloutStore(home).read(thread_id)).history


def opened(home: Path, folder: Path, thread_id: str) -> tuple[Thread, list[str]]:
    """The thread as a session goes on with it after a turn, and what was told when it opened."""
    with Bench(folder, [{"text": "fine"}], store=RolloutStore(home)) as bench:
        bench.start(resume=thread_id)
        attached = bench.port.attach(thread_id)
        told = [notice.message for notice in attached.told if isinstance(notice, Notice)]
        assert attached.snapshot.running is None
        assert bench.turn(thread_id, "go on")[-1].body.last_message == "fine"
        return bench.port.attach(thread_id).snapshot, told


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("damage", DAMAGE)
def test_what_is_sound_is_opened_and_the_rest_told(tmp_path: Path, damage: str, shape: str) -> None:
    change, lost, word = DAMAGE[damage]
    thread_id, lines = log(shape)
    kept = [line for number, line in enumerate(lines) if number not in lost]
    put(tmp_path / "sound", thread_id, b"".join(kept) or b"\n")
    path = put(tmp_path / "home", thread_id, change(lines))
    wanted = history(tmp_path / "sound", thread_id)
    if damage != "one line twice":
        assert history(tmp_path / "home", thread_id) == wanted
    live, told = opened(tmp_path / "home", tmp_path / "bench", thread_id)
    assert any(word in text for text in told) if word else told == []
    assert live.thread_id == thread_id
    assert live.history[: len(wanted)] == wanted or damage == "one line twice"
    assert fold(RolloutStore(tmp_path / "home").read(thread_id)).state_hash() == live.state_hash()
    assert path.read_bytes().endswith(b"\n")


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_copy_is_clean_and_the_original_as_it_was(tmp_path: Path, damage: str, shape: str) -> None:
    change, _, _ = DAMAGE[damage]
    thread_id, lines = log(shape)
    path = put(tmp_path / "home", thread_id, change(lines))
    before, copy = path.read_bytes(), tmp_path / "copy"
    done = mend(tmp_path / "home", path, copy, Disk())
    assert path.read_bytes() == before
    assert (done.after.sound, done.after.faults, done.after.refused) == (True, {}, {})
    assert all(isinstance(json.loads(line), dict) for line in copy.read_text().splitlines() if line.strip())
    put(tmp_path / "mended", thread_id, copy.read_bytes())
    assert history(tmp_path / "mended", thread_id) == history(tmp_path / "home", thread_id)
    if done.shifted == 0:
        offsets = {line: before.find(line) for line in lines if line in before}
        assert [line for line, place in offsets.items() if copy.read_bytes().find(line) != place] == []


def test_a_copy_goes_where_nothing_is(tmp_path: Path) -> None:
    from csm.protocol.errors import StoreError

    thread_id, lines = log("legacy")
    path = put(tmp_path, thread_id, b"".join(lines))
    for taken in (path, tmp_path / "link"):
        if taken != path:
            taken.symlink_to(path)
        with pytest.raises(StoreError, match="is there already"):
            mend(tmp_path, path, taken, Disk())
    assert path.read_bytes() == b"".join(lines)


@pytest.mark.parametrize("shape", SHAPES)
def test_any_prefix_with_any_garbage_opens(tmp_path: Path, shape: str) -> None:
    """200 logs, cut anywhere, with anything behind: opened, written on, opened again to the same state."""
    chance = random.Random(f"garbage {shape}")
    thread_id, lines = log(shape, 40)
    data = b"".join(lines)
    pieces = [
        b"\0",
        b"\n",
        b"\xff",
        b'{"',
        b"}",
        b'"ordinal":',
        b" ",
        b"\\ud800",
        b"[" * 50,
        *lines[:6],
        bytes(range(256)),
    ]
    for number in range(100):
        home = tmp_path / str(number)
        whole = data[: chance.randrange(len(data) + 1)]
        garbage = b"".join(chance.choices(pieces, k=chance.randrange(12)))
        path = put(home, thread_id, whole + garbage + data[len(whole) : chance.choice((0, len(data)))])
        store = RolloutStore(home)
        first = fold(store.read(thread_id))
        wanted = fold(pairs(whole))
        assert first.thread_id == thread_id
        assert first.history[: len(wanted.history)] == wanted.history or first.compactions > wanted.compactions
        writer: Any = store.open(thread_id)
        writer.append(TURN)
        writer.close()
        again = fold(store.read(thread_id))
        assert (again.turns[-1].id, again.turns[-1].status) == ("new", "completed")
        assert again.history == first.history
        copy = tmp_path / f"{number}.copy"
        assert mend(home, path, copy, Disk()).after.sound
        put(tmp_path / f"{number}b", thread_id, copy.read_bytes())
        assert fold(RolloutStore(tmp_path / f"{number}b").read(thread_id)).history == again.history


def pairs(data: bytes) -> list[tuple[str, ev.Body]]:
    from csm.protocol import rollout

    found = [rollout.decode(line) for line in data.split(b"\n")[:-1]]
    return [pair for pair in found if pair is not None]


def test_a_line_of_64_megabytes(tmp_path: Path) -> None:
    thread_id, lines = log("paginated")
    text = b"x" * (64 << 20)
    long = lines[10].replace(b'"payload":{', b'"payload":{"more":"' + text + b'",', 1)
    path = put(tmp_path, thread_id, b"".join([*lines[:10], long, *lines[11:]]))
    store = RolloutStore(tmp_path)
    assert fold(store.read(thread_id)).turns and store.findings(thread_id) == ()
    path.write_bytes(b"".join(lines) + long[:-10])
    writer: Any = store.open(thread_id)
    assert "cut off" in writer.repaired
    writer.append(TURN[:1])
    writer.close()
    assert json.loads(path.read_bytes().splitlines()[-1])["ordinal"] == len(lines)
