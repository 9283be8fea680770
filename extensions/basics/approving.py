"""Answers to the question that waits longest.

Does not: show it, or judge anything.
"""

from __future__ import annotations

from csm.api import CommandError, Context, command, ops, tools

from .place import screen


@command("approval.accept", title="Yes, once", places=("approval",))
def accept(cx: Context) -> None:
    """Let it be done this once."""
    _answer(cx, "accept")


@command("approval.accept-session", title="Yes, for this session", places=("approval",))
def accept_session(cx: Context) -> None:
    """Let it be done, and the same again until the session ends."""
    _answer(cx, "accept_session")


@command("approval.accept-rule", title="Yes, always for this beginning", places=("approval",))
def accept_rule(cx: Context) -> None:
    """Let it be done, and from now on all commands that begin with these words."""
    _answer(cx, "accept_rule")


@command("approval.decline", title="No", places=("approval",))
def decline(cx: Context) -> None:
    """Refuse; the agent goes on without it."""
    _answer(cx, "decline")


@command("approval.decline-and-say", title="No, do this instead", places=("approval",))
def decline_and_say(cx: Context) -> None:
    """Refuse, and say what to do instead."""
    ask = _ask(cx)
    screen(cx).ask_line("Do instead:", lambda text: _submit(cx, ask, "decline", text))


@command("approval.cancel", title="No, and stop", places=("approval",))
def cancel(cx: Context) -> None:
    """Refuse and end the turn."""
    _answer(cx, "cancel")


@command("approval.focus", title="Go to the question")
def focus(cx: Context) -> None:
    """Have the keys answer the question that waits."""
    _ask(cx)
    screen(cx).focus("approval")


def _ask(cx: Context) -> tools.Ask:
    found = next(iter(screen(cx).session().thread.asks.values()), None)
    if found is None:
        raise CommandError("no question waits for an answer")
    return found


def _answer(cx: Context, decision: tools.Decision) -> None:
    ask = _ask(cx)
    if decision not in ask.decisions or (ask.kind == "questions" and decision == "accept"):
        raise CommandError("this cannot be answered so")
    _submit(cx, ask, decision)


def _submit(cx: Context, ask: tools.Ask, decision: tools.Decision, text: str = "") -> None:
    screen(cx).session().submit(ops.AnswerAsk(ask.id, decision, text))
