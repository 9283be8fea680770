"""The command behind `/review`.

Does not: show the result. It comes as a message of the session.
"""

from __future__ import annotations

from csm.api import CommandError, Context, command, ops


@command("review.start", title="Review changes", slash="review")
def start(cx: Context, *what: str) -> None:
    """Review uncommitted changes; `base BRANCH`, `commit SHA` or your own words name something else."""
    if cx.screen is None:
        raise CommandError("there is no screen here; use `csm review`")
    cx.screen.session().submit(target(what))


def target(words: tuple[str, ...]) -> ops.Review:
    """What the words after `/review` mean."""
    if not words:
        return ops.Review("uncommitted")
    if len(words) == 2 and words[0] == "base":
        return ops.Review("base", words[1])
    if len(words) == 2 and words[0] == "commit":
        return ops.Review("commit", words[1])
    return ops.Review("custom", " ".join(words))
