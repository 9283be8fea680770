"""Answers to a question: the one that waits longest or, in the window of all of them, the one at the cursor.

Does not: show them, or judge anything.
"""

from __future__ import annotations

from typing import Any

from csm.api import CommandError, Context, command, ops, script_of, tools

from .place import say, screen


@command("approval.accept", title="Yes, once", places=("approval", "approvals"))
def accept(cx: Context) -> None:
    """Let it be done this once; of a patch with boxes, what is ticked."""
    _answer(cx, "accept")


@command("approval.accept-session", title="Yes, for this session", places=("approval", "approvals"))
def accept_session(cx: Context) -> None:
    """Let it be done, and the same again until the session ends."""
    _answer(cx, "accept_session")


@command("approval.accept-rule", title="Yes, always for this beginning", places=("approval", "approvals"))
def accept_rule(cx: Context) -> None:
    """Let it be done, and from now on all commands that begin with these words."""
    _answer(cx, "accept_rule")


@command("approval.decline", title="No", places=("approval", "approvals"))
def decline(cx: Context) -> None:
    """Refuse; the agent goes on without it."""
    _answer(cx, "decline")


@command("approval.decline-and-say", title="No, do this instead", places=("approval", "approvals"))
def decline_and_say(cx: Context) -> None:
    """Refuse, and say what to do instead, in as many lines as that takes. The turn goes on."""
    ask = _ask(cx)
    screen(cx).ask_line("Do instead:", lambda text: _submit(cx, ask, "decline", text.strip()), multiline=True)


@command("approval.edit", title="Change the command, then run it", places=("approval", "approvals"))
def edit(cx: Context) -> None:
    """Change the command that is asked about, and allow what it then is, once. The model is told."""
    ask = _ask(cx)
    if "edited" not in ask.takes:
        raise CommandError("this can be allowed only as it is")
    script = script_of(ask.command, ask.argv)

    def done(text: str) -> None:
        if not text.strip():
            raise CommandError("there is no command; it still waits for an answer")
        _submit(cx, ask, "accept", edited="" if text == script else text)

    screen(cx).ask_line("Run instead:", done, script, multiline=True)


@command("approval.cancel", title="No, and stop", places=("approval", "approvals"))
def cancel(cx: Context) -> None:
    """Refuse and end the turn."""
    _answer(cx, "cancel")


@command("approval.focus", title="Go to the question")
def focus(cx: Context) -> None:
    """Have the keys answer the question that waits; where this session has none, one of another session."""
    shown = screen(cx)
    if not shown.seats.asks():
        raise CommandError("no question waits for an answer")
    shown.focus("approval")


def _ask(cx: Context) -> tools.Ask:
    shown = screen(cx)
    queue = _queue(cx)
    found = queue.ask_at(shown.line, shown.columns) if queue is not None else None
    found = found or shown.ask
    if found is None:
        raise CommandError("no question waits for an answer")
    return found


def _queue(cx: Context) -> Any:
    """The window of all questions, if it has the keys."""
    shown = screen(cx)
    return shown.buffer if shown.place == "approvals" and hasattr(shown.buffer, "ask_at") else None


def _answer(cx: Context, decision: tools.Decision) -> None:
    ask = _ask(cx)
    if decision not in ask.decisions or (ask.kind == "questions" and decision == "accept"):
        raise CommandError("this cannot be answered so")
    _submit(cx, ask, decision)


def _submit(cx: Context, ask: tools.Ask, decision: tools.Decision, text: str = "", edited: str = "") -> None:
    queue = _queue(cx)
    pieces = queue.answering(ask, decision) if queue is not None else None
    shown = screen(cx)
    composer = shown.composer

    def answered(ack: ops.Ack) -> None:
        if not ack.accepted:
            say(cx, ack.reason, "message.error")
            if text:  # what was to be done instead is not lost
                composer.set_text("\n".join(filter(None, (text, composer.text))))

    shown.session().submit(ops.AnswerAsk(ask.id, decision, text, edited=edited, pieces=pieces), answered)
    if queue is not None and not queue.left(ask):
        screen(cx).close()
