"""Tags of sessions: kept beside the state, whatever else stands in the file."""

import pytest

from csm.protocol.errors import CommandError
from csm.runtime import tagging

ONE, TWO = "01a1f949-c093-7b01-ae9e-000000000001", "01a1f949-c093-7b01-ae9e-000000000002"


@pytest.mark.parametrize(
    ("text", "tags"),
    [("", ()), ("  # ,", ()), ("bug", ("bug",)), ("#bug, #bug  ui", ("bug", "ui")), ("über #日本", ("über", "日本"))],
)
def test_words_are_tags(text, tags):
    assert tagging.parse(text) == tags


@pytest.mark.parametrize("text", ["x" * 41, "a\x1bb", " ".join(map(str, range(21)))])
def test_what_is_too_much_is_refused(text):
    with pytest.raises(CommandError):
        tagging.parse(text)


def test_the_last_word_on_a_session_counts(tmp_path):
    assert tagging.read(tmp_path) == {}
    tagging.put(tmp_path / "state", ONE, ("bug", "ui"))
    tagging.put(tmp_path / "state", TWO, ("docs",))
    tagging.put(tmp_path / "state", ONE, ("later",))
    assert tagging.read(tmp_path / "state") == {TWO: ("docs",), ONE: ("later",)}
    tagging.put(tmp_path / "state", TWO, ())
    assert tagging.read(tmp_path / "state") == {ONE: ("later",)}


def test_broken_lines_and_a_torn_end_cost_nothing_else(tmp_path):
    tagging.put(tmp_path, ONE, ("bug",))
    path = tmp_path / "tags.jsonl"
    path.write_bytes(b'{"session_id": 3, "tags": ["a"]}\n[1]\n\xff\n' + path.read_bytes() + b'{"session_id": "t')
    tagging.put(tmp_path, TWO, ("ui",))
    assert tagging.read(tmp_path) == {ONE: ("bug",), TWO: ("ui",)}
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "state").write_text("a file")
    with pytest.raises(CommandError, match="tags cannot be kept"):
        tagging.put(tmp_path / "state", ONE, ("bug",))
