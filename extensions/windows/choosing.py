"""Going from buffer to buffer.

Does not: make any.
"""

from __future__ import annotations

from collections.abc import Iterable

from csm.api import CommandError, Context, Row, Screen, command

from .windows import screen

#: Always on the screen, and so no buffer of a window.
COMPOSER = "composer"


def _names(cx: Context) -> Iterable[str]:
    return [*screen(cx).buffers.names(), COMPOSER]


@command("buffer.choose", title="Choose a buffer", slash="buffer", complete={"name": _names})
def choose(cx: Context, name: str | None = None) -> None:
    """Show another buffer in this window: one that is open, or one that can be made."""
    shown = screen(cx)
    if name is not None:
        _go(shown, name)
        return
    current = str(shown.buffer.name)
    titles = {str(one.name): str(one.title) for one in shown.buffers.all()}
    rows = [Row(one, one, titles.get(one, "")) for one in _names(cx) if one != current]
    open_ones = {str(one.name): one for one in shown.buffers.all()}

    def look(name: str, columns: int, height: int) -> list[list[tuple[str, str]]]:
        buffer = open_ones.get(name)
        if buffer is None:
            return [[("dim", {"transcript": "the session", COMPOSER: "the draft"}.get(name, "made when it is chosen"))]]
        return [list(line) for line in buffer.lines(0, height, columns)]

    def close(names: list[str]) -> None:
        for one in names:
            shown.buffers.kill(one)

    shown.pick(
        "Buffers",
        rows,
        lambda names: _go(shown, names[0]),
        preview=look,
        several=True,
        actions={"delete": ("close for good", close)},
    )


def _go(shown: Screen, name: str) -> None:
    """Show a buffer; the composer is on the screen, it gets the keys."""
    if name == COMPOSER:
        shown.focus(COMPOSER)
    else:
        shown.windows.put(name)


@command("buffer.kill", title="Close a buffer for good", complete={"name": _names})
def kill(cx: Context, name: str | None = None) -> None:
    """Close a buffer wherever it is shown; without a name the one in this window."""
    shown = screen(cx)
    shown.buffers.kill(str(shown.buffer.name) if name is None else name)


@command("buffer.next", title="Next buffer")
def next_buffer(cx: Context, count: int = 1) -> None:
    """Show the next open buffer in this window."""
    shown = screen(cx)
    names = ["transcript", *sorted(str(one.name) for one in shown.buffers.all())]
    if len(names) < 2:
        raise CommandError("no other buffer is open")
    current = str(shown.buffer.name)
    at = names.index(current) if current in names else 0
    shown.windows.put(names[(at + count) % len(names)])


@command("buffer.previous", title="Previous buffer")
def previous_buffer(cx: Context, count: int = 1) -> None:
    """Show the open buffer before in this window."""
    next_buffer(cx, -count)
