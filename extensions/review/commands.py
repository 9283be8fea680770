"""The command behind `/review`, and the list of what can be reviewed.

Does not: show the result. It comes as a message of the session.
"""

from __future__ import annotations

import subprocess

from csm.api import CommandError, Context, Row, command, ops

#: Branches and commits that are listed, and seconds that git has for it.
_MOST, _PATIENCE = 100, 5
_KINDS = (
    Row("uncommitted", "Uncommitted changes", "what the last commit has not"),
    Row("base", "Against a branch", "what this branch has that another has not"),
    Row("commit", "A commit", "what one commit changed"),
    Row("custom", "In your own words", "you say what to look at"),
)


@command("review.start", title="Review changes", slash="review")
def start(cx: Context, *what: str) -> None:
    """Review `uncommitted` changes, `base BRANCH`, `commit SHA` or what your own words say; without any, choose."""
    screen = cx.screen
    if screen is None:
        raise CommandError("there is no screen here; use `csm review`")
    if what:
        screen.session().submit(target(what))
        return
    screen.pick("Review", _KINDS, lambda kind: _chosen(cx, kind))


def target(words: tuple[str, ...]) -> ops.Review:
    """What the words after `/review` mean."""
    if not words or words == ("uncommitted",):
        return ops.Review("uncommitted")
    if len(words) == 2 and words[0] == "base":
        return ops.Review("base", words[1])
    if len(words) == 2 and words[0] == "commit":
        return ops.Review("commit", words[1])
    return ops.Review("custom", " ".join(words))


def _chosen(cx: Context, kind: str) -> None:
    screen = cx.screen
    if screen is None:
        return
    if kind == "uncommitted":
        start(cx, kind)
    elif kind == "custom":
        screen.ask_line("What to look at:", lambda text: start(cx, text) if text.strip() else None)
    elif kind == "base":
        rows = [Row(name, name, about) for name, about in _git(cx, "branch", *_BRANCHES)]
        _listed(cx, "Review against", kind, rows)
    else:
        rows = [Row(sha, title, sha[:10]) for sha, title in _git(cx, "log", f"-{_MOST}", "--format=%H%x09%s")]
        _listed(cx, "Review a commit", kind, rows)


_BRANCHES = ("--all", "--sort=-committerdate", "--format=%(refname:short)%09%(contents:subject)")


def _listed(cx: Context, title: str, kind: str, rows: list[Row]) -> None:
    if cx.screen is None or not rows:
        raise CommandError("git tells of none here")
    cx.screen.pick(title, rows[:_MOST], lambda name: start(cx, kind, name))


def _git(cx: Context, *words: str) -> list[tuple[str, str]]:
    """The lines that git prints in the session's folder, in two at the tab."""
    folder = cx.screen.session().thread.cwd if cx.screen is not None else "."
    try:
        done = subprocess.run(
            ["git", "--no-pager", *words], cwd=folder, capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise CommandError(f"git could not be asked: {error}") from None
    pairs = [line.partition("\t") for line in done.stdout.splitlines()]
    return [(name, about) for name, tab, about in pairs if tab and name]
