"""What was queued and is not sent comes back to where it can be edited.

Does not: decide what is sent (the session does).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from csm.protocol import ops
from csm.ui import hints

if TYPE_CHECKING:
    from csm.ui.seats import Seat
    from csm.ui.shell import Shell


def take_back(shell: Shell, seat: Seat, text: str, ack: ops.Ack) -> None:
    """Put a message that was taken out of the queue before the draft."""
    if not ack.accepted:
        seat.failed(ack.reason)
        return
    editor = seat.composer.editor
    text = editor.chips.draft(text)
    editor.set_text(f"{text}\n{editor.text}" if editor.text else text)


def everything(shell: Shell, seat: Seat) -> None:
    """A turn was stopped: what waited for its end is the draft again, if there is none; else how to get it."""
    texts = seat.session.thread.queued
    if not texts:
        return
    if seat.composer.editor.text:
        key = hints.key(shell, "composer.take-back")
        how = f"{key} takes it back" if key else "composer.take-back gets it"
        seat.warned(f"{len(texts)} queued and not sent: {how}")
        return
    for text in reversed(texts):
        seat.session.submit(ops.Unqueue(), partial(take_back, shell, seat, text))
