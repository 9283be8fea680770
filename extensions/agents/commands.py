"""Looking at agents: which there are, what one does, and a word to it. Closing what is shown comes back.

Does not: begin or close agents; the model does.
"""

from __future__ import annotations

import asyncio
from typing import Any

from csm.api import CommandError, Context, Row, StoreError, command, ops, screen_of

from . import kin as kinds
from .kin import Kin

_READ_ONLY = "{} is closed: what it did can be read, and nothing can be said to it"


def _names(cx: Any) -> list[str]:
    return sorted({born.nickname for born in screen_of(cx).session().thread.spawned.values() if born.nickname})


@command("agent.open", title="Look at an agent", slash=("agent", "agents", "subagents"), complete={"name": _names})
async def open_agent(cx: Context, name: str | None = None) -> None:
    """Show what an agent of this session does or did, to read; without a name, choose one. Closing it comes back."""
    if name is None:
        await choose(cx)
        return
    found = kinds.named(await _below(cx), name)
    if found is None:
        known = ", ".join(_names(cx))
        raise CommandError(f"there is no agent {name}", f"there are {known}" if known else "none has been begun")
    await _show(cx, found)


@command("agent.list", title="Agents of this session")
async def choose(cx: Context) -> None:
    """List the agents of this session and those that they began, how they stand and what they are to do."""
    shown = screen_of(cx)
    found = await _below(cx)
    if not found:
        raise CommandError("this session has begun no agent")
    loop = asyncio.get_running_loop()
    tasks = set[asyncio.Task[None]]()  # a task that nobody holds may go

    def done(kin: Kin) -> None:
        task = loop.create_task(_told(cx, kin))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    rows = [Row(kin, f"{'  ' * (kin.depth - 1)}{kin.label}", f"{kin.state} · {kin.task}") for kin in found]
    shown.pick("Agents", rows, done)


@command("agent.say", title="Say something to an agent", slash="tell", complete={"name": _names})
async def say(cx: Context, name: str | None = None, *words: str) -> None:
    """Tell an agent something, into its turn if it has one; without words, on a line. Without a name, to the one that
    is shown. One that is closed can only be read.
    """
    shown = screen_of(cx)
    kin = getattr(shown.buffer, "kin", None) if name is None else kinds.named(await _below(cx), name)
    if kin is None:
        raise CommandError(f"there is no agent {name}" if name else "no agent is shown here", "agent.list tells them")
    if words:
        await _say(cx, kin, " ".join(words))
        return
    if kin.state == kinds.CLOSED or (name is None and getattr(shown.buffer, "over", False)):
        raise CommandError(_READ_ONLY.format(kin.label))
    loop = asyncio.get_running_loop()
    tasks = set[asyncio.Task[None]]()

    def done(text: str) -> None:
        if text.strip():
            task = loop.create_task(_said(cx, kin, text))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    shown.ask_line(f"To {kin.label}:", done, multiline=True)


async def _said(cx: Context, kin: Kin, text: str) -> None:
    try:
        await _say(cx, kin, text)
    except CommandError as error:
        screen_of(cx).message(error.message, "message.error")


async def _say(cx: Context, kin: Kin, text: str) -> None:
    ack = await asyncio.wrap_future(cx.port.submit(kin.id, ops.Submit(text, busy="steer")))
    if not ack.accepted:
        raise CommandError(_READ_ONLY.format(kin.label) if kin.state == kinds.CLOSED else ack.reason)
    screen_of(cx).message(f"told {kin.label}")


async def _told(cx: Context, kin: Kin) -> None:
    try:
        await _show(cx, kin)
    except CommandError as error:
        screen_of(cx).message(error.message, "message.error")


async def _show(cx: Context, kin: Kin) -> None:
    from . import page

    shown = screen_of(cx)
    try:
        buffer = await page.opened(kin, cx.port, cx.host, shown.refresh)
    except StoreError as error:
        raise CommandError(f"the log of {kin.name} cannot be read: {error.message}") from error
    shown.show(buffer)


async def _below(cx: Context) -> list[Kin]:
    thread = screen_of(cx).session().thread
    return await asyncio.to_thread(kinds.below, thread, cx.port)
