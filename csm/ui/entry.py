"""The ways in: run the shell on this terminal, in plain lines where that is wanted, or show one view of it.

Does not: know what an app does between its begin and its end.
"""

from __future__ import annotations

import asyncio
import atexit
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from csm.host import manner_keys
from csm.protocol.errors import CsmError
from csm.ui.app import App
from csm.ui.terminal import Terminal
from csm.ui.viewer import Viewer

if TYPE_CHECKING:
    from csm.host.host import Host
    from csm.runtime.port import Port, Start
    from csm.ui.prelude import Prelude


def run(
    host: Host,
    port: Port,
    start: Start,
    *,
    prompt: str | None = "",
    inline: bool = False,
    first: str = "",
    prelude: Prelude | None = None,
) -> int:
    """Run the shell until it is left; the exit status. `inline` keeps the scrollback.

    `prompt` is submitted, and the command line `first` is run, as soon as what had to be asked is answered. `prelude`
    is what has been on the screen so far.
    """
    if manner_keys.plain(host):
        from csm.ui import plain_app

        return plain_app.run(host, port, start, prompt=prompt or "", first=first)
    return _shown(host, lambda terminal: _run(terminal, host, port, start, prompt or "", inline, first), prelude)


def _shown(host: Host, run: Callable[[Terminal], Coroutine[Any, Any, int]], prelude: Prelude | None = None) -> int:
    if host.env.get("TERM", "dumb") in ("", "dumb"):
        raise CsmError("This terminal (TERM=dumb) cannot show the shell.", "`csm exec` works without one.")
    terminal = Terminal(host.env, mouse=host.options.get("mouse", True) is not False, prelude=prelude)
    atexit.register(terminal.leave)
    try:
        return asyncio.run(run(terminal))
    finally:
        terminal.leave()
        atexit.unregister(terminal.leave)


def view(host: Host, first: str, state: dict[str, Any]) -> int:
    """Show what the command line `first` shows, without a session, until it is closed; the exit status.

    `state` is what commands find in their context.
    """
    from csm.runtime.port import Start

    return _shown(host, lambda terminal: _view(terminal, host, Start(cwd=str(host.cwd), ephemeral=True), first, state))


async def _view(terminal: Terminal, host: Host, start: Start, first: str, state: dict[str, Any]) -> int:
    app = App(terminal, host, None, start, inline=False, kind=Viewer)
    app.shell.first = first
    app.shell.state.update(state)
    try:
        return await app.run("")
    finally:
        app.close()


async def _run(terminal: Terminal, host: Host, port: Port, start: Start, prompt: str, inline: bool, first: str) -> int:
    app = App(terminal, host, port, start, inline)
    app.shell.first = first
    try:
        return await app.run(prompt)
    finally:
        app.close()
