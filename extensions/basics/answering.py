"""Answers chosen from those that are shown: by their number, or by going to one and taking it.

Does not: answer itself; each answer has its command (`approving.py`, and `questions` for what the model asks).
"""

from __future__ import annotations

from typing import Any

from csm.api import CommandError, Context, command, tools

from .place import screen

#: Where the chosen answer is kept: by question and how many of its parts are answered.
CHOSEN = "approval.chosen"
_COMMANDS: dict[tools.Decision, str] = {
    "accept": "approval.accept",
    "accept_session": "approval.accept-session",
    "accept_rule": "approval.accept-rule",
    "decline": "approval.decline-and-say",
    "cancel": "approval.cancel",
}


@command("approval.choose", title="The answer of this number", places=("approval",))
def choose(cx: Context, number: int) -> Any:
    """Give the answer of this number, as they stand below the question."""
    ask, _ = _asked(cx)
    if not 1 <= number <= _count(ask, cx):
        raise CommandError(f"there is no answer {number}")
    if ask.kind == "questions":
        return cx.host.commands.call("question.choose", [str(number)], cx)
    return cx.host.commands.call(_COMMANDS[ask.decisions[number - 1]], [], cx)


@command("approval.take", title="The chosen answer", places=("approval",))
def take(cx: Context) -> Any:
    """Give the answer that has the mark: the first one until another was gone to.

    While there is a draft, one must have been gone to: Enter may have been meant for what was being written.
    """
    ask, given = _asked(cx)
    chosen = cx.state.get(CHOSEN, {}).get((ask.id, given))
    if chosen is None and ask.kind != "questions" and screen(cx).composer.text.strip():
        raise CommandError("there is a draft: answer by letter or number, or go to an answer first")
    return choose(cx, (chosen or 0) + 1)


@command("approval.select", title="Go to another answer", places=("approval",))
def select(cx: Context, step: int = 1) -> None:
    """Have another answer marked: so many further down, round and round."""
    ask, given = _asked(cx)
    at = cx.state.get(CHOSEN, {}).get((ask.id, given), 0)
    cx.state[CHOSEN] = {(ask.id, given): (at + step * (cx.count or 1)) % max(1, _count(ask, cx))}
    screen(cx).refresh()


def _asked(cx: Context) -> tuple[tools.Ask, int]:
    ask = screen(cx).ask
    if ask is None:
        raise CommandError("no question waits for an answer")
    return ask, len(cx.state.get("question.answers", {}).get(ask.id, ()))


def _count(ask: tools.Ask, cx: Context) -> int:
    if ask.kind != "questions":
        return len(ask.decisions)
    return len(ask.questions[_asked(cx)[1]].choices)
