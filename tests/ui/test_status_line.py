"""The status line at widths, and the facts it tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from csm.ui import status
from csm.view.lines import plain as text

FACTS = status.Facts("", "gpt-5.5", "medium", "~/work", "main", "workspace-write", "on-request", 82, 0)


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        (80, "  gpt-5.5 medium · ~/work · main · may edit here              82% context left"),
        (60, "  gpt-5.5 medium · ~/work · may edit here   82% context left"),
        (30, "gpt-5.5 medium · may edit here"),
        (10, "gpt-5.5 m…"),
        (1, "…"),
    ],
)
def test_segments_go_when_there_is_no_room(columns: int, shown: str) -> None:
    assert text(status.render(FACTS, columns)).rstrip() == shown


def test_danger_and_queue_and_mode_are_told() -> None:
    facts = FACTS._replace(mode="normal", sandbox="danger-full-access", approval="never", queued=2, context_left=7)
    line = status.render(facts, 120)
    assert "NORMAL" in text(line)
    assert ("status.policy.open", "full access, never asks") in line
    assert ("status.context.low", "7% context left") in line
    assert ("status.queued", "2 queued") in line


@pytest.mark.parametrize(
    ("path", "shown"),
    [("/home/u/x", "~/x"), ("/home/u", "~"), ("/home/uu", "/home/uu"), ("/", "/")],
)
def test_folder(path: str, shown: str) -> None:
    assert status.folder(path, {"HOME": "/home/u"}) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0s"), (59.9, "59s"), (60, "1m 00s"), (3599, "59m 59s"), (7260, "2h 01m"), (-5, "0s")]
)
def test_duration(seconds: float, shown: str) -> None:
    assert status.duration(seconds) == shown


def test_branch(tmp_path: Path) -> None:
    assert status.branch(str(tmp_path / "nowhere")) == "" or (Path("/.git").exists())
    (tmp_path / ".git").mkdir()
    (tmp_path / "inner").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/feature/x\n")
    assert status.branch(str(tmp_path / "inner")) == "feature/x"
    (tmp_path / ".git" / "HEAD").write_text("0123456789abcdef\n")
    assert status.branch(str(tmp_path)) == "01234567"
