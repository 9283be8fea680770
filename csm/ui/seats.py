"""The sessions that are open in a shell, each with a composer of its own. One is current: commands mean it.

A session that works goes on when another one takes its place on the screen. Its questions wait with those of the
current one, behind them, and never take the keys by themselves.

Does not: draw, or hold windows (`csm.ui.windows`).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from csm.edit import kills
from csm.edit.editor import Editor
from csm.host import manner_keys
from csm.protocol import events, items, ops
from csm.protocol.errors import CommandError
from csm.ui import custom, hints, returning
from csm.ui.composer import Composer, rule
from csm.ui.elapsed import Elapsed
from csm.ui.session import SessionView, ends_turn
from csm.view.lines import clean, clip_text, visible

if TYPE_CHECKING:
    from csm.protocol.events import Event
    from csm.protocol.tools import Ask
    from csm.runtime.port import Start
    from csm.ui.frame import Line
    from csm.ui.shell import Shell

#: So many sessions may be open at once.
_MOST = 16
_TITLE = 40
#: How names of sessions begin among those of buffers, the id follows.
NAMED = "session:"


class Seat:
    """A session with what is its own in the shell. Implements `csm.ui.session.Watcher`."""

    def __init__(self, shell: Shell, start: Start, left: set[str], composer: Composer) -> None:
        self._shell = shell
        self.session = SessionView(shell.port, start, shell.clock, self, custom.renderer(shell), left)
        self.composer = composer
        self.elapsed = Elapsed(shell.clock, self._second_passed, partial(manner_keys.animated, shell.host))
        self._reconnecting = False
        self._thread_id = ""

    @property
    def here(self) -> bool:
        """Whether it is the current one."""
        return self._shell.seats.current is self

    @property
    def name(self) -> str:
        """What layouts call it."""
        return f"{NAMED}{self.session.thread_id}"

    @property
    def title(self) -> str:
        """What a person knows it by: its name, else how it began."""
        thread = self.session.thread
        said = (e.item.text for turn in thread.turns for e in turn.entries if isinstance(e.item, items.UserMessage))
        text = thread.name or next(said, "") or "new session"
        return clip_text(clean(" ".join(text.split())), _TITLE)

    @property
    def state(self) -> str:
        """How it stands: `asks`, `working` or `ready`."""
        if self.session.thread.asks:
            return "asks"
        return "working" if self.session.thread.running or self.session.own else "ready"

    @property
    def heading(self) -> str:
        """The title of its windows, where there are other sessions; else empty."""
        return f"{self.title} · {self.state}" if len(self._shell.seats.all) > 1 else ""

    # Watcher

    def opened(self) -> None:
        """Another thread is in this place."""
        shell, thread = self._shell, self.session.thread
        shell.windows.opened(self)
        before, self._thread_id = self._thread_id, self.session.thread_id
        if before not in ("", self._thread_id):
            shell.buffers.left(self)
        if thread.running:
            self.elapsed.begin(thread.turn(thread.running).started)
        else:
            self.elapsed.end()
        if self.here:
            shell.look_around()
            shell.scripts.tell("open")
        shell.refresh()

    def happened(self, event: Event) -> None:
        """An event was folded."""
        shell, body = self._shell, event.body
        shell.buffers.happened(event, self)
        if isinstance(body, events.TurnStarted):
            self.elapsed.begin(body.started)
        elif isinstance(body, events.ItemStarted | events.ItemCompleted) and body.item.id.startswith(items.OWN_COMMAND):
            self.session.note_own(body)
        elif isinstance(body, events.Queued) and body.refused:
            returning.take_back(shell, self, body.taken or "", ops.Ack(True))
        elif ends_turn(event):
            self.elapsed.end()
            if not isinstance(body, events.TurnCompleted):
                returning.everything(shell, self)
        if self.here:
            self._seen(event)
        else:
            self._told(event)
        shell.scripts.happened(event)

    def failed(self, text: str) -> None:
        """Something could not be done."""
        self._shell.failed(text if self.here else f"{self.title}: {text}")

    def unopened(self, why: str) -> None:
        """No thread could be put in this place. Where there is none and nothing was written, the place goes again."""
        seats, session = self._shell.seats, self.session
        empty = not (session.thread_id or session.waits or self.composer.editor.text)
        if empty and len(seats.all) > 1 and self in seats.all:
            seats.end(self)
        self._shell.failed(why)

    def warned(self, text: str) -> None:
        """Something was done, but not as it was meant."""
        self._shell.warned(text if self.here else f"{self.title}: {text}")

    def refresh(self) -> None:
        """Have the next frame drawn."""
        self._shell.refresh()

    def moved(self, transcript: Any, lines: int) -> None:
        """Lines were put before all others of a transcript."""
        self._shell.moved(transcript, lines)

    def submit(self, op: ops.Op, done: Any = None) -> None:
        """Submit an op. What was taken out of the queue comes back into the composer."""
        queued = self.session.thread.queued
        if isinstance(op, ops.Unqueue) and done is None and queued:
            at = op.at if op.at is not None else -1
            text = queued[at] if -1 <= at < len(queued) else ""
            done = partial(returning.take_back, self._shell, self, text)
        self.session.submit(op, done)

    def _seen(self, event: Event) -> None:
        """What the lines around the composer tell."""
        shell, body = self._shell, event.body
        if isinstance(body, events.TurnStarted | events.Configured | events.Kept):
            shell.segments.update(self.session.thread)
        elif ends_turn(event):
            shell.look_around()
        if isinstance(body, events.Reconnecting):
            shell.message.say(body.message, "message.warning")
            self._reconnecting = True
        elif self._reconnecting:
            shell.message.clear()
            self._reconnecting = False

    def _told(self, event: Event) -> None:
        """What is said of a session that is not the current one."""
        body, say = event.body, self._shell.teller.say
        if isinstance(body, events.TurnCompleted):
            say(f"{self.title} is done", "message.info")
        elif isinstance(body, events.TurnFailed):
            say(f"{self.title} failed: {body.message}", "message.error")
        elif isinstance(body, events.ThreadClosed) and self in self._shell.seats.all:
            say(f"{self.title} was closed", "message.warning")

    def _second_passed(self) -> None:
        if self.here:
            self._shell.segments.update(self.session.thread)
        self._shell.refresh()


class Seats:
    """The seats of a shell, in the order in which they were opened."""

    def __init__(self, shell: Shell, start: Start) -> None:
        self._shell = shell
        #: Threads that were closed here: they may take a moment before they can be opened again.
        self._left: set[str] = set()
        self._attended = ""
        #: Whose lines were printed last, inline.
        self._printed: Seat | None = None
        first = Seat(shell, start, self._left, Composer(Editor(clock=shell.clock.now)))
        self.all: list[Seat] = [first]
        self.current = first

    def shown(self, another: bool = False, seat: Any = None) -> Any:
        """A seat's transcript, else the current one's; or `another` one of it, for a second window."""
        session = (seat or self.current).session
        if another:
            session.keep({id(shown.buffer) for window in self._shell.windows for shown in window.stack})
        return session.shown(another)

    def follow(self) -> None:
        """The session in the window that has the keys, or had them last, is the current one."""
        seat = self._shell.windows.current.owner
        if seat is not None and seat is not self.current and seat in self.all:
            self.to(seat)

    def to(self, seat: Seat) -> None:
        """Make a seat the current one."""
        shell = self._shell
        if seat is self.current:
            return
        self.current = shell.windows.owner = seat
        shell.menu.close()
        shell.look_around()
        shell.scripts.tell("open")

    def go(self, seat: Seat) -> None:
        """Show a seat's session: in the window that shows it, else in that of the current session."""
        shell = self._shell
        if not shell.windows.shows(seat) and shell.windows.shows(self.current):
            shell.windows.show_thread(self.current)
        shell.windows.show_thread(seat)
        self.to(seat)
        shell.focus("approval" if seat.session.thread.asks else "composer")
        shell.scripts.tell("windows")

    def open(self, seat: Seat, *, keep: bool = False, **which: Any) -> None:
        """Put another thread in the place of a seat's: one that is open where it is named, else a new, stored or forked
        one. `keep`: the thread that was there goes on. Raises CommandError: too many are open.
        """
        known = self.find(which.get("resume"))
        if known is not None:
            self.go(known)
        elif keep and seat.session.thread_id:
            self.go(self._add(seat, **which))
        else:
            seat.session.open(**which)

    def begin(self, where: str, **which: Any) -> Seat:
        """Open a session, or show one that is open, in a window of its own. Raises CommandError: no room."""
        shell, known = self._shell, self.find(which.get("resume"))
        if known is not None and shell.windows.shows(known):
            self.go(known)
            return known
        self._room()
        shell.windows.split("columns" if where == "right" else "rows")
        seat = known or self._add(self.current, **which)
        shell.windows.put_thread(seat)
        self.go(seat)
        return seat

    def end(self, seat: Seat) -> None:
        """Close a session: its turn is stopped, its windows go; its draft can be yanked. Raises CommandError for the
        only one.
        """
        shell = self._shell
        if len(self.all) < 2:
            raise CommandError("this is the only session", "shell.quit leaves it")
        at = self.all.index(seat)
        self.all.remove(seat)
        follower = self.all[min(at, len(self.all) - 1)] if seat is self.current else self.current
        shell.windows.forget_thread(seat, follower)
        seat.elapsed.end()
        seat.session.end()
        shell.buffers.left(seat)
        self.to(follower)
        self.follow()
        shell.focus("composer")
        if seat.composer.editor.text.strip():
            kills.kill_range(seat.composer.editor, 0, len(seat.composer.editor.text))
            key = hints.key(shell, "edit.yank") or "edit.yank"
            shell.warned(f"the draft of {seat.title} was cut: {key} brings it here")

    def find(self, name: str | None) -> Seat | None:
        """The open session of an id or a name."""
        named = (seat for seat in self.all if name and name in (seat.session.thread_id, seat.session.thread.name))
        return next(named, None)

    def named(self, thread_id: str) -> Seat:
        """The open session of an id, else it is opened."""
        return self.find(thread_id) or self._add(self.current, resume=thread_id)

    def close(self) -> None:
        """Stop receiving."""
        for seat in self.all:
            seat.session.close()

    def turned(self, columns: int) -> list[Line]:
        """What is printed between the lines of two sessions: a line with the title of the one that goes on."""
        before, self._printed = self._printed, self.current
        if before in (None, self.current):
            return []
        return [[], rule(columns, [("border.focused", f" {visible(self.current.title)} ")], []), []]

    # Questions

    @property
    def asks(self) -> dict[str, tuple[Seat, Ask]]:
        """All questions that wait, with whose they are: those of the current session first."""
        order = sorted(self.all, key=lambda seat: seat is not self.current)
        return {ask.id: (seat, ask) for seat in order for ask in seat.session.thread.asks.values()}

    @property
    def elsewhere(self) -> list[tuple[Seat, Ask]]:
        """The questions of other sessions."""
        if len(self.all) < 2:
            return []
        return [found for found in self.asks.values() if found[0] is not self.current]

    @property
    def ask(self) -> Ask | None:
        """The question to answer: the current session's that waits longest, else one of another that was gone to."""
        own = next(iter(self.current.session.thread.asks.values()), None)
        if own is not None or not self._attended:
            return own
        return next((ask for _, ask in self.elsewhere if ask.id == self._attended), None)

    def attend(self) -> None:
        """Have the question of another session that waits longest answered, where the current one has none."""
        self._attended = next((ask.id for _, ask in self.elsewhere), "")

    def origin(self, ask_id: str) -> str:
        """The session whose question it is, if it is not the current one's."""
        found = self.asks.get(ask_id)
        return found[0].title if found is not None and found[0] is not self.current else ""

    def submit(self, seat: Seat, op: ops.Op, done: Any = None) -> None:
        """Submit an op to a seat's thread; an answer goes to whoever asked."""
        if isinstance(op, ops.AnswerAsk) and op.ask_id not in seat.session.thread.asks:
            seat = next((whose for whose, ask in self.asks.values() if ask.id == op.ask_id), seat)
        seat.submit(op, done)

    def _room(self) -> None:
        if len(self.all) >= _MOST:
            raise CommandError(f"{_MOST} sessions are open", "session.close closes one")

    def _add(self, beside: Seat, **which: Any) -> Seat:
        self._room()
        first = self.all[0].composer.editor
        editor = Editor(clock=self._shell.clock.now, modal=first.modal)
        editor.mode = "insert"
        editor.registers, editor.kills, editor.chips = first.registers, first.kills, first.chips
        start = msgspec.structs.replace(beside.session.start, cwd=beside.session.cwd, resume=None, fork=None)
        seat = Seat(self._shell, start, self._left, Composer(editor))
        self.all.append(seat)
        seat.session.open(**which)
        return seat
