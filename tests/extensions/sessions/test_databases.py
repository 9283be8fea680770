"""Codex's database is told of moves, and whatever it is like, a move succeeds."""

from __future__ import annotations

import json
import sqlite3

import pytest

from csm.api.testing import bundled

databases = bundled("sessions", "databases")
store = bundled("sessions", "store")
ID = "01a1f949-c093-7b01-ae9e-000000000001"
OTHER = "01a1f949-c093-7b01-ae9e-000000000002"
COLUMNS = "id TEXT PRIMARY KEY, rollout_path TEXT, archived INTEGER, archived_at INTEGER, title TEXT"


@pytest.fixture
def home(tmp_path):
    path = tmp_path / f"sessions/2026/11/20/rollout-2026-11-20T10-00-00-{ID}.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"type": "session_meta", "payload": {"id": ID}}) + "\n")
    return tmp_path


def make(home, columns=COLUMNS, name="state_5.sqlite"):
    with sqlite3.connect(home / name) as made:
        made.execute(f"CREATE TABLE threads ({columns})")
    made.close()


def rows(home, name="state_5.sqlite"):
    connection = sqlite3.connect(home / name)
    found = connection.execute("SELECT id, rollout_path, archived, archived_at, title FROM threads ORDER BY id")
    found = found.fetchall()
    connection.close()
    return found


def test_the_row_of_the_session_and_no_other(home):
    make(home)
    with sqlite3.connect(home / "state_5.sqlite") as made:
        made.executemany("INSERT INTO threads VALUES (?, 'x', 0, NULL, 'title')", [(ID,), (OTHER,)])
    made.close()
    kept = store.RolloutStore(home)
    kept.archive(ID)
    (first, other) = rows(home)
    assert first[1].startswith(f"{home}/archived_sessions/") and first[2] == 1 and first[3] > 0 and first[4] == "title"
    assert other == (OTHER, "x", 0, None, "title")
    kept.unarchive(ID)
    assert rows(home)[0][1].startswith(f"{home}/sessions/2026/11/20/") and rows(home)[0][2:4] == (0, None)


def broken(home):
    (home / "state_5.sqlite").write_bytes(b"no database" * 100)


def folder(home):
    (home / "state_5.sqlite").mkdir()


def without_columns(home):
    make(home, "id TEXT")


@pytest.mark.parametrize("spoil", [broken, folder, without_columns, lambda home: None])
def test_what_else_may_lie_there(home, spoil):
    spoil(home)
    kept = store.RolloutStore(home)
    kept.archive(ID)
    kept.unarchive(ID)
    assert kept.find(ID).thread_id == ID
    assert not (home / "state_5.sqlite").exists() or spoil in (broken, folder, without_columns)


def test_a_codex_that_writes_for_long_holds_nothing_up(home, monkeypatch):
    monkeypatch.setattr(databases, "_PATIENCE", 0.01)
    make(home)
    holder = sqlite3.connect(home / "state_5.sqlite")
    holder.execute("BEGIN EXCLUSIVE")
    store.RolloutStore(home).archive(ID)
    holder.close()
    assert store.RolloutStore(home).known(ID, archived=True)


def test_a_deleted_session_is_gone_from_every_table(home):
    make(home)
    with sqlite3.connect(home / "thread_history_1.sqlite") as made:
        made.execute("CREATE TABLE thread_items (thread_id TEXT, words TEXT)")
        made.execute('CREATE TABLE "odd "" name" (thread_id TEXT)')
        made.execute("CREATE TABLE other (id TEXT)")
        for table in ("thread_items (thread_id)", '"odd "" name"', "other"):
            made.executemany(f"INSERT INTO {table} VALUES (?)", [(ID,), (OTHER,)])
    made.close()
    with sqlite3.connect(home / "state_5.sqlite") as made:
        made.executemany("INSERT INTO threads (id, title) VALUES (?, 'words')", [(ID,), (OTHER,)])
    made.close()
    assert store.RolloutStore(home).delete(ID) == [ID]
    assert [row[0] for row in rows(home)] == [OTHER]
    left = sqlite3.connect(home / "thread_history_1.sqlite")
    for table, count in (("thread_items", 1), ('"odd "" name"', 1), ("other", 2)):
        assert left.execute(f"SELECT count(*) FROM {table}").fetchone() == (count,)
    left.close()
    assert list(home.rglob("rollout-*")) == []


def test_a_session_is_not_deleted_while_codex_holds_its_words(home, monkeypatch):
    monkeypatch.setattr(databases, "_PATIENCE", 0.01)
    make(home)
    holder = sqlite3.connect(home / "state_5.sqlite")
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(databases.StoreError, match="is in use"):
        store.RolloutStore(home).delete(ID)
    assert len(list(home.rglob("rollout-*"))) == 1
    holder.close()
    assert store.RolloutStore(home).delete(ID) == [ID]


@pytest.mark.parametrize("spoil", [broken, folder, without_columns])
def test_what_else_may_lie_there_keeps_nothing_from_being_deleted(home, spoil):
    spoil(home)
    assert store.RolloutStore(home).delete(ID) == [ID]
