"""Stepping through a session, searching it, and going on from where it is.

Does not: draw.
"""

from __future__ import annotations

import asyncio
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from csm.api import CommandError, Context, Row, TextBuffer, codec, command, lines, screen_of

from .buffer import Replay

if TYPE_CHECKING:
    from csm.api import Recording


@command("replay.open", title="Step through a session", slash="replay")
async def open_replay(cx: Context, session: str | None = None, *, at: int | None = None) -> None:
    """Show a stored session as it was after each of its events: the one on the screen, or another by id or name."""
    screen, known = screen_of(cx), cx.state.pop("replay.recording", None)
    text = session or screen.session().thread_id
    if not text and known is None:
        raise CommandError("there is no session on the screen yet", "replay.open takes an id or a name")
    if known is None and session is None and not screen.session().thread.begun:
        raise CommandError("nothing was said in this session yet")
    recording = known or await asyncio.to_thread(recorded, cx, text)
    called = cx.state.pop("replay.name", "") or _name(recording)
    shown: Any = await asyncio.to_thread(Replay, recording, called, at)
    screen.show(shown)
    for finding in recording.findings():
        screen.message(finding, "message.warning")


@command("replay.next", title="Next event", places=("replay",))
def go_next(cx: Context, count: int = 1) -> None:
    """Go on to the next event."""
    shown = _replay(cx)
    if shown.number >= shown.recording.events:
        raise CommandError("this is the last event")
    _go(cx, shown.number + count)


@command("replay.previous", title="Previous event", places=("replay",))
def go_previous(cx: Context, count: int = 1) -> None:
    """Go back to the event before."""
    shown = _replay(cx)
    if shown.number <= 1:
        raise CommandError("this is the first event")
    _go(cx, max(1, shown.number - count))


@command("replay.next-turn", title="Next turn's end", places=("replay",))
def next_turn(cx: Context, count: int = 1) -> None:
    """Go on to the end of the turn, or of the one after it."""
    shown = _replay(cx)
    turn = shown.turn
    if not turn or shown.recording.turn(turn).last <= shown.number:
        turn += 1
    turn += count - 1
    if shown.number >= shown.recording.events:
        raise CommandError("this is the end of the last turn")
    _go(cx, shown.recording.turn(turn).last if turn <= shown.recording.turns else shown.recording.events)


@command("replay.previous-turn", title="Previous turn's end", places=("replay",))
def previous_turn(cx: Context, count: int = 1) -> None:
    """Go back to the end of the turn before."""
    shown = _replay(cx)
    turn = shown.turn
    if turn and shown.recording.turn(turn).last >= shown.number:
        turn -= 1
    turn -= count - 1
    if shown.number <= 1:
        raise CommandError("this is the beginning")
    _go(cx, shown.recording.turn(turn).last if turn >= 1 else 1)


@command("replay.first", title="First event", places=("replay",))
def first(cx: Context, count: int | None = None) -> None:
    """Go to the first event; with a count to that one."""
    _go(cx, count or 1)


@command("replay.last", title="Last event", places=("replay",))
def last(cx: Context, count: int | None = None) -> None:
    """Go to the last event; with a count to that one."""
    _go(cx, count or _replay(cx).recording.events)


@command("replay.go-to-event", title="Go to an event", places=("replay",))
def to_event(cx: Context, event: int | None = None) -> None:
    """Go to an event by its number."""
    shown = _replay(cx)
    if event is None:
        _ask(cx, f"Event (1 to {shown.recording.events}):", partial(to_event, cx))
    elif not 1 <= event <= shown.recording.events:
        raise CommandError(f"there is no event {event}: the session has {shown.recording.events}")
    else:
        _go(cx, event)


@command("replay.go-to-turn", title="Go to a turn", places=("replay",))
def to_turn(cx: Context, turn: int | None = None) -> None:
    """Go to the end of a turn by its number."""
    shown = _replay(cx)
    if turn is None:
        _ask(cx, f"Turn (1 to {shown.recording.turns}):", partial(to_turn, cx))
    else:
        _go(cx, shown.recording.turn(turn).last)


@command("replay.search", title="Search the session", places=("replay",))
async def search(cx: Context, *text: str, back: bool = False) -> None:
    """Go to the next event in which something stands; capitals count where there are any."""
    shown = _replay(cx)
    if text:
        shown.found = " ".join(text)
        await _search(cx, back=back)
        return
    typed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    screen_of(cx).ask_line("Search back:" if back else "Search:", typed.set_result, cancel=lambda: typed.set_result(""))
    shown.found = await typed or shown.found
    if shown.found:
        await _search(cx, back=back)


