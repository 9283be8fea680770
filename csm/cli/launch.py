"""From words to a running command: parsing, help, commands of extensions, and errors as text with an exit status.

Does not: run a command itself. Each names its own module, imported here when it is called.
"""

from __future__ import annotations

import sys

from csm.cli.arguments import Asked, Command, Parsed, UsageError, parse
from csm.cli.table import ROOT


def launch(words: list[str]) -> int:
    """Run what the words ask for. 2 for words that make no sense, 1 for what failed, 141-like endings never raise."""
    try:
        return _launch(words)
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except BrokenPipeError:
        return closed_pipe()


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
    function = getattr(import_module(module), name)
    if not module.startswith(("csm.cli.exec", "csm.cli.shell")):
        return int(function(parsed))
    from csm.protocol.errors import CsmError

    try:
        return int(function(parsed))
    except CsmError as error:
        sys.stderr.write(f"{_report(error)}\n")
        return 1


def _report(error: Exception) -> str:
    report = getattr(error, "report", None)
    if callable(report):
        return str(report())
    message = str(error)
    hint = getattr(error, "hint", None)
    return message + (f"\n{hint}" if hint else "")


def _tell(what: str, command: Command) -> int:
    if what == "--version":
        from csm import __version__

        sys.stdout.write(f"{command.path} {__version__}\n")
        return 0
    from csm.cli.usage import render

    sys.stdout.write(render(command))
    return 0


def _added(words: list[str]) -> int | None:
    """Run a subcommand that an extension adds; None if the words name none."""
    if not words or words[0].startswith("-") or " " in words[0] or ROOT.find(words[0]) is not None:
        return None
    return None


def closed_pipe() -> int:
    """Whoever read our output is gone: say nothing, and keep the interpreter from trying once more at its end."""
    import os

    sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123
    return 1
