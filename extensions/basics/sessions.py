"""Threads on the screen: new, resumed, forked, named, and what one is like.

Does not: store them.
"""

from __future__ import annotations

import asyncio
from typing import Any

from csm.api import CommandError, Context, TurnHead, command, items, ops

from .pages import heading, show, two
from .place import Choice, say, screen


@command("session.new", title="New session", slash=("new", "clear"))
def new(cx: Context) -> None:
    """Begin a new session; the one on the screen is kept."""
    put_on_screen(cx)


@command("session.resume", title="Resume a session", slash="resume")
def resume(cx: Context, session: str | None = None, *, all: bool = False, non_interactive: bool = False) -> None:
    """Open a stored session by id or name; without one, choose among those of this folder, or of `--all`."""
    if session is not None:
        put_on_screen(cx, resume=session)
    else:
        choose(cx, "resume", all=all, non_interactive=non_interactive)


@command("session.choose", title="Choose a session to resume or to fork", hidden=True)
def choose(cx: Context, what: str, *, all: bool = False, non_interactive: bool = False) -> None:
    """Choose a stored session to `resume` or to `fork`, of this folder or of `--all`."""
    if what not in ("resume", "fork"):
        raise CommandError(f"a session can be chosen to resume or to fork, not to {what}")
    title = "Resume a session" if what == "resume" else "Fork a session"
    screen(cx).sessions(
        title,
        lambda head: put_on_screen(cx, **{what: head.thread_id}),
        everywhere=all,
        non_interactive=non_interactive,
    )


@command("session.fork", title="Fork the session", slash="fork")
def fork(cx: Context, at: str | None = None) -> None:
    """Go on in a copy, whole or up to turn `at`; the session on the screen stays as it is."""
    session = screen(cx).session()
    if not session.thread_id:
        raise CommandError("there is no session to fork yet")
    put_on_screen(cx, fork=session.thread_id, **({"at": at} if at else {}))


@command("session.rewind", title="Go back to an earlier prompt", slash="rewind")
async def rewind(cx: Context, turn: str | None = None) -> None:
    """Go back to before a turn, by number or id; without one, choose. Its prompt comes back into the composer."""
    shown = screen(cx)
    turns = await _turns(cx)
    if not turns:
        raise CommandError("there is nothing to go back to yet")
    found = {**{str(one.number): one for one in turns}, **{one.turn_id: one for one in turns}}
    if turn is not None and turn not in found:
        raise CommandError(f"there is no turn {turn}: the session has {len(turns)}")
    if turn is not None:
        _rewind(cx, found[turn])
        return
    rows = [Choice(one, _first(one.prompt), f"turn {one.number}") for one in reversed(turns)]
    shown.pick("Go back to before", rows, lambda one: _rewind(cx, one))


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


def put_on_screen(cx: Context, **which: Any) -> None:
    """Put another thread on the screen. What works goes on, unless it is to be stopped; that is asked first."""
    shown = screen(cx)
    session = shown.session()
    if not (session.busy or session.thread.asks) or which.get("resume") == session.thread_id:
        session.open(**which)
        return
    found = cx.host.keymap.where_is("session.switch", [shown.place])
    how = f"{found[0].keys if found else '/sessions'} shows it again"
    choices = [
        Choice("keep", "Go, and let it work on", how),
        Choice("leave", "Stop it and go"),
        Choice("stay", "Stay here"),
    ]

    def done(chosen: str) -> None:
        if chosen != "stay":
            session.open(keep=chosen == "keep", **which)

    shown.pick("This session is at work.", choices, done)


def _rename(cx: Context, name: str) -> None:
    if not name.strip():
        raise CommandError("a name is needed")
    screen(cx).session().submit(ops.Rename(name.strip()))
    say(cx, f"the session is called {name.strip()}")


def _tokens(thread: Any) -> str:
    usage, window = thread.usage, thread.context_window
    text = f"{usage.input:,} in ({usage.cached:,} cached), {usage.output:,} out"
    return f"{text}; {window:,} fit in a request" if window else text


async def _turns(cx: Context) -> list[TurnHead]:
    """The turns of the session on the screen, read from its log where it was not opened with all of them."""
    session = screen(cx).session()
    thread = session.thread
    if getattr(thread, "past", None) is not None and cx.port is not None:
        return list(await asyncio.wrap_future(cx.port.query("turns", thread_id=session.thread_id)))
    named = [turn for turn in thread.turns if turn.id]
    return [TurnHead(turn.id, number, _said(turn)) for number, turn in enumerate(named, 1)]


def _said(turn: Any) -> str:
    said = (entry.item.text for entry in turn.entries if isinstance(entry.item, items.UserMessage))
    return next(said, "")


def _rewind(cx: Context, turn: TurnHead) -> None:
    shown = screen(cx)

    def answered(ack: ops.Ack) -> None:
        if not ack.accepted:
            say(cx, ack.reason, "message.error")
        elif not shown.composer.text:
            shown.composer.set_text(shown.composer.chips.draft(turn.prompt))
        shown.refresh()

    shown.session().submit(ops.Rewind(turn.turn_id), answered)


def _first(text: str) -> str:
    return next(iter(text.strip().splitlines()), "") or "(nothing was said)"
