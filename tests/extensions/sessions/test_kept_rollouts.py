"""Small logs that are kept in the tree, one of each shape: each opens, says what is wrong with it, and goes on."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from csm.host import roots
from csm.protocol import codec, events

REPOSITORY = Path(__file__).resolve().parents[3]
KEPT = REPOSITORY / "tests/data/rollouts"
roots.mount([roots.Root("bundled", REPOSITORY, 0)])


def _opened(name: str, home: Path):
    from csm_extensions.sessions.store import RolloutStore

    source = KEPT / name
    thread_id = _id(source)
    folder = home / "sessions/2026/02/03"
    folder.mkdir(parents=True)
    shutil.copy(source, folder / f"rollout-2026-02-03T04-05-00-{thread_id}.jsonl")
    return RolloutStore(home, home / "state"), thread_id


def _id(path: Path) -> str:
    return str(codec.decode(path.read_bytes().split(b"\n", 1)[0])["payload"]["id"])


@pytest.mark.parametrize(
    ("name", "turns", "said", "wrong"),
    [
        ("smallest.jsonl", 1, b"first words", False),
        ("damaged.jsonl", 1, b"an answer", True),
        ("world-state.jsonl", 1, b"one two three", False),
        ("cut-off.jsonl", 1, b"run it", False),
        ("unnumbered.jsonl", 2, b"input_text", False),
        ("numbered.jsonl", 2, b"", False),
    ],
)
def test_each_opens_and_says_what_is_wrong(tmp_path: Path, name: str, turns: int, said: bytes, wrong: bool) -> None:
    store, thread_id = _opened(name, tmp_path)
    thread = store.thread(thread_id)
    assert thread.thread_id == thread_id
    assert thread.begun >= turns
    assert any(said in item for item in thread.history)
    assert bool(store.findings(thread_id)) is wrong


@pytest.mark.parametrize("path", sorted(KEPT.glob("*.jsonl")), ids=lambda path: path.stem)
def test_each_goes_on_in_its_own_shape(tmp_path: Path, path: Path) -> None:
    store, thread_id = _opened(path.name, tmp_path)
    writer = store.open(thread_id)
    writer.append([("2026-02-03T05:00:00.000Z", events.ThreadNamed("kept"))])
    writer.append([("2026-02-03T05:00:01.000Z", events.TurnStarted("again"))])
    writer.close()
    lines = Path(writer.path).read_bytes().splitlines()
    sound = [line for line in path.read_bytes().split(b"\n")[:-1] if line]
    assert lines[: len(sound)] == [*sound] or [line for line in lines if line][: len(sound)] == sound
    numbered = b'"ordinal":' in sound[0]
    added = [line for line in lines[len(sound) :] if b'"csm_event"' not in line and line not in sound]
    assert added
    assert all((b'"ordinal":' in line) is numbered for line in added)
