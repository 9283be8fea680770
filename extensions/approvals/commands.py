"""Commands on the window of questions: open and close it, go through it, tick pieces, answer all at once.

Does not: draw (`buffer.py`).
"""

from __future__ import annotations

from typing import Any

from csm.api import CommandError, Context, command, ops, screen_of

from .buffer import Queue

_KEYS = {
    "accept": "approval.accept",
    "accept_session": "approval.accept-session",
    "accept_rule": "approval.accept-rule",
    "decline": "approval.decline",
    "say": "approval.decline-and-say",
    "cancel": "approval.cancel",
    "edit": "approval.edit",
    "tick": "approval.tick",
    "agent": "approval.open-agent",
    "close": "approval.close",
}


def opened(cx: Context) -> Queue:
    """The window's buffer; there is one for a shell, which keeps what is ticked."""
    shown = screen_of(cx)
    known = cx.state.get("approvals")
    if not isinstance(known, Queue):
        keymap = cx.host

        def keys() -> dict[str, str]:
            found = {name: keymap.keymap.where_is(line, [Queue.place]) for name, line in _KEYS.items()}
            return {name: bound[0].keys for name, bound in found.items() if bound}

        def origin(ask_id: str) -> str:
            whose = shown.seats.asking(ask_id)
            return "" if whose is None or whose == shown.session() else whose.title

        known = cx.state["approvals"] = Queue(shown.seats.asks, keys, cx.host.env.get("HOME", ""), origin)
    return known


@command("approval.open", title="All questions that wait", slash="asks")
def open_queue(cx: Context) -> None:
    """Show every question that waits for an answer, whole, in a window; in that window, close it."""
    shown = screen_of(cx)
    if shown.place == Queue.place:
        close(cx)
        return
    queue = opened(cx)
    if not queue.waiting():
        raise CommandError("no question waits for an answer")
    buffer: Any = queue
    shown.show(buffer)


@command("approval.close", title="Close the questions", places=("approvals",))
def close(cx: Context) -> None:
    """Close the window of questions. Those without an answer go on waiting, and the first has the keys again."""
    shown = screen_of(cx)
    shown.close()
    if shown.seats.asks():
        shown.focus("approval")


@command("approval.next", title="Next question", places=("approvals",))
def next_ask(cx: Context, count: int = 1) -> None:
    """Go to the next question that waits."""
    shown, queue = screen_of(cx), _queue(cx)
    line = queue.next(shown.line, shown.columns, count)
    if line is not None:
        shown.go_to(line)


@command("approval.previous", title="Question before", places=("approvals",))
def previous_ask(cx: Context, count: int = 1) -> None:
    """Go to the question before."""
    next_ask(cx, -count)


@command("approval.tick", title="Tick, or do not", places=("approvals",))
def tick(cx: Context) -> None:
    """Have the piece of a patch at the cursor allowed or left out; on the question's other lines, all of its pieces."""
    shown = screen_of(cx)
    _queue(cx).tick(shown.line, shown.columns)
    shown.refresh()


@command("approval.open-agent", title="Look at who asks", places=("approval", "approvals"))
def open_agent(cx: Context) -> Any:
    """Show what the agent does whose question this is, or go to the other session that asks."""
    shown = screen_of(cx)
    found = _queue(cx).ask_at(shown.line, shown.columns) if shown.place == Queue.place else shown.ask
    whose = None if found is None else shown.seats.asking(found.id)
    if found is not None and whose is not None and whose != shown.session():
        if shown.place == Queue.place:
            shown.close()
        return shown.seats.go(whose)
    if found is None or not found.agent:
        raise CommandError("this is the session's own question")
    return cx.host.commands.call("agent.open", [found.agent_id or found.agent], cx)


@command("approval.accept-all", title="Yes to all questions", places=("approval", "approvals"))
def accept_all(cx: Context) -> None:
    """Allow everything that waits, once, after asking. What the model wants to know waits on."""
    _all(cx, "accept", "Allow")


@command("approval.decline-all", title="No to all questions", places=("approval", "approvals"))
def decline_all(cx: Context) -> None:
    """Refuse everything that waits; the agent goes on without it."""
    _all(cx, "decline", "Refuse")


class _Row:
    def __init__(self, value: bool, label: str, detail: str = "") -> None:
        self.value, self.label, self.detail = value, label, detail


def _all(cx: Context, decision: Any, word: str) -> None:
    shown, queue = screen_of(cx), opened(cx)
    found = [ask for ask in queue.waiting() if ask.kind != "questions" and decision in ask.decisions]
    if not found:
        raise CommandError("no question waits for such an answer")

    def done(yes: bool) -> None:
        if not yes:
            return
        asks = shown.seats.asks()
        for ask in found:
            if ask.id in asks:
                pieces = queue.ticked(ask) if decision == "accept" else None
                if pieces != ():
                    shown.session().submit(ops.AnswerAsk(ask.id, decision, pieces=pieces))
        if shown.place == Queue.place:
            shown.close()

    what = f"{word} {len(found)} question{'' if len(found) == 1 else 's'}?"
    shown.pick(what, [_Row(True, "Yes", "; ".join(ask.title for ask in found)), _Row(False, "No")], done)


def _queue(cx: Context) -> Queue:
    buffer = screen_of(cx).buffer
    if not isinstance(buffer, Queue):
        raise CommandError("this is for the window of questions", "approval.open shows it")
    return buffer
