"""What tests of the shell share: a shell without a terminal on a scripted server; a terminal that rewraps, on pyte."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyte
import pytest

from csm.api.testing import ResponsesServer
from csm.host import settings
from csm.host.host import Host
from csm.runtime.local import LocalPort
from csm.runtime.port import Start
from csm.ui.driver import ScreenDriver


class _Screen(pyte.HistoryScreen):
    """Remembers which rows went on into the next one, by themselves and not by a newline."""

    def __init__(self, columns: int, rows: int) -> None:
        self.wrapped: dict[int, object] = {}
        self.drawing = False
        super().__init__(columns, rows, history=10_000)

    def draw(self, data: str) -> None:
        self.drawing = True
        super().draw(data)
        self.drawing = False

    def linefeed(self) -> None:
        line = self.buffer[self.cursor.y]
        if self.drawing:
            self.wrapped[id(line)] = line
        else:
            self.wrapped.pop(id(line), None)
        super().linefeed()

    def erase_in_line(self, how: int = 0, private: bool = False) -> None:
        super().erase_in_line(how, private)
        if how == 2:
            self.wrapped.pop(id(self.buffer[self.cursor.y]), None)


class Reflowing:
    """`columns` by `rows`, with unlimited history."""

    def __init__(self, columns: int, rows: int) -> None:
        self._open(columns, rows)

    def _open(self, columns: int, rows: int) -> None:
        self.size = (columns, rows)
        self.screen = _Screen(columns, rows)
        self.stream = pyte.Stream(self.screen)

    def write(self, data: str) -> None:
        self.stream.feed(data)

    def _rows(self) -> list[object]:
        return [*self.screen.history.top, *(self.screen.buffer[y] for y in range(self.size[1]))]

    def _text(self, row: object) -> str:
        return "".join(row[x].data for x in range(self.size[0])).rstrip()  # type: ignore[index]

    def lines(self) -> list[str]:
        """History and screen, row by row."""
        return [self._text(row) for row in self._rows()]

    def hard(self) -> tuple[list[str], int, int]:
        """The lines as they were written, before any wrapping; the cursor's line and its column there."""
        lines, joining, where = [""], False, (0, 0)
        cursor = len(self.screen.history.top) + self.screen.cursor.y
        for index, row in enumerate(self._rows()):
            if not joining and index:
                lines.append("")
            if index == cursor:
                where = (len(lines) - 1, len(lines[-1]) + self.screen.cursor.x)
            joining = id(row) in self.screen.wrapped
            text = self._text(row)
            lines[-1] += text.ljust(self.size[0]) if joining else text
        while len(lines) - 1 > where[0] and not lines[-1]:
            lines.pop()
        return lines, *where

    def resize(self, columns: int, rows: int) -> None:
        """Show the same lines at another size."""
        lines, row, column = self.hard()
        self._open(columns, rows)
        spans = [max(1, -(-len(line) // columns)) for line in lines]
        for index, line in enumerate(lines):
            self.write(("\r\n" if index else "") + line)
        up = sum(spans) - 1 - sum(spans[:row]) - min(column // columns, spans[row] - 1)
        right = column % columns
        self.write(f"\x1b[{up}A" * bool(up) + "\r" + f"\x1b[{right}C" * bool(right))


@pytest.fixture
def reflowing() -> type[Reflowing]:
    """The class: call it with columns and rows."""
    return Reflowing


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder with a folder `work` in it."""
    (tmp_path / "work").mkdir()
    (tmp_path / ".codex").mkdir()
    return tmp_path


@pytest.fixture
def drive(home: Path) -> Iterator[Callable[..., ScreenDriver]]:
    """`drive(*turns, columns=, rows=, inline=, resume=, config=, watch=, **overrides)`: a shell; the model says so."""
    with contextlib.ExitStack() as stack:

        def start(*turns: Any, columns: int = 80, rows: int = 20, inline: bool = False, **more: Any) -> ScreenDriver:
            server = stack.enter_context(ResponsesServer(list(turns)))
            path = {"HOME": str(home), "CODEX_HOME": str(home / ".codex"), "PATH": os.environ["PATH"]}
            resume, config, watch = (more.pop(name, None) for name in ("resume", "config", "watch"))
            if config is not None:
                (home / ".codex" / "config.toml").write_text(config)
            scripted = {} if more.pop("bare", False) else server.overrides()
            given = {key.replace("__", "."): value for key, value in more.items()}
            found = settings.load(cwd=home / "work", env=path, overrides={**scripted, **given})
            host = Host.open(found, path)
            stack.callback(host.close)
            port = LocalPort(host)
            stack.callback(port.close)
            begin = Start(cwd=str(home / "work"), overrides=found.overrides, resume=resume)
            driver = ScreenDriver(host, port, begin, columns=columns, rows=rows, inline=inline, watch=watch)
            stack.callback(driver.close)
            driver.server = server  # type: ignore[attr-defined]
            if not driver.shell.panels:
                driver.wait(lambda: driver.shell.session.thread_id)
            return driver

        yield start
