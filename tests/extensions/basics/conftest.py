"""A desk: a screen without a terminal, on which keys of a real keymap run the real commands."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from csm.core.fold import Thread
from csm.edit import chords, edits, modal
from csm.edit.editor import Editor
from csm.host import renewal, settings
from csm.host.context import Context
from csm.host.host import Host
from csm.protocol import ops
from csm.protocol.errors import CommandError


class Talk:
    """The session: what was submitted and opened. `ack` is the answer to the next op."""

    def __init__(self) -> None:
        self.thread_id = "0199-thread"
        self.thread = Thread()
        self.submitted: list[Any] = []
        self.opened: list[dict[str, Any]] = []
        self.ack = ops.Ack(True)

    @property
    def busy(self) -> bool:
        return self.thread.running is not None

    def submit(self, op: Any, done: Callable[[Any], None] | None = None) -> None:
        self.submitted.append(op)
        if done is not None:
            done(self.ack)

    def open(self, **which: Any) -> None:
        self.opened.append(which)


class Seats:
    """The one session that is open."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk

    def all(self) -> list[Talk]:
        return [self.talk]

    def asks(self) -> dict[str, Any]:
        return self.talk.thread.asks

    def asking(self, ask_id: str) -> Talk | None:
        return self.talk if ask_id in self.talk.thread.asks else None


class Desk:
    """Implements `csm.host.context.Screen` by noting what it is told."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.composer = Editor(modal=host.keymap.editing == "vi")
        self.place = "composer"
        self.talk = Talk()
        self.done: list[tuple[Any, ...]] = []
        self.messages: list[str] = []
        self.shown: Any = None
        self.picking: tuple[str, list[Any], Callable[[Any], None]] | None = None
        self.asking: tuple[str, Callable[[str], None]] | None = None
        self.reading: Callable[[tuple[str, ...]], None] | None = None
        self.waiting: tuple[str, ...] = ()
        self.state: dict[str, Any] = {}
        self.port: Any = None

    def cursor(self, on: bool | None = None) -> bool:
        self.done.append(("cursor", on))
        return True

    @property
    def places(self) -> list[str]:
        return [self.place]

    @property
    def modes(self) -> tuple[str, ...]:
        return self.composer.modes() if self.place in ("composer", "palette", "picker", "line") else ("normal",)

    def reload(self) -> Any:
        return renewal.renew(self.host)

    # What tests do

    def press(self, keys: str) -> None:
        """Press chords one after the other; what is bound runs, what is text is typed."""
        for chord in chords.parse(keys):
            self._press(chord)

    def type(self, text: str) -> None:
        for char in text:
            self._press("space" if char == " " else "enter" if char == "\n" else char)

    def run(self, line: str, count: int | None = None) -> Any:
        context = Context(self.host, self, self.port, count, (), self.state)  # type: ignore[arg-type]
        result = self.host.commands.run(line, context)
        return asyncio.run(result) if inspect.isawaitable(result) else result

    def _press(self, chord: str) -> None:
        text = " " if chord == "space" else chord if len(chord) == 1 else ""
        if self.composer.pending.awaiting is not None:
            modal.supply(self.composer, text)
            return
        match = self.host.keymap.lookup([self.place], self.composer.modes(), (*self.waiting, chord))
        if match.prefix:
            self.waiting = (*self.waiting, chord)
        elif match.command:
            self.waiting = ()
            self.run(match.command)
        elif not self.waiting and text and self.composer.mode in ("insert", "replace"):
            edits.insert(self.composer, text)
        else:
            unbound, self.waiting = (*self.waiting, chord), ()
            raise AssertionError(f"{' '.join(unbound)} is unbound")

    # What commands use

    @property
    def buffer(self) -> Any:
        return self.shown

    @property
    def editor(self) -> Editor:
        return self.composer

    def session(self) -> Talk:
        return self.talk

    @property
    def seats(self) -> Seats:
        return Seats(self.talk)

    @property
    def ask(self) -> Any:
        return next(iter(self.talk.thread.asks.values()), None)

    def message(self, text: str, role: str = "message") -> None:
        self.messages.append(text)

    def show(self, buffer: Any) -> None:
        self.shown = buffer

    def pick(
        self, title: str, choices: Sequence[Any], done: Callable[[Any], None], cancel: Any = None, **how: Any
    ) -> None:
        self.picking = (title, list(choices), done)
        self.how = {"cancel": cancel, **how}

    def sessions(self, title: str, done: Callable[[Any], None], **how: Any) -> None:
        self.listing = (title, done, how)

    def ask_line(self, prompt: str, done: Callable[[str], None], text: str = "", **how: Any) -> None:
        self.asking = (prompt, done)

    def read_keys(self, prompt: str, done: Callable[[tuple[str, ...]], None]) -> None:
        self.reading = done

    def outside(self, call: Callable[[], None]) -> None:
        self.done.append(("outside",))
        call()

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name not in ("focus", "scroll", "scroll_to", "close", "palette", "select", "accept", "complete", "fold",
                        "copy", "refresh", "redraw", "quit", "suspend"):  # fmt: skip
            raise AttributeError(name)
        return lambda *arguments: self.done.append((name, *arguments))


@pytest.fixture(scope="session")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder that all desks share, so that csm's extensions are looked at once."""
    return tmp_path_factory.mktemp("state")


@pytest.fixture
def desk_with(env: dict[str, str], tmp_path: Path, known: Path) -> Iterator[Callable[..., Desk]]:
    """Make a desk with a keymap."""
    hosts: list[Host] = []
    env["XDG_STATE_HOME"] = str(known)

    def make(keymap: str = "codex", **extra: str) -> Desk:
        env.update(extra)
        loaded = settings.load(cwd=tmp_path, env=env, overrides={"csm.keymap": keymap})
        hosts.append(Host.open(loaded, env))
        desk = Desk(hosts[-1])
        assert [message.text for message in desk.host.messages] == []
        return desk

    yield make
    for host in hosts:
        host.close()


@pytest.fixture
def desk(desk_with: Callable[..., Desk]) -> Desk:
    """A desk with the default keymap."""
    return desk_with()


__all__ = ["CommandError", "Desk", "Talk"]
