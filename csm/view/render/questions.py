"""What the model wants to know: one question at a time, with its answers and their keys.

Does not: read keys, or keep what was answered. Both are given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from csm.protocol.tools import Ask, Choice
from csm.view.lines import StyledLine, clean, line_width, pad, segments, width, wrap
from csm.view.render.approval import CHOSEN
from csm.view.render.leaves import PROSE_WIDTH
from csm.view.render.look import text_rows

#: The keys shown where none are given: what types an answer, goes back a question, stops the turn.
KEYS = {"say": "o", "back": "backspace", "cancel": "esc"}
#: A key that is longer moves nothing but its own row.
_KEY = 3


def questions(
    ask: Ask, width: int, given: Sequence[str] = (), keys: Mapping[str, str] | None = None, chosen: int = 0
) -> list[StyledLine]:
    """The first question that `given` does not answer, in `width` cells; what was answered before it is above.

    `chosen` is the answer that Enter gives, from 0.
    """
    margin = 2 if width >= 24 else 0
    room = max(1, min(width - margin - 1, PROSE_WIDTH))
    at = min(len(given), len(ask.questions) - 1)
    asked = ask.questions[at]
    rows: list[StyledLine] = []
    for question, answer in zip(ask.questions, given, strict=False):
        said = [("approval.label", f"{_line(question.header)}  "), *segments(_line(answer), "approval.text")]
        rows += wrap(said, room, None, [("", "  ")])
    rows += wrap(_title(ask, at), room)
    rows += [[], *text_rows(asked.question.strip(), "approval.text", room), []]
    made: list[StyledLine] = [[("", " " * margin), *row] if row else [] for row in rows]
    choices = _choices(asked.choices, room, {**KEYS, **(keys or {})}, first=not at)
    for number, answer in enumerate(choices):
        mark: StyledLine = [("", " " * margin)]
        if margin and number == chosen < len(asked.choices):
            mark = [("approval.title", CHOSEN), ("", " " * (margin - 1))]
        made += [[*(mark if not at else [("", " " * margin)]), *row] for at, row in enumerate(answer)]
    return made


def _title(ask: Ask, at: int) -> StyledLine:
    header = _line(ask.questions[at].header)
    title: StyledLine = segments(header or _line(ask.title), "approval.title")
    if len(ask.questions) > 1:
        title = [*title, ("dim", f"  {at + 1} of {len(ask.questions)}")]
    return title


def _choices(choices: Sequence[Choice], room: int, keys: Mapping[str, str], *, first: bool) -> list[list[StyledLine]]:
    named = [(str(number), choice.label, choice.description) for number, choice in enumerate(choices, 1)]
    named += [(keys["say"], "Something else", "")]
    named += [] if first else [(keys["back"], "Back to the question before", "")]
    named += [(keys["cancel"], "Stop here", "")]
    size = max(width(key) for key, _, _ in named if width(key) <= _KEY or key == named[0][0]) + 2
    column = max((width(_line(one.label)) for one in choices), default=0)
    column = size + column + 2 if column <= room // 3 else 0
    rows: list[list[StyledLine]] = []
    for key, label, description in named:
        head = pad([("approval.key", key)], max(size, width(key) + 2))
        said = segments(_line(label), "approval.choice")
        about = _line(description)
        if about and column:
            head = pad([*head, *said], column)
            rows.append(wrap([("dim", about)], room, head, [("", " " * column)]))
            continue
        text = [*said, *([("dim", f"  {about}")] if about else [])]
        rows.append(wrap(text, room, head, [("", " " * line_width(head))]))
    return rows


def _line(text: str) -> str:
    return clean(" ".join(text.split()))
