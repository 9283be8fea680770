"""The shell as commands see it: implements `csm.host.context.Screen`.

Does not: hold state. It is the shell's face for commands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from csm.protocol.errors import CommandError
from csm.ui import attaching, shots
from csm.ui.faces import BuffersFace, SeatsFace, SessionFace, WindowsFace
from csm.ui.panels import LinePanel

if TYPE_CHECKING:
    from csm.edit.editor import Editor
    from csm.ui.clipboard import Clipboard
    from csm.ui.shell import Shell
    from csm.ui.viewport import Viewport
    from csm.ui.waiting import Choices


class ShellScreen:
    """See `csm.host.context.Screen` for what each of these means."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self.windows, self.buffers, self.seats = WindowsFace(shell), BuffersFace(shell), SeatsFace(shell)
        self.terminal: Any = None
        self._clipboard: Clipboard | None = None

    @property
    def buffer(self) -> Any:
        return self._shell.windows.current.top.buffer

    @property
    def editor(self) -> Editor:
        return self._shell.editor

    @property
    def composer(self) -> Editor:
        return self._shell.composer.editor

    @property
    def place(self) -> str:
        return self._shell.place

    @property
    def places(self) -> list[str]:
        return self._shell.places

    @property
    def modes(self) -> tuple[str, ...]:
        return self._shell.modes()

    def focus(self, place: str) -> None:
        if place == "transcript":
            self._window()
        self._shell.focus(place)

    def scroll(self, lines: int) -> None:
        self._fitted().scroll(lines)
        self.refresh()

    def scroll_to(self, where: str) -> None:
        window = self._fitted()
        if where == "top" and self._recall(lambda: self.scroll_to("top")):
            return
        if not window.to(where):
            self._jump(where)
        elif self._shell.reader and where in ("top", "bottom"):
            self._shell.reader.aim(0 if where == "top" else self.buffer.line_count(window.width) - 1)
        self.refresh()

    @property
    def line(self) -> int:
        shown = self._shell.windows.current.top
        return self._shell.reader.line if self._shell.reader else shown.view.line

    @property
    def columns(self) -> int:
        return self._fitted().width

    def go_to(self, line: int, *, select_to: int | None = None) -> None:
        view, shell = self._fitted(), self._shell
        if select_to is not None and shell.reader is None:
            self.cursor(True)
        if shell.reader is not None:
            view.seek(line)
            shell.reader.aim(line, select_to=select_to)
        else:
            view.show(line)
            view.point = line
        self.refresh()

    def message(self, text: str, role: str = "message") -> None:
        self._shell.teller.say(text, role)

    def show(self, buffer: Any, where: str = "here") -> None:
        shell = self._shell
        shell.windows.show(buffer, where)
        shell.buffers.use(buffer, shell.seats.current)
        shell.panels.clear()
        shell.focus("window")

    def close(self) -> None:
        shell = self._shell
        if shell.panels:
            shell.panels.pop().cancelled()
        else:
            shell.windows.current.top.reads = None
            shell.windows.pop()
            if shell.windows.current.top.thread:
                shell.focus("composer")
        self.refresh()

    def pick(
        self, title: str, choices: Sequence[Any], done: Callable[[Any], None], cancel: Any = None, **how: Any
    ) -> None:
        from csm.ui.picker import Picker

        self._shell.panels.append(Picker(title, choices, done, cancel, **how))
        self.refresh()

    def ask_line(
        self,
        prompt: str,
        done: Callable[[str], None],
        text: str = "",
        *,
        masked: bool = False,
        cancel: Any = None,
        changed: Any = None,
        multiline: bool = False,
    ) -> None:
        made = LinePanel(prompt, done, text, masked=masked, cancel=cancel, changed=changed, multiline=multiline)
        self._shell.panels.append(made)
        self.refresh()

    @property
    def panel(self) -> Any:
        return self._shell.panels[-1] if self._shell.panels else None

    def sessions(
        self,
        title: str,
        done: Callable[[Any], None],
        *,
        everywhere: bool = False,
        non_interactive: bool = False,
    ) -> None:
        from csm.ui.session_list import SessionList

        shell = self._shell
        made = SessionList(
            title,
            done,
            ask=shell.session.query,
            refresh=shell.refresh,
            now=shell.clock.wall,
            cwd=shell.session.cwd,
            home=shell.host.env.get("HOME", ""),
            everywhere=everywhere,
            non_interactive=non_interactive,
        )
        shell.panels.append(made)
        self.refresh()

    def palette(self, text: str = "", *, offer: Any = None) -> None:
        from csm.host.context import Context
        from csm.ui.colon import Colon
        from csm.ui.palette import Palette

        shell = self._shell
        context, runner = Context(shell.host, self, shell.port), shell.runner
        if offer is not None:
            panel = Colon(shell.host, context, runner.typed, runner.recent, offer)
        else:
            panel = Palette(shell.host, context, runner.typed, runner.recent)
        panel.editor.set_text(text)
        shell.panels.append(panel)
        self.refresh()

    def select(self, rows: int) -> None:
        if self._shell.panels:
            self._shell.panels[-1].move(rows)
        self.refresh()

    def accept(self) -> None:
        shell = self._shell
        if not shell.panels:
            return
        panel = shell.panels[-1]
        then = panel.accept()
        if then is not None:
            shell.panels.remove(panel)
            then()
        self.refresh()

    def parts(self) -> list[tuple[str, str]]:
        from csm.ui import naming

        return naming.all_parts(self._shell)

    def act(self, name: str) -> None:
        panel = self.panel
        then = panel.act(name) if hasattr(panel, "act") else None
        if then is None:
            raise CommandError("nothing of the kind can be done here")
        self._shell.panels.remove(panel)
        then()
        self.refresh()

    def complete(self) -> None:
        from csm.ui import completing

        completing.complete(self._shell)
        self.refresh()

    @property
    def menu(self) -> Any:
        return self._shell.menu

    def search(self, direction: str) -> bool:
        shell = self._shell
        if direction in ("forward", "backward"):
            self._window()
            shell.focus("window")
            self._fitted()
            shell.search.open(back=direction == "backward")
            return True
        if not shell.reading and not (shell.panels and shell.windows.current.top.view.width):
            return False
        return shell.search.again(reverse=direction == "previous")

    def fold(self, what: str) -> None:
        window = self._window()
        shown = self._shell.windows.current.top
        fold = getattr(shown.buffer, "fold", None)
        if fold is None:
            raise CommandError("nothing folds here")
        fold(what, self._shell.reader.spot.line if self._shell.reader else shown.view.point)
        window.reshaped()
        self.refresh()

    def cursor(self, on: bool | None = None) -> bool:
        shell = self._shell
        self._window()
        wanted = (not shell.reading or shell.reader is None) if on is None else on
        shell.focus("window")
        shell.windows.current.top.reads = wanted
        self.refresh()
        return shell.reader is not None

    def read_keys(self, prompt: str, done: Callable[[tuple[str, ...]], None]) -> None:
        self._shell.message.say(prompt, "message.prompt")
        self._shell.keys.read(done)
        self.refresh()

    def read_char(self, prompt: str, done: Callable[[str], None], choices: Choices | None = None) -> None:
        if prompt:
            self._shell.message.say(prompt, "message.prompt")
        self._shell.keys.ask(done, prompt, choices)
        self.refresh()

    @property
    def macros(self) -> Any:
        return self._shell.macros

    @property
    def jumps(self) -> Any:
        return self._shell.jumps

    def unmark(self) -> None:
        self._shell.search.clear()
        self.refresh()

    @property
    def recent(self) -> list[str]:
        return self._shell.runner.recent

    @property
    def last(self) -> tuple[str, int | None] | None:
        return self._shell.runner.last

    def outside(self, call: Callable[[], None]) -> None:
        if self.terminal is None:
            call()
        else:
            self.terminal.outside(call)
        self.refresh()

    def copy(self, text: str) -> None:
        self.clipboard.copy(text)

    def popup(self, text: str, seconds: float = 5.0, title: str = "") -> None:
        self._shell.scripts.popups.show(text, seconds, title)

    def reload(self) -> Any:
        return self._shell.scripts.reload()

    @property
    def size(self) -> tuple[int, int]:
        return self._shell.size

    def shot(self) -> Any:
        return shots.now(self._shell)

    @property
    def focused(self) -> bool:
        return self._shell.focused

    def mouse(self, on: bool | None = None) -> bool:
        return self._shell.pointer.switch(on)

    def send(self, sequence: str) -> None:
        if self.terminal is not None:
            self.terminal.send(sequence)

    @property
    def clipboard(self) -> Clipboard:
        if self._clipboard is None:
            from csm.ui.clipboard import Clipboard

            host = self._shell.host
            self._clipboard = Clipboard(host.env, self._send, lambda: host.options.get("clipboard", "auto"))
        return self._clipboard

    def _send(self, data: str) -> None:
        if self.terminal is not None:
            self.terminal.send(data)

    def attach(self, path: str) -> str:
        picture = attaching.attach(self._shell, path)
        self._shell.focus("composer")
        return picture.path.name

    def refresh(self) -> None:
        self._shell.refresh()

    def redraw(self) -> None:
        """Draw every cell anew, whatever the terminal is thought to show."""
        if self.terminal is not None:
            self.terminal.redraw()

    def quit(self) -> None:
        self._shell.leave(0)

    def suspend(self) -> None:
        if self.terminal is not None:
            self.terminal.stop()

    def session(self) -> SessionFace:
        self._shell.seats.follow()
        return SessionFace(self._shell, self._shell.seats.current)

    @property
    def ask(self) -> Any:
        return self._shell.ask

    def _window(self) -> Viewport:
        """The window to scroll. Inline, the transcript has none of its own and is shown over everything."""
        shell = self._shell
        if shell.inline and shell.windows.plain:
            shell.windows.cover()
            shell.focus("window")
        return shell.windows.current.top.view

    def _fitted(self) -> Viewport:
        """The same, having been shown once, so that it knows its lines."""
        view = self._window()
        if not view.width:
            columns, rows = self._shell.size
            view.fit(self.buffer, columns, max(1, rows - 5))
        return view

    def _recall(self, then: Callable[[], None]) -> bool:
        """Have all of a long session brought back first, if the window shows it and lacks some; whether that is so."""
        shell = self._shell
        if not shell.windows.current.top.thread or not shell.session.recall(everything=True, then=then):
            return False
        shell.message.say("Reading what came before…", "message")
        self.refresh()
        return True

    def _jump(self, where: str) -> None:
        view, buffer = self._fitted(), self.buffer
        find = getattr(buffer, "turn_line", None)
        if where not in ("previous-turn", "next-turn") or find is None:
            raise CommandError(f"there is no way to go {where} here")
        reader = self._shell.reader
        line = find(reader.spot.line if reader else view.top, -1 if where == "previous-turn" else 1, view.width)
        if line is not None:
            view.show(line)
            if reader:
                reader.aim(line)
        else:
            view.to("top" if where == "previous-turn" else "bottom")
