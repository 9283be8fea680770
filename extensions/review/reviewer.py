"""The reviewer: guidelines, the question, and the commit where a branch left its base.

Does not: judge code itself.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from csm.api import ReviewPlan, ops, review

from .guidelines import GUIDELINES

#: Tools that a reviewer has no use for: it reads and runs, alone and offline.
_WITHOUT = (
    "web_search", "spawn_agent", "send_input", "resume_agent", "wait_agent", "close_agent", "create_goal", "get_goal",
    "update_goal",
)  # fmt: skip
#: Seconds that git may take to find a merge base.
_PATIENCE = 20


class GuidedReviewer:
    """See `csm.host.contracts.Reviewer`."""

    def prepare(self, asked: ops.Review, cwd: Path) -> ReviewPlan:
        """What to ask, and of whom."""
        base = merge_base(cwd, asked.text) if asked.target == "base" else None
        return ReviewPlan(
            label=review.label(asked),
            request=review.request(asked, base),
            instructions=GUIDELINES,
            without=_WITHOUT,
            schema=review.SCHEMA,
        )

    def answer(self, text: str) -> str:
        """The reviewer's last message as it is shown."""
        return review.answer(text)


def merge_base(cwd: Path, branch: str) -> str | None:
    """The commit where the current branch left another one; None where git knows none."""
    commit = _git(cwd, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{branch}^{{commit}}")
    return _git(cwd, "merge-base", "HEAD", commit) if commit else None


def _git(cwd: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", *words], cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_PATIENCE
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    return done.stdout.strip() or None if done.returncode == 0 else None
