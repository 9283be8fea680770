"""The index of a log: when it is believed, what it saves reading, what may stand in its way."""

import json
import os
import stat
from pathlib import Path

import pytest

from csm.api.testing import Bench, bundled
from csm.core.fold import fold
from csm.protocol import events as ev

fixture = bundled("sessions", "fixture")
index = bundled("sessions", "index")
tracking = bundled("sessions", "tracking")
RolloutStore = bundled("sessions", "store").RolloutStore

EVENTS = 4000


class Kept:
    """A made-up session with an index beside it. `scanned` counts how often a log was read from its beginning."""

    def __init__(self, folder, monkeypatch, **wish):
        self.home, self.state = folder / "codex", folder / "state"
        self.wish = fixture.Wish(EVENTS, **{"compact": 1000, **wish})
        self.name = fixture.thread_id(self.wish)
        self.path = self.home / "sessions" / fixture.folder() / fixture.name(self.wish)
        self.path.parent.mkdir(parents=True)
        self.path.write_bytes(b"".join(fixture.lines(self.wish)))
        self.index = self.state / "index" / f"{self.name}.log-index"
        self.store = RolloutStore(self.home, self.state)
        self.scanned = 0
        anew = tracking.Tracker._anew

        def counted(tracker, **how):
            self.scanned += 1
            return anew(tracker, **how)

        monkeypatch.setattr(tracking.Tracker, "_anew", counted)

    def check(self):
        opened, whole = self.store.thread(self.name), fold(self.store.read(self.name))
        assert opened.history == whole.history
        assert opened.state_hash() == whole.state_hash()
        return opened

    def replace(self, data):
        new = self.path.with_name("new")
        new.write_bytes(data)
        new.replace(self.path)


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A session whose index has been made."""
    found = Kept(tmp_path, monkeypatch)
    found.check()
    assert found.index.exists()
    assert found.scanned == 1
    return found


def test_an_index_is_the_user_s_alone_and_made_whole(kept):
    assert stat.S_IMODE(kept.index.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.index.parent.stat().st_mode) == 0o700
    assert [path.name for path in kept.index.parent.iterdir()] == [kept.index.name]
    assert kept.index.stat().st_size < 60_000


def test_an_untouched_log_is_opened_without_being_read_again(kept):
    before = kept.index.stat().st_mtime_ns
    opened = kept.check()
    assert kept.scanned == 1
    assert opened.past is not None and opened.past.turns > 100 and len(opened.turns) < 40
    assert kept.index.stat().st_mtime_ns == before


def test_what_is_read_of_a_log_does_not_depend_on_its_length(tmp_path, monkeypatch):
    if not Path("/proc/self/io").exists():
        pytest.skip("the system counts no bytes")
    read = []
    for events in (8_000, 32_000):
        kept = Kept(tmp_path / str(events), monkeypatch)
        kept.wish = fixture.Wish(events, compact=1000)
        kept.path.write_bytes(b"".join(fixture.lines(kept.wish)))
        kept.store.thread(kept.name)
        before = _read()
        kept.store.thread(kept.name)
        read.append(_read() - before)
    assert 0 < read[1] < read[0] + 150_000  # what lies behind the last compaction differs
    assert read[1] < 0.08 * kept.path.stat().st_size


def _read():
    lines = Path("/proc/self/io").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("rchar"))


def test_a_copy_of_the_same_bytes_is_believed_and_then_untouched(kept):
    kept.replace(kept.path.read_bytes())
    kept.check()
    assert kept.scanned == 1
    assert index.load(kept.index, kept.name).parts[-1].inode == kept.path.stat().st_ino


def test_a_log_that_somebody_else_continued_is_read_from_where_it_was(kept):
    more = list(fixture.lines(fixture.Wish(EVENTS + 300, compact=1000)))[EVENTS:]
    with kept.path.open("ab") as file:
        file.writelines(more)
    kept.check()
    assert kept.scanned == 1


def test_a_log_that_was_cut_goes_on_from_an_earlier_state(kept):
    os.truncate(kept.path, kept.path.stat().st_size * 2 // 3)
    kept.check()
    assert kept.scanned == 1
    os.truncate(kept.path, 70_000)
    kept.check()
    assert index.load(kept.index, kept.name).size <= 70_000


@pytest.mark.parametrize("place", [0.001, 0.3, 0.6, 0.999])
def test_a_change_in_place_of_the_same_size_is_seen(kept, place):
    size = kept.path.stat().st_size
    data = kept.path.read_bytes()
    word = data.index(b'"text":"', int(size * place) if place < 0.9 else data.rindex(b'"text":"')) + 8
    with kept.path.open("r+b") as file:
        file.seek(word)
        file.write(b"Q")
    kept.check()
    assert b"Q" in kept.path.read_bytes()
    assert kept.scanned == (1 if place > 0.1 else 2)


def test_another_log_under_the_same_name_is_read_anew(kept):
    other = b"".join(fixture.lines(fixture.Wish(EVENTS, seed=5, compact=300)))
    kept.replace(other.replace(fixture.thread_id(fixture.Wish(0, seed=5)).encode(), kept.name.encode()))
    kept.check()
    assert kept.scanned == 2


def spoil_version(found):
    found.version += 1


def spoil_seeds(found):
    found.seeds += 1


def spoil_thread(found):
    found.thread_id = "another"


def spoil_parts(found):
    found.parts = found.parts[:1]


def spoil_seed(found):
    for point in found.points:
        point.seed = b"[]"


def spoil_places(found):
    found.starts = found.starts[:-8]


def spoil_sums(found):
    found.sums = bytes(len(found.sums))
    found.last ^= 1


@pytest.mark.parametrize(
    "spoil", [spoil_version, spoil_seeds, spoil_thread, spoil_parts, spoil_seed, spoil_places, spoil_sums]
)
def test_an_index_that_cannot_be_used_is_made_anew(kept, spoil):
    found = index.load(kept.index, kept.name)
    spoil(found)
    index.save(kept.index, found)
    kept.check()
    kept.check()
    assert index.load(kept.index, kept.name) is not None


@pytest.mark.parametrize("data", [b"", b"x", b"csm log index\n", b"csm log index\n\0\0\0\0\x91\x01", None])
def test_an_index_file_that_is_none_is_made_anew(kept, data):
    kept.index.unlink()
    if data is not None:
        kept.index.write_bytes(data)
    kept.check()
    assert kept.scanned == 2
    kept.check()
    assert kept.scanned == 2


def test_no_index_can_be_written(kept):
    kept.index.unlink()
    kept.index.mkdir()
    kept.check()
    kept.check()
    assert kept.scanned == 3


def test_short_logs_have_none(tmp_path):
    wish = fixture.Wish(200)
    path = tmp_path / "codex/sessions" / fixture.folder() / fixture.name(wish)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"".join(fixture.lines(wish)))
    store = RolloutStore(tmp_path / "codex", tmp_path / "state")
    assert store.thread(fixture.thread_id(wish)).past is None
    assert store.index(fixture.thread_id(wish)) is None
    store.open(fixture.thread_id(wish)).close()
    assert not (tmp_path / "state").exists()


def test_a_whole_index_knows_the_digest(kept):
    assert kept.store.thread(kept.name).origin is not None
    assert kept.store.index(kept.name) == kept.index
    opened = kept.store.thread(kept.name)
    assert opened.origin is None
    assert opened.state_hash() == fold(kept.store.read(kept.name)).state_hash()


def test_parts_of_the_past_are_the_turns_they_are(kept):
    opened, whole = kept.store.thread(kept.name), fold(kept.store.read(kept.name))
    known = opened.past.turns
    for start, stop in ((0, 1), (0, 3), (7, 8), (50, 60), (known - 1, known), (0, known), (5, 5)):
        found = opened.past.load(start, stop)
        assert [turn.id for turn in found] == [turn.id for turn in whole.turns[start:stop]]
        shown = [[entry.item for entry in turn.entries] for turn in found]
        assert shown == [[entry.item for entry in turn.entries] for turn in whole.turns[start:stop]]


def test_a_session_keeps_its_own_index_up(tmp_path, monkeypatch):
    store = RolloutStore(tmp_path / "codex", tmp_path / "state")
    with Bench(tmp_path / "b", [{"text": "word " * 9000}] * 3, store=store) as bench:
        thread = bench.start()
        for prompt in "one", "two", "three":
            bench.turn(thread, prompt)
    opened, whole = store.thread(thread), fold(store.read(thread))
    assert opened.past is not None and opened.past.turns == 3 and opened.origin is None
    assert opened.state_hash() == whole.state_hash()
    monkeypatch.setattr(tracking.Tracker, "_anew", None)
    with Bench(tmp_path / "b", [{"text": "again"}], store=store) as bench:
        bench.start(resume=thread, bounded=True)
        attached = bench.port.attach(thread).snapshot
        assert attached.past is not None and not [turn for turn in attached.turns if turn.id]
        bench.turn(thread, "four")
        assert list(bench.model.requests[0].input[: len(whole.history)]) == whole.history
    opened = store.thread(thread)
    assert opened.past.turns == 4
    assert opened.state_hash() == fold(store.read(thread)).state_hash()
    with Bench(tmp_path / "b", [], store=store) as bench:
        bench.start(resume=thread)
        attached = bench.port.attach(thread).snapshot
        assert attached.past is None
        assert [turn.last_message for turn in attached.turns if turn.id][-1] == "again"
        found = bench.port.query("past", thread_id=thread, start=1, stop=3).result(10)
        assert [turn.id for turn in found] == [turn.id for turn in attached.turns if turn.id][1:3]


def test_a_fork_that_holds_no_history_is_opened_through_its_parent(kept, tmp_path):
    kid = f"{kept.name[:-4]}beef"
    first = json.loads(kept.path.read_bytes().split(b"\n", 1)[0])
    base = {"thread_id": kept.name, "end_ordinal_exclusive": 3000}
    first["payload"] |= {"id": kid, "history_base": base, "forked_from_id": kept.name}
    own = list(fixture.lines(fixture.Wish(1500, seed=9, compact=200)))[1:]
    path = kept.path.with_name(kept.path.name.replace(kept.name, kid))
    path.write_bytes(json.dumps(first, separators=(",", ":")).encode() + b"\n" + b"".join(own))

    def check():
        opened, whole = kept.store.thread(kid), fold(kept.store.read(kid))
        assert opened.history == whole.history
        assert opened.state_hash() == whole.state_hash()
        opened.recall()
        assert [turn.id for turn in opened.turns] == [turn.id for turn in whole.turns]

    before = kept.scanned
    check()
    check()
    assert kept.scanned == before + 1
    with kept.path.open("ab") as file:  # the parent goes on
        file.write(next(fixture.lines(fixture.Wish(1))))
    check()
    assert kept.scanned == before + 2
    kept.path.rename(tmp_path / "away")
    check()
    assert kept.store.findings(kid)
    (tmp_path / "away").rename(kept.path)
    check()
    assert not kept.store.findings(kid)


def test_turns_taken_back_stay_away(tmp_path):
    store = RolloutStore(tmp_path / "codex", tmp_path / "state")
    with Bench(tmp_path / "b", [{"text": f"{number} " * 20_000} for number in range(5)], store=store) as bench:
        thread = bench.start()
        for number in range(4):
            bench.turn(thread, f"prompt {number}")
    known = [turn.id for turn in fold(store.read(thread)).turns if turn.id]
    writer = store.open(thread)
    store.thread(thread, writer)
    writer.append([("t", ev.RolledBack(2, known[2]))])
    writer.close()
    for _ in range(2):
        opened, whole = store.thread(thread), fold(store.read(thread))
        assert (opened.history, opened.state_hash()) == (whole.history, whole.state_hash())
        opened.recall()
        assert [turn.id for turn in opened.turns if turn.id] == known[:2]


def test_a_turn_that_a_crash_cut_is_closed_as_if_all_had_been_read(tmp_path):
    call = {"type": "function_call", "name": "exec_command", "arguments": '{"cmd":"make"}', "call_id": "c-cut"}
    cut = [ev.TurnStarted("cut", 5), ev.HistoryAppended(json.dumps(call).encode())]
    logs, asked = [], []
    for name, state in (("bounded", tmp_path / "state"), ("whole", None)):
        home = tmp_path / name
        wish = fixture.Wish(3121, compact=900)
        path = home / "sessions" / fixture.folder() / fixture.name(wish)
        path.parent.mkdir(parents=True)
        path.write_bytes(b"".join(fixture.lines(wish)))
        thread = fixture.thread_id(wish)
        writer = RolloutStore(home, state).open(thread)
        writer.append([("t", body) for body in cut])
        writer.close()
        store = RolloutStore(home, state)
        with Bench(tmp_path / "b", [{"text": "fine"}], store=store) as bench:
            bench.start(resume=thread, bounded=state is not None)
            snapshot = bench.port.attach(thread).snapshot
            assert (snapshot.past is not None) == (state is not None)
            assert snapshot.running is None and snapshot.turns[-1].status == "interrupted"
            bench.turn(thread, "go on")
            asked.append(bench.model.requests[0].input)
        logs.append([body for _, body in store.read(thread)][3121 + len(cut) :])
        assert store.thread(thread).state_hash() == fold(store.read(thread)).state_hash()
    assert asked[0] == asked[1]
    assert [type(body) for body in logs[0]] == [type(body) for body in logs[1]]
    assert any(isinstance(body, ev.TurnInterrupted) for body in logs[0])
