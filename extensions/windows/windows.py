"""Parting the screen: split, close, go, resize, zoom.

Does not: know what a window shows.
"""

from __future__ import annotations

from csm.api import Context, command
from csm.api import screen_of as screen


@command("window.split-right", title="Split, side by side")
def split_right(cx: Context, buffer: str | None = None) -> None:
    """Part the window in two beside each other; the new one shows the same, or the buffer of a name."""
    screen(cx).windows.split("columns")
    if buffer:
        screen(cx).windows.put(buffer)


@command("window.split-below", title="Split, one below the other")
def split_below(cx: Context, buffer: str | None = None) -> None:
    """Part the window in two below each other; the new one shows the same, or the buffer of a name."""
    screen(cx).windows.split("rows")
    if buffer:
        screen(cx).windows.put(buffer)


@command("window.close", title="Close the window")
def close(cx: Context) -> None:
    """Close the window; its neighbour has its room, and what it showed stays open."""
    screen(cx).windows.close()


@command("window.only", title="Close all other windows")
def only(cx: Context) -> None:
    """Have this window alone."""
    screen(cx).windows.only()


@command("window.next", title="Next window")
def go_next(cx: Context, count: int = 1) -> None:
    """Go to the next window, round and round; the composer is one of them."""
    screen(cx).windows.next(count)


@command("window.previous", title="Previous window")
def go_previous(cx: Context, count: int = 1) -> None:
    """Go to the window before."""
    screen(cx).windows.next(-count)


@command("window.go", title="Go to a window")
def go(cx: Context, number: int | None = None, *, back: bool = False) -> None:
    """Go to the window of a number or count, from the left and the top; without one to the next (`--back`: before)."""
    wanted = number or cx.count
    if wanted:
        screen(cx).windows.at(max(1, wanted))
    else:
        screen(cx).windows.next(-1 if back else 1)


@command("window.first", title="First window")
def first(cx: Context) -> None:
    """Go to the window on the left at the top."""
    screen(cx).windows.at(1)


@command("window.last", title="Last window")
def last(cx: Context) -> None:
    """Go to the window on the right at the bottom."""
    screen(cx).windows.at(screen(cx).windows.count)


@command("window.back", title="Window gone to before")
def back(cx: Context) -> None:
    """Go to the window where the keys were before."""
    screen(cx).windows.at(0)


@command("window.left", title="Window on the left")
def left(cx: Context) -> None:
    """Go to the window on the left."""
    screen(cx).windows.go("left")


@command("window.right", title="Window on the right")
def right(cx: Context) -> None:
    """Go to the window on the right."""
    screen(cx).windows.go("right")


@command("window.up", title="Window above")
def up(cx: Context) -> None:
    """Go to the window above."""
    screen(cx).windows.go("up")


@command("window.down", title="Window below")
def down(cx: Context) -> None:
    """Go to the window below; below the last one is the composer."""
    screen(cx).windows.go("down")


@command("window.wider", title="Make the window wider")
def wider(cx: Context, count: int = 2) -> None:
    """Take columns from the window beside it."""
    screen(cx).windows.resize("columns", count)


@command("window.narrower", title="Make the window narrower")
def narrower(cx: Context, count: int = 2) -> None:
    """Give columns to the window beside it."""
    screen(cx).windows.resize("columns", -count)


@command("window.taller", title="Make the window higher")
def taller(cx: Context, count: int = 1) -> None:
    """Take rows from the window below or above it."""
    screen(cx).windows.resize("rows", count)


@command("window.shorter", title="Make the window lower")
def shorter(cx: Context, count: int = 1) -> None:
    """Give rows to the window below or above it."""
    screen(cx).windows.resize("rows", -count)


@command("window.zoom", title="Zoom the window")
def zoom(cx: Context) -> None:
    """Show this window alone for a while; the same again brings the others back."""
    screen(cx).windows.zoom()


@command("window.swap", title="Swap windows")
def swap(cx: Context) -> None:
    """Exchange this window with the next one."""
    screen(cx).windows.swap()


@command("window.balance", title="Balance the windows")
def balance(cx: Context) -> None:
    """Give all windows the same room."""
    screen(cx).windows.balance()


@command("window.exchange", title="Exchange windows")
def exchange(cx: Context, count: int = 0) -> None:
    """Exchange this window with the next one in its row or column, or that of a number; the keys stay in this place."""
    screen(cx).windows.exchange(count)


@command("window.rotate", title="Rotate the windows")
def rotate(cx: Context, count: int = 1) -> None:
    """Move the windows of this row or column on, the last one to the front."""
    screen(cx).windows.rotate(count)


@command("window.rotate-back", title="Rotate the windows back")
def rotate_back(cx: Context, count: int = 1) -> None:
    """Move the windows of this row or column back, the first one to the end."""
    screen(cx).windows.rotate(-count)


@command("window.move-left", title="Move the window to the left")
def move_left(cx: Context) -> None:
    """Have this window at the left side, as high as the screen."""
    screen(cx).windows.edge("left")


@command("window.move-right", title="Move the window to the right")
def move_right(cx: Context) -> None:
    """Have this window at the right side, as high as the screen."""
    screen(cx).windows.edge("right")


@command("window.move-up", title="Move the window to the top")
def move_up(cx: Context) -> None:
    """Have this window at the top, as wide as the screen."""
    screen(cx).windows.edge("up")


@command("window.move-down", title="Move the window to the bottom")
def move_down(cx: Context) -> None:
    """Have this window at the bottom, as wide as the screen."""
    screen(cx).windows.edge("down")


@command("window.width", title="Width of the window")
def width(cx: Context, count: int = 0) -> None:
    """Give this window so many columns; without a number as many as the others can spare."""
    screen(cx).windows.size("columns", count)


@command("window.height", title="Height of the window")
def height(cx: Context, count: int = 0) -> None:
    """Give this window so many rows; without a number as many as the others can spare."""
    screen(cx).windows.size("rows", count)
