"""The message line: one text until the next key, and a hint when there is none.

Does not: keep old messages. The host does.
"""

from __future__ import annotations

from csm.ui.frame import Line
from csm.view.lines import clip, single, width, wrap

#: Rows that a message may take.
MOST_ROWS = 3
LEVELS = {"info": "message.info", "warning": "message.warning", "error": "message.error"}


class MessageLine:
    """What the message line shows."""

    def __init__(self) -> None:
        self.text = ""
        self.role = "message"
        self.kept = self.more = False

    def say(self, text: str, role: str = "message", *, kept: bool = False) -> None:
        """Show the first line of a text. `kept`: the whole of it can be read among the host's messages."""
        first, _, rest = text.strip().partition("\n")
        self.text, self.role = single(first), role
        self.kept, self.more = kept, bool(rest.strip())

    def rows(self, columns: int, most: int, key: str, indent: str = "") -> list[Line]:
        """The text in at most `most` rows. Where that is not all of it, `… KEY` says so and where to read it."""
        margin: Line = [("", indent)]
        lines = wrap([(self.role, self.text)], columns, margin, margin)
        if len(lines) <= most and not (self.kept and self.more):
            return lines
        mark = f"… {key}" if self.kept and key else "…"
        shown = lines[:most]
        room = max(1, columns - width(mark) - 1)
        last = clip(shown[-1], room, "")
        return [*shown[:-1], clip([*last, ("message", f" {mark}")], columns)]

    def clear(self) -> None:
        """Take it away; every key does."""
        self.text = ""
