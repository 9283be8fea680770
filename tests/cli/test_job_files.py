"""Files that a job is given: schemas."""

from __future__ import annotations

from pathlib import Path

import pytest

from csm.cli.job import read_schema
from csm.protocol.errors import CsmError

FINE = {
    b'{"a": 1.50}': b'{"a": 1.50}',
    b"5": b"5",
    b'\xef\xbb\xbf{"\xc3\xa9": "\\ud800"}': b'{"\xc3\xa9": "\\ud800"}',
    '{"é":[]}'.encode("utf-16"): '{"é":[]}'.encode(),
}


@pytest.mark.parametrize("data", FINE)
def test_schemas_are_sent_as_they_are_written(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "s.json").write_bytes(data)
    assert read_schema(str(tmp_path / "s.json")) == FINE[data]


WRONG = {
    b"hello": "expected value at line 1 column 1",
    b"": "EOF while parsing a value at line 1 column 0",
    b'{\n "a": 1,\n}': "trailing comma at line 3 column 1",
    b"{": "EOF while parsing an object at line 1 column 1",
    b'{"a": NaN}': "NaN is no JSON value",
    b"[" * 100_000: "recursion",
}


@pytest.mark.parametrize("data", WRONG, ids=lambda data: repr(data[:12]))
def test_what_is_no_schema_is_told_with_its_place(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "s.json"
    path.write_bytes(data)
    with pytest.raises(CsmError) as caught:
        read_schema(str(path))
    assert caught.value.message.startswith(f"Output schema file {path} is not valid JSON: ")
    assert WRONG[data] in caught.value.message


def test_a_schema_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_bytes(b'{"a": "\xff"}')
    with pytest.raises(CsmError, match=r"Failed to read output schema file .*: not UTF-8 at byte 8$"):
        read_schema(str(tmp_path / "s.json"))


def test_a_schema_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(CsmError, match=r"Failed to read output schema file .*: Is a directory \(os error 21\)"):
        read_schema(str(tmp_path))
