"""The shell in a terminal: first frame, keys, frames, signals, and the terminal given back on every way out.

Does not: know what keys do or what a frame shows (`csm.ui.shell`, `csm.ui.arrange`).
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from csm.edit.inputs import Focus, Key, Mouse, Paste, Reply
from csm.host import manner_keys
from csm.ui import arrange, firstpaint, hyperlinks
from csm.ui.background import Background
from csm.ui.capture import Capture
from csm.ui.clock import LoopClock
from csm.ui.frame import Frame
from csm.ui.keyboard import Keyboard
from csm.ui.mishaps import Mishaps
from csm.ui.pacing import FRAME, INLINE, SETTLED, Pacer
from csm.ui.painters import InlinePainter, Painter
from csm.ui.shell import Shell
from csm.ui.styles import Styles, depth, sixteen
from csm.ui.terminal import Terminal
from csm.ui.wakeup import Wakeup
from csm.ui.watchdog import Watchdog

if TYPE_CHECKING:
    from csm.host.host import Host
    from csm.runtime.port import Start

#: Seconds that an orderly end may take after a signal, before the process is ended as it is.
_GRACE = 2.0
#: Signals that end the shell.
_ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)
#: Seconds within which another signal means the same as the first.
_PAIRED = 0.5
#: Seconds that another thread, decoding a stream, may keep a key waiting for the interpreter.
_SWITCH = 0.001
#: Seconds after the first frame until the session is opened: what was typed so far is shown before that.
_BREATH = 0.001
#: Seconds after that until the renderer is imported; so many times again while the session is still being opened.
_PAUSE, _TIMES = 0.03, 30


class App:
    """One shell on one terminal. Also what the screen uses for the terminal: `outside`, `send`, `stop`."""

    def __init__(
        self, terminal: Terminal, host: Host, port: Any, start: Start, inline: bool, kind: type[Shell] = Shell
    ) -> None:
        self._terminal, self._inline, self._kept = terminal, inline, not start.ephemeral
        self._loop = asyncio.get_running_loop()
        self._clock = LoopClock(self._loop)
        self._done: asyncio.Future[int] = self._loop.create_future()
        self.shell = kind(host, port, start, self._clock, inline=inline)
        self.shell.on_exit = self._exit
        self.shell.screen.terminal = self
        self._theme = host.theme
        self._styles = self._styled()
        self._painter: Painter | None = None
        self._pacer = Pacer(self._clock, self._paint, INLINE if inline else FRAME)
        self._keyboard = Keyboard(
            terminal.input, self._loop, self._take, lambda: self._exit(129), lambda: manner_keys.escape_delay(host)
        )
        self._background = Background(terminal, self._keyboard, host)
        self._watchdog = Watchdog(lambda line: host.report("info", line))
        self.shell.scripts.watch = self._watchdog.step
        self._capture = Capture(lambda line: host.report("info", line, "printed"))
        self._mishaps = Mishaps(host)
        self._signals: dict[int, Any] = {}
        self._wakeup: Wakeup | None = None
        self._away = False
        self._broken = ""
        #: When the first signal came that ends it all.
        self._ending: float | None = None
        self._loop.set_exception_handler(self._unexpected)

    async def run(self, prompt: str) -> int:
        """Show the first frame, then open the session and all else; until the shell is left."""
        self._catch_signals()
        self._wakeup = Wakeup(self._loop)
        self._watchdog.start()
        self._terminal.enter()
        self._capture.begin(self._terminal)
        self._first_frame()
        self.shell.on_change = self._pacer.ask
        self._keyboard.open()
        self._background.follow()
        self._clock.later(_BREATH, lambda: self._begin(prompt))
        code = await self._done
        self._say_goodbye()
        return code

    def close(self) -> None:
        """Stop everything of ours and give the terminal back."""
        self._pacer.stop()
        with contextlib.suppress(Exception):
            self._keyboard.close()
        self._clear()
        self.shell.scripts.end()
        self.shell.seats.close()
        self._clock.cancel_all()
        self._watchdog.stop()
        self._mishaps.close()
        self._capture.end()
        if self._wakeup is not None:
            self._wakeup.close()
        for number, handler in self._signals.items():
            if number not in _ENDING:  # what runs in the sessions is ended after this: no signal is to cut that short
                signal.signal(number, handler)

    # What the screen uses

    def send(self, data: str) -> None:
        """Write an escape sequence that shows nothing."""
        self._terminal.write(data)

    def outside(self, call: Callable[[], None]) -> None:
        """Run something else in the terminal."""
        self._watchdog.excuse()
        self._give_away()
        try:
            call()
        finally:
            self._take_back()

    def redraw(self) -> None:
        """Paint everything anew."""
        if self._painter is not None:
            self._painter.restyle(self._styles)
        self._pacer.ask(urgent=True)

    def stop(self) -> None:
        """Stop the process as C-z does; where there is no shell to continue it, the system does not stop it either."""
        self._watchdog.excuse()
        self._give_away()
        caught = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(0, signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, caught)
        self._take_back()

    # The rest

    def _first_frame(self) -> None:
        if self._inline:
            self._painter = InlinePainter(self._terminal, self._styles)
        self._paint()

    def _begin(self, prompt: str) -> None:
        self._guarded(lambda: self.shell.begin(prompt), "start")
        sys.setswitchinterval(_SWITCH)
        self._pacer.ask()
        self._clock.later(_PAUSE, self._settle)

    def _paint(self) -> None:
        if self._away:
            return
        if self.shell.host.theme is not self._theme:
            self._background.follow()
            self._theme = self.shell.host.theme
            self._styles = self._styled()
            if self._painter is not None:
                self._painter.restyle(self._styles)
        frame = self._frame()
        try:
            if self._painter is None:
                firstpaint.paint(self._terminal, self._styles, frame)
            else:
                self._painter.paint(frame)
        except OSError:
            self._exit(129)
        except Exception as error:
            self._fail(error)

    def _styled(self) -> Styles:
        host, theme = self.shell.host, self._theme
        bits = depth(host.env, host.option("colors"))
        if bits == 4:
            from csm.host import theming

            theme = sixteen(theme, theming.sixteen(host) or theme)
        return Styles(theme, bits, links=hyperlinks.shown(host.env, host.option("hyperlinks")))

    def _settle(self, times: int = _TIMES) -> None:
        """In a pause after the first frames: import the renderer, for which neither key nor session waits."""
        if times and self.shell.session.opening:
            self._clock.later(_PAUSE, lambda: self._settle(times - 1))
        elif self._painter is None:
            threading.Thread(target=self._fetch, name="csm-renderer", daemon=True).start()
        else:
            self._settled()

    def _fetch(self) -> None:
        try:
            from csm.ui import fullscreen
        except BaseException as error:
            failed = error
            self._clock.soon(lambda: self._fail(failed))
        else:
            self._clock.soon(lambda: self._use(fullscreen.FullPainter))

    def _use(self, painter: Callable[[Terminal, Styles], Painter]) -> None:
        if self._painter is None and not self._done.done():
            self._painter = painter(self._terminal, self._styles)
            self._pacer.ask()
        self._settled()

    def _settled(self) -> None:
        """Tidy memory: what is there now stays, and is not looked at again."""
        self._mishaps.open()
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        gc.enable()

    def _frame(self) -> Frame:
        """The frame to paint; one that cannot be made says why, so that the shell can still be used and left."""
        columns, rows = self._terminal.size()
        try:
            with self._watchdog.step("a frame", quiet=True):
                return arrange.frame(self.shell, columns, rows)
        except Exception as error:
            text = "".join(traceback.format_exception(error))
            if text != self._broken:
                self._broken = text
                self.shell.host.report("error", f"a frame could not be made\n{text}")
            return arrange.broken(columns, rows, text)

    def _take(self, given: Any) -> None:
        """One thing the terminal told us."""
        self._pacer.ask(urgent=True)
        if isinstance(given, Key):
            self._guarded(lambda: self.shell.press(given), given.chord)
        elif isinstance(given, Paste):
            self._guarded(lambda: self.shell.paste(given.text), "paste")
        elif isinstance(given, Mouse):
            self._guarded(lambda: self.shell.mouse(given), "mouse")
        elif isinstance(given, Reply):
            self._replied(given)
        elif isinstance(given, Focus):
            self.shell.focused = given.gained
            if given.gained:
                self._background.ask()
            self._guarded(lambda: self.shell.scripts.tell("focus" if given.gained else "blur"), "focus")

    def _guarded(self, call: Callable[[], None], what: str) -> None:
        try:
            with self._watchdog.step(what):
                call()
        except Exception as error:
            self.shell.teller.crashed(what, error)

    def _replied(self, reply: Reply) -> None:
        if reply.kind == "keyboard":
            self._terminal.kitty(True)
        elif reply.kind == "primary-attributes":
            self._terminal.answered()
            self.shell.host.tell_keys(self._terminal.tells_keys)
            self._terminal.other_keys()
        elif reply.kind == "modify-other-keys":
            self.shell.host.tell_keys(self._terminal.tells_keys or reply.values[:1] == (2,))
        else:
            self._background.heard(reply)

    def _exit(self, code: int) -> None:
        if not self._done.done():
            self._done.set_result(code)

    def _fail(self, error: BaseException) -> None:
        """Nothing can be shown any more: end, and let the traceback follow once the terminal is given back."""
        if not self._done.done():
            self._done.set_exception(error)

    def _unexpected(self, _loop: Any, context: dict[str, Any]) -> None:
        """What broke in a callback is told, and the shell goes on."""
        error = context.get("exception")
        self.shell.teller.crashed(context.get("message", "unexpected"), error or RuntimeError("unknown"))

    def _give_away(self) -> None:
        self._away = True
        self._keyboard.close()
        if self._painter is not None:
            self._painter.suspend()
        self._terminal.leave()
        self._capture.lend()

    def _take_back(self) -> None:
        self._capture.take()
        self._terminal.enter()
        self._background.again()
        self._keyboard.open()
        self._away = False
        self._pacer.now()

    def _say_goodbye(self) -> None:
        """Leave nothing of ours on the screen but how to come back."""
        self._pacer.stop()
        self._clear()
        session = self.shell.session
        if self._kept and session.thread_id and (session.thread.turns or session.thread.past):
            with contextlib.suppress(OSError):
                self._terminal.write(f"To go on with this session: csm resume {session.thread_id}\r\n")

    def _clear(self) -> None:
        """Take what is ours from the screen, and give the terminal back. Once."""
        painter, self._painter = self._painter, None
        if isinstance(painter, InlinePainter):
            with contextlib.suppress(Exception):
                painter.suspend()
        self._terminal.leave()

    def _catch_signals(self) -> None:
        for number in _ENDING:
            self._signals[number] = signal.signal(number, self._ended_by)
        self._signals[signal.SIGWINCH] = signal.signal(signal.SIGWINCH, lambda *_: self._clock.soon(self._resized))
        self._signals[signal.SIGCONT] = signal.signal(signal.SIGCONT, lambda *_: self._clock.soon(self._continued))
        self._signals[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, lambda *_: self._clock.soon(self.stop))

    def _resized(self) -> None:
        """The terminal has another size. Inline, rows written in the middle of a resize would stay as traces."""
        if self._inline and self.shell.windows.plain:
            self._pacer.hold(SETTLED)
        else:
            self._pacer.ask()
        self._clock.soon(lambda: self.shell.scripts.tell("resize"))

    def _continued(self) -> None:
        """Someone stopped us without a word, and the shell had the terminal until now."""
        if not self._away and not self._done.done():
            self._terminal.again()
            self.redraw()

    def _ended_by(self, number: int, _frame: Any) -> None:
        """End in order; if that takes too long, or at a second signal, give the terminal back and be gone.

        Signals often come in pairs (TERM and HUP): one that follows at once is no word of impatience.
        """
        code, now = 128 + number, time.monotonic()
        if self._ending is not None:
            if now - self._ending > _PAIRED:
                self._gone(code)
            return
        self._ending = now
        with contextlib.suppress(RuntimeError):  # the shell is left already, and what runs in its sessions is ended
            self._clock.soon(lambda: self._exit(code))
        timer = threading.Timer(_GRACE, self._gone, [code])
        timer.daemon = True
        timer.start()

    def _gone(self, code: int) -> None:
        self._terminal.leave()
        os._exit(code)
