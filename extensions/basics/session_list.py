"""What keys do in the list of stored sessions, what becomes of the chosen one, and how the one on the screen goes away.

Does not: draw the list, or touch files. The port does what is asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from csm.api import CommandError, Context, CsmError, SessionHead, StoreError, command

from .place import Choice, say, screen
from .sessions import put_on_screen

#: How often a session that was left is tried for, and seconds in between.
_TRIES, _PAUSE = 60, 0.05


@command("sessions.toggle-folder", title="Sessions of all folders, or of this one", places=("sessions",))
def toggle_folder(cx: Context) -> None:
    """List the sessions of all folders, or of this one alone."""
    _panel(cx).toggle_folder()
    screen(cx).refresh()


@command("sessions.toggle-archived", title="Archived sessions, or those in use", places=("sessions",))
def toggle_archived(cx: Context) -> None:
    """List the archived sessions, or those in use."""
    _panel(cx).toggle_archived()
    screen(cx).refresh()


@command("sessions.toggle-look", title="Show or hide the chosen session's last words", places=("sessions",))
def toggle_look(cx: Context) -> None:
    """Show what was said last in the chosen session, or more of the list."""
    _panel(cx).toggle_look()
    screen(cx).refresh()


@command("sessions.sort", title="Sort the sessions by something else", places=("sessions",))
def sort(cx: Context) -> None:
    """Sort by last use, by beginning, by name."""
    _panel(cx).sort_next()
    screen(cx).refresh()


@command("sessions.fork", title="Fork the chosen session", places=("sessions",))
def fork(cx: Context) -> None:
    """Open a copy of the chosen session."""
    _, head = _chosen(cx)
    screen(cx).close()
    put_on_screen(cx, fork=head.thread_id)


@command("sessions.fork-at", title="Fork the chosen session at a turn", places=("sessions",))
async def fork_at(cx: Context) -> None:
    """Open a copy of the chosen session up to a turn, which is chosen next."""
    _, head = _chosen(cx)
    turns = await asyncio.wrap_future(cx.port.query("turns", thread_id=head.thread_id))
    rows = [Choice(turn.turn_id, _first_line(turn.prompt), f"turn {turn.number}") for turn in reversed(turns)]
    if not rows:
        raise CommandError("this session has no turns")
    chosen = await _pick(cx, "Copy up to and with", rows)
    if chosen is not None:
        screen(cx).close()
        put_on_screen(cx, fork=head.thread_id, at=chosen)


@command("sessions.rename", title="Name the chosen session", places=("sessions",))
async def rename(cx: Context) -> None:
    """Give the chosen session a name."""
    panel, head = _chosen(cx)
    name: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
    screen(cx).ask_line("Name:", name.set_result, head.name or "", cancel=lambda: name.set_result(None))
    text = " ".join((await name or "").split())
    if text and text != head.name:
        await _manage(cx, panel, "rename", head, name=text)
        say(cx, f"the session is called {text}")


@command("sessions.archive", title="Archive the chosen session, or bring it back", places=("sessions",))
async def archive(cx: Context) -> None:
    """Put the chosen session away; one of the archive comes back."""
    panel, head = _chosen(cx)
    await _manage(cx, panel, "unarchive" if head.archived else "archive", head)
    say(cx, f"{_called(head)} is {'back' if head.archived else 'archived'}")


@command("sessions.delete", title="Delete the chosen session", places=("sessions",))
async def delete(cx: Context) -> None:
    """Delete the chosen session for good, once that was confirmed."""
    panel, head = _chosen(cx)
    choices = [Choice(False, "Keep it"), Choice(True, "Delete it", "for good, with the agents it began")]
    if await _pick(cx, f"Delete {_called(head)}?", choices):
        await _manage(cx, panel, "delete", head)
        say(cx, f"{_called(head)} is deleted")


@command("session.archive", title="Archive the session and begin a new one", slash="archive")
async def archive_shown(cx: Context) -> None:
    """Put the session on the screen away, once that was confirmed, and begin a new one."""
    await _leave(cx, "archive", "Archive this session?", Choice(True, "Archive it", "and begin a new one"))


@command("session.delete", title="Delete the session and begin a new one", slash="delete")
async def delete_shown(cx: Context) -> None:
    """Delete the session on the screen for good, once that was confirmed, and begin a new one."""
    await _leave(cx, "delete", "Delete this session?", Choice(True, "Delete it", "for good; a new one begins"))


async def _leave(cx: Context, act: str, title: str, yes: Choice) -> None:
    session = screen(cx).session()
    thread_id = session.thread_id
    if not thread_id or not session.thread.begun:
        raise CommandError(f"there is nothing to {act} yet")
    if session.thread.running:
        raise CommandError("a turn is running", "interrupt it first")
    if not await _pick(cx, title, [Choice(False, "Keep it"), yes]):
        return
    session.open()
    for left in reversed(range(_TRIES)):  # what was left takes a moment to close
        try:
            await asyncio.wrap_future(cx.port.manage(act, thread_id))
            break
        except StoreError as error:
            if not left:
                raise CommandError(f"cannot {act} the session: {error.message}", error.hint) from error
            await asyncio.sleep(_PAUSE)
    say(cx, f"the session is {act}d" + (f"; csm unarchive {thread_id} brings it back" if act == "archive" else ""))


def _panel(cx: Context) -> Any:
    panel = screen(cx).panel
    if getattr(panel, "place", "") != "sessions":
        raise CommandError("this is for the list of sessions", "session.resume opens it")
    return panel


def _chosen(cx: Context) -> tuple[Any, SessionHead]:
    panel = _panel(cx)
    head = panel.chosen()
    if head is None:
        raise CommandError("there is no session here")
    return panel, head


async def _pick(cx: Context, title: str, rows: Sequence[Any]) -> Any:
    """What is chosen; None where nothing is."""
    chosen: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    screen(cx).pick(title, rows, chosen.set_result, lambda: chosen.set_result(None))
    return await chosen


async def _manage(cx: Context, panel: Any, act: str, head: SessionHead, **more: str) -> None:
    try:
        await asyncio.wrap_future(cx.port.manage(act, head.thread_id, **more))
    except CsmError as error:
        raise CommandError(f"cannot {act} {_called(head)}: {error.message}", error.hint) from error
    panel.forget(head.thread_id)
    screen(cx).refresh()


def _called(head: SessionHead) -> str:
    text = head.name or _first_line(head.prompt)
    return f"“{text[:40]}{'…' * (len(text) > 40)}”"


def _first_line(text: str) -> str:
    return next(iter(text.strip().splitlines()), "") or "(nothing was said)"
