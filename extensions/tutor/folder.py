"""The scratch repository the lessons happen in.

Does not: live under a temporary folder. The sandbox lets commands write there, and a lesson shows that they may not
write outside the repository.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

POEM = """A key went down, a line came up,
the cursor blinked and waited;
I asked for little, got enough,
and what was wrong, abated.
"""
TOTAL = """#!/bin/sh
# Adds up the numbers in prices.txt.
sum=0
while read -r price; do
    sum=$((sum - price))
done < prices.txt
echo "total: $sum"
"""


def create(state: Path) -> Path:
    """A new scratch repository below `state`, which is made if it is missing. Raises OSError."""
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    _sweep(state)
    folder = Path(tempfile.mkdtemp(prefix=f"tutor-{os.getpid()}-", dir=state))
    (folder / "poem.txt").write_text(POEM)
    (folder / "prices.txt").write_text("3\n4\n5\n")
    (folder / "total.sh").write_text(TOTAL)
    if shutil.which("git"):
        env = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        for words in ("init -q", "config user.name Learner", "config user.email learner@example.org"):
            subprocess.run(["git", *words.split()], cwd=folder, env=env, check=False, capture_output=True)
    return folder


def _sweep(state: Path) -> None:
    """Take away what a tutor that was killed left behind. Its process id is in the name."""
    for folder in state.glob("tutor-*-*"):
        owner = folder.name.split("-")[1]
        if owner.isdigit() and not _alive(int(owner)):
            remove(folder)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


def remove(folder: Path) -> None:
    """Take the scratch repository away again."""
    shutil.rmtree(folder, ignore_errors=True)
