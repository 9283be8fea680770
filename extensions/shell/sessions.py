"""The commands of one thread.

Does not: run one (`session.py`).
"""

from __future__ import annotations

import asyncio
import secrets

from csm.api import ToolContext

from .session import Command, Session

#: Sessions the model may name at once. One more, and the one not used for longest is closed, ended ones first.
LIMIT = 64


class Sessions:
    """The commands of one thread: those the model may still name, and all that still have a process.

    `close` ends them all.
    """

    def __init__(self) -> None:
        self._named: dict[int, Session] = {}
        self._running: list[Session] = []
        self._loop = asyncio.get_running_loop()

    def new(self, command: Command, cx: ToolContext) -> Session:
        """A session with a number of four or five digits that no other has. Ended with the thread at the latest."""
        self._tidy()
        while (number := 1000 + secrets.randbelow(99_000)) in self._named:
            pass
        session = Session(number, command, cx, self._over)
        self._running.append(session)
        return session

    def _tidy(self) -> None:
        """Let go of ended commands whose last left-behind process is gone by now."""
        for session in [each for each in self._running if each.ended.is_set()]:
            self._over(session)
            if session not in self._running:
                session.close()

    def _over(self, session: Session) -> None:
        if session in self._running and (session.process is None or not session.process.lingers()):
            self._running.remove(session)

    def get(self, number: int) -> Session | None:
        """The session of that number, which counts as a use of it."""
        session = self._named.pop(number, None)
        if session is not None:
            self._named[number] = session
        return session

    def keep(self, session: Session) -> None:
        """Let later calls find it; makes room first."""
        if len(self._named) >= LIMIT:
            everyone = list(self._named.values())
            oldest = next((each for each in everyone if each.ended.is_set()), everyone[0])
            self.forget(oldest)
            oldest.close()
        self._named[session.number] = session

    def forget(self, session: Session) -> None:
        """No later call finds it."""
        self._named.pop(session.number, None)

    def close(self) -> None:
        """End every command, from whatever thread, before this returns."""
        try:
            own = asyncio.get_running_loop() is self._loop
        except RuntimeError:
            own = False
        if own or not self._loop.is_running():
            self._close_all()
        else:
            asyncio.run_coroutine_threadsafe(self._close_on_loop(), self._loop).result(timeout=5)

    async def _close_on_loop(self) -> None:
        self._close_all()

    def _close_all(self) -> None:
        self._named.clear()
        for session in tuple(self._running):
            session.close()
        self._running.clear()
