"""`~/.config/csm/init.py`, the last extension loaded, and the object its `configure(csm)` gets.

    def configure(csm):
        csm.use(keymap="vim", theme="light")
        csm.bind("C-c t", "tool.toggle-all")

If it fails, the session opens and the traceback is in the messages; a line that csm refuses is left out and told.
It may hold `@hook` and `@command` functions too. What it prints is told as messages.

Does not: write any file. What the shell changes by itself goes to `settings.toml`.
"""

from __future__ import annotations

import contextlib
import io
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from csm.host import commands
from csm.host.configurator import Configurator
from csm.host.implementations import place
from csm.protocol.errors import CsmError

if TYPE_CHECKING:
    from csm.host.host import Host

OWNER = "init"
MODULE = "csm_init"
RANK = 1_000
_MOST_PRINTED = 10_000


def run(host: Host, path: Path) -> bool:
    """Run `init.py`, if there is one; whether all went well. Every failure becomes a message with its traceback."""
    try:
        source = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError as error:
        host.report("error", f"{path} cannot be read: {error.strerror}", str(path))
        return False
    try:
        with quietly(host, "init.py prints"):
            return _run(host, source, path)
    except (Exception, SystemExit) as error:
        trace = _trace(error, path)
        host.report("error", f"{path} failed: {trace.rpartition(chr(10))[2]}\n{trace}", _line(error, path))
        return False
    except KeyboardInterrupt as error:  # of someone who waits for a shell, not of one who wants none any more
        if host.settings.headless:
            raise
        host.report("error", f"{path} was interrupted\n{_trace(error, path)}", _line(error, path))
        return False


@contextlib.contextmanager
def quietly(host: Host, what: str) -> Iterator[None]:
    """Keep what is printed from a screen that is to come: it becomes a message. Without a screen it is printed."""
    if host.settings.headless:
        yield
        return
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            yield
    finally:
        if text := printed.getvalue().strip():
            host.report("info", f"{what}: {text[:_MOST_PRINTED]}")


def _run(host: Host, source: bytes, path: Path) -> bool:
    module = _execute(source, path)
    _collect(host, module)
    configurator = Configurator(host, OWNER, RANK)
    if callable(getattr(module, "configure", None)):
        module.configure(configurator)
    return not configurator.faults


class Rerun:
    """The script run anew in the place of what it did before, which stays in force until `commit`."""

    def __init__(self, host: Host, path: Path) -> None:
        self._host, self._path = host, path
        self._before = sys.modules.get(MODULE)
        self._commands = host.commands.by(OWNER)
        self._wishes = host.wishes.snapshot()
        self._begun = False

    def run(self) -> bool:
        """Whether all went well."""
        self._begun = True
        self._host.standing.hold(OWNER)
        self._forget()
        sys.modules.pop(MODULE, None)
        well = run(self._host, self._path)
        self._host.settle()
        return well

    def commit(self) -> None:
        """Let go of what was before."""
        if self._begun:
            self._host.standing.commit(OWNER)

    def undo(self) -> None:
        """Have what was before in force, as if nothing had been."""
        if not self._begun:
            return
        host = self._host
        self._forget()
        sys.modules.pop(MODULE, None)
        host.standing.rollback(OWNER)
        host.wishes.restore(self._wishes)
        host.settle()
        for command in self._commands:
            host.commands.add(command)
        if self._before is not None:
            sys.modules[MODULE] = self._before
            host.hooks.register(self._before, OWNER, RANK)
            host.hooks.tell("activate", OWNER, host=host)

    def _forget(self) -> None:
        host = self._host
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
