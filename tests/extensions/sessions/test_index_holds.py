"""A log opened by its index is the log read whole: for any log, at every state, after any change by anybody."""

import os
import random

import pytest

from csm.api.testing import bundled
from csm.core.fold import fold
from csm.protocol import events as ev
from csm.protocol.errors import StoreError
from csm.protocol.items import AgentMessage, UserMessage
from csm.view.transcript import Transcript
from tests.extensions.sessions.odd_logs import STAMP, THREAD, Odd

RolloutStore = bundled("sessions", "store").RolloutStore


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """An index for every log, however small, with many states and many places in it."""
    monkeypatch.setattr(bundled("sessions", "track"), "LEAST", 1)
    for name in ("index", "scanning"):
        monkeypatch.setattr(bundled("sessions", name), "POINT_EVERY", 300)
    for name, value in (("MARK_EVERY", 200), ("POINTS", 6), ("MARKS", 12)):
        monkeypatch.setattr(bundled("sessions", "scanning"), name, value)
    monkeypatch.setattr(bundled("sessions", "sums"), "PIECE", 256)


class Logs:
    """One log in a home of its own, read with an index and without."""

    def __init__(self, folder):
        self.home = folder / "codex"
        self.path = self.home / f"sessions/2026/01/02/rollout-2026-01-02T03-04-05-{THREAD}.jsonl"
        self.path.parent.mkdir(parents=True)
        self.state = folder / "state"
        self.indexed = RolloutStore(self.home, self.state)
        self.plain = RolloutStore(self.home)

    @property
    def index(self):
        return self.state / "index" / f"{THREAD}.log-index"

    def write(self, lines):
        self.path.write_bytes(b"\n".join(lines) + b"\n")

    def add(self, lines):
        with self.path.open("ab") as file:
            file.write(b"\n".join(lines) + b"\n")

    def check(self):
        """Opened is as read: state, history, what was wrong with it, and all turns when they are brought back."""
        whole = fold(self.plain.read(THREAD))
        opened = self.indexed.thread(THREAD)
        assert opened.history == whole.history
        assert facts(opened) == facts(whole)
        assert opened.state_hash() == whole.state_hash()
        assert self.indexed.findings(THREAD) == self.plain.findings(THREAD)
        left = opened.past.turns if opened.past is not None else 0
        part = opened.copy()
        part.recall(2)
        assert turns(part) == turns(whole)[len(turns(whole)) - len(turns(part)) :]
        opened.recall()
        assert turns(opened) == turns(whole)
        assert opened.state_hash() == whole.state_hash()
        assert Transcript(opened).lines(0, 10**6, 60) == Transcript(whole).lines(0, 10**6, 60)
        return left


def facts(thread):
    names = (
        "thread_id cwd name source originator provider model effort approval sandbox collaboration kept forked_from "
        "created instructions seq compactions usage last_usage context_window asks queued running spawned begun "
        "unnamed worked_ms"
    )
    return {name: getattr(thread, name) for name in names.split()}


def turns(thread):
    return [
        [turn.id, turn.number, turn.status, turn.error, turn.started, turn.ended, turn.duration_ms, turn.last_message]
        + [(entry.item, entry.place, entry.done, entry.text()) for entry in turn.entries]
        for turn in thread.turns
    ]


@pytest.fixture
def logs(tmp_path):
    return Logs(tmp_path)


@pytest.mark.parametrize("seed", range(150))
def test_any_log(logs, seed):
    odd = Odd(seed)
    first = [] if seed % 11 == 10 else [odd.beginning()]
    logs.write(first + odd.lines(odd.random.randrange(5, 120)))
    logs.check()
    logs.check()
    for _ in range(3):
        change(logs, odd)
        logs.check()
        if odd.random.random() < 0.5:
            logs.check()


