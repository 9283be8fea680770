"""Sessions that Codex has packed: unpacked when they are opened, by id or name; or it is said why not."""

import importlib.util
import json
import os
import shutil
import subprocess

import pytest

from csm.api.testing import bundled
from csm.core.fold import fold
from csm.protocol.errors import StoreError

fixture = bundled("sessions", "fixture")
RolloutStore = bundled("sessions", "store").RolloutStore
pytestmark = pytest.mark.skipif(shutil.which("zstd") is None, reason="there is no zstd here to pack with")
OLD = 1_700_000_000


@pytest.fixture
def packed(tmp_path):
    """The id of a packed session, and its file as it was."""
    wish = fixture.Wish(60, 3)
    path = tmp_path / "sessions" / fixture.folder() / fixture.name(wish)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"".join(fixture.lines(wish)))
    os.utime(path, (OLD, OLD))
    data = path.read_bytes()
    subprocess.run(["zstd", "-q", "--rm", str(path)], check=True)
    assert not path.exists() and path.with_name(f"{path.name}.zst").exists()
    return fixture.thread_id(wish), path, data


@pytest.mark.parametrize("act", ["find", "read", "open", "thread", "name"])
def test_it_is_unpacked_where_it_is_wanted(tmp_path, packed, act):
    thread_id, path, data = packed
    store = RolloutStore(tmp_path)
    if act == "name":
        (tmp_path / "session_index.jsonl").write_text(json.dumps({"id": thread_id, "thread_name": "mine"}) + "\n")
        assert store.find("mine").thread_id == thread_id
    else:
        made = getattr(store, act)(thread_id)
        if act == "open":
            made.close()
    assert path.read_bytes() == data and list(path.parent.iterdir()) == [path]
    assert act == "open" or path.stat().st_mtime == OLD
    assert fold(store.read(thread_id)).turns


def test_an_archived_one_stays_archived(tmp_path, packed):
    thread_id, path, data = packed
    (tmp_path / "archived_sessions").mkdir()
    path.with_name(f"{path.name}.zst").rename(tmp_path / "archived_sessions" / f"{path.name}.zst")
    store = RolloutStore(tmp_path)
    with pytest.raises(StoreError, match="archived"):
        store.open(thread_id)
    assert (tmp_path / "archived_sessions" / path.name).read_bytes() == data


def test_a_damaged_one_is_told_and_left(tmp_path, packed):
    thread_id, path, _ = packed
    zst = path.with_name(f"{path.name}.zst")
    zst.write_bytes(zst.read_bytes()[:-20])
    before = zst.read_bytes()
    with pytest.raises(StoreError, match=r"damaged|cannot unpack"):
        RolloutStore(tmp_path).read(thread_id)
    assert zst.read_bytes() == before and list(path.parent.iterdir()) == [zst]


@pytest.mark.skipif(
    any(importlib.util.find_spec(name.split(".")[0]) for name in ("compression", "backports", "zstandard")),
    reason="Python can unpack by itself here",
)
def test_where_nothing_can_unpack_it_is_said(tmp_path, packed, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoreError, match="nothing here can unpack it") as caught:
        RolloutStore(tmp_path).read(packed[0])
    assert "install zstd" in (caught.value.hint or "")


def test_an_id_that_is_nowhere_unpacks_nothing(tmp_path, packed):
    for text in ("01a1f949-c093-7b01-ae9e-cc5d1e7e9ecc", "*", "", "x"):
        with pytest.raises(StoreError):
            RolloutStore(tmp_path).read(text)
    assert not packed[1].exists()


@pytest.mark.parametrize("act", ["archive", "delete"])
def test_it_is_put_away_and_deleted_as_any_other(tmp_path, packed, act):
    thread_id, _, data = packed
    getattr(RolloutStore(tmp_path), act)(thread_id)
    left = [one for one in tmp_path.rglob("rollout-*") if one.is_file()]
    assert [one.read_bytes() for one in left] == ([data] if act == "archive" else [])


def test_a_parent_of_a_packed_fork_stays(tmp_path):
    parent, fork = "01a1f949-c093-7b01-ae9e-000000000001", "01a1f949-c093-7b01-ae9e-000000000002"
    folder = tmp_path / "sessions/2026/11/20"
    folder.mkdir(parents=True)
    for of, base in ((parent, None), (fork, {"thread_id": parent, "end_ordinal_exclusive": 1, "end_byte_offset": 1})):
        meta = {"id": of, "cwd": "/w", "source": "cli", "history_mode": "paginated"}
        told = {
            "timestamp": "t",
            "ordinal": 0,
            "type": "session_meta",
            "payload": meta | ({"history_base": base} if base else {}),
        }
        path = folder / f"rollout-2026-11-20T10-00-00-{of}.jsonl"
        path.write_text(json.dumps(told, separators=(",", ":")) + "\n")
    subprocess.run(["zstd", "-q", "--rm", str(path)], check=True)
    with pytest.raises(StoreError) as refused:
        RolloutStore(tmp_path).delete(parent)
    assert fork in refused.value.hint and len(list(folder.iterdir())) == 2


def test_lists_tell_it_as_any_other_and_leave_it_packed(tmp_path, packed):
    thread_id, path, _ = packed
    zst = path.with_name(f"{path.name}.zst")
    before = zst.read_bytes()
    (head,) = RolloutStore(tmp_path, tmp_path / "state").list(non_interactive=True)
    assert (head.thread_id, head.path) == (thread_id, str(zst))
    assert head.cwd and head.prompt
    assert RolloutStore(tmp_path).tail(thread_id)
    assert zst.read_bytes() == before and list(path.parent.iterdir()) == [zst]


def test_one_that_lies_there_unpacked_too_is_told_once(tmp_path, packed):
    _, path, data = packed
    path.write_bytes(data)
    (head,) = RolloutStore(tmp_path).list(non_interactive=True)
    assert head.path == str(path)


def test_a_damaged_one_is_listed_by_its_name_alone(tmp_path, packed):
    thread_id, path, _ = packed
    path.with_name(f"{path.name}.zst").write_bytes(b"nothing that was packed")
    (head,) = RolloutStore(tmp_path, tmp_path / "state").list()
    assert head.thread_id == thread_id and head.created and not head.prompt
