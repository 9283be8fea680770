"""`csm log` and `csm fixture`: commands of the extension `sessions`, with their results in print.

Does not: read logs.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csm.cli.arguments import Parsed
from csm.headless.visible import visible
from csm.protocol import codec
from csm.protocol.errors import CommandError, CsmError

if TYPE_CHECKING:
    from threading import Event

#: Seconds before progress is shown, and from one showing to the next.
_PATIENCE = 1.0
_PAUSE = 0.2


def summarize(parsed: Parsed) -> int:
    """`csm log summarize SESSION`"""
    return _run(parsed, "log.summarize", [parsed.get("log") or ""])


def verify(parsed: Parsed) -> int:
    """`csm log verify SESSION`"""
    return _run(parsed, "log.verify", [parsed.get("log") or ""])


def repair(parsed: Parsed) -> int:
    """`csm log repair SESSION [-o OUT]`"""
    return _run(parsed, "log.repair", [*_given(parsed, "out"), "--", parsed.get("log") or ""])


def index(parsed: Parsed) -> int:
    """`csm log index SESSION`"""
    return _run(parsed, "log.index", [parsed.get("log") or ""])


def replay_state(parsed: Parsed) -> int:
    """`csm log replay-state SESSION`"""
    return _run(parsed, "log.replay-state", [parsed.get("log") or ""])


def benchmark(parsed: Parsed) -> int:
    """`csm log benchmark SESSION [--rounds N]`"""
    return _run(parsed, "log.benchmark", [*_given(parsed, "rounds"), "--", parsed.get("log") or ""])


def fixture(parsed: Parsed) -> int:
    """`csm fixture log --events N`"""
    return _run(parsed, "fixture.log", _given(parsed, "events", "seed", "shape", "compact_every", "out"))


def _given(parsed: Parsed, *keys: str) -> list[str]:
    values = {key: parsed.get(key) for key in keys}
    return [f"--{key.replace('_', '-')}={value}" for key, value in values.items() if value is not None]


def _run(parsed: Parsed, name: str, words: list[str]) -> int:
    return printed(called(name, words), json=parsed.on("json"))


def called(name: str, words: list[str], **state: Any) -> Any:
    """What an extension's command gives, with progress told on the terminal meanwhile. Raises CsmError."""
    from csm.host.context import Context
    from csm.host.host import Host
    from csm.host.settings import load

    env = dict(os.environ)
    host = Host.open(load(cwd=Path.cwd(), env=env), env, init=False)
    progress = Progress()
    state = {"progress": progress.begin, "watch": progress.watch, **state}
    try:
        return host.commands.call(name, words, Context(host=host, state=state))
    except CommandError as error:
        progress.end()
        trace = next((message.text for message in reversed(host.messages) if message.level == "error"), "")
        raise CsmError(f"Error: {error.message}", trace if "Traceback" in trace else error.hint) from error
    finally:
        progress.end()
        host.close()


def printed(told: Any, *, json: bool) -> int:
    """Print what a command gave; its exit status. A terminal is shown control characters, not sent them."""
    if told.data is not None:
        shown = sys.stdout.isatty()
        for piece in told.data:
            text = visible(piece.decode("utf-8", "replace")).encode() if shown else piece
            sys.stdout.buffer.write(text)
        sys.stdout.buffer.flush()
    elif json:
        sys.stdout.write(codec.encode(told.value).decode() + "\n")
    else:
        sys.stdout.write(visible(told.text) if sys.stdout.isatty() else told.text)
    return told.status


class Progress:
    """How far a long pass over a file is, on a terminal's stderr."""

    def __init__(self, patience: float = _PATIENCE) -> None:
        self._next = time.monotonic() + patience
        self._shown = False
        self._over: Event | None = None

    def watch(self, total: int, done: Callable[[], int]) -> None:
        """Ask `done` from time to time how many bytes of `total` are done, until the end; nothing if nobody looks."""
        from threading import Event, Thread

        told = self.begin(total, every=1)
        if told is None:
            return
        over = self._over = Event()

        def look() -> None:
            while not over.wait(_PAUSE):
                told(done())

        Thread(target=look, name="csm-progress", daemon=True).start()

    def begin(self, total: int, *, every: int = 256) -> Callable[[int], object] | None:
        """What a pass over `total` bytes tells how far it is; None where nobody looks."""
        if not total or not sys.stderr.isatty():
            return None
        calls = 0

        def told(done: int) -> None:
            nonlocal calls
            calls += 1
            if calls % every == 0 and time.monotonic() >= self._next:
                self._show(f"{100 * done // total} % of {total / 1e6:.0f} MB")

        return told

    def _show(self, text: str) -> None:
        self._next = time.monotonic() + _PAUSE
        self._shown = True
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()

    def end(self) -> None:
        """Take the line away."""
        if self._over is not None:
            self._over.set()
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._shown = False
