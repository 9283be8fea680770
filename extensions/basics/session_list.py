"""What keys do in the list of stored sessions, what becomes of those chosen, and how the one on the screen goes away.

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


@command("sessions.toggle-transcript", title="Look at the chosen session's transcript", places=("sessions",))
def toggle_transcript(cx: Context) -> None:
    """Show the end of the chosen session's transcript, or its last words."""
    _panel(cx).toggle_transcript()
    screen(cx).refresh()


@command("sessions.scroll-look", title="Move through the transcript", places=("sessions",))
def scroll_look(cx: Context, lines: int) -> None:
    """Move through the chosen session's transcript, which shows it; negative is up."""
    _panel(cx).scroll_look(lines)
    screen(cx).refresh()


@command("sessions.toggle-roomy", title="One line for each session, or two", places=("sessions",))
def toggle_roomy(cx: Context) -> None:
    """Give each session a second line, which says where it was and how much there is, or one line alone."""
    _panel(cx).toggle_roomy()
    screen(cx).refresh()


@command("sessions.toggle-texts", title="Look in all that was said, or do not", places=("sessions",))
def toggle_texts(cx: Context) -> None:
    """Look for what is typed in prompts and answers too, or in names, beginnings, folders and tags alone."""
    _panel(cx).toggle_texts()
    screen(cx).refresh()


@command("sessions.mark", title="Mark the chosen session, or do not", places=("sessions",))
def mark(cx: Context) -> None:
    """Mark the chosen session: tagging, archiving and deleting are for all that are marked."""
    _panel(cx).mark()
    screen(cx).refresh()


@command("sessions.tag", title="Tag the chosen sessions", places=("sessions",))
async def tag(cx: Context) -> None:
    """Give the chosen session tags, or those that are marked: words, none to take all away."""
    panel, heads = _meant(cx)
    common = [tag for tag in heads[0].tags if all(tag in head.tags for head in heads)]
    text = await _line(cx, "Tags:", "".join(f"{tag} " for tag in common))
    if text is None:
        return
    for head in heads:
        kept = [tag for tag in head.tags if tag not in common]
        await _manage(cx, panel, "tag", head, tags=" ".join([*kept, text]))


@command("sessions.filter-tag", title="Sessions with a tag", places=("sessions",))
async def filter_tag(cx: Context) -> None:
    """Choose among the tags there are, and list the sessions that have it."""
    panel = _panel(cx)
    known: dict[str, int] = await asyncio.wrap_future(cx.port.query("tags"))
    if not known:
        raise CommandError("no session has a tag yet", _how(cx, "sessions.tag"))
    rows = [Choice(tag, f"#{tag}", f"{count} session{'s' * (count != 1)}") for tag, count in known.items()]
    chosen = await _pick(cx, "Tags", rows)
    if chosen is not None:
        panel.editor.set_text(f"#{chosen} ")
        screen(cx).refresh()


@command("session.tag", title="Tag the session", slash="tag")
async def tag_shown(cx: Context, *tags: str) -> None:
    """Give the session on the screen tags, in place of those it has; without words, they are asked for."""
    thread_id = screen(cx).session().thread_id
    if not thread_id:
        raise CommandError("there is no session yet")
    if tags:
        await _tag(cx, thread_id, " ".join(tags))
        return
    heads = await asyncio.wrap_future(cx.port.query("sessions", non_interactive=True, search=thread_id))
    text = await _line(cx, "Tags:", "".join(f"{tag} " for head in heads for tag in head.tags))
    if text is not None:
        await _tag(cx, thread_id, text)


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
    text = " ".join((await _line(cx, "Name:", head.name or "") or "").split())
    if text and text != head.name:
        await _manage(cx, panel, "rename", head, name=text)
        say(cx, f"the session is called {text}")


@command("sessions.archive", title="Archive the chosen session, or bring it back", places=("sessions",))
async def archive(cx: Context) -> None:
    """Put the chosen session away, or those that are marked; of the archive they come back."""
    panel, heads = _meant(cx)
    for head in heads:
        await _manage(cx, panel, "unarchive" if head.archived else "archive", head)
    say(cx, f"{_all(heads)} {'back' if heads[0].archived else 'archived'}")


@command("sessions.delete", title="Delete the chosen session", places=("sessions",))
async def delete(cx: Context) -> None:
    """Delete the chosen session for good, or those that are marked, once that was confirmed."""
    panel, heads = _meant(cx)
    them = "them" if len(heads) > 1 else "it"
    they = "they" if len(heads) > 1 else "it"
    choices = [Choice(False, f"Keep {them}"), Choice(True, f"Delete {them}", f"for good, with the agents {they} began")]
    what = _called(heads[0]) if len(heads) == 1 else f"{len(heads)} sessions"
    if await _pick(cx, f"Delete {what}?", choices):
        for head in heads:
            await _manage(cx, panel, "delete", head)
        say(cx, f"{_all(heads)} deleted")


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


def _meant(cx: Context) -> tuple[Any, list[SessionHead]]:
    panel = _panel(cx)
    heads: list[SessionHead] = panel.meant()
    if not heads:
        raise CommandError("there is no session here")
    return panel, heads


async def _tag(cx: Context, thread_id: str, text: str) -> None:
    await asyncio.wrap_future(cx.port.manage("tag", thread_id, tags=text))
    words = " ".join(f"#{word.lstrip('#')}" for word in text.split())
    say(cx, f"the session is tagged {words}" if words else "the session has no tags any more")


async def _line(cx: Context, prompt: str, text: str) -> str | None:
    """What is typed; None where it is not ended."""
    typed: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
    screen(cx).ask_line(prompt, typed.set_result, text, cancel=lambda: typed.set_result(None))
    return await typed


def _how(cx: Context, name: str) -> str:
    found = cx.host.keymap.where_is(name, ["sessions"])
    return f"{found[0].keys} tags the chosen one" if found else f"{name} tags the chosen one"


def _all(heads: Sequence[SessionHead]) -> str:
    return f"{_called(heads[0])} is" if len(heads) == 1 else f"{len(heads)} sessions are"


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
