"""The setting `notify`: a program told of each turn that completed, by one JSON argument.

Does not: wait for it, or read what it says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csm.protocol import codec, events, items
from csm.protocol.events import Event

if TYPE_CHECKING:
    from csm.runtime.session import Session


class Notifier:
    """Starts the program of one session. A program that cannot be started is told once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._failed = False

    def show(self, made: list[Event]) -> None:
        """See events; the end of a turn starts the program."""
        for event in made:
            if isinstance(event.body, events.TurnCompleted) and not self._failed:
                self._start(event.body)

    def _start(self, body: events.TurnCompleted) -> None:
        import subprocess

        session = self._session
        argument = codec.encode(self._told(body)).decode()
        try:
            subprocess.Popen(
                [*session.settings.notify, argument],
                cwd=session.start.cwd,
                env=session.redactor.environment(session.host.env),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            self._failed = True
            session.host.report("warning", f"notify: {session.settings.notify[0]} cannot be started: {error}")

    def _told(self, body: events.TurnCompleted) -> dict[str, Any]:
        """As Codex tells it; the input is all that the user has said in the thread."""
        session = self._session
        entries = (entry.item for turn in session.thread.whole() for entry in turn.entries)
        return {
            "type": "agent-turn-complete",
            "thread-id": session.thread_id,
            "turn-id": body.turn_id,
            "cwd": session.start.cwd,
            "client": session.start.originator,
            "input-messages": [item.text for item in entries if isinstance(item, items.UserMessage)],
            "last-assistant-message": body.last_message,
        }
