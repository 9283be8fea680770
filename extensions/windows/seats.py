"""The sessions that are open: one more beside this one, from one to another, closing one.

Does not: find stored sessions (`basics`), or hold any.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from csm.api import CommandError, Context, command, ops

from .choosing import Row
from .windows import screen

_STATES = {"asks": "asks you", "working": "works", "ready": "ready"}


def _names(cx: Context) -> Iterable[str]:
    return [one.title for one in screen(cx).seats.all()]


def _find(cx: Context, which: str) -> Any:
    """An open session by its place from 1, its id or what it is called. Raises CommandError."""
    found = screen(cx).seats.all()
    if which.isdecimal() and 0 < int(which) <= len(found):
        return found[int(which) - 1]
    for one in found:
        if which in (one.thread_id, one.thread.name, one.title):
            return one
    raise CommandError(f"no session {which} is open", "session.switch lists those that are")


@command("session.beside", title="Session in a new window", slash="split")
def beside(cx: Context, session: str | None = None, *, where: Literal["right", "below"] = "right") -> None:
    """Open a new session in a window beside this one, or a stored one by id or name. Both work on by themselves."""
    screen(cx).seats.begin(where, resume=session)


@command("session.fork-beside", title="Fork the session in a new window")
def fork_beside(cx: Context, at: str = "", *, where: Literal["right", "below"] = "right") -> None:
    """Go on in a copy beside this session, whole or up to turn `at`; this one stays on the screen."""
    thread_id = screen(cx).session().thread_id
    if not thread_id:
        raise CommandError("there is no session to fork yet")
    screen(cx).seats.begin(where, fork=thread_id, at=at)


@command("session.aside", title="Ask on the side", slash="side")
def aside(cx: Context, *words: str, where: Literal["right", "below"] = "right") -> None:
    """Ask something in a copy of the session beside it, or in a new one where nothing was said yet: what is said there
    stays there. `session.close` closes it.
    """
    here = screen(cx).session()
    which = {"fork": here.thread_id} if here.thread.begun else {}
    there = screen(cx).seats.begin(where, **which)
    if words:
        there.submit(ops.Submit(" ".join(words)))


@command("session.choose-beside", title="Stored session in a new window")
def choose_beside(cx: Context, *, where: Literal["right", "below"] = "right") -> None:
    """Choose a stored session, and open it in a window beside this one."""
    shown = screen(cx)
    shown.sessions("Open beside", lambda head: shown.seats.begin(where, resume=head.thread_id))


@command("session.switch", title="Sessions that are open", slash="sessions", complete={"which": _names})
def switch(cx: Context, which: str | None = None) -> None:
    """Go to another session that is open, by its place in the list, id or name; without one, choose."""
    shown = screen(cx)
    if which is not None:
        shown.seats.go(_find(cx, which))
        return
    current = shown.session()
    rows = [
        Row(one, one.title, f"{_STATES[one.state]} · {one.thread.cwd}{' · here' if one == current else ''}")
        for one in shown.seats.all()
    ]

    def look(session: Any, columns: int, rows: int) -> list[list[tuple[str, str]]]:
        from csm.api import Transcript

        transcript = Transcript(session.thread)
        count = transcript.line_count(columns)
        return [list(line) for line in transcript.lines(max(0, count - rows), count, columns)]

    shown.pick(
        "Open sessions",
        rows,
        shown.seats.go,
        preview=look,
        current=current,
        actions={"delete": ("close", lambda session: _close(cx, session))},
    )


@command("session.next", title="Next open session")
def go_next(cx: Context, count: int = 1) -> None:
    """Go to the next session that is open, round and round."""
    shown = screen(cx)
    found = shown.seats.all()
    if len(found) < 2:
        raise CommandError("no other session is open", "session.beside opens one")
    shown.seats.go(found[(found.index(shown.session()) + count) % len(found)])


@command("session.previous", title="Open session before")
def go_previous(cx: Context, count: int = 1) -> None:
    """Go to the session before."""
    go_next(cx, -count)


@command("session.close", title="Close the session", complete={"which": _names})
def close(cx: Context, which: str | None = None) -> None:
    """Close this session or another one that is open; its log is kept. One at work is stopped, after asking."""
    shown = screen(cx)
    _close(cx, shown.session() if which is None else _find(cx, which))


def _close(cx: Context, session: Any) -> None:
    shown = screen(cx)
    if len(shown.seats.all()) < 2:
        raise CommandError("this is the only session", "shell.quit leaves it")
    if not (session.busy or session.thread.asks):
        shown.seats.end(session)
        return
    rows = [Row(True, "Stop it and close it"), Row(False, "Let it go on")]
    shown.pick(f"{session.title} is at work.", rows, lambda yes: shown.seats.end(session) if yes else None)


@command("session.composers", title="One composer, or one a session")
def composers(cx: Context, which: Literal["one", "each"] | None = None) -> None:
    """Have one composer for all sessions, or one in the window of each; without a word the other way round."""
    now = which or ("one" if cx.host.option("composer") == "each" else "each")
    cx.host.options["composer"] = now
    screen(cx).message("one composer for all sessions" if now == "one" else "a composer in each session's window")
