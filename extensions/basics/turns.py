"""Stopping turns and leaving: what Esc, Ctrl-C and Ctrl-D mean where nothing else takes them.

Does not: answer questions (`approving`).
"""

from __future__ import annotations

import time
from typing import Any

from csm.api import Context, command, modal, ops

from .composing import clear
from .place import Choice, say, screen

#: A second press quits within so many seconds.
AGAIN = 1.0
#: A second press goes back within so many.
BACK = 1.5


@command("turn.interrupt", title="Interrupt the turn")
def interrupt(cx: Context, *, only: bool = False) -> Any:
    """Stop what runs. Where nothing does, forget a region or count that was begun.

    In an empty composer, with nothing to stop or forget, a second press within a second and a half chooses an earlier
    prompt, to go on from there in other words; not with `--only`.
    """
    shown = screen(cx)
    if modal.escape(shown.editor):
        return None
    if shown.session().busy:
        return shown.session().submit(ops.Interrupt())
    if only or shown.place != "composer" or shown.composer.text or not shown.session().thread.begun:
        return None
    now = time.monotonic()
    if now - cx.state.get("basics.escape", -BACK) <= BACK:
        cx.state.pop("basics.escape")
        return cx.host.commands.run("session.rewind", cx)
    cx.state["basics.escape"] = now
    found = cx.host.keymap.where_is("turn.interrupt", ["composer"])
    return say(cx, f"{found[0].keys if found else 'the same'} again goes back to an earlier prompt")


@command("turn.compact", title="Compact the history", slash="compact")
def compact(cx: Context) -> None:
    """Replace the history that the model reads by a summary."""
    screen(cx).session().submit(ops.Compact())


@command("shell.break", title="Clear, interrupt or quit")
def break_off(cx: Context) -> None:
    """Clear the draft; else stop the running turn; else quit, if pressed twice within a second."""
    shown = screen(cx)
    if shown.place in ("picker", "palette", "line", "help", "messages"):
        shown.close()
    elif shown.composer.text:
        clear(cx)
    elif shown.session().busy:
        shown.session().submit(ops.Interrupt())
    else:
        _quit_on_second(cx)


@command("shell.quit", title="Quit", slash=("quit", "exit"))
def leave(cx: Context) -> None:
    """Leave the shell. Sessions are kept and can be resumed; where others than this one work, that is asked first."""
    _quit(cx)


@command("shell.delete-or-quit", title="Delete forward, or quit")
def delete_or_quit(cx: Context, count: int | None = None) -> None:
    """Delete the character at the cursor; in an empty composer, quit."""
    from csm.api import edits

    shown = screen(cx)
    if shown.place == "composer" and not shown.composer.text:
        _quit(cx)
    else:
        edits.delete_char(shown.editor, count)


@command("shell.suspend", title="Suspend")
def suspend(cx: Context) -> None:
    """Stop csm as Ctrl-Z does elsewhere; `fg` goes on."""
    screen(cx).suspend()


@command("shell.redraw", title="Redraw")
def redraw(cx: Context) -> None:
    """Draw the whole screen again."""
    screen(cx).redraw()


def _quit(cx: Context) -> None:
    shown = screen(cx)
    others = [one for one in shown.seats.all() if one != shown.session() and (one.busy or one.thread.asks)]
    if not others:
        shown.quit()
        return
    titles = ", ".join(one.title for one in others)
    rows = [Choice(False, "Stay", titles), Choice(True, "Stop them and quit", titles)]
    many = "s are" if len(others) > 1 else " is"
    shown.pick(f"{len(others)} other session{many} at work.", rows, lambda yes: shown.quit() if yes else None)


def _quit_on_second(cx: Context) -> None:
    now = time.monotonic()
    if now - cx.state.get("basics.break", -AGAIN) <= AGAIN:
        _quit(cx)
        return
    cx.state["basics.break"] = now
    found = cx.host.keymap.where_is("shell.break", [screen(cx).place])
    say(cx, f"{found[0].keys if found else 'the same'} again quits")
