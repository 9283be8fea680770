"""The scratch repository: made whole, taken away, and swept up after a tutor that was killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from csm_extensions.tutor import folder


def test_the_scratch_repository_has_a_bug_to_mend(tmp_path: Path) -> None:
    scratch = folder.create(tmp_path / "state")
    assert (scratch / ".git").is_dir()
    done = subprocess.run(["sh", "total.sh"], cwd=scratch, capture_output=True, text=True, check=True)
    assert done.stdout == "total: -12\n"
    folder.remove(scratch)
    assert not scratch.exists()


def test_what_a_killed_tutor_left_is_swept_up(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = tmp_path / f"tutor-{gone.pid}-abc"
    running = tmp_path / f"tutor-{os.getpid()}-abc"
    other = tmp_path / "tutor-notes"
    for path in (left, running, other):
        path.mkdir()
    folder.create(tmp_path)
    assert not left.exists()
    assert running.exists()
    assert other.exists()
