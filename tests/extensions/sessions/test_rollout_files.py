"""Rollout files on the disk: names, modes, torn tails, full disks, ordinals, locks, forks, archives."""

import errno
import fcntl
import json
import os
import stat
from pathlib import Path

import pytest

from csm.api.testing import bundled
from csm.protocol import events as ev
from csm.protocol.errors import StoreError

ID = "01a1f949-c093-7b01-ae9e-cc5d1e7e9ecc"
OTHER = "01a1f949-c61b-7b60-a757-8c775a9fbb54"
TIME = "2026-01-02T03:04:05.678Z"
TURN = [(TIME, ev.TurnStarted("u")), (TIME, ev.TurnCompleted("u"))]


@pytest.fixture
def home(tmp_path) -> Path:
    """A Codex home that is not there yet."""
    return tmp_path / "codex"


@pytest.fixture
def store(home):
    """The store of that home."""
    return bundled("sessions", "store").RolloutStore(home)


def begin(store, thread_id=ID):
    writer = store.create(ev.ThreadStarted(thread_id, "/w", created=TIME), TIME)
    writer.append(TURN)
    return writer


def file_of(home, lines, thread_id=ID, end="\n"):
    """A session file as somebody else wrote it."""
    folder = home / "sessions/2026/01/02"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"rollout-2026-01-02T03-04-05-{thread_id}.jsonl"
    path.write_bytes(
        "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines).encode() + end.encode()
    )
    return path


def line(kind, payload, **more):
    return {"timestamp": TIME, **more, "type": kind, "payload": payload}


def meta(**more):
    return line("session_meta", {"id": ID, "timestamp": TIME, "cwd": "/w", "source": "cli"}, **more)


def lines_of(path):
    return [json.loads(text) for text in Path(path).read_text().splitlines()]


def test_a_file_has_codexs_place_name_and_shape(store, home):
    writer = begin(store)
    path = Path(writer.path)
    assert path.name.endswith(f"-{ID}.jsonl") and path.name.startswith("rollout-2026-01-0")
    year, month, day = path.parent.parts[-3:]
    assert path.name.startswith(f"rollout-{year}-{month}-{day}T") and path.is_relative_to(home / "sessions")
    writer.close()
    assert [one["type"] for one in lines_of(path)] == ["session_meta", "event_msg", "event_msg"]
    assert list(lines_of(path)[0]) == ["timestamp", "type", "payload"]


def test_nobody_else_may_read_it(store, home):
    writer = begin(store)
    writer.append([(TIME, ev.ThreadNamed("x"))])
    paths = [Path(writer.path), home / "session_index.jsonl", *(home / "thread-writer-locks").iterdir()]
    assert [stat.S_IMODE(path.stat().st_mode) for path in paths] == [0o600] * 4
    for folder in (home / "sessions", Path(writer.path).parent, home / "thread-writer-locks"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    writer.close()


def test_names_go_to_the_index_too(store, home):
    writer = begin(store)
    writer.append([(TIME, ev.ThreadNamed("my name"))])
    writer.close()
    assert lines_of(home / "session_index.jsonl") == [{"id": ID, "thread_name": "my name", "updated_at": TIME}]
    (home / "session_index.jsonl").open("a").write("{broken\n[]\n")
    assert store.find("my name").thread_id == ID


@pytest.mark.parametrize(
    "torn", ['{"timestamp":"2026', '{"timestamp":"t","type":"event_msg","payl', "\x00\x00\x00", "x" * 70_000]
)
def test_a_torn_last_line_is_cut_before_the_next_one(store, home, torn):
    path = file_of(home, [meta(), line("event_msg", {"type": "task_started", "turn_id": "u"}), torn], end="")
    assert [type(body) for _, body in store.read(ID)] == [ev.ThreadStarted, ev.TurnStarted]
    assert store.skipped(ID) == 1
    writer = store.open(ID)
    assert f"{len(torn)} bytes" in writer.repaired
    writer.append(TURN[1:])
    writer.close()
    assert [one["type"] for one in lines_of(path)] == ["session_meta", "event_msg", "event_msg"]


def test_a_last_line_that_lacks_only_its_end_is_kept(store, home):
    path = file_of(home, [meta(), line("event_msg", {"type": "task_started", "turn_id": "u"})], end="")
    writer = store.open(ID)
    assert writer.repaired == ""
    writer.append(TURN[1:])
    writer.close()
    assert len(lines_of(path)) == 3


def test_bad_lines_are_skipped_and_counted(store, home):
    file_of(
        home, [meta(), "{", "", "null", '{"payload":1}', line("event_msg", {"type": "task_started", "turn_id": "u"})]
    )
    assert [type(body) for _, body in store.read(ID)] == [ev.ThreadStarted, ev.TurnStarted]
    assert store.skipped(ID) == 3
    store.open(ID).close()


def test_an_empty_file_is_no_session_but_can_be_opened(store, home):
    file_of(home, [], end="")
    (only,) = store.read(ID)
    assert only == ("", ev.ThreadStarted(ID, "", originator="")) and list(store.list()) == []
    assert "Codex does not open" in store.findings(ID)[0]
    store.open(ID).close()


def test_files_of_others_are_left_alone(store, home):
    path = file_of(home, [meta()])
    for name in ("rollout-x.jsonl", "notes.txt", f"rollout-2026-01-02T03-04-05-{ID}.jsonl.bak"):
        (path.parent / name).write_text("{}")
    assert [head.path for head in store.list()] == [str(path)]


@pytest.mark.parametrize("after", [0, 1, 10])
def test_a_full_disk_leaves_whole_lines_and_is_told(store, monkeypatch, after):
    writer = begin(store)
    before = Path(writer.path).read_bytes()
    real, wrote = os.write, []

    def full(fd, data):
        if wrote or not after:
            raise OSError(errno.ENOSPC, "No space left on device")
        wrote.append(1)
        return real(fd, data[:after])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(StoreError, match="No space left"):
            writer.append(TURN)
    assert Path(writer.path).read_bytes() == before
    writer.append(TURN)
    writer.close()
    assert len(lines_of(writer.path)) == 5


def test_a_short_write_goes_on(store, monkeypatch):
    writer = begin(store)
    real = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda fd, data: real(fd, data[:7]))
        writer.append(TURN)
    writer.close()
    assert len(lines_of(writer.path)) == 5


