"""The shell without a terminal: takes keys, runs commands, keeps what is open and focused, and is asked for frames.

The focus is, first one first: a panel (picker, palette, line), a buffer shown over the transcript, a question to
answer, and else the composer or the transcript, as the user chose.

Does not: draw (`csm.ui.arrange`), read the terminal, or know asyncio (a `Clock` is passed in).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from csm.edit.editor import Editor
from csm.edit.macros import Pasted
from csm.host.context import Context
from csm.protocol import ops
from csm.protocol.errors import CommandError
from csm.ui import attaching, registered, status
from csm.ui.attention import Attention
from csm.ui.buffers import Buffers
from csm.ui.composer import Composer
from csm.ui.composers import Composers
from csm.ui.dispatch import Dispatcher
from csm.ui.elapsed import Elapsed
from csm.ui.jumps import Jumps
from csm.ui.keysink import KeySink
from csm.ui.macros import Macros
from csm.ui.menu import Menu
from csm.ui.message import MessageLine
from csm.ui.panels import Panel
from csm.ui.pointer import Pointer
from csm.ui.reading import Reader
from csm.ui.running import Runner
from csm.ui.screen import ShellScreen
from csm.ui.scripts import Scripts
from csm.ui.searching import Search
from csm.ui.seats import Seats
from csm.ui.segments import Segments
from csm.ui.session import SessionView
from csm.ui.start import Questions
from csm.ui.telling import Teller
from csm.ui.windows import Windows

if TYPE_CHECKING:
    from csm.edit.inputs import Key, Mouse
    from csm.host.host import Host
    from csm.protocol.tools import Ask, Decision
    from csm.runtime.port import Port, Start
    from csm.ui.clock import Clock
    from csm.ui.frame import Region


class Shell:
    """One shell. `on_change` is called when a frame should be drawn, `on_exit` with the exit status to leave.

    `alone`: there is no session, and no composer (`csm.ui.viewer`).
    """

    alone = False

    def __init__(self, host: Host, port: Port, start: Start, clock: Clock, *, inline: bool = False) -> None:
        self.host, self.port, self.clock, self.inline = host, port, clock, inline
        self.on_change: Callable[[], None] = lambda: None
        self.on_exit: Callable[[int], None] = lambda code: None
        self.seats = Seats(self, start)
        registered.follow(self)
        self.menu = Menu(self)
        self.windows = Windows(self.seats.shown, self.seats.current)
        self.composers = Composers(self)
        self.buffers = Buffers(host, lambda: Context(host, self.screen, port, state=self.state))
        self.panels: list[Panel] = []
        self.message = MessageLine()
        self.teller = Teller(host, clock, self.message, self.refresh)
        self.search = Search(self)
        self.screen = ShellScreen(self)
        self.keys = KeySink(self)
        self.dispatcher = Dispatcher(self.keys, clock)
        self.state: dict[str, Any] = {}
        self.macros = Macros(self)
        self.jumps = Jumps(self)
        self.pointer = Pointer(self)
        self.runner = Runner(self)
        self.branch = ""
        #: Columns and rows of the last frame.
        self.size: tuple[int, int] = (80, 24)
        #: The regions of the last frame on the whole screen, from the top.
        self.drawn: list[Region] = []
        self.scripts = Scripts(self)
        self.segments = Segments(self)
        self.focused = True
        #: The command line to run once the session is being opened.
        self.first = ""
        self._chosen = "composer"
        self._attention = Attention(clock, self.refresh)

    @property
    def session(self) -> SessionView:
        """The current session."""
        return self.seats.current.session

    @property
    def composer(self) -> Composer:
        """The current session's composer."""
        return self.seats.current.composer

    @property
    def elapsed(self) -> Elapsed:
        """How long the current session's turn takes."""
        return self.seats.current.elapsed

    def begin(self, prompt: str = "") -> None:
        """Ask what is open, then open the session and submit `prompt`; called once the first frame is painted."""
        self.branch = status.branch(self.session.cwd)
        self.teller.problems()
        Questions(self, lambda overrides: self._begin(prompt, overrides)).begin()

    def _begin(self, prompt: str, overrides: dict[str, Any]) -> None:
        self.session.begin(overrides)
        self.scripts.begin()
        if self.first:
            self.run(self.first)
        if prompt:
            self.submit(ops.Submit(prompt))

    # Focus

    @property
    def place(self) -> str:
        """Where keys apply now."""
        if self.panels:
            return self.panels[-1].place
        if self._chosen == "window":
            return str(self.windows.current.top.buffer.place)
        if self.ask is not None and self.answering:
            return "approval"
        return self._chosen

    @property
    def places(self) -> list[str]:
        """Where keys are looked up: the menu's first; with a cursor in what is read, what moves it comes first."""
        if self.menu.open:
            return ["menu", self.place]
        if self.panels:
            return getattr(self.panels[-1], "places", [self.place])
        if self.reader is None or getattr(self.reader.buffer, "pointed", False):
            return [self.place]
        return ["reading", self.place]

    @property
    def taking(self) -> Any:
        """The buffer that has all keys for what runs in it, if one has."""
        if self._chosen != "window" or self.panels:
            return None
        buffer = self.windows.current.top.buffer
        return buffer if getattr(buffer, "takes_keys", False) else None

    @property
    def reader(self) -> Reader | None:
        """The cursor in the window that has the keys, if there is one."""
        if self._chosen != "window" or self.taking is not None:
            return None
        top, keymap = self.windows.current.top, self.host.keymap
        pointed = getattr(top.buffer, "pointed", False)
        manner = getattr(top.buffer, "reading", keymap.reading)
        wanted = (pointed or manner == "cursor") if top.reads is None else top.reads
        if not wanted or getattr(top.buffer, "editor", None) is not None or hasattr(top.buffer, "cursor"):
            top.reader = None
        elif top.reader is None or top.reader.buffer is not top.buffer:
            own = self.composer.editor
            modal = keymap.editing == "vi" or keymap.reading == "scroll"
            top.reader = Reader(top.buffer, own.registers, own.kills, modal=modal)
        return top.reader

    @property
    def in_window(self) -> bool:
        """Whether a window has the keys, or will have them when the panels are closed."""
        return self._chosen == "window"

    @property
    def reading(self) -> bool:
        """Whether a window has the keys."""
        return not self.panels and self._chosen == "window"

    @property
    def ask(self) -> Ask | None:
        """The question to answer: the one that waits longest."""
        return self.seats.ask

    @property
    def answering(self) -> bool:
        """Whether the question has the keys."""
        ask = self.ask
        draft = bool(self.composer.editor.text)
        return ask is not None and self._chosen == "composer" and self._attention.has(ask.id, writing=draft)

    def focus(self, place: str) -> None:
        """Move the focus between composer, the current window, the transcript's, and approval."""
        if place == "approval":
            self.seats.attend()
            self._chosen = "composer"
            self._attention.give()
        elif place in ("transcript", "window"):
            if place == "transcript":
                self.windows.to_transcript()
            self._chosen = "window"
        elif place == "composer":
            self._chosen = place
            self.search.clear()
            if self.ask is not None:
                self._attention.take(self.ask.id)
        else:
            raise CommandError(f"there is no place {place} to go to")
        self.refresh()

    @property
    def editor(self) -> Editor:
        """The editor that keys go to."""
        if self.panels:
            return self.panels[-1].editor
        if self.reader is not None:
            return self.reader.editor
        shown = getattr(self.windows.current.top.buffer, "editor", None) if self._chosen == "window" else None
        return shown or self.composer.editor

    @property
    def _written(self) -> bool:
        """Whether there is a text here that can be written in: a line of the shell's, or a buffer's own."""
        if self.reading:
            return self.reader is None and getattr(self.windows.current.top.buffer, "editor", None) is not None
        return self.place in ("composer", "picker", "palette", "line", "sessions")

    @property
    def writing(self) -> bool:
        """Whether typed text goes into the focused editor."""
        if not self._written:
            return False
        return self.editor.mode in ("insert", "replace")

    def modes(self) -> tuple[str, ...]:
        """The modes whose keys apply."""
        if self._written:
            return self.editor.modes()
        if self.taking is not None:
            return ("attached",)
        if self.reader is not None:
            return self.reader.editor.modes()
        if self.place == "approval" and self.ask is not None and self.ask.kind == "questions":
            return ("questions",)
        return ("normal",)

    # Keys

    def press(self, key: Key) -> None:
        """Take a key press."""
        if key.event == "release" or self.macros.hear(key.chord):
            return
        self.message.clear()
        self._follow_keymap()
        answering = self.place == "approval"
        self.keys.press(key)
        if self.panels:
            self.panels[-1].pressed()
        self._attention.pressed(answering=answering)
        self.scripts.pressed()
        self.menu.follow()
        self.refresh()

    def mouse(self, given: Mouse) -> None:
        """Take what the mouse did."""
        self.message.clear()
        self.pointer.take(given)
        self.refresh()

    def paste(self, text: str) -> None:
        """Insert pasted text wherever text is written; else in the composer."""
        if self.macros.hear(Pasted(text)):
            return
        self.dispatcher.reset()
        self.message.clear()
        if self.taking is not None:
            self.taking.paste(text)
            return
        if self.place == "approval":
            self.focus("composer")
        attaching.paste(self, self.editor if self.writing else self.composer.editor, text)
        self.menu.follow()
        self.refresh()

    def run(self, line: str, count: int | None = None) -> None:
        """Run a command line; what goes wrong is told."""
        self.runner.run(line, count)

    def failed(self, text: str) -> None:
        """Something could not be done."""
        self.teller.failed(text)

    def warned(self, text: str) -> None:
        """Something was done, but not as it was meant."""
        self.teller.say(text, "message.warning")

    def moved(self, transcript: Any, lines: int) -> None:
        """Lines were put before all others of a transcript."""
        self.windows.moved(transcript, lines)

    def refresh(self) -> None:
        """Have the next frame drawn."""
        self.seats.follow()
        self.on_change()

    # The session

    def submit(self, op: ops.Op, done: Callable[[ops.Ack], None] | None = None) -> None:
        """Submit an op to the current session; an answer goes to the one that asked."""
        self.seats.submit(self.seats.current, op, done)

    def interrupt(self) -> None:
        """Stop the running turn."""
        self.submit(ops.Interrupt())

    def answer(self, decision: Decision, text: str = "") -> None:
        """Answer the question that is shown."""
        if self.ask is not None:
            self.submit(ops.AnswerAsk(self.ask.id, decision, text))

    def leave(self, code: int = 0) -> None:
        """Leave the shell."""
        self.on_exit(code)

    def _follow_keymap(self) -> None:
        """Edit as the keymap in force wants it."""
        editor, modal = self.composer.editor, self.host.keymap.editing == "vi"
        if editor.modal != modal:
            editor.modal = modal
            editor.mode = "insert"

    def look_around(self) -> None:
        """Read what the status line tells of the folder, and ask extensions for theirs."""
        self.branch = status.branch(self.session.cwd)
        self.segments.update(self.session.thread)
