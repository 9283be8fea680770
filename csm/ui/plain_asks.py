"""Questions to the user as numbered lines: approvals, and what the model wants to know.

Does not: show or read anything (`csm.ui.plain`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csm.core import rules
from csm.protocol.errors import CommandError
from csm.protocol.tools import Ask, Decision
from csm.view import words
from csm.view.lines import clean
from csm.view.render.commands import script_of
from csm.view.render.patch import change_lines, counts, relative

if TYPE_CHECKING:
    from csm.ui.shell import Shell

_SAID: dict[Decision, str] = {
    "accept": "Yes, once",
    "accept_session": "Yes, and do not ask again for this until the session ends",
    "accept_rule": "Yes, and keep a rule that frees such commands from questions and the sandbox",
    "decline": "No, and say what to do instead",
    "cancel": "No, and stop here",
}
_LETTERS: dict[str, Decision] = {"y": "accept", "n": "decline", "a": "accept_session", "p": "accept_rule"}
#: Lines of a change that are told; all of it is in the work tree's diff and in the question's own page.
_MOST = 40


def wanted(shell: Shell, ask: Ask) -> tuple[Any, list[str], str]:
    """What tells the question from others, its lines, and the prompt."""
    if ask.kind == "questions":
        given = _given(shell, ask)
        return (ask.id, len(given)), _question(ask, len(given)), "Number, or your own words: "
    return ask.id, [*_approval(ask), *_choices(ask)], "Number: "


def take(shell: Shell, ask: Ask | None, line: str) -> None:
    """Take an answer. Raises CommandError for one that is none."""
    if ask is None:
        return
    if ask.kind == "questions":
        _answer(shell, ask, line.strip())
        return
    typed = line.strip().lower()
    if typed.isdigit() and 1 <= int(typed) <= len(ask.decisions):
        decision = ask.decisions[int(typed) - 1]
    elif _LETTERS.get(typed) in ask.decisions:
        decision = _LETTERS[typed]
    else:
        raise CommandError(f"{line.strip()[:40]!r} is none of the numbers")
    if decision == "decline":
        shell.screen.ask_line("What to do instead (may be empty):", lambda text: shell.answer("decline", text.strip()))
    else:
        shell.answer(decision)


def _approval(ask: Ask) -> list[str]:
    title = ask.title or {"command": "Run this command?", "patch": "Make these changes?"}.get(ask.kind, "Go on?")
    lines = words.labelled("Question", title)
    if ask.command:
        lines += words.labelled("Command", script_of(ask.command, ask.argv))
    for change in ask.changes:
        found = change_lines(change)
        added, removed = counts(found)
        lines.append(f"File {relative(change.path, ask.cwd)}: {words.counted(added)} added, {removed} removed")
        signs = {"added": "+", "removed": "-", "context": " "}
        rows = [f"  {signs[line.kind]}{clean(line.text, 4)}".rstrip() for line in found if line.kind in signs]
        lines += rows[:_MOST] + ([f"  ... {len(rows) - _MOST} more lines"] if len(rows) > _MOST else [])
    where = "" if ask.changes else ask.cwd
    for name, text in (("Why", ask.why), ("Risk", ask.risk), ("Where", where), ("Sandbox", ask.sandbox)):
        lines += words.labelled(name, text) if text.strip() else []
    return lines


def _choices(ask: Ask) -> list[str]:
    made: list[str] = []
    for number, decision in enumerate(ask.decisions, 1):
        rule = f": {clean(rules.text(ask.prefix))}" if decision == "accept_rule" and ask.prefix else ""
        made.append(f"  {number}. {_SAID[decision]}{rule}")
    return made


def _question(ask: Ask, at: int) -> list[str]:
    asked = ask.questions[min(at, len(ask.questions) - 1)]
    count = f" {at + 1} of {len(ask.questions)}" if len(ask.questions) > 1 else ""
    lines = words.labelled(f"Question{count}", asked.question or ask.title)
    for number, choice in enumerate(asked.choices, 1):
        about = f": {_one(choice.description)}" if choice.description.strip() else ""
        lines.append(f"  {number}. {_one(choice.label)}{about}")
    return [*lines, "  0. Stop here"]


def _answer(shell: Shell, ask: Ask, typed: str) -> None:
    given = _given(shell, ask)
    choices = ask.questions[min(len(given), len(ask.questions) - 1)].choices
    if typed == "0":
        shell.answer("cancel")
    elif typed.isdigit() and 1 <= int(typed) <= len(choices):
        shell.run(f"question.choose {typed}")
    elif typed and not typed.isdigit():
        shell.run("question.say")
        panel = shell.panels[-1] if shell.panels else None
        if panel is not None:
            panel.editor.set_text(typed)
            shell.screen.accept()
    else:
        raise CommandError(f"there is no answer {typed}")


def _given(shell: Shell, ask: Ask) -> tuple[str, ...]:
    return tuple(shell.state.get("question.answers", {}).get(ask.id, ()))


def _one(text: str) -> str:
    return clean(" ".join(text.split()))
