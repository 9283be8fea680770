"""What `csm replay` prints: a screen as it was, what came of folding twice, where turns run again differ.

Each command returns a `Told`, which the command line prints. Nothing of it depends on clock, place or settings.

Does not: turn roles into colours.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from csm.api import CommandError, Context, command, lines, rerun

from . import telling
from .buffer import Replay, fill
from .commands import recorded

if TYPE_CHECKING:
    from csm.api import Recording, Thread

#: The exit status where no turn could be run again.
_NOTHING = 3
#: The largest screen that is printed.
_MOST = 2000


class Told(NamedTuple):
    """What came of a command: text for people, a value for JSON, and an exit status; or lines with roles."""

    text: str
    value: Any
    status: int = 0
    data: None = None
    screen: list[telling.Line] | None = None


@command("replay.print", title="Print a session as it was", hidden=True)
def print_screen(
    cx: Context, session: str, *, at: int | None = None, turn: int | None = None, size: str = "80x24"
) -> Told:
    """Print the screen as it was after event `--at`, or at the end of turn `--turn`, in a terminal of `--size`."""
    columns, rows = _size(size)
    recording = recorded(cx, session)
    number = recording.turn(turn).last if turn is not None else recording.events if at is None else at
    if not 0 <= number <= recording.events:
        raise CommandError(f"there is no event {number}: the session has {recording.events}")
    shown = Replay(recording, number=number)
    screen = screen_of(shown, columns, rows)
    return Told("", None if not cx.state.get("json") else _summary(recording, shown, screen), screen=screen)


@command("replay.verify", title="Fold a session twice and compare", hidden=True)
def verify(cx: Context, session: str) -> Told:
    """Fold a session's log whole and from every checkpoint, and compare state and screen at every turn's end."""
    proof = recorded(cx, session).prove(cx.state.get("watch"))
    made = "checkpoints made for it" if proof.made else "checkpoints of the index"
    head = f"{proof.path}: {proof.events:,} events, {proof.turns:,} turns"
    if not proof.differs:
        text = f"{head}\nThe same whole and from {proof.checkpoints:,} {made}: {proof.compared:,} states, "
        return Told(f"{text}{proof.screens:,} screens\nstate {proof.state}\n", {"same": True, **_fields(proof)})
    text = "".join(f"  {one}\n" for one in proof.differs)
    return Told(
        f"{head}\nNot the same from {proof.checkpoints:,} {made}:\n{text}", {"same": False, **_fields(proof)}, 1
    )


@command("replay.run-again", title="Run a session's turns again", hidden=True)
def run_again(cx: Context, session: str) -> Told:
    """Run the turns again on the recorded answers, and show the first difference."""
    recording = recorded(cx, session)
    found = rerun.rerun((step.number, step.time, step.body) for step in recording.steps(0))
    return Told(_again(recording, found), {"same": found.difference is None, **_fields(found)}, _status(found))


def _status(found: rerun.Rerun) -> int:
    """0 for the same, 1 for a difference, 3 where nothing could be compared."""
    if found.difference is not None:
        return 1
    return 0 if found.turns or not found.untold + found.cut else _NOTHING


def _again(recording: Recording, found: rerun.Rerun) -> str:
    text = f"{recording.path}: {found.turns:,} turns run again\n"
    text += f"{found.compared:,} events the same, {found.requests:,} requests, {found.tools:,} calls of tools\n"
    if found.passed:
        text += f"{found.passed:,} events come from elsewhere: tools, settings, extensions\n"
    if found.foreign:
        text += f"{found.foreign:,} of the turns are another program's: what the model was told is compared, no more\n"
    if found.untold:
        text += f"{found.untold:,} turns of another program do not say what they began with: they cannot be run\n"
    if found.cut:
        text += f"{found.cut:,} turns were cut off: nothing tells what the turn machine would have done\n"
    if found.difference is not None:
        one = found.difference
        text += f"Different at event {one.number:,}, turn {one.turn:,}: {one.kind}\n"
        text += f"  recorded  {one.recorded or 'nothing'}\n  now       {one.made or 'nothing'}\n"
    return text


def screen_of(shown: Replay, columns: int, rows: int) -> list[telling.Line]:
    """Exactly `rows` lines: the end of the transcript, and which event it is."""
    room = rows - 1
    if shown.thread.past is not None and shown.line_count(columns) < 2 * rows:
        fill(shown, 2 * rows, columns)
    found = [lines.clip(line, columns) for line in shown.end(room, columns)]
    return [*found, *([] for _ in range(room - len(found))), shown.foot(columns)]


def _summary(recording: Recording, shown: Replay, screen: list[telling.Line]) -> dict[str, Any]:
    step, number = shown.step, shown.number
    return {
        "path": recording.path,
        "event": number,
        "events": recording.events,
        "type": telling.kind(step),
        "time": step.time if step else "",
        "turn": shown.turn,
        "turns": recording.turns,
        "findings": list(recording.findings()),
        "state": _state(recording.thread(number, history=True)),
        "screen": [lines.plain(line).rstrip() for line in screen],
    }


def _state(thread: Thread) -> dict[str, Any]:
    history = hashlib.sha256()
    for raw in thread.history:
        history.update(raw + b"\n")
    names = ("thread_id", "name", "cwd", "model", "effort", "approval", "provider", "created", "running", "compactions")
    return {
        **{name: getattr(thread, name) for name in names},
        "sandbox": thread.sandbox.mode,
        "turns": thread.begun,
        "asks": len(thread.asks),
        "tokens": thread.usage.total,
        "history_items": len(thread.history),
        "history_digest": history.hexdigest(),
        "digest": thread.state_hash(),
    }


def _size(text: str) -> tuple[int, int]:
    columns, cross, rows = text.partition("x")
    if not (cross and columns.isdecimal() and rows.isdecimal() and len(text) < 12):
        raise CommandError(f"{text[:40]} is no size", "80x24 is one")
    if not (1 <= int(columns) <= _MOST and 1 <= int(rows) <= _MOST):
        raise CommandError(f"a screen has from 1x1 to {_MOST}x{_MOST} cells, not {text}")
    return int(columns), int(rows)


def _fields(value: Any) -> dict[str, Any]:
    import msgspec

    return msgspec.to_builtins(value)
