"""From words to a running command: parsing, help, commands of extensions, and errors as text with an exit status.

Does not: run a command itself. Each names its own module, imported here when it is called.
"""

from __future__ import annotations

import gc
import sys

from csm.cli.arguments import Asked, Command, Parsed, UsageError, parse
from csm.cli.table import ADDED, ROOT

#: These go on importing until a first answer or frame is there, and say so themselves.
_PATIENT = ("csm.cli.exec", "csm.cli.shell")

TYPE_CHECKING = False
if TYPE_CHECKING:
    from csm.protocol.errors import CsmError


def launch(words: list[str]) -> int:
    """Run what the words ask for. 2 for words that make no sense, 1 for what failed, 141-like endings never raise."""
    _hold_streams()
    try:
        return _launch(words)
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except BrokenPipeError:
        return closed_pipe()
    except Exception as error:
        return _crashed(error, words)


def _crashed(error: Exception, words: list[str]) -> int:
    """What nobody expected: a report for whoever mends it, and a line that says where it is."""
    import os

    from csm.host import crashes, setting_places
    from csm.host.diagnostics import Diagnostics

    found = ROOT.find(words[0]) if words else None
    state_dir = setting_places.state_dir(os.environ)
    log = Diagnostics(state_dir / "log").last(crashes.LOGGED)
    path = crashes.record(state_dir, error, doing=found.path if found else "", env=os.environ, log=log)
    sys.stderr.write(f"{crashes.told(error, path)}\n")
    return 1


def _hold_streams() -> None:
    """Open what of 0, 1 and 2 is closed: else the next file opened gets the number, and our output is written to it."""
    import os

    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _launch(words: list[str]) -> int:
    found = _added(words)
    if found is not None:
        return found
    try:
        parsed = parse(ROOT, words)
    except Asked as asked:
        return _tell(asked.what, asked.command)
    return call(parsed)


def call(parsed: Parsed) -> int:
    """Run a parsed command by its `module:function`. CsmError becomes one line on stderr and 1."""
    from importlib import import_module

    module, _, name = parsed.command.run.partition(":")
    if module in _PATIENT:
        _import_msgspec()
    function = getattr(import_module(module), name)
    if module not in _PATIENT:
        gc.enable()
    try:
        return int(function(parsed))
    except Exception as error:
        from csm.protocol.errors import CsmError

        if not isinstance(error, CsmError):
            raise
        sys.stderr.write(f"{_report(error)}\n")
        return 1


def _import_msgspec() -> None:
    """Import it some ms quicker: it first asks `typing_extensions`, which is large, for what `typing` has as well."""
    modules: dict[str, object] = vars(sys)["modules"]
    if "msgspec" in modules or "typing_extensions" in modules:
        return
    modules["typing_extensions"] = None
    try:
        import msgspec as msgspec
    finally:
        del modules["typing_extensions"]


def _report(error: CsmError) -> str:
    """A plain refusal as it is, a misplaced setting with its excerpt, all else after `Error:`."""
    from csm.host.layers import BadSetting
    from csm.protocol.errors import CsmError, SettingError

    if isinstance(error, BadSetting):
        return error.report()
    lead = "" if type(error) in (CsmError, SettingError) or error.message.startswith("Error:") else "Error: "
    return f"{lead}{error.message}" + (f"\n{error.hint}" if error.hint else "")


def _tell(what: str, command: Command) -> int:
    if what == "--version":
        from csm import __version__

        sys.stdout.write(f"{command.path} {__version__}\n")
        return 0
    from csm.cli.usage import render

    sys.stdout.write(render(command, ADDED if command is ROOT else None))
    return 0


def _added(words: list[str]) -> int | None:
    """Run a subcommand that an extension adds; None if the words name none."""
    if not words or not words[0].replace("-", "").isalnum() or words[0][0] == "-" or ROOT.find(words[0]) is not None:
        return None
    from csm.cli import added

    gc.enable()
    return added.run(words)


def leave(status: int) -> int:
    """End the process without taking the interpreter apart, which takes longer than printing a short answer.

    What was registered to run at exit runs, and the streams are flushed. Threads must have been joined before.
    """
    import atexit
    import os

    atexit._run_exitfuncs()  # type: ignore[attr-defined]
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            status = status or 1
    os._exit(status)


def closed_pipe() -> int:
    """Whoever read our output is gone: say nothing, and keep the interpreter from trying once more at its end."""
    import os

    sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123
    return 1
