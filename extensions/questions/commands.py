"""Answers to the model's questions, one after the other, and the modes in which it may or may not ask.

Does not: answer approvals; keys that are none of a question's go on to the composer.
"""

from __future__ import annotations

from csm.api import CommandError, Context, Screen, command, ops, tools

from .tool import NOTE

#: Where the answers stand that were given to a question which is not answered whole: by its id.
GIVEN = "question.answers"


@command("question.choose", title="Choose an answer", places=("approval",))
def choose(cx: Context, number: int) -> None:
    """Answer the model's question with the answer of this number."""
    ask, given = _asked(cx)
    choices = ask.questions[len(given)].choices
    if not 1 <= number <= len(choices):
        raise CommandError(f"there is no answer {number}")
    _answer(cx, ask, given, choices[number - 1].label)


@command("question.say", title="Answer in your own words", places=("approval",))
def say(cx: Context) -> None:
    """Type an answer to the model's question."""
    ask, given = _asked(cx)
    header = ask.questions[len(given)].header.strip()

    def done(text: str) -> None:
        if text.strip() and _asked(cx) == (ask, given):
            _answer(cx, ask, given, f"{NOTE}{text.strip()}")

    _screen(cx).ask_line(f"{header}:" if header else "Answer:", done)


@command("question.back", title="Answer the question before again", places=("approval",))
def back(cx: Context) -> None:
    """Go back to the question before this one."""
    ask, given = _asked(cx)
    if not given:
        raise CommandError("this is the first question")
    cx.state[GIVEN] = {ask.id: given[:-1]}
    _screen(cx).refresh()


@command("mode.plan", title="Plan mode", slash="plan")
def plan(cx: Context) -> None:
    """Talk a task over first: the agent looks and asks, and changes nothing."""
    _use(cx, "plan")


@command("mode.default", title="Default mode")
def default(cx: Context) -> None:
    """Leave plan mode: the agent carries tasks out."""
    _use(cx, "default")


@command("mode.toggle-plan", title="Plan mode on or off")
def toggle_plan(cx: Context) -> None:
    """Change between plan mode and default mode."""
    _use(cx, "default" if _screen(cx).session().thread.collaboration == "plan" else "plan")


def _asked(cx: Context) -> tuple[tools.Ask, tuple[str, ...]]:
    """The questions that wait longest, and the answers given so far."""
    ask = _screen(cx).ask
    if ask is None or ask.kind != "questions":
        raise CommandError("the model has asked nothing")
    return ask, cx.state.get(GIVEN, {}).get(ask.id, ())


def _answer(cx: Context, ask: tools.Ask, given: tuple[str, ...], text: str) -> None:
    given = (*given, text)
    if len(given) < len(ask.questions):
        cx.state[GIVEN] = {ask.id: given}
        _screen(cx).refresh()
        return
    cx.state.pop(GIVEN, None)
    answers = {question.id: (said,) for question, said in zip(ask.questions, given, strict=True)}
    _screen(cx).session().submit(ops.AnswerAsk(ask.id, "accept", answers=answers))


def _use(cx: Context, mode: tools.Collaboration) -> None:
    screen = _screen(cx)
    screen.session().submit(ops.Configure(collaboration=mode))
    screen.message("plan mode: nothing is changed" if mode == "plan" else "default mode")


def _screen(cx: Context) -> Screen:
    if cx.screen is None:
        raise CommandError("this needs the shell")
    return cx.screen
