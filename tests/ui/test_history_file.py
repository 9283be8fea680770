"""The history file: Codex's lines, ours, and what is neither."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from csm.ui import history_file


def test_what_is_appended_is_read_and_private(tmp_path: Path) -> None:
    path = tmp_path / "home" / "history.jsonl"
    history_file.append(path, "id-1", 1700000000.9, "first\nline")
    history_file.append(path, "id-1", 1700000001, "second ☃")
    assert history_file.read(path) == ["first\nline", "second ☃"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text().splitlines()[0]) == {
        "session_id": "id-1",
        "ts": 1700000000,
        "text": "first\nline",
    }


def test_strange_lines_are_skipped(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    path.write_bytes(b'{"text": "ok"}\nnot json\n{"text": 5}\n[]\n{"other": 1}\n\xff\xfe\n{"text": "too"}\n{"te')
    assert history_file.read(path) == ["ok", "too"]


def test_no_file_is_no_history(tmp_path: Path) -> None:
    assert history_file.read(tmp_path / "none.jsonl") == []
