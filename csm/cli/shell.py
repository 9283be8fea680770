"""`csm` and `csm resume`: the shell, opened on a new thread or an earlier one.

Does not: draw. `csm.ui` does.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from csm.cli import opening
from csm.cli.arguments import Parsed
from csm.protocol.errors import CsmError, StoreError
from csm.runtime.port import Start

if TYPE_CHECKING:
    from csm.host.host import Host


def run(parsed: Parsed) -> int:
    """`csm [PROMPT]`"""
    return _open(parsed, None)


def resume(parsed: Parsed) -> int:
    """`csm resume [SESSION_ID] [PROMPT]`; with --last a lone argument is the prompt."""
    which = parsed.get("session_id")
    if parsed.on("last"):
        if which is not None and parsed.get("prompt") is None:
            parsed.values["prompt"] = which
        which = None
    return _open(parsed, which or "")


def _open(parsed: Parsed, which: str | None) -> int:
    opening.overrides(parsed)  # what is wrong in the words themselves is told before what is wrong with the terminal
    if not (sys.stdin and sys.stdin.isatty()):
        raise CsmError("Error: stdin is not a terminal")
    if not (sys.stdout and sys.stdout.isatty()):
        raise CsmError("Error: stdout is not a terminal")
    env = dict(os.environ)
    settings = opening.settings(parsed, env, headless=False)
    from csm.host.host import Host
    from csm.runtime.local import LocalPort
    from csm.ui import app

    host = Host.open(settings, env, init=not parsed.on("no_init"))
    for warning in opening.warnings(parsed):
        host.report("warning", warning)
    try:
        found = None if which is None else _find(host, parsed, which)
        start = Start(
            cwd=str(settings.cwd),
            originator="csm_cli",
            ephemeral=parsed.on("ephemeral"),
            resume=found,
            overrides=settings.overrides,
        )
        port = LocalPort(host)
        try:
            return app.run(host, port, start, prompt=parsed.get("prompt"), inline=parsed.on("no_alt_screen"))
        finally:
            port.close()
    finally:
        host.close()


def _find(host: Host, parsed: Parsed, which: str) -> str:
    store = host.store()
    if which:
        return str(store.find(which).thread_id)
    cwd = None if parsed.on("all") else str(opening.folder(parsed.get("cd")))
    heads = store.list(cwd=cwd, non_interactive=parsed.on("include_non_interactive"))
    head = next(iter(heads), None)
    if head is None:
        raise StoreError("There is no session to resume" + (" here; --all looks everywhere." if cwd else " yet."))
    return str(head.thread_id)
