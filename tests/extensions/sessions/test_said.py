"""Looking for words in what was said: prompts and answers alone, in any letters, in files of any shape."""

import json
import shutil
import subprocess

import pytest

from csm.api.testing import bundled

said = bundled("sessions", "said")


def line(kind, **payload):
    return json.dumps({"timestamp": "2026-11-20T10:00:00.000Z", "type": kind, "payload": payload}, ensure_ascii=False)


LINES = [
    line("session_meta", id="x", cwd="/w", base_instructions={"text": "never mention the zebra"}),
    line("event_msg", type="user_message", message='Fix the "Parser" in\nsrc/app.py'),
    line("response_item", type="function_call_output", output="a giraffe in a log"),
    line(
        "event_msg", type="agent_message", message="Über den Cache: " + "x" * 60 + " the LEOPARD is fast " + "y" * 400
    ),
    "no json at all with tiger",
]


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "rollout.jsonl"
    path.write_text("\n".join(LINES))
    return path


@pytest.mark.parametrize("word", ["parser", '"parser"', "über", "leopard", "src/app.py"])
def test_what_was_said_is_found(log, word):
    assert word in said.find(log, [word])[word].lower()


@pytest.mark.parametrize("word", ["zebra", "giraffe", "tiger", "nowhere"])
def test_what_only_stands_in_the_file_is_not(log, word):
    assert said.find(log, [word]) == {}


def test_each_word_comes_with_some_text_around_it(log):
    found = said.find(log, ["leopard", "parser", "zebra"])
    assert set(found) == {"leopard", "parser"}
    assert found["leopard"].startswith("…") and len(found["leopard"]) < 200
    assert found["parser"] == 'Fix the "Parser" in src/app.py'


def test_lines_that_blocks_cut_are_whole(log, monkeypatch):
    monkeypatch.setattr(said, "_BLOCK", 7)
    assert set(said.find(log, ["leopard", "parser"])) == {"leopard", "parser"}


@pytest.mark.skipif(shutil.which("zstd") is None, reason="there is no zstd here to pack with")
def test_packed_ones_are_read_as_they_are(log):
    subprocess.run(["zstd", "-q", "--rm", str(log)], check=True)
    packed = log.with_name(log.name + ".zst")
    assert set(said.find(packed, ["leopard"])) == {"leopard"}
    assert packed.exists() and not log.exists()


def test_files_that_cannot_be_read_are_passed_over(log, tmp_path):
    (tmp_path / "broken.jsonl.zst").write_bytes(b"no")
    pairs = [("gone", tmp_path / "none"), ("broken", tmp_path / "broken.jsonl.zst"), ("good", log)]
    assert list(said.search(pairs, ["parser"])) == ["good"]
