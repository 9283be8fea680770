"""A question to the user: what is to be done, why, where, what could go wrong, and how it can be answered.

Everything from the model is shown in full where it matters: control characters stand out, a long command is cut only
after many rows and says so.

Does not: read keys. The keys of the answers are given.
"""

from __future__ import annotations

from collections.abc import Mapping

from csm.core import rules
from csm.protocol.tools import Ask, Decision
from csm.view.lines import StyledLine, clean, line_width, merge, pad, segments, width, wrap
from csm.view.render.changes import change_leaves
from csm.view.render.commands import clean_tabs, script_of
from csm.view.render.kit import Kit
from csm.view.render.leaves import PROSE_WIDTH
from csm.view.render.look import more, text_rows

#: The keys shown where none are given.
KEYS: dict[Decision, str] = {"accept": "y", "accept_session": "a", "accept_rule": "p", "decline": "n", "cancel": "esc"}
#: The mark of what Enter takes.
CHOSEN = "›"
_COMMAND_ROWS = 12
_DIFF_ROWS = 16


def approval(
    ask: Ask, width: int, keys: Mapping[Decision, str] | None = None, home: str = "", chosen: int = 0
) -> list[StyledLine]:
    """The question in `width` cells, the answers last: one row each. `keys` names the key of each decision.

    `home` is shown as `~`. `chosen` is the answer that Enter gives, from 0.
    """
    margin = 2 if width >= 24 else 0
    room = max(1, width - margin - 1)
    rows: list[StyledLine] = [*_title(ask, room), *_what(ask, room)]
    details = _details(ask, room, home)
    if details:
        rows += [[], *details]
    rows = [[("", " " * margin), *row] if row else [] for row in rows]
    return [*rows, [], *_choices(ask, room, margin, keys or KEYS, chosen)]


def _title(ask: Ask, room: int) -> list[StyledLine]:
    title = ask.title or {"command": "Run this command?", "patch": "Make these changes?"}.get(ask.kind, "Go on?")
    return wrap(segments(clean_tabs(title).replace("\n", " "), "approval.title"), min(room, PROSE_WIDTH))


def _what(ask: Ask, room: int) -> list[StyledLine]:
    rows: list[StyledLine] = []
    if ask.command:
        lines = clean_tabs(script_of(ask.command, ask.argv).strip("\n")).split("\n")
        for number, text in enumerate(lines):
            mark = [("command.mark", "  $ " if not number else "    ")]
            rows += wrap(segments(text, "approval.command"), room, mark, [("", "      ")])
    if len(rows) > _COMMAND_ROWS:
        rows = [*rows[:_COMMAND_ROWS], [("", "    "), *more(len(rows) - _COMMAND_ROWS)]]
    if ask.changes:
        kit = Kit()
        leaves = change_leaves(ask.changes, ask.cwd, _DIFF_ROWS, done=False)
        rows += [row for leaf in leaves for row in leaf.rows(kit, room - 2)]
    return [[], *rows] if rows else []


def _details(ask: Ask, room: int, home: str) -> list[StyledLine]:
    cwd = f"~{ask.cwd[len(home) :]}" if home and f"{ask.cwd}/".startswith(f"{home}/") else ask.cwd
    facts = [
        ("Why", ask.why, "approval.text"),
        ("Risk", ask.risk, "approval.risk"),
        ("Where", cwd if not ask.changes else "", "approval.text"),
        ("Sandbox", ask.sandbox, "approval.text"),
    ]
    facts = [(name, text, role) for name, text, role in facts if text.strip()]
    size = max((len(name) for name, _, _ in facts), default=0) + 2
    rows: list[StyledLine] = []
    for name, text, role in facts:
        for number, row in enumerate(text_rows(text.strip(), role, max(10, min(room, PROSE_WIDTH) - size))):
            rows.append([("approval.label", f"{name if not number else '':<{size}}"), *row])
    return rows


def _choices(ask: Ask, room: int, margin: int, keys: Mapping[Decision, str], chosen: int) -> list[StyledLine]:
    named = [(keys.get(decision, ""), _words(ask, decision)) for decision in ask.decisions]
    size = max((width(key) for key, _ in named), default=0)
    rows: list[StyledLine] = []
    for at, (key, words) in enumerate(named):
        first = pad([*choice_head(at, chosen, margin), ("approval.key", key)], margin + size + 4)
        rows += wrap(merge(words), margin + room, first, [("", " " * line_width(first))])
    return rows


def choice_head(at: int, chosen: int, margin: int) -> StyledLine:
    """What stands before an answer: a mark where Enter gives it, and its number (`at` counts from 0)."""
    mark: StyledLine = [("approval.title", CHOSEN if at == chosen else " "), ("", " " * (margin - 1))] if margin else []
    return [*mark, ("dim" if at != chosen or margin else "approval.title", f"{at + 1} ")]


def _words(ask: Ask, decision: Decision) -> StyledLine:
    if decision == "accept_rule" and ask.prefix:
        kept = "Yes, and keep a rule; it frees such commands from questions and the sandbox: "
        return [("approval.choice", kept), ("approval.command", clean(rules.text(ask.prefix)))]
    words = {
        "accept": "Yes, once",
        "accept_session": "Yes, and do not ask again for this until the session ends",
        "accept_rule": "Yes, always",
        "decline": "No, and say what to do instead",
        "cancel": "No, and stop here",
    }
    return [("approval.choice", words[decision])]
