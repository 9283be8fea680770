"""The list of many sessions: as the files are, whatever the index says; and without opening what has not changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from csm.api.testing import bundled

listing = bundled("sessions", "listing")
heads = bundled("sessions", "heads")
COUNT = 40
#: A moment long ago: folders that have not changed for a while are not listed again.
LONG_AGO = 1_700_000_000


def number(of, part=""):
    return f"01a1f949-c093-7b01-ae9e-{of:012d}{part}"


def put(home, of, prompt="a prompt", *, day=20, archived=False, part="", **meta):
    """A session file, old enough; its path."""
    folder = home / "archived_sessions" if archived else home / f"sessions/2026/11/{day:02d}"
    folder.mkdir(parents=True, exist_ok=True)
    started = {"id": number(of), "timestamp": "2026-11-20T10:00:00.000Z", "cwd": "/w", "source": "cli", **meta}
    lines = [("session_meta", started), ("event_msg", {"type": "task_started", "turn_id": "a"})]
    lines += [("event_msg", {"type": "user_message", "message": prompt})] if prompt else []
    path = folder / f"rollout-2026-11-{day:02d}T10-00-00-{number(of)}{part}.jsonl"
    path.write_text("".join(json.dumps({"timestamp": "t", "type": kind, "payload": one}) + "\n" for kind, one in lines))
    os.utime(path, (LONG_AGO + of, LONG_AGO + of))
    return path


@pytest.fixture
def home(tmp_path):
    """Some sessions on two days."""
    for of in range(COUNT):
        put(tmp_path / "codex", of, f"prompt {of}", day=20 + of % 2, git={"branch": f"b{of}"})
    return tmp_path / "codex"


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state"


@pytest.fixture
def opened(monkeypatch):
    """The files that were opened, as far as lists open any."""
    found, real = [], heads.read
    monkeypatch.setattr(heads, "read", lambda path: found.append(path.name) or real(path))
    return found


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """Folders count as settled at once: their times are those of this very moment."""
    monkeypatch.setattr(listing, "_BLUR", -1_000_000_000)


def listed(home, state, **how):
    return list(listing.Listing(home, state).heads(**how))


def index(state):
    (path,) = (state / "index").iterdir()
    return path


def test_the_newest_first_with_all_that_a_list_shows(home, state):
    (home / "session_index.jsonl").write_text(json.dumps({"id": number(3), "thread_name": "three"}) + "\n")
    found = listed(home, state)
    assert [head.thread_id for head in found] == [number(of) for of in reversed(range(COUNT))]
    head = found[-4]
    assert (head.name, head.prompt, head.branch, head.cwd, head.turns) == ("three", "prompt 3", "b3", "/w", 1)
    assert (head.created, head.updated) == ("2026-11-20T10:00:00.000Z", "2023-11-14T22:13:23.000Z")
    assert head.size == Path(head.path).stat().st_size > 0


def test_what_has_not_changed_is_not_opened(home, state, opened):
    first = listed(home, state)
    assert len(opened) == COUNT
    assert listed(home, state) == first and len(opened) == COUNT


def test_the_newest_is_known_without_opening_the_others(home, state, opened):
    assert next(listing.Listing(home, state).heads()).thread_id == number(COUNT - 1)
    assert len(opened) == 1


def test_without_a_state_folder_nothing_is_kept(home, opened):
    assert listed(home, None) == listed(home, None)
    assert len(opened) == 2 * COUNT


def append(path, text="x"):
    line = {"timestamp": "t", "type": "event_msg", "payload": {"type": "user_message", "message": text}}
    with path.open("a") as file:
        file.write(json.dumps(line) + "\n")


def replace(path):
    """Another file of the same length and times under the same name."""
    before = path.stat()
    text = path.read_text().replace("prompt", "PROMPT")
    path.unlink()
    path.write_text(text)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def overwrite(path):
    """The same file with other words, its length and times as they were."""
    before = path.stat()
    with path.open("r+") as file:
        file.write(path.read_text().replace("prompt", "PROMPT"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("change", [append, replace, overwrite, Path.unlink, lambda path: path.write_text("")])
@pytest.mark.parametrize("of", [0, COUNT - 1])
def test_what_has_changed_is_read_anew(home, state, opened, change, of):
    listed(home, state)
    del opened[:]
    path = next(home.rglob(f"*{number(of)}*"))
    change(path)
    assert listed(home, state) == listed(home, None)
    assert set(opened[:-COUNT]) <= {path.name}


def test_what_comes_goes_and_moves_is_seen(home, state):
    listed(home, state)
    put(home, 77, "new")
    put(home, 78, "on another day", day=25)
    moved = next(home.rglob(f"*{number(5)}*"))
    (home / "archived_sessions").mkdir()
    moved.rename(home / "archived_sessions" / moved.name)
    next(home.rglob(f"*{number(6)}*")).unlink()
    found = [head.thread_id for head in listed(home, state)]
    assert number(77) in found and number(78) in found and number(5) not in found and number(6) not in found
    assert [(head.thread_id, head.archived) for head in listed(home, state, archived=True)] == [(number(5), True)]
    assert listed(home, state) == listed(home, None)


def test_a_folder_that_changed_a_moment_ago_is_looked_at_again(home, state, monkeypatch):
    monkeypatch.setattr(listing, "_BLUR", 2_000_000_000)
    listed(home, state)
    real = os.stat
    put(home, 77, "in the same tick of the clock")
    kept = msgspec.msgpack.decode(index(state).read_bytes()[len(listing._MAGIC) + 4 :])[1]["sessions/2026/11/20"][0]
    monkeypatch.setattr(Path, "stat", lambda self, **more: _At(real(self, **more), kept))
    assert number(77) in [head.thread_id for head in listed(home, state)]


class _At:
    """A file's status with another time of change."""

    def __init__(self, status, changed):
        self._status, self.st_ctime_ns = status, changed

    def __getattr__(self, name):
        return getattr(self._status, name)


