"""Running a thread from a Python program: start one, iterate over typed events.

    with Session("/some/folder") as session:
        for event in session.turn("What is this project?"):
            print(event.body)

Does not: print, draw, or know how a turn is done (`csm.runtime`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, cast

from csm.core.fold import Thread
from csm.host.host import Host
from csm.host.settings import Settings, load
from csm.protocol import events, items, ops
from csm.protocol.errors import CsmError
from csm.protocol.events import Event
from csm.protocol.tools import Ask, Decision
from csm.runtime.local import LocalPort
from csm.runtime.port import Attachment, Start

#: What settles a question: a decision, or the op itself (with a text, or answers to questions).
Settle = Callable[[Ask], Decision | ops.AnswerAsk]
_ENDS = (events.TurnCompleted, events.TurnFailed, events.TurnInterrupted, events.ThreadClosed)
#: The rank of plugins: above every extension's.
_LAST = 1 << 30
#: Seconds that a turn nobody watches any more has to stop.
_GRACE = 5.0


class Session:
    """A thread in this process, closed at the end of the `with`.

    `settings` are dotted keys above every layer, as for -c; `loaded` are settings read already. `resume` and `fork` are
    ids of stored threads; `ephemeral` leaves no log. `answer` settles what the agent asks; without it nobody can be
    asked, and nothing that needs a yes is done. `plugins` are objects with methods marked `@csm.api.hook`, called after
    those of extensions. Raises CsmError: SettingError, ModelError, StoreError.
    """

    def __init__(
        self,
        cwd: str | Path = ".",
        *,
        settings: Mapping[str, Any] | None = None,
        env: Mapping[str, str] | None = None,
        resume: str | None = None,
        fork: str | None = None,
        ephemeral: bool = False,
        answer: Settle | None = None,
        plugins: Sequence[object] = (),
        init: bool = False,
        originator: str = "csm_api",
        loaded: Settings | None = None,
    ) -> None:
        given = dict(os.environ if env is None else env)
        folder = loaded.cwd if loaded is not None else Path(cwd).resolve()
        self.settings = loaded or load(cwd=folder, env=given, overrides=settings, headless=answer is None)
        self._answer = answer
        self.host = Host.open(self.settings, given, init=init)
        try:
            for number, plugin in enumerate(plugins):
                self.host.hooks.register(plugin, f"plugin{number}", _LAST)
            self.port = LocalPort(self.host)
            start = Start(
                str(folder),
                source="exec",
                originator=originator,
                ephemeral=ephemeral,
                headless=answer is None,
                resume=resume,
                fork=fork,
                overrides=self.settings.overrides,
            )
            #: The thread's id, by which it can be resumed.
            self.thread_id: str = self.port.start(start).result()
            #: What was found while settings were read and the thread was opened; `exec` tells it before the turn.
            self.notices: tuple[items.Notice, ...] = self._told()
        except BaseException:
            self.host.close()
            raise

    def _told(self) -> tuple[items.Notice, ...]:
        attached = self.port.attach(self.thread_id)
        attached.detach()
        found = (items.Notice(f"notice-{number}", text) for number, text in enumerate(self.settings.warnings))
        return (*found, *attached.told)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop what runs and close the thread."""
        self.port.close()
        self.host.close()

    def turn(
        self,
        text: str,
        *,
        images: Sequence[str] = (),
        schema: bytes | None = None,
    ) -> Iterator[Event]:
        """Do a turn: its events as they happen, up to its end (`TurnCompleted`, `TurnFailed`, `TurnInterrupted`).

        Whoever stops iterating stops the turn. `images` are paths or data URLs, `schema` is JSON Schema that the answer
        must fit. Raises CsmError where the turn cannot begin.
        """
        return self._follow(ops.Submit(text, images=tuple(images), schema=schema, busy="reject"))

    def review(
        self, target: Literal["uncommitted", "base", "commit", "custom"] = "uncommitted", text: str = ""
    ) -> Iterator[Event]:
        """Review code: the events of a turn whose last message is the review."""
        return self._follow(ops.Review(target, text))

    def ask(self, text: str, **how: Any) -> str:
        """Do a turn and give its last message. `how` as for `turn`. Raises CsmError where it does not complete."""
        said = ""
        for event in self.turn(text, **how):
            body = event.body
            if isinstance(body, events.ItemCompleted) and isinstance(body.item, items.AgentMessage):
                said = body.item.text
            elif isinstance(body, events.TurnFailed):
                raise CsmError(body.message)
            elif isinstance(body, events.TurnInterrupted | events.ThreadClosed):
                raise CsmError("the turn was stopped")
        return said

    def interrupt(self) -> None:
        """Stop the running turn. From any thread."""
        self.port.submit(self.thread_id, ops.Interrupt())

    def thread(self) -> Thread:
        """All of the thread so far: turns, items, usage. A copy."""
        attached = self.port.attach(self.thread_id)
        attached.detach()
        return attached.snapshot

    def _follow(self, op: ops.Op) -> Iterator[Event]:
        attached: Attachment = self.port.attach(self.thread_id)
        over = False
        try:
            ack = self.port.submit(self.thread_id, op).result()
            if not ack.accepted:
                over = True
                raise CsmError(ack.reason)
            while not over:
                event = attached.get()
                if event is None:
                    raise CsmError("the thread was closed")
                over = isinstance(event.body, _ENDS)
                if isinstance(event.body, events.Asked) and self._answer is not None:
                    self._settle(event.body.ask)
                yield event
        finally:
            if not over:
                self._stop(attached)
            attached.detach()

    def _settle(self, ask: Ask) -> None:
        answer = cast("Settle", self._answer)(ask)
        op = answer if isinstance(answer, ops.AnswerAsk) else ops.AnswerAsk(ask.id, answer)
        self.port.submit(self.thread_id, op)

    def _stop(self, attached: Attachment) -> None:
        self.interrupt()
        while (event := attached.get(_GRACE)) is not None and not isinstance(event.body, _ENDS):
            pass


def run(text: str, cwd: str | Path = ".", **session: Any) -> str:
    """Ask one thing in a thread of its own; the answer. `session` as for `Session`. Raises CsmError."""
    with Session(cwd, **session) as opened:
        return opened.ask(text)
