"""What the model reads of a goal without having asked: to go on with it, that its budget is used, that it changed.

The block around it is Codex's, so that either program knows it for what nobody said.

Does not: decide when.
"""

from __future__ import annotations

from .goal import Goal

_GO_ON = """\
Go on with the goal of this thread:

<objective>
{objective}
</objective>

Used for it so far: {used}.

- Take the next steps that bring the objective nearer. Look at files and programs as they are now; what was said about \
them before may be out of date.
- The objective stays as it is. Do not make it smaller because it is long: what this turn does not finish, the next \
one goes on with. End a turn with what is done and what comes next.
- Call update_goal with `complete` once you have checked every part of the objective and found that it holds; until \
then it does not. What you only believe is not checked.
- If the same obstacle has stopped you for three turns in a row, and only the person or a change from outside can \
remove it, call update_goal with `blocked`. Hard, slow or unclear is not blocked.
- Pause it (`paused`) only if the person asked for that, and then stop."""
_USED_UP = """\
The goal of this thread has used up its budget:

<objective>
{objective}
</objective>

Used for it: {used}.

Begin nothing new for it. End this turn soon: say what is done, what is left, and what the person can do next. Call \
update_goal only if the objective is reached, or the person asked for a pause."""
_CHANGED = """\
The person changed the goal of this thread. It is now:

<objective>
{objective}
</objective>

Used for it so far: {used}. Go by this from now on; what only served the former objective can be dropped."""


def go_on(goal: Goal) -> str:
    """To go on with it in a turn of its own."""
    return _block(_GO_ON, goal)


def used_up(goal: Goal) -> str:
    """To come to an end."""
    return _block(_USED_UP, goal)


def changed(goal: Goal) -> str:
    """To go by what it is now."""
    return _block(_CHANGED, goal)


def _block(text: str, goal: Goal) -> str:
    filled = text.format(objective=_plain(goal.objective), used=_used(goal))
    return f'<codex_internal_context source="goal">\n{filled}\n</codex_internal_context>'


def _used(goal: Goal) -> str:
    budget = "" if goal.budget is None else f" of {goal.budget} ({goal.remaining} left)"
    return f"{goal.tokens} tokens{budget}, {int(goal.seconds)} seconds"


def _plain(text: str) -> str:
    """The person's words, which cannot end the block they stand in."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
