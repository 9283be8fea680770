"""What was queued and is not sent comes back to where it can be edited.

Does not: decide what is sent (the session does).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from csm.protocol import ops
from csm.ui import hints

if TYPE_CHECKING:
    from csm.ui.shell import Shell


def take_back(shell: Shell, text: str, ack: ops.Ack) -> None:
    """Put a message that was taken out of the queue before the draft."""
    if not ack.accepted:
        shell.failed(ack.reason)
        return
    editor = shell.composer.editor
    text = editor.chips.draft(text)
    editor.set_text(f"{text}\n{editor.text}" if editor.text else text)


def everything(shell: Shell) -> None:
    """A turn was stopped: what waited for its end is the draft again, if there is none; else how to get it."""
    texts = shell.session.thread.queued
    if not texts:
        return
    if shell.composer.editor.text:
        key = hints.key(shell, "composer.take-back")
        how = f"{key} takes it back" if key else "composer.take-back gets it"
        shell.message.say(f"{len(texts)} queued and not sent: {how}", "message.warning")
        return
    for text in reversed(texts):
        shell.session.submit(ops.Unqueue(), partial(take_back, shell, text))
