"""Buffers that tell how things stand, as they change: the plan, the sessions that are open, what csm has told.

Does not: draw windows, or hold what they tell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from csm.api import Context, command, items, lines

from .windows import screen

Line = list[tuple[str, str]]
_MARKS = {"completed": ("plan.done", "✓"), "in_progress": ("plan.doing", "•"), "pending": ("plan.pending", "○")}
_STATES = {"asks": ("approval.key", "?"), "working": ("plan.doing", "•"), "ready": ("plan.done", "✓")}


class LivePage:
    """See `csm.api.Buffer`. `rows(width)` gives the lines as they are now; what it tells is not kept."""

    place = "help"
    editor = None
    follow = False

    def __init__(self, name: str, title: str, rows: Callable[[int], list[Line]], place: str = "help") -> None:
        self.name, self.title, self.place, self._rows = name, title, place, rows
        self._made: tuple[int, list[Line]] = (0, [])
        self.version = 0

    def line_count(self, width: int) -> int:
        """How many lines there are."""
        found = self._rows(max(8, width))
        if found != self._made[1]:
            self.version += 1
        self._made = width, found
        return len(found)

    def lines(self, start: int, stop: int, width: int) -> Sequence[Line]:
        """The lines from `start` up to `stop`."""
        if self._made[0] != width:
            self.line_count(width)
        return self._made[1][max(0, start) : stop]


def plan(cx: Context) -> Any:
    """The plan of the current session as it stands."""
    shown = screen(cx)
    return LivePage("plan", "Plan", lambda width: _plan(shown.session().thread, width))


def sessions(cx: Context) -> Any:
    """The sessions that are open."""
    shown = screen(cx)
    return LivePage("sessions", "Open sessions", lambda width: _sessions(shown, width), "seats")


def messages(cx: Context) -> Any:
    """What csm has told, the newest last."""
    page = LivePage("messages", "Messages", lambda width: _messages(cx, width), "messages")
    page.follow = True
    return page


@command("plan.open", title="Show the plan")
def open_plan(cx: Context) -> None:
    """Show the plan of the session in a window, as it changes."""
    screen(cx).show(plan(cx), "below")


@command("session.open-list", title="Show the open sessions")
def open_sessions(cx: Context) -> None:
    """Show the sessions that are open in a window: how they stand, as it changes."""
    screen(cx).show(sessions(cx), "below")


@command("session.take", title="Go to the session at the cursor", places=("seats",))
def take(cx: Context) -> None:
    """Go to the session on this line."""
    found = _at(cx)
    screen(cx).seats.go(found)


@command("session.close-here", title="Close the session at the cursor", places=("seats",))
def close_here(cx: Context) -> None:
    """Close the session on this line; one at work after asking."""
    from .seats import close

    close(cx, str(screen(cx).seats.all().index(_at(cx)) + 1))


def _at(cx: Context) -> Any:
    shown = screen(cx)
    found = shown.seats.all()
    return found[min(shown.line, len(found) - 1)]


def _plan(thread: Any, width: int) -> list[Line]:
    for turn in reversed(thread.turns):
        for entry in reversed(turn.entries):
            if isinstance(entry.item, items.Plan):
                return _steps(entry.item, width)
    return [[("dim", "The model has made no plan yet.")]]


def _steps(item: items.Plan, width: int) -> list[Line]:
    done = sum(step.status == "completed" for step in item.steps)
    made: list[Line] = [[("plan.title", f"{done} of {len(item.steps)}")]]
    if item.explanation:
        made += lines.wrap([("plan.explanation", lines.clean(item.explanation))], width)
    for step in item.steps:
        role, mark = _MARKS[step.status]
        made += lines.wrap([(role, lines.clean(step.step))], width, [(role, f"{mark} ")], [("", "  ")])
    return made


def _sessions(shown: Any, width: int) -> list[Line]:
    here = shown.session()
    made: list[Line] = []
    for one in shown.seats.all():
        role, mark = _STATES[one.state]
        title = "status.model" if one == here else "help.text"
        tail = f"  {one.state}  {one.thread.cwd}"
        made.append(lines.clip([(role, f"{mark} "), (title, one.title), ("dim", lines.clean(tail))], width))
    return made


def _messages(cx: Context, width: int) -> list[Line]:
    made: list[Line] = []
    for message in cx.host.messages:
        first, *rest = message.text.splitlines() or [""]
        made += lines.wrap([(f"message.{message.level}", lines.clean(first))], width)
        for line in rest:
            made += lines.wrap([("help.text", lines.clean(line))], width)
        if message.where and message.where not in first:
            made.append(lines.clip([("dim", lines.clean(message.where))], width))
    return made or [[("help.text", "There are none.")]]
