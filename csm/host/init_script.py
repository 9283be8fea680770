"""`~/.config/csm/init.py`, the last extension loaded, and the object its `configure(csm)` gets.

    def configure(csm):
        csm.use(keymap="vim", theme="light")
        csm.bind("C-c t", "tool.toggle-all")

If it fails, the session opens and the traceback is in the messages. It may hold `@hook` and `@command` functions too.

Does not: write any file. What the shell changes by itself goes to `settings.toml`.
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import msgspec

from csm.host import commands
from csm.host.implementations import place
from csm.protocol.errors import CsmError, KeymapError, SettingError

if TYPE_CHECKING:
    from csm.host.host import Host

OWNER = "init"
MODULE = "csm_init"
RANK = 1_000


class Wish(msgspec.Struct, frozen=True):
    """A binding that an extension or `init.py` asked for. `line` is False to unbind."""

    owner: str
    keys: str
    line: str | bool
    place: str = "global"
    mode: str | None = None


class Wishes:
    """What was asked for, by whom, so that it can be taken back."""

    def __init__(self) -> None:
        self.bindings: list[Wish] = []
        self._chosen: list[tuple[str, str, str]] = []

    def choose(self, owner: str, kind: str, name: str) -> None:
        """Ask for a keymap or theme."""
        self._chosen.append((owner, kind, name))

    def chosen(self, kind: str) -> str | None:
        """The last keymap or theme asked for."""
        return next((name for _, one, name in reversed(self._chosen) if one == kind), None)

    def snapshot(self) -> tuple[list[Wish], list[tuple[str, str, str]]]:
        """All that is asked for now."""
        return list(self.bindings), list(self._chosen)

    def restore(self, before: tuple[list[Wish], list[tuple[str, str, str]]]) -> None:
        """Go back to a snapshot."""
        self.bindings[:], self._chosen[:] = before

    def forget(self, owner: str) -> None:
        """Take back what an extension asked for."""
        self.bindings[:] = [one for one in self.bindings if one.owner != owner]
        self._chosen[:] = [one for one in self._chosen if one[0] != owner]


class Configurator:
    """What `configure(csm)` gets. `host` is there for what it does not offer."""

    def __init__(self, host: Host, owner: str = OWNER) -> None:
        self.host = host
        self.owner = owner

    def use(self, *, keymap: str | None = None, theme: str | None = None) -> None:
        """Choose keymap and theme; what `-c` on the command line says stays."""
        for kind, name in (("keymap", keymap), ("theme", theme)):
            if name is not None and f"csm.{kind}" not in self.host.fixed:
                self.host.wishes.choose(self.owner, kind, name)

    def bind(self, keys: str, line: str, place: str = "global", mode: str | None = None) -> None:
        """Bind chords such as `"C-c t"` to a command line. Raises KeymapError where the chords cannot be read."""
        from csm.edit import chords

        try:
            chords.parse(keys)
        except chords.ChordError as error:
            raise KeymapError(f"bind {keys!r}: {error.message}") from error
        self.host.wishes.bindings.append(Wish(self.owner, keys, line, place, mode))

    def unbind(self, keys: str, place: str = "global", mode: str | None = None) -> None:
        """Take a binding away."""
        self.host.wishes.bindings.append(Wish(self.owner, keys, False, place, mode))

    def set(self, name: str, value: Any) -> None:
        """Change a setting by its name in `config.toml`; csm's own are below `csm.`.

        The command line stays above it. Raises SettingError.
        """
        from csm.host import settings

        host = self.host
        if name in host.fixed:
            return
        changed = settings.reload(host.settings, env=host.env, overrides={name: value})
        if name in changed.unknown:
            raise SettingError(f"there is no setting {name}")
        host.settings = changed
        host.options.update(changed.raw.get("csm", {}))

    def get(self, name: str, default: Any = None) -> Any:
        """A setting by its dotted name, as configured."""
        value: Any = self.host.settings.raw
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        return default if value is None else value


def run(host: Host, path: Path) -> bool:
    """Run `init.py`, if there is one; whether all went well. Every failure becomes a message with its traceback."""
    try:
        source = path.read_bytes()
    except FileNotFoundError:
        return True
    except OSError as error:
        host.report("error", f"{path} cannot be read: {error.strerror}", str(path))
        return False
    try:
        module = _execute(source, path)
        _collect(host, module)
        if callable(getattr(module, "configure", None)):
            module.configure(Configurator(host))
    except (Exception, SystemExit) as error:
        host.report("error", f"{path} failed\n{_trace(error, path)}", _line(error, path))
        return False
    except KeyboardInterrupt as error:  # of someone who waits for a shell, not of one who wants none any more
        if host.settings.headless:
            raise
        host.report("error", f"{path} was interrupted\n{_trace(error, path)}", _line(error, path))
        return False
    return True


def rerun(host: Host, path: Path) -> bool:
    """Run the script anew in the place of what it did before; where it fails, what it did before stays in force."""
    before, wishes = sys.modules.get(MODULE), host.wishes.snapshot()
    _forget(host)
    if run(host, path):
        return True
    _forget(host)
    host.wishes.restore(wishes)
    if before is not None:
        sys.modules[MODULE] = before
        _collect(host, before)
    return False


def _forget(host: Host) -> None:
    host.hooks.tell("deactivate", OWNER, host=host)
    host.hooks.unregister(OWNER)
    host.commands.remove(OWNER)
    host.wishes.forget(OWNER)


def _execute(source: bytes, path: Path) -> ModuleType:
    """A fresh module of the script, in `sys.modules` so that its own classes can be found again."""
    module = ModuleType(MODULE)
    module.__file__ = str(path)
    sys.modules[MODULE] = module
    exec(compile(source, str(path), "exec"), vars(module))
    return module


def _collect(host: Host, module: ModuleType) -> None:
    host.commands.remove(OWNER)
    host.hooks.unregister(OWNER)
    host.state.setdefault(OWNER, {})
    for command in commands.marked(module, OWNER, RANK):
        host.commands.add(command)
    host.hooks.register(module, OWNER, RANK)
    host.hooks.tell("activate", OWNER, host=host)


def _trace(error: BaseException, path: Path) -> str:
    """The traceback from the script on; of what csm itself refuses, the script's own lines and the reason."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != str(path):
        trace = trace.tb_next
    if not isinstance(error, CsmError):
        return "".join(traceback.format_exception(type(error), error, trace)).rstrip()
    frames = [frame for frame in traceback.extract_tb(trace) if frame.filename == str(path)]
    reason = f"{error.message}; {error.hint}" if error.hint else error.message
    return "".join(traceback.format_list(frames)) + f"{type(error).__name__}: {reason}"


def _line(error: BaseException, path: Path) -> str:
    if isinstance(error, SyntaxError):
        return f"{error.filename}:{error.lineno}"
    if isinstance(error, CsmError):
        own = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
        return f"{path}:{own[-1]}" if own else str(path)
    return place(error)