@command("replay.search-next", title="Search on", places=("replay",))
async def search_next(cx: Context) -> None:
    """Go to the next event with what was searched for."""
    await _search(cx, back=False)


@command("replay.search-previous", title="Search back", places=("replay",))
async def search_previous(cx: Context) -> None:
    """Go to the event before with what was searched for."""
    await _search(cx, back=True)


@command("replay.show-earlier", title="Show all turns before", places=("replay",))
def earlier(cx: Context) -> None:
    """Bring back the turns of long ago, which are not at hand at once in a long session."""
    screen, shown = screen_of(cx), _replay(cx)
    count = shown.earlier()
    screen.message(f"{count} earlier turns are above" if count else "all turns are here")


@command("replay.show-event", title="Show the event itself", places=("replay",))
def show_event(cx: Context) -> None:
    """Show the line of the log that keeps the event, as it stands there."""
    shown = _replay(cx)
    if shown.step is None or not shown.step.raw:
        raise CommandError("no line of the log keeps this event")
    try:
        text = codec.encode(codec.decode(shown.step.raw)).decode()
        text = _indented(text)
    except ValueError:
        text = shown.step.raw.decode("utf-8", "replace")
    content = [[("help.text", lines.clean(line))] for line in text.split("\n")]
    screen_of(cx).show(TextBuffer("event", f"Event {shown.number:,}", content), "right")


@command("replay.fork-here", title="Go on from here, in a copy", places=("replay",))
def fork_here(cx: Context) -> None:
    """Go on in a copy of the session that ends with the turn shown; the session itself stays as it is."""
    screen, shown = screen_of(cx), _replay(cx)
    turn = next((turn for turn in reversed(shown.thread.turns) if turn.id), None)
    thread_id = shown.recording.thread_id
    if turn is None:
        raise CommandError("no turn has begun here")
    if cx.port is None:
        raise CommandError("this is no shell", f"csm fork {thread_id} --at {turn.id} opens one")
    session = screen.session()

    def fork() -> None:
        screen.buffers.kill(shown.name)
        session.open(fork=thread_id, at=turn.id)
        screen.focus("composer")

    if not session.thread.running:
        fork()
        return
    rows = [Row(True, "Stop the turn and go"), Row(False, "Stay here")]
    screen.pick("A turn is running.", rows, lambda go: fork() if go else None)


def recorded(cx: Context, text: str) -> Recording:
    """The log of a session. Raises CommandError, StoreError."""
    opened = getattr(cx.host.store(), "recording", None)
    if opened is None:
        raise CommandError("this store keeps nothing that can be stepped through")
    return opened(text, cx.state.get("watch"))


async def _search(cx: Context, *, back: bool) -> None:
    shown = _replay(cx)
    if not shown.found:
        raise CommandError("nothing was searched for yet")
    pattern = re.compile(re.escape(shown.found), 0 if shown.found != shown.found.lower() else re.IGNORECASE)
    found = await asyncio.to_thread(shown.recording.find, pattern, shown.number, back=back)
    if found is None:
        raise CommandError(f"“{shown.found}” is not found further {'back' if back else 'on'}")
    _go(cx, found)


def _go(cx: Context, number: int) -> None:
    _replay(cx).go(number)
    screen_of(cx).scroll_to("bottom")


def _ask(cx: Context, prompt: str, done: Any) -> None:
    def typed(text: str) -> None:
        if not text.strip().replace(",", "").isdecimal():
            screen_of(cx).message(f"{text.strip() or 'nothing'} is no number", "message.error")
            return
        try:
            done(int(text.strip().replace(",", "")))
        except Exception as error:
            screen_of(cx).message(getattr(error, "message", str(error)), "message.error")

    screen_of(cx).ask_line(prompt, typed)


def _replay(cx: Context) -> Replay:
    shown = screen_of(cx).buffer
    if not isinstance(shown, Replay):
        raise CommandError("this is for a session that is stepped through", "replay.open opens it")
    return shown


def _name(recording: Recording) -> str:
    return recording.thread(recording.events).name or ""


def _indented(text: str) -> str:
    import json

    return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