def test_folders_that_cannot_be_made(store, home):
    home.mkdir()
    (home / "sessions").write_text("a file")
    writer = store.create(ev.ThreadStarted(ID, "/w", created=TIME), TIME)
    with pytest.raises(StoreError, match="cannot make"):
        writer.append(TURN)
    (home / "sessions").unlink()
    writer.append(TURN)
    writer.close()
    assert len(lines_of(writer.path)) == 3


def test_files_with_ordinals_are_carried_on_with_them(store, home):
    filler = [line("event_msg", {"type": "unheard_of", "text": "x" * 5000}, ordinal=number) for number in range(1, 40)]
    path = file_of(home, [meta(ordinal=0), *filler, line("csm_event", {"type": "answered"})])
    writer = store.open(ID)
    writer.append([*TURN, (TIME, ev.Answered("q", "accept")), (TIME, ev.ThreadNamed("x"))])
    writer.close()
    assert [one.get("ordinal") for one in lines_of(path)[-4:]] == [40, 41, None, 42]


def test_ordinals_inside_payloads_do_not_count(store, home):
    path = file_of(home, [line("session_meta", {"id": ID, "ordinal": 7})])
    writer = store.open(ID)
    writer.append(TURN)
    writer.close()
    assert all("ordinal" not in one for one in lines_of(path))


def test_a_long_last_line_hides_no_ordinal(store, home):
    long = line("response_item", {"type": "message", "text": "x" * 200_000}, ordinal=8)
    path = file_of(home, [meta(ordinal=0), line("event_msg", {"type": "y"}, ordinal=7), long])
    writer = store.open(ID)
    writer.append(TURN[:1])
    writer.close()
    assert lines_of(path)[-1]["ordinal"] == 9


def test_the_lock_is_codexs_and_goes_with_the_session(store, home):
    writer = begin(store)
    lock = home / f"thread-writer-locks/{ID}.lock"
    with lock.open("r+b") as theirs, pytest.raises(BlockingIOError):
        fcntl.flock(theirs, fcntl.LOCK_EX | fcntl.LOCK_NB)
    writer.close()
    assert not lock.exists()
    with lock.open("w") as theirs:
        fcntl.flock(theirs, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match="already has an active writer"):
            store.open(ID)
    store.open(ID).close()


def test_a_lock_that_fails_leaves_nothing_locked(store, home):
    file_of(home, [meta()]).chmod(0o400)
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    with pytest.raises(StoreError):
        store.open(ID)
    assert not (home / f"thread-writer-locks/{ID}.lock").exists()


