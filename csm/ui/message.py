"""The message line: one text until the next key, and a hint when there is none.

Does not: keep old messages. The host does.
"""

from __future__ import annotations

from csm.view.lines import visible

LEVELS = {"info": "message.info", "warning": "message.warning", "error": "message.error"}


class MessageLine:
    """What the message line shows."""

    def __init__(self) -> None:
        self.text = ""
        self.role = "message"

    def say(self, text: str, role: str = "message") -> None:
        """Show the first line of a text."""
        self.text = visible(text.strip().partition("\n")[0])
        self.role = role

    def clear(self) -> None:
        """Take it away; every key does."""
        self.text = ""