def spoil_nothing(path):
    path.write_bytes(b"")


def spoil_middle(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def spoil_end(path):
    path.write_bytes(path.read_bytes()[:-10])


def spoil_schema(path):
    path.write_bytes(path.read_bytes().replace(b"csm heads 2", b"csm heads 0", 1))


def spoil_home(path):
    _rewrite(path, lambda home, folders: ("/elsewhere", folders))


def spoil_shape(path):
    _rewrite(path, lambda home, folders: (home, dict.fromkeys(folders, 7)))


def _rewrite(path, change):
    magic = path.read_bytes()[: len(listing._MAGIC)]
    data = msgspec.msgpack.encode(change(*msgspec.msgpack.decode(path.read_bytes()[len(magic) + 4 :])))
    path.write_bytes(magic + listing.zlib.crc32(data).to_bytes(4, "big") + data)


def spoil_kind(path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    "spoil", [spoil_nothing, spoil_middle, spoil_end, spoil_schema, spoil_home, spoil_shape, spoil_kind]
)
def test_an_index_that_cannot_be_used_is_made_anew(home, state, opened, spoil):
    right = listed(home, state)
    spoil(index(state))
    assert listed(home, state) == right
    assert len(opened) == 2 * COUNT
    listed(home, state)
    assert len(opened) == (3 if spoil is spoil_kind else 2) * COUNT


def test_a_state_folder_that_cannot_be_written_is_done_without(home, tmp_path):
    (tmp_path / "file").write_text("")
    assert listed(home, tmp_path / "file") == listed(home, None)


def test_a_home_whose_name_is_no_text(tmp_path, state, opened):
    strange = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    for of in range(COUNT):
        put(strange, of)
    assert len(listed(strange, state)) == COUNT == len(listed(strange, state)) == len(opened)


def test_files_that_cannot_be_read_are_told_and_left_out(home, state):
    (home / f"sessions/2026/11/20/rollout-2026-11-20T10-00-00-{number(90)}.jsonl").mkdir()
    one = listing.Listing(home, state)
    assert len(list(one.heads())) == COUNT
    assert [Path(path).name[28:64] for path in one.unreadable] == [number(90)]


def test_files_that_hold_no_session_are_opened_once(home, state, opened):
    for of, text in ((90, ""), (91, "\0" * 5000), (92, "not json\n"), (93, "[1,2]\n{}\n")):
        put(home, of).write_text(text)
    listed(home, state)
    del opened[:]
    assert len(listed(home, state)) == COUNT and opened == []


def test_other_names_are_no_sessions(home, state):
    folder = home / "sessions/2026/11/20"
    for name in ("notes.txt", f"rollout-x-{number(1)}.jsonl", f"rollout-2026-11-20T10-00-00-{number(1)}.jsonl.bak"):
        (folder / name).write_text("{}")
    (home / "sessions/loose.jsonl").write_text("{}")
    (home / "sessions/2026/latest").symlink_to(folder)
    assert len(listed(home, state)) == COUNT


def test_turns_that_were_rolled_back_are_not_counted(home, state):
    path = put(home, 85)
    with path.open("a") as file:
        for _ in range(3):
            file.write(json.dumps({"type": "event_msg", "payload": {"type": "task_started", "turn_id": "x"}}) + "\n")
        file.write(json.dumps({"type": "event_msg", "payload": {"type": "thread_rolled_back", "num_turns": 2}}) + "\n")
    assert {head.thread_id: head.turns for head in listed(home, state)}[number(85)] == 2


def test_clocks_that_are_wrong(home, state):
    future = put(home, 80, "from the future")
    os.utime(future, (4_000_000_000, 4_000_000_000))
    past = put(home, 81, "before everything")
    os.utime(past, (0, 0))
    found = listed(home, state)
    assert (found[0].thread_id, found[-1].thread_id) == (number(80), number(81))
    assert (found[0].updated[:4], found[-1].updated[:4]) == ("2096", "1970")
    assert listed(home, state) == found


def test_only_the_newest_file_of_a_session_counts(home, state):
    put(
        home,
        3,
        "went back",
        day=25,
        part="_01a1f949-d000-7b01-ae9e-000000000001",
        history_base={"thread_id": number(3)},
    )
    put(home, 3, "and again", day=24, part="_01a1f949-e000-7b01-ae9e-000000000001")
    found = listed(home, state)
    assert len(found) == COUNT
    assert [head.prompt for head in found if head.thread_id == number(3)] == ["and again"]


def test_a_head_is_read_within_bounds(home, state):
    long = put(home, 82, "p" * 900_000)
    far = put(home, 83, "")
    with far.open("a") as file:
        for _ in range(3):
            file.write(json.dumps({"type": "response_item", "payload": {"text": "y" * 500_000}}) + "\n")
    append(far, "too far away")
    huge = put(home, 84, "of three gigabytes")
    os.truncate(huge, 3 << 30)
    found = {head.thread_id: head for head in listed(home, state)}
    assert found[number(82)].prompt == "p" * 400 + "…" and long.stat().st_size > 900_000
    assert found[number(83)].prompt == "" and found[number(83)].turns is None
    assert (found[number(84)].prompt, found[number(84)].size) == ("of three gigabytes", 3 << 30)


_OTHER = """
import os, sys
from pathlib import Path
from csm.host import roots
roots.mount(roots.find(config_dir=Path(os.devnull)))
from csm.api.testing import bundled
listing = bundled("sessions", "listing")
for _ in range(20):
    found = list(listing.Listing(Path(sys.argv[1]), Path(sys.argv[2])).heads())
    print(len(found), hash(tuple(head.prompt for head in found)) == hash(tuple(head.prompt for head in
        listing.Listing(Path(sys.argv[1]), None).heads())))
    for path in (Path(sys.argv[2]) / "index").iterdir():
        path.unlink(missing_ok=True)
"""


def test_several_processes_at_once(home, state):
    running = [
        subprocess.Popen([sys.executable, "-c", _OTHER, str(home), str(state)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = [process.communicate(timeout=60)[0].splitlines() for process in running]
    assert said == [[f"{COUNT} True"] * 20] * 3
