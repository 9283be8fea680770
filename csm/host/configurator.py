"""What `configure(csm)` of `init.py` and of extensions gets: everything an extension can do, in few words.

What cannot be done as asked (chords that cannot be read, a setting that is not there) is told with its line and left
out; the rest of the script goes on.

Does not: run the script (`csm.host.init_script`), nor what it puts up (`csm.ui.jobs`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csm.host.standing import Stand
from csm.host.wishes import Wish
from csm.protocol.errors import CommandError, CsmError, KeymapError, SettingError

if TYPE_CHECKING:
    from csm.host.host import Host

Call = Callable[..., Any]
_OURS = str(Path(__file__).parent)


class Configurator:
    """`host` is there for what this does not offer. `faults` is how many lines were refused."""

    def __init__(self, host: Host, owner: str, rank: int = 0) -> None:
        self.host = host
        self.owner = owner
        self.faults = 0
        self._rank = rank

    # Choices

    def use(self, *, keymap: str | None = None, theme: str | None = None) -> None:
        """Choose keymap and theme; what `-c` on the command line says stays."""
        for kind, name in (("keymap", keymap), ("theme", theme)):
            if name is not None and f"csm.{kind}" not in self.host.fixed:
                self.host.wishes.choose(self.owner, kind, name)

    def set(self, name: str, value: Any) -> None:
        """Change a setting by its name in `config.toml`; csm's own are below `csm.`. The command line stays above."""
        try:
            self.host.wish_setting(self.owner, name, value, _caller())
        except SettingError as error:
            self._refuse(error)

    def get(self, name: str, default: Any = None) -> Any:
        """A setting by its dotted name, as configured; of an extension also the default that it declares."""
        return self.host.setting(name, default)

    # Keys

    def bind(self, keys: str, line: str, place: str = "global", mode: str | None = None) -> None:
        """Bind chords such as `"C-c t"` to a command line."""
        self._wish(keys, line, place, mode)

    def unbind(self, keys: str, place: str = "global", mode: str | None = None) -> None:
        """Take a binding away."""
        self._wish(keys, False, place, mode)

    def label(self, keys: str, text: str, place: str = "global", mode: str | None = None) -> None:
        """Say what the popup calls a prefix."""
        self._wish(keys, text, place, mode, kind="label")

    def macro(self, keys: str, presses: str, place: str = "global", mode: str | None = None) -> None:
        """Bind chords to other key presses, such as `"C-a D o space enter"`."""
        from csm.edit import chords

        try:
            chords.parse(presses)
        except chords.ChordError as error:
            self._refuse(KeymapError(f"macro {presses!r}: {error.message}"))
            return
        self._wish(keys, f'keys.press "{presses}"', place, mode)

    def abbreviate(self, short: str, text: str) -> None:
        """Put `text` in the place of `short` when it is typed in the composer as a word of its own."""
        if not short or any(char.isspace() for char in short):
            self._refuse(CommandError(f"{short!r} is no word that could be typed"))
            return
        self._stand("abbreviation", short, text)

    # What a user runs and sees

    def command(
        self,
        name: str,
        *,
        title: str | None = None,
        places: str | Sequence[str] = (),
        slash: str | Sequence[str] | None = None,
        hidden: bool = False,
        complete: dict[str, Call] | None = None,
    ) -> Callable[[Call], Call]:
        """Mark a function `(cx, ...)` as a command, as `csm.api.command` does outside `configure`."""
        from csm.host import commands

        mark = commands.command(name, title=title, places=places, slash=slash, hidden=hidden, complete=complete)

        def add(function: Call) -> Call:
            try:
                self.host.commands.add(commands.of(mark(function), self.owner, self._rank))
            except CommandError as error:
                self._refuse(error)
            return function

        return add

    def status(
        self, name: str, what: Call | str | Sequence[str], *, every: float | None = None, timeout: float = 5.0
    ) -> None:
        """Add a segment to the status line.

        A function is asked with the thread, whenever the line is made anew: it must be quick. With `every` (seconds)
        it is asked without an argument, beside the shell. A text is a command line for the shell, a list a program
        with its arguments: the first line of what it prints is shown; asked every 10 seconds if not said otherwise.
        """
        from csm.host.polling import Polled

        if callable(what) and every is None:
            self._stand("status", name, (name, what))
            return
        polled = Polled(name, what)
        self._stand("status", name, (name, polled))
        self._stand("poll", name, polled, every=max(0.05, every or 10.0), timeout=timeout)

    def buffer(self, name: str, make: Call) -> None:
        """Add a buffer that can be shown by name: `make(cx)` gives it."""
        self._stand("buffers", name, (name, make))

    def render(self, kind: str, draw: Call) -> None:
        """Draw items of a kind (`CommandExecution`, `Plan`, …) by `draw(item, width)`: lines, or None to leave it."""
        self._stand("render_item", kind, draw)

    def complete(self, trigger: str, offer: Call) -> None:
        """Complete words of a draft that begin with a trigger such as `#`: `offer(text)` gives `(text, detail)` pairs.

        It runs in a thread of its own, and may take `host` and `folder` too.
        """
        import inspect

        names = [name for name in inspect.signature(offer).parameters if name in ("host", "folder")]

        def offered(host: Any, text: str, folder: str) -> Any:
            given = {"host": host, "folder": folder}
            return offer(text, **{name: given[name] for name in names})

        self._stand("completers", trigger, (trigger, offered))

    # What happens by itself

    def on(self, name: str, call: Call | None = None, *, seconds: float = 60.0) -> Any:
        """Call `call` when something happens in the shell: see `csm.host.happenings`. Also as a decorator.

        It may take any of `cx`, `event`, `item`, `host`, `name`, and be async. `seconds` is for `idle`.
        """
        if call is None:
            return lambda call: self.on(name, call, seconds=seconds) or call
        from csm.host.commands import did_you_mean, nearest
        from csm.host.happenings import HAPPENINGS

        if name not in HAPPENINGS:
            hint = did_you_mean(nearest(name, HAPPENINGS)) or f"there are {', '.join(HAPPENINGS)}"
            self._refuse(CommandError(f"nothing that happens is called {name}", hint))
        elif name == "idle":
            self._stand("quiet", name, call, seconds=max(0.05, seconds))
        else:
            self._stand("on", name, call)
        return None

    def every(self, seconds: float, call: Call) -> None:
        """Call again and again, the first time after so many seconds. It may take `cx` and be async."""
        self._stand("every", _name(call), call, seconds=max(0.05, seconds))

    def after(self, seconds: float, call: Call) -> None:
        """Call once, so many seconds after the shell has opened (or this was asked)."""
        self._stand("after", _name(call), call, seconds=max(0.0, seconds))

    def spawn(self, work: Call) -> None:
        """Run an async function beside the shell, until it ends or is taken back."""
        self._stand("spawn", _name(work), work)

    # Ours

    def _wish(self, keys: str, line: str | bool, place: str, mode: str | None, kind: str = "bind") -> None:
        from csm.edit import chords

        try:
            chords.parse(keys)
        except chords.ChordError as error:
            self._refuse(KeymapError(f"{kind} {keys!r}: {error.message}"))
            return
        self.host.wishes.bindings.append(Wish(self.owner, keys, line, place, mode, kind, _caller()))

    def _stand(self, kind: str, name: str, value: Any, **options: Any) -> None:
        self.host.standing.add(Stand(self.owner, kind, name, value, _caller(), **options))

    def _refuse(self, error: CsmError) -> None:
        self.faults += 1
        where = _caller()
        text = f"{error.message}; {error.hint}" if error.hint else error.message
        self.host.report("error", f"{where or self.owner}: {text}", where)


def _name(call: Call) -> str:
    return getattr(call, "__name__", type(call).__name__)


def _caller() -> str:
    """`file:line` of who called us."""
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
    while frame is not None and frame.f_code.co_filename.startswith(_OURS):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame is not None else ""
