"""A real csm in a real terminal: a PTY, its screen read by pyte, a scripted server on loopback."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pexpect
import pyte
import pytest

from csm.api.testing import ResponsesServer

_CSM = "import sys; from csm.cli.main import main; sys.argv[0] = 'csm'; sys.exit(main())"


class _Screen(pyte.Screen):
    """Takes the question for xterm's keys (`CSI ? 4 m`) for what it is; pyte alone breaks at it."""

    def select_graphic_rendition(self, *attributes: int, private: bool = False) -> None:
        if not private:
            super().select_graphic_rendition(*attributes)


class Journey:
    """One program in a terminal of `columns` by `rows`."""

    def __init__(self, argv: list[str], env: dict[str, str], cwd: Path, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self.raw = b""
        self._screen = _Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.process = pexpect.spawn(argv[0], argv[1:], env=env, cwd=str(cwd), dimensions=(rows, columns), timeout=5)
        self.before = termios.tcgetattr(self.process.child_fd)

    def send(self, text: str) -> None:
        """Type text or raw keys."""
        self.process.send(text)

    def read(self, seconds: float = 0.05) -> None:
        """Take what the program writes within some time."""
        with contextlib.suppress(pexpect.TIMEOUT, pexpect.EOF, OSError):
            data = self.process.read_nonblocking(1 << 16, timeout=seconds)
            self.raw += data
            self._stream.feed(data)

    def screen(self) -> str:
        """The screen, no blanks at line ends."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def wait(self, condition: Callable[[], Any], seconds: float = 15.0) -> None:
        """Until `condition()` holds; else AssertionError with the screen."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"still waiting; the screen is\n{self.screen()}\n{self.raw[-500:]!r}"
            self.read()

    def wait_for(self, *texts: str, seconds: float = 15.0) -> str:
        """Until all texts are on the screen; the screen."""
        self.wait(lambda: all(text in self.screen() for text in texts), seconds)
        return self.screen()

    def wait_gone(self, text: str) -> None:
        """Until a text has left the screen."""
        self.wait(lambda: text not in self.screen())

    def signal(self, number: int) -> None:
        """Send a signal to the program alone."""
        os.kill(self.process.pid, number)

    def end(self, seconds: float = 15.0) -> int:
        """Wait for the end; the exit status, 128 and more for a signal."""
        self.wait(lambda: not self.process.isalive(), seconds)
        self.read()
        status = self.process.exitstatus
        return 128 + int(self.process.signalstatus or 0) if status is None else int(status)

    def restored(self) -> None:
        """Assert that the terminal is as it was found."""
        assert termios.tcgetattr(self.process.child_fd) == self.before
        for on, off in ((b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?2004h", b"\x1b[?2004l"), (b"[?1004h", b"[?1004l")):
            assert self.raw.rfind(on) <= self.raw.rfind(off), on
        assert self.raw.rfind(b"\x1b[?25l") < self.raw.rfind(b"\x1b[?25h")

    def close(self) -> None:
        """Make sure that nothing stays behind."""
        if self.process.isalive():
            os.killpg(self.process.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            self.process.close(force=True)


class Bench:
    """A home, a folder to work in, a server, and journeys that start from them."""

    def __init__(self, path: Path) -> None:
        self.home, self.work = path / "home", path / "work"
        self.codex = self.home / ".codex"
        for folder in (self.home, self.work, self.codex):
            folder.mkdir()
        self.env = {
            "HOME": str(self.home),
            "CODEX_HOME": str(self.codex),
            "PATH": os.environ["PATH"],
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
        }
        self._open: list[Journey] = []
        self._servers = contextlib.ExitStack()

    def serve(self, *turns: Any, config: str = "", **options: Any) -> ResponsesServer:
        """Begin a scripted server and have the settings point to it."""
        server = self._servers.enter_context(ResponsesServer(list(turns), **options))
        url = server.overrides()["model_providers.scripted.base_url"]
        self.codex.joinpath("config.toml").write_text(
            f'model_provider = "scripted"\n{config}\n[model_providers.scripted]\nname = "scripted"\n'
            f'base_url = "{url}"\nwire_api = "responses"\n'
        )
        return server

    def argv(self, *words: str) -> list[str]:
        """What starts csm."""
        return [sys.executable, "-c", _CSM, *words]

    def csm(self, *words: str, columns: int = 80, rows: int = 24) -> Journey:
        """Start csm in a terminal."""
        return self.start(self.argv(*words), columns, rows)

    def start(self, argv: list[str], columns: int = 80, rows: int = 24) -> Journey:
        """Start a program in a terminal."""
        journey = Journey(argv, self.env, self.work, columns, rows)
        self._open.append(journey)
        return journey

    def close(self) -> None:
        """End everything."""
        for journey in self._open:
            journey.close()
        self._servers.close()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A bench that is cleared away."""
    made = Bench(tmp_path)
    yield made
    made.close()
    shutil.rmtree(tmp_path, ignore_errors=True)
