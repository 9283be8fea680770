"""A server as a process of ours: started with little of our environment, spoken to on its standard streams.

What it says is bounded: a line by its length, a flood by how fast it is read, its standard error by a small file.

Does not: know what the messages mean.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from csm.api import codec, orphans

from .lines import Lines, TooLong
from .logs import Log
from .peer import CLOSED, Hearer, Lost, Message
from .servers import Server

#: What of our environment every server gets.
INHERITED = (
    "HOME", "LOGNAME", "PATH", "SHELL", "USER", "__CF_USER_TEXT_ENCODING", "LANG", "LC_ALL", "TERM", "TMPDIR", "TZ",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "GIT_SSL_CAINFO",
    "PIP_CERT",
)  # fmt: skip
_CHUNK = 65_536
#: After so many messages in a row that nobody asked for, reading slows down.
_PATIENCE, _PAUSE = 200, 0.02
#: Seconds that a server has to end by itself, and then to obey a signal.
_GRACE = 0.3


def environment(server: Server, env: Mapping[str, str]) -> dict[str, str]:
    """The environment of a server."""
    names = (*INHERITED, *server.env_vars)
    return {**{name: env[name] for name in names if name in env}, **server.env}


class Process:
    """A carrier. `cwd` is where the server starts unless its settings say otherwise."""

    def __init__(self, server: Server, env: Mapping[str, str], cwd: Path, log: Log) -> None:
        self._server = server
        self._env = environment(server, env)
        self._cwd = cwd / (server.cwd or "")
        self._log = log
        self._process: asyncio.subprocess.Process | None = None
        self._reading: list[asyncio.Task[None]] = []
        self._open = 0

    @property
    def pid(self) -> int | None:
        """Its process id, once it runs."""
        return None if self._process is None else self._process.pid

    async def open(self, hearer: Hearer) -> None:
        """See the contract."""
        assert self._server.command is not None
        try:
            process = self._process = await asyncio.create_subprocess_exec(
                self._server.command,
                *self._server.args,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=self._env,
                cwd=self._cwd,
                start_new_session=True,
                preexec_fn=orphans.die_with_us(),
            )
        except OSError as error:
            raise Lost(f"{error.strerror} (os error {error.errno})") from error
        except ValueError as error:  # a NUL in a word
            raise Lost(str(error)) from error
        loop = asyncio.get_running_loop()
        assert process.stdout is not None and process.stderr is not None
        self._reading = [
            loop.create_task(self._listen(process.stdout, hearer)),
            loop.create_task(self._note(process.stderr)),
        ]

    async def send(self, message: Message) -> None:
        """See the contract."""
        process = self._process
        if process is None or process.stdin is None or process.stdin.is_closing():
            raise Lost(CLOSED)
        if "method" in message and "id" in message:
            self._open += 1
        try:
            process.stdin.write(codec.encode(message) + b"\n")
            await process.stdin.drain()
        except (OSError, RuntimeError) as error:
            raise Lost(CLOSED) from error

    async def _listen(self, stream: asyncio.StreamReader, hearer: Hearer) -> None:
        lines, unasked, why = Lines(), 0, CLOSED
        try:
            while data := await stream.read(_CHUNK):
                for line in lines.feed(data):
                    message = _message(line)
                    answers = message is not None and "method" not in message
                    self._open -= answers
                    unasked = 0 if answers else unasked + 1
                    if message is not None:
                        hearer.take(message)
                    elif line.strip():
                        self._log.write(b"(no message) " + line[:1000] + b"\n")
                if unasked > _PATIENCE:
                    await asyncio.sleep(_PAUSE)
        except TooLong as error:
            why = f"the server sent {error}"
            _signal(self.pid, signal.SIGKILL)
        hearer.end(why)

    async def _note(self, stream: asyncio.StreamReader) -> None:
        while data := await stream.read(_CHUNK):
            self._log.write(data)

    async def close(self) -> None:
        """See the contract: its input is closed, then it is asked, then made, to end; with all it started."""
        process = self._process
        if process is not None:
            if process.stdin is not None:
                process.stdin.close()
            # One that is still at work on what nobody waits for any more would not look at its input.
            if self._open > 0 or not await _ended(process, _GRACE):
                _signal(process.pid, signal.SIGTERM)
                await _ended(process, _GRACE)
            _signal(process.pid, signal.SIGKILL)
            await _ended(process, _GRACE)
        for task in self._reading:
            task.cancel()
        # Others may hold its pipes open: without this the loop would not let go of them.
        transport = getattr(process, "_transport", None)
        if transport is not None:
            transport.close()
        self._log.close()

    def kill(self) -> None:
        """End it at once, from any thread."""
        _signal(self.pid, signal.SIGKILL)


async def _ended(process: asyncio.subprocess.Process, seconds: float) -> bool:
    """Whether it has ended within so long. Its pipes may be held open by others: they do not count."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while process.returncode is None and loop.time() < until:
        await asyncio.sleep(0.005)
    return process.returncode is not None


def _signal(pid: int | None, number: signal.Signals) -> None:
    """A signal to the process group that it leads."""
    try:
        if pid is not None:
            os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _message(line: bytes) -> Message | None:
    try:
        value: Any = codec.decode(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None  # pyright: ignore[reportUnknownVariableType]
