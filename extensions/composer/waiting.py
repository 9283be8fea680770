"""Messages that wait for the running turn to end: edited, put in another order, dropped.

Does not: keep them; the session does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csm.api import CommandError, Context, Row, command, ops, screen_of


@command("queue.open", title="Messages that wait", slash="queue")
def open_queue(cx: Context) -> None:
    """List the messages that wait: Enter takes one back into the composer, other keys move or drop it."""
    texts = screen_of(cx).session().thread.queued
    if not texts:
        raise CommandError("nothing is queued")
    _list(cx, 0)


@command("queue.edit", title="Edit a message that waits")
def edit(cx: Context, number: int | None = None) -> None:
    """Take a message that waits back into the composer: the last one, or the one of a number from 1."""
    at, text = _at(cx, number)
    screen_of(cx).session().submit(ops.Unqueue(at, text))


@command("queue.drop", title="Drop a message that waits")
def drop(cx: Context, number: int | None = None) -> None:
    """Have a message not be sent: the last one, or the one of a number from 1. It stays in the history."""
    at, text = _at(cx, number)
    screen_of(cx).session().submit(ops.Unqueue(at, text), lambda ack: _told(cx, ack, "dropped"))


@command("queue.move", title="Move a message that waits")
def move(cx: Context, number: int, place: int) -> None:
    """Have a message wait at another place; both are numbers from 1."""
    at, text = _at(cx, number)
    screen_of(cx).session().submit(ops.Requeue(at, place - 1, text), lambda ack: _told(cx, ack, ""))


def _list(cx: Context, chosen: int) -> None:
    texts = screen_of(cx).session().thread.queued
    if not texts:
        return
    rows = [Row(at, f"{at + 1}  {' '.join(text.split())[:200]}") for at, text in enumerate(texts)]
    actions: dict[str, tuple[str, Callable[[Any], None]]] = {
        "up": ("earlier", lambda at: _moved(cx, at, at - 1)),
        "down": ("later", lambda at: _moved(cx, at, at + 1)),
        "delete": ("drop", lambda at: _dropped(cx, at)),
    }
    current = min(max(0, chosen), len(rows) - 1)
    screen_of(cx).pick("Queued", rows, lambda at: edit(cx, at + 1), actions=actions, current=current)


def _moved(cx: Context, at: int, to: int) -> None:
    text = screen_of(cx).session().thread.queued[at]
    screen_of(cx).session().submit(ops.Requeue(at, to, text), lambda ack: _again(cx, ack, to))


def _dropped(cx: Context, at: int) -> None:
    text = screen_of(cx).session().thread.queued[at]
    screen_of(cx).session().submit(ops.Unqueue(at, text), lambda ack: _again(cx, ack, at))


def _again(cx: Context, ack: Any, chosen: int) -> None:
    """The list as it now is; what the session tells of the change comes before its answer."""
    _told(cx, ack, "")
    _list(cx, chosen)


def _at(cx: Context, number: int | None) -> tuple[int, str]:
    texts = screen_of(cx).session().thread.queued
    if not texts:
        raise CommandError("nothing is queued")
    number = len(texts) if number is None else number
    if not 1 <= number <= len(texts):
        raise CommandError(f"there is no message {number}: {len(texts)} wait")
    return number - 1, texts[number - 1]


def _told(cx: Context, ack: Any, text: str) -> None:
    if not ack.accepted:
        screen_of(cx).message(ack.reason, "message.error")
    elif text:
        screen_of(cx).message(text)
    screen_of(cx).refresh()
