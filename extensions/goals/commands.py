"""What the user does with a goal: set it, see it, pause it, go on, change it, give it a budget, drop it.

Does not: count (`goal`), or begin turns: the session does once a goal is kept that is active.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from csm.api import CommandError, Context, Spent, command, features, ops, screen_of

from . import steering
from .goal import KEPT, OWNER, Goal, again, begin, change, count, fault
from .segment import of, short

_STATES = {
    "active": "is worked on",
    "paused": "is paused",
    "blocked": "is blocked",
    "budgetLimited": "has used up its budget",
    "usageLimited": "waits for the usage limit to end",
    "complete": "is complete",
}
_UNITS = {"k": 1_000, "m": 1_000_000}


class _Answer(NamedTuple):
    value: bool
    label: str
    detail: str = ""


def _words(cx: Any) -> list[str]:
    return sorted(_FORMS)


@command("goal.set", title="Set a goal", slash="goal", complete={"words": _words})
def set_goal(cx: Context, *words: str) -> None:
    """Give the session a goal, in your own words: it goes on by itself until that is reached.

    `pause`, `resume`, `clear`, `edit`, `show` and `budget TOKENS` do what they say with the one there is; no words
    show it.
    """
    form = _FORMS.get(words[0]) if words and (len(words) == 1 or words[0] == "budget") else None
    if not words:
        show(cx)
    elif form is None:
        _replace(cx, " ".join(words))
    else:
        form(cx, *words[1:])


@command("goal.show", title="Show the goal")
def show(cx: Context) -> None:
    """Say what the goal is, how it stands and what it took."""
    goal = of(screen_of(cx).session().thread)
    if goal is None:
        _say(cx, "there is no goal: /goal WHAT sets one")
        return
    goal = count(goal, _spent(cx))
    budget = "" if goal.budget is None else f" of {goal.budget:,}"
    minutes, seconds = divmod(int(goal.seconds), 60)
    time = f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
    _say(cx, f"The goal {_STATES[goal.status]} ({goal.tokens:,}{budget} tokens, {time}): {goal.objective}")


@command("goal.pause", title="Pause the goal")
def pause(cx: Context) -> None:
    """Do not go on with the goal after the running turn."""
    goal = _goal(cx)
    if goal.status != "active":
        raise CommandError(f"the goal {_STATES[goal.status]}")
    _keep(cx, change(goal, "paused", _spent(cx)))
    _say(cx, f"paused: {short(goal.objective, 60)}")


@command("goal.resume", title="Go on with the goal")
def resume(cx: Context) -> None:
    """Go on with a goal that rests."""
    goal = again(_goal(cx), _spent(cx))
    if goal.status != "active":
        raise CommandError("its budget is used up", "/goal budget TOKENS allows more")
    _keep(cx, goal)
    _say(cx, f"going on: {short(goal.objective, 60)}")


@command("goal.clear", title="Drop the goal")
def clear(cx: Context) -> None:
    """Have no goal any more."""
    _goal(cx)
    _keep(cx, None)
    _say(cx, "there is no goal any more")


@command("goal.edit", title="Change the goal")
def edit(cx: Context) -> None:
    """Change the words of the goal; what it took stays."""
    goal = _goal(cx)

    def done(text: str) -> None:
        wrong = fault(text)
        if wrong is not None:
            raise CommandError(wrong)
        changed = again(goal, _spent(cx), objective=text.strip())
        _keep(cx, changed, steering.changed(changed))
        _say(cx, f"the goal is now: {short(text, 60)}")

    screen_of(cx).ask_line("Goal:", done, goal.objective)


@command("goal.budget", title="Give the goal a budget")
def budget(cx: Context, tokens: str = "") -> None:
    """How many tokens the goal may use in all: a number as `200k` or `1.5m`, or `none`."""
    goal = _goal(cx)
    limit = None if tokens == "none" else _number(tokens)
    most = cx.host.settings.raw.get("goals", {}).get("max_goal_token_budget")
    if most is not None and (limit is None or limit > most):
        raise CommandError(f"a goal may use {most} tokens at the most", "the setting goals.max_goal_token_budget")
    goal = count(goal, _spent(cx))
    if goal.status == "budgetLimited":
        goal = again(goal, _spent(cx), budget=limit)
    else:
        goal = count(msgspec.structs.replace(goal, budget=limit), _spent(cx))
    _keep(cx, goal)
    _say(cx, "the goal has no budget" if limit is None else f"the goal may use {limit:,} tokens")


_FORMS: dict[str, Callable[..., None]] = {
    "show": show,
    "pause": pause,
    "resume": resume,
    "clear": clear,
    "edit": edit,
    "budget": budget,
}


def _replace(cx: Context, objective: str) -> None:
    """Set a goal; one that is not complete gives way only where the user says so."""
    if not features.on(cx.host.settings.raw, "goals"):
        raise CommandError("goals are switched off", "csm features enable goals")
    wrong = fault(objective)
    if wrong is not None:
        raise CommandError(wrong)
    shown = screen_of(cx)
    former = of(shown.session().thread)

    def set_it(sure: bool = True) -> None:
        if sure:
            most = cx.host.settings.raw.get("goals", {}).get("max_goal_token_budget")
            _keep(cx, begin(objective.strip(), most, _spent(cx)))
            _say(cx, f"goal: {short(objective, 60)}")

    if former is None or not former.open:
        set_it()
        return
    answers = [
        _Answer(True, "Replace the goal", short(former.objective, 60)),
        _Answer(False, "Keep it"),
    ]
    shown.pick("There is a goal already.", answers, set_it)


def _goal(cx: Context) -> Goal:
    goal = of(screen_of(cx).session().thread)
    if goal is None:
        raise CommandError("there is no goal", "/goal WHAT sets one")
    return goal


def _spent(cx: Context) -> Spent:
    """What the thread on the screen has used, by what the screen knows of it."""
    thread = screen_of(cx).session().thread
    now = time.time_ns() // 1_000_000
    turn = thread.turns[-1] if thread.running and thread.turns else None
    running = max(0, now - turn.started) if turn is not None else 0
    return Spent(thread.usage, (thread.worked_ms + running) / 1000, now)


def _keep(cx: Context, goal: Goal | None, note: str = "") -> None:
    value = None if goal is None else msgspec.to_builtins(goal)
    screen_of(cx).session().submit(ops.Keep(OWNER, KEPT, value, note))


def _number(text: str) -> int:
    digits, unit = (text[:-1], _UNITS[text[-1].lower()]) if text[-1:].lower() in _UNITS else (text, 1)
    try:
        found = int(float(digits.replace(",", "").replace("_", "")) * unit)
    except (ValueError, OverflowError):
        found = 0
    if found <= 0:
        raise CommandError(f"no number of tokens: {text or 'nothing'}", "as in /goal budget 200k, or none")
    return found


def _say(cx: Context, text: str) -> None:
    screen_of(cx).message(text)
