"""The end of a turn: how long it took, or that it was interrupted or failed, and why.

Does not: show what the turn did.
"""

from __future__ import annotations

from csm.core.fold import Turn
from csm.view.render.leaves import prose_room
from csm.view.render.look import Look, Rows, duration, line, text_rows

#: Turns faster than this end without a word.
_QUICK_MS = 5000


def footer(turn: Turn) -> Look:
    """The look of a turn's end."""
    if turn.status == "failed":
        error = turn.error or "The turn failed."
        body = Rows(lambda width: text_rows(error, "turn.failed", prose_room(width)), error, "footer")
        return Look([body], ("turn.failed", "✗"))
    if turn.status == "interrupted":
        return Look([line(("turn.interrupted", "Interrupted"))], ("turn.interrupted", "■"))
    return Look([line(("turn.footer", f"Done in {duration(turn.duration_ms)}"))])


def has_footer(turn: Turn) -> bool:
    """Whether there is anything to say."""
    if not turn.id or turn.status == "running":
        return False
    return turn.status != "completed" or turn.duration_ms >= _QUICK_MS