def test_a_fork_that_points_to_its_history_is_read_with_it(store, home):
    parent = [
        meta(ordinal=0),
        *(line("event_msg", {"type": "task_started", "turn_id": f"p{n}"}, ordinal=n) for n in (1, 2, 3)),
    ]
    path = file_of(home, parent)
    end = len(b"".join(path.read_bytes().splitlines(keepends=True)[:3]))
    base = {"thread_id": ID, "end_ordinal_exclusive": 3, "end_byte_offset": end}
    fork = line("session_meta", {"id": OTHER, "forked_from_id": ID, "history_base": base}, ordinal=3)
    file_of(home, [fork, line("event_msg", {"type": "task_started", "turn_id": "f"}, ordinal=4)], OTHER)
    bodies = [body for _, body in store.read(OTHER)]
    assert [getattr(body, "turn_id", None) for body in bodies] == [None, "p1", "p2", "f"]
    assert bodies[0].thread_id == OTHER and bodies[0].forked_from == ID
    assert store.findings(OTHER) == ()
    path.unlink()
    bodies = [body for _, body in store.read(OTHER)]
    assert [getattr(body, "turn_id", None) for body in bodies] == [None, "f"]
    assert f"the session {ID}" in store.findings(OTHER)[0] and "Codex does not open" in store.findings(OTHER)[1]


def test_a_fork_of_itself_ends(store, home):
    base = {"thread_id": ID, "end_byte_offset": 10**6}
    file_of(home, [line("session_meta", {"id": ID, "history_base": base})])
    assert [body.thread_id for _, body in store.read(ID)] == [ID]
    assert f"the session {ID}" in store.findings(ID)[0]


def test_archived_sessions_are_not_opened_but_listed_apart(store, home):
    path = file_of(home, [meta()])
    (home / "archived_sessions").mkdir()
    path.rename(home / "archived_sessions" / path.name)
    (home / "session_index.jsonl").write_text(json.dumps({"id": ID, "thread_name": "old", "updated_at": TIME}) + "\n")
    for act in (store.open, store.find):
        with pytest.raises(StoreError, match="archived"):
            act(ID)
    with pytest.raises(StoreError, match="archived"):
        store.find("old")
    assert list(store.list()) == []
    (head,) = store.list(archived=True)
    assert (head.thread_id, head.archived, head.name) == (ID, True, "old")
    assert [type(body) for _, body in store.read(ID)] == [ev.ThreadStarted]


def test_a_link_to_the_working_directory_is_the_same_directory(store, home, tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    file_of(home, [line("session_meta", {"id": ID, "cwd": str(tmp_path / "real"), "source": "cli"})])
    assert [head.thread_id for head in store.list(cwd=str(tmp_path / "link"))] == [ID]


def test_a_list_reads_only_the_heads_that_are_asked_for(store, home, monkeypatch):
    for number in range(5):
        thread_id = f"01a1f949-c093-7b01-ae9e-00000000000{number}"
        file_of(home, [line("session_meta", {"id": thread_id, "cwd": "/w", "source": "cli"})], thread_id)
    heads = bundled("sessions", "heads")
    read, real = [], heads.read
    monkeypatch.setattr(heads, "read", lambda path: read.append(path) or real(path))
    next(store.list())
    assert len(read) == 1


def test_a_file_that_is_removed_while_it_is_open_is_told(store):
    writer = begin(store)
    Path(writer.path).unlink()
    writer.append(TURN)
    with pytest.raises(StoreError, match="was removed while it was open"):
        writer.sync()
    with pytest.raises(StoreError, match="was removed"):
        writer.close()


def test_what_a_writer_without_locks_adds_is_never_cut(store, monkeypatch):
    writer = begin(store)
    other = json.dumps(line("event_msg", {"type": "task_started", "turn_id": "theirs"})).encode() + b"\n"
    with Path(writer.path).open("ab") as file:
        file.write(other)
    writer.append(TURN)
    with pytest.raises(StoreError, match="somebody else"):
        with Path(writer.path).open("ab") as file:
            file.write(other)
        writer.take_back()
    real = os.write

    def full(fd, data):
        real(fd, data[:9])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with Path(writer.path).open("ab") as file:
            file.write(other * 9)
        with pytest.raises(StoreError, match="No space left"):
            writer.append(TURN)
    writer.append(TURN)
    writer.close()
    turns = [body.turn_id for _, body in store.read(ID) if isinstance(body, ev.TurnStarted)]
    assert turns.count("theirs") == 11 and turns.count("u") >= 2