def change(logs, odd):
    """What may happen to a log and to its index while csm is not looking."""
    data = logs.path.read_bytes()
    at = odd.random.randrange(len(data)) if data else 0
    act = odd.random.choice(["add", "cut", "edit", "swap", "copy", "index", "whole", "torn", "go on"])
    if act == "add":
        logs.add(odd.lines(odd.random.randrange(1, 30)))
    elif act == "cut":
        os.truncate(logs.path, at)
    elif act == "edit" and data:
        with logs.path.open("r+b") as file:
            file.seek(at)
            file.write(odd.random.choice([b"Z", b"\n", b"0", b'"']))
    elif act == "swap":
        new = logs.path.with_name("new")
        new.write_bytes(Odd(at).beginning() + b"\n" + b"\n".join(Odd(at).lines(20)) + b"\n")
        new.replace(logs.path)
    elif act == "copy":
        new = logs.path.with_name("new")
        new.write_bytes(data)
        new.replace(logs.path)
    elif act == "torn":
        with logs.path.open("ab") as file:
            file.write(odd.one()[: odd.random.randrange(1, 60)])
    elif act == "whole":
        logs.indexed.index(THREAD)
    elif act == "go on":
        go_on(logs, odd)
    elif logs.index.exists():
        spoil(logs.index, odd.random)


def spoil(path, chance):
    data = bytearray(path.read_bytes())
    how = chance.randrange(4)
    if how == 0:
        path.unlink()
    elif how == 1:
        path.write_bytes(data[: chance.randrange(len(data))])
    elif how == 2:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
    else:
        path.write_bytes(b"")


def go_on(logs, odd):
    """csm opens the session, does a turn or two, and closes it, or dies."""
    writer = logs.indexed.open(THREAD)
    if odd.random.random() < 0.7:
        logs.indexed.thread(THREAD, writer)
    for number in range(odd.random.randrange(1, 9)):
        turn = f"own{odd.count}-{number}"
        bodies = [
            ev.TurnStarted(turn, 1),
            ev.HistoryAppended(b'{"type":"message","role":"user","content":[{"type":"input_text","text":"go"}]}'),
            ev.ItemCompleted(turn, UserMessage(f"{turn}-u", "go"), 0),
            ev.ItemCompleted(turn, AgentMessage(f"{turn}-a", "gone " * 20), 1),
            ev.TurnCompleted(turn, "gone", 2, 1),
        ]
        writer.append([(STAMP, body) for body in bodies])
        writer.sync()
    if odd.random.random() < 0.3:
        writer.track = None
    writer.close()


def test_every_state_of_an_index_opens_the_same(logs):
    odd = Odd(3)
    logs.write([odd.beginning(), *(line for line in odd.lines(400) if b"rolled_back" not in line)])
    whole = fold(logs.plain.read(THREAD))
    logs.check()
    index = bundled("sessions", "index")
    found = index.load(logs.index, THREAD)
    assert found is not None and len(found.points) > 2
    for count in range(1, len(found.points) + 1):
        points = found.points[:count]
        index.save(logs.index, index.Index(*(points if name == "points" else getattr(found, name) for name in FIELDS)))
        opened = logs.indexed.thread(THREAD)
        assert (opened.history, opened.state_hash()) == (whole.history, whole.state_hash())
        logs.index.unlink()


FIELDS = bundled("sessions", "index").Index.__struct_fields__


def test_a_log_of_nothing(logs):
    for data in (b"", b"\n", b"\n\n\n", b"x", b"x\n", b"\0" * 999):
        logs.path.write_bytes(data)
        logs.check()


def test_a_file_that_goes_away_is_said(logs):
    odd = Odd(1)
    logs.write([odd.beginning(), *odd.lines(300)])
    logs.check()
    opened = logs.indexed.thread(THREAD)
    assert opened.past is not None
    logs.path.rename(logs.path.with_name("away"))
    with pytest.raises(StoreError):
        opened.recall()
    with pytest.raises(StoreError):
        logs.indexed.thread(THREAD)


def test_chance_is_the_same_everywhere():
    assert Odd(5).lines(50) == Odd(5).lines(50)
    assert random.Random(5).random() == random.Random(5).random()
