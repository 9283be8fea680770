"""Placeholders of several commands at once: each stays while any command needs it, and none stays after."""

from __future__ import annotations

import os
from pathlib import Path

from csm_extensions.bubblewrap.placeholders import Placeholders


def held(root: Path) -> Placeholders:
    placeholders = Placeholders()
    placeholders.hold(root, [".csm"])
    return placeholders


def test_the_last_command_takes_them_away(tmp_path: Path) -> None:
    first, second = held(tmp_path), held(tmp_path)
    first.close()
    assert (tmp_path / ".csm").is_dir()
    second.close()
    assert not (tmp_path / ".csm").exists()


def test_one_that_is_not_yet_marked_stays_for_the_command_that_saw_it(tmp_path: Path) -> None:
    first = held(tmp_path)
    marked = (tmp_path / ".csm").stat().st_mtime
    os.utime(tmp_path / ".csm")  # as between making and marking it
    second = held(tmp_path)
    os.utime(tmp_path / ".csm", (marked, marked))
    first.close()
    assert (tmp_path / ".csm").is_dir()
    second.close()
    third = held(tmp_path)
    third.close()
    assert not (tmp_path / ".csm").exists()
