"""The status line: mode, model, folder, policy, what is left of the context, what extensions add.

Segments that do not fit are left out, the least important first.

Does not: read anything slow. The branch is read when a thread opens and when a turn ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from csm.ui.frame import Line
from csm.view.lines import clip, line_width, single

_LOW = 20
_PLENTY = 95
_NARROW = 40


class Segment(NamedTuple):
    """A part of the status line. Segments of a higher `rank` are left out first."""

    rank: int
    line: Line


class Facts(NamedTuple):
    """What the status line tells."""

    mode: str
    model: str
    effort: str | None
    folder: str
    branch: str
    sandbox: str
    approval: str
    context_left: int | None
    queued: int
    extra: tuple[Line, ...] = ()
    #: The macro that is being recorded.
    recording: str = ""
    #: `(role, text)` of the parts that the user chose (`tui.status_line`), in place of csm's own choice.
    chosen: tuple[tuple[str, str], ...] | None = None


def render(facts: Facts, columns: int) -> Line:
    """One line of at most `columns` cells."""
    left, right = _left(facts), _right(facts)
    kept = sorted([*left, *right], key=lambda segment: segment.rank)
    margin = 2 if columns > _NARROW else 0
    while len(kept) > 1 and _needed([s for s in left if s in kept], [s for s in right if s in kept]) > columns - margin:
        kept.pop()
    start = _joined([segment for segment in left if segment in kept])
    end = _joined([segment for segment in right if segment in kept])
    room = columns - line_width(start) - line_width(end) - margin
    gap = min(room, max(3, room - margin))
    line: Line = [("status", " " * margin), *start]
    line += [("status", " " * max(1, gap)), *end] if end else []
    return clip(line, columns)


def _left(facts: Facts) -> list[Segment]:
    model = f"{facts.model} {facts.effort}" if facts.effort else facts.model
    policy = "status.policy.open" if facts.sandbox == "danger-full-access" else "status.policy"
    found = [
        Segment(0, [("status.mode", f" {facts.mode.upper()} ")] if facts.mode else []),
        Segment(0, [("status.running", f"● recording {single(facts.recording)}")] if facts.recording else []),
    ]
    if facts.chosen is not None:
        found += [Segment(1 + at, [part]) for at, part in enumerate(facts.chosen)]
        found += [Segment(1, [(policy, _policy(facts))])] if policy == "status.policy.open" else []
        return [segment for segment in found if segment.line]
    found += [
        Segment(1, [("status.model", single(model))]),
        Segment(3, [("status.path", single(facts.folder))]),
        Segment(5, [("status.path", single(facts.branch))]),
        Segment(2, [(policy, _policy(facts))]),
    ]
    return [segment for segment in found if segment.line and segment.line[0][1]]


def _right(facts: Facts) -> list[Segment]:
    found: list[Segment] = [Segment(7, line) for line in facts.extra]
    if facts.queued:
        found.append(Segment(4, [("status.queued", f"{facts.queued} queued")]))
    if facts.chosen is None and facts.context_left is not None and facts.context_left < _PLENTY:
        role = "status.context.low" if facts.context_left < _LOW else "status.context"
        found.append(Segment(4 if facts.context_left >= _LOW else 1, [(role, f"{facts.context_left}% context left")]))
    return found


def _policy(facts: Facts) -> str:
    words = {"danger-full-access": "full access", "workspace-write": "may edit here", "read-only": "read only"}
    asks = {"never": "never asks", "untrusted": "asks often", "on-request": "", "on-failure": "asks on failure"}
    parts = [words.get(facts.sandbox, facts.sandbox), asks.get(facts.approval, facts.approval)]
    return ", ".join(part for part in parts if part)


def _joined(segments: list[Segment]) -> Line:
    line: Line = []
    for segment in segments:
        # The mode is a field of its own colour and needs no dot after it.
        dot = " " if line and line[-1][0] == "status.mode" else " · "
        line += [("status.separator", dot), *segment.line] if line else segment.line
    return line


def _needed(left: list[Segment], right: list[Segment]) -> int:
    gap = 3 if left and right else 0
    return line_width(_joined(left)) + line_width(_joined(right)) + gap


def folder(path: str, env: Mapping[str, str]) -> str:
    """A path with `~` for the home folder."""
    home = env.get("HOME", "")
    if home and (path == home or path.startswith(home.rstrip("/") + "/")):
        return "~" + path[len(home.rstrip("/")) :]
    return path


def branch(cwd: str) -> str:
    """The git branch checked out around `cwd`, or the short commit; empty outside git. Two small reads at the most."""
    for place in (Path(cwd), *Path(cwd).parents):
        marker = place / ".git"
        try:
            if marker.is_file():
                marker = place / marker.read_text("utf-8").removeprefix("gitdir:").strip()
            head = (marker / "HEAD").read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            continue
        return head.removeprefix("ref: refs/heads/") if head.startswith("ref: ") else head[:8]
    return ""


def context_left(thread: Any) -> int | None:
    """Percent of the model's window that the last response left free; None before there was one."""
    if not thread.context_window or thread.last_usage is None:
        return None
    return max(0, min(100, 100 - 100 * thread.last_usage.total // thread.context_window))


def duration(seconds: float) -> str:
    """Seconds as `42s`, `3m 05s`, `1h 02m`."""
    from csm.view.render.look import whole_seconds

    return whole_seconds(max(0, int(seconds)))
