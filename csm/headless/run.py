"""One turn without a screen: start or resume a thread, submit the prompt, print what happens, end with a status.

Does not: parse the command line or build the port (`csm.cli.exec`), or shape text (`csm.headless.jsonl`, `.text`).
"""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import msgspec

from csm.headless.signals import Signals, Stopped
from csm.headless.streams import Streams
from csm.host.settings import Settings
from csm.protocol import events, items, ops
from csm.protocol.errors import CsmError
from csm.protocol.events import Event

if TYPE_CHECKING:
    from concurrent.futures import Future  # it imports logging, which a failing run need not pay for

    from csm.runtime.port import Attachment, Port, Start

T = TypeVar("T")
_GRACE = 2.0
#: Seconds.
_LISTEN = 0.5
_OVER = (events.TurnCompleted, events.TurnFailed, events.TurnInterrupted, events.ThreadClosed)
_ANSWERED = (events.ItemStarted, events.Reconnecting, events.TurnCompleted, events.TurnFailed)


class Job(msgspec.Struct, frozen=True):
    """What to do: submit `op`, or with None only open the thread. `prompt` is shown as the user's words.

    `notices` are told before the turn. `color` None asks whether stderr is a terminal; `last_message` is a file for
    the final answer.
    """

    prompt: str
    op: ops.Op | None = None
    notices: tuple[str, ...] = ()
    json: bool = False
    color: bool | None = None
    last_message: Path | None = None


class Printer(Protocol):
    """Prints a thread's events in one format."""

    def open(self, thread_id: str) -> None:
        """The thread exists."""
        ...

    def take(self, event: Event) -> None:
        """An event came."""
        ...

    def close(self, last_message: str | None, done: bool) -> None:
        """No more events come."""
        ...


def run(port: Port, start: Start, settings: Settings, job: Job, streams: Streams) -> int:
    """Do the job; 0 if the turn completed, else 1. Ends the process as the signal does for SIGTERM and SIGHUP."""
    turn = _Turn(port, job, streams)
    with Signals() as signals:
        try:
            turn.follow(start, settings, signals)
        except Stopped:
            turn.stop()
        except BrokenPipeError:
            turn.stop()
            turn.done = False
            _close_stdout()
        finally:
            port.close(_GRACE)
            signals.die()
    return turn.finish()


class _Turn:
    """The one turn of a run, from start to end."""

    def __init__(self, port: Port, job: Job, streams: Streams) -> None:
        self.port = port
        self.job = job
        self.streams = streams
        self.thread_id = ""
        self.attached: Attachment | None = None
        self.last_message: str | None = None
        self.done = False
        self.running = False
        #: Whether the turn failed only because it could not be stored: its answer counts, its exit status does not.
        self.unstored = False

    def follow(self, start: Start, settings: Settings, signals: Signals) -> None:
        self.thread_id = _wait(self.port.start(start), signals)
        attached = self.attached = self.port.attach(self.thread_id)
        printer = self._printer(settings, attached)
        printer.open(self.thread_id)
        own = [items.Notice(f"notice-{number}", text) for number, text in enumerate(self.job.notices)]
        for notice in (*own, *attached.told):
            printer.take(Event(0, "", events.ItemCompleted("", notice)))
        if self.job.op is None:
            self.done = True
            return
        accepted = _wait(self.port.submit(self.thread_id, self.job.op), signals)
        if not accepted.accepted:
            raise CsmError(accepted.reason)
        self.running = True
        self._print(printer, attached, signals)

    def _print(self, printer: Printer, attached: Attachment, signals: Signals) -> None:
        from csm.headless.summaries import Summaries

        ended, summaries = False, Summaries()
        while not ended:
            event = _next(attached, signals)
            if event is None:
                raise CsmError("The session ended before the turn did.")
            if not gc.isenabled() and isinstance(event.body, _ANSWERED):
                gc.freeze()  # all that is imported by now stays
                gc.enable()
            ended = self._see(event)
            for shown in summaries.take(event):
                printer.take(shown)
        printer.close(self.last_message, self.done or self.unstored)

    def _see(self, event: Event) -> bool:
        """Note what matters of an event; whether the turn is over."""
        body = event.body
        item = body.item if isinstance(body, events.ItemCompleted) else None
        if isinstance(item, items.AgentMessage) and not item.partial:
            self.last_message = item.text
        self.done = isinstance(body, events.TurnCompleted)
        self.unstored = isinstance(body, events.TurnFailed) and body.code == "store"
        self.running = not isinstance(body, _OVER)
        return not self.running

    def _printer(self, settings: Settings, attached: Attachment) -> Printer:
        usage = attached.snapshot.usage
        if self.job.json:
            from csm.headless.jsonl import JsonLines

            return _JsonPrinter(JsonLines(usage), self.streams)
        from csm.headless.text import Text

        color = self.streams.is_terminal(2) if self.job.color is None else self.job.color
        return _TextPrinter(Text(settings, usage, self.job.prompt, color=color), self.streams)

    def stop(self) -> None:
        """Interrupt the turn and see it end, within bounds."""
        if self.attached is None or not self.running:
            return
        self.port.submit(self.thread_id, ops.Interrupt())
        while (event := self.attached.get(_GRACE)) is not None:
            if isinstance(event.body, events.TurnInterrupted | events.TurnCompleted | events.TurnFailed):
                return

    def finish(self) -> int:
        """Write the last message where it is wanted; the exit status."""
        path = self.job.last_message
        if path is not None:
            if self.last_message is None and self.done:
                self.streams.err(f"Warning: no last agent message; wrote empty content to {path}\n")
            _write(path, self.last_message or "" if self.done or self.unstored else "")
        return 0 if self.done else 1


class _JsonPrinter:
    def __init__(self, lines: Any, streams: Streams) -> None:
        self.lines = lines
        self.streams = streams

    def open(self, thread_id: str) -> None:
        self._write(self.lines.open(thread_id))

    def take(self, event: Event) -> None:
        self._write(self.lines.take(event))

    def close(self, last_message: str | None, done: bool) -> None:
        return

    def _write(self, lines: list[bytes]) -> None:
        if lines:
            self.streams.out(b"\n".join(lines) + b"\n")


class _TextPrinter:
    def __init__(self, text: Any, streams: Streams) -> None:
        self.text = text
        self.streams = streams

    def open(self, thread_id: str) -> None:
        self.streams.err(self.text.open(thread_id))

    def take(self, event: Event) -> None:
        text = self.text.take(event)
        if text:
            self.streams.err(text)

    def close(self, last_message: str | None, done: bool) -> None:
        """The answer goes to stdout, unless both streams are the terminal that has it already."""
        from csm.headless.visible import visible

        if done and last_message is not None and not (self.streams.is_terminal(1) and self.streams.is_terminal(2)):
            self.streams.out(f"{visible(last_message)}\n".encode())


def _next(attached: Attachment, signals: Signals) -> Event | None:
    """The next event; None when there are no more."""
    with signals.wait():
        # Not in one go: of two signals that come at once, CPython may tell a thread that waits for a lock neither.
        while (event := attached.get(_LISTEN)) is None and not attached.closed:
            continue
        return event


def _wait(future: Future[T], signals: Signals) -> T:
    with signals.wait():
        return future.result()


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8", "replace")
    except OSError as error:
        raise CsmError(f'Failed to write last message file "{path}": {error.strerror}') from error


def _close_stdout() -> None:
    """Nobody reads stdout any more; keep the interpreter from trying once more at its end."""
    import os

    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)
