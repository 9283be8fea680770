"""Threads on the screen: new, resumed, forked, named, and what one is like.

Does not: store them.
"""

from __future__ import annotations

import asyncio
from typing import Any

from csm.api import CommandError, Context, SessionHead, command, ops

from .pages import heading, show, two
from .place import Choice, say, screen

_MOST = 200


@command("session.new", title="New session", slash=("new", "clear"))
def new(cx: Context) -> None:
    """Begin a new session; the one on the screen is kept."""
    _open(cx)


@command("session.resume", title="Resume a session", slash="resume")
async def resume(cx: Context, session: str | None = None) -> None:
    """Open a stored session by id or name; without one, choose among those of this folder."""
    shown = screen(cx)
    if session is not None:
        _open(cx, resume=session)
        return
    heads = await _heads(cx)
    if not heads:
        raise CommandError("this folder has no stored session")
    shown.pick("Resume", [_choice(head) for head in heads], lambda found: _open(cx, resume=found))


@command("session.fork", title="Fork the session", slash="fork")
def fork(cx: Context) -> None:
    """Go on in a copy; the session on the screen stays as it is."""
    session = screen(cx).session()
    if not session.thread_id:
        raise CommandError("there is no session to fork yet")
    _open(cx, fork=session.thread_id)


@command("session.rename", title="Name the session", slash="rename")
def rename(cx: Context, *name: str) -> None:
    """Give the session a name, by which it can be resumed."""
    shown = screen(cx)
    if name:
        _rename(cx, " ".join(name))
    else:
        shown.ask_line("Name:", lambda text: _rename(cx, text), shown.session().thread.name or "")


@command("session.status", title="About the session", slash="status")
def status(cx: Context) -> None:
    """Show model, folder, what may be touched, tokens used, and what csm has loaded."""
    thread, settings = screen(cx).session().thread, cx.host.settings
    facts = {
        "Session": " ".join(filter(None, (thread.thread_id, thread.name))),
        "Folder": thread.cwd or str(cx.host.cwd),
        "Model": " ".join(filter(None, (thread.model or settings.model, thread.effort or settings.effort))),
        "Provider": thread.provider or settings.model_provider,
        "Sandbox": (thread.sandbox if thread.model else settings.sandbox_policy).mode,
        "Approval": thread.approval if thread.model else settings.approval_policy,
        "Turns": str(thread.begun),
        "Tokens": _tokens(thread),
        "Keymap": cx.host.keymap.name,
        "Theme": cx.host.theme.name,
        "Extensions": ", ".join(sorted(cx.host.extensions.known)),
        "Messages": str(len(cx.host.messages)),
    }
    title = "About the session"
    show(cx, "status", title, [*heading(title), *(two(label, text, 12) for label, text in facts.items())])


def _open(cx: Context, **which: str) -> None:
    """Put another thread on the screen. That ends a running turn, so it is asked first."""
    shown = screen(cx)
    session = shown.session()
    if not session.thread.running or which.get("resume") == session.thread_id:
        session.open(**which)
        return
    choices = [Choice("leave", "Stop the turn and go"), Choice("stay", "Stay here")]
    shown.pick("A turn is running.", choices, lambda found: session.open(**which) if found == "leave" else None)


def _rename(cx: Context, name: str) -> None:
    if not name.strip():
        raise CommandError("a name is needed")
    screen(cx).session().submit(ops.Rename(name.strip()))
    say(cx, f"the session is called {name.strip()}")


def _tokens(thread: Any) -> str:
    usage, window = thread.usage, thread.context_window
    text = f"{usage.input:,} in ({usage.cached:,} cached), {usage.output:,} out"
    return f"{text}; {window:,} fit in a request" if window else text


async def _heads(cx: Context) -> list[SessionHead]:
    if cx.port is None:
        return []
    found = await asyncio.wrap_future(cx.port.query("sessions", cwd=str(cx.host.cwd)))
    return list(found)[:_MOST]


def _choice(head: SessionHead) -> Choice:
    first = head.prompt.strip().splitlines()
    label = head.name or (first[0] if first else head.thread_id)
    return Choice(head.thread_id, label, head.updated.replace("T", " ")[:16])
