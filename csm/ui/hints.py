"""The small texts around the composer: what runs, what waits, which keys are worth knowing now.

Does not: place them (`csm.ui.arrange`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from csm.edit.objects import OBJECTS
from csm.edit.operators import OPERATORS
from csm.protocol.items import Plan
from csm.protocol.tools import Decision
from csm.ui import composer, naming, status
from csm.ui.frame import Line
from csm.view.lines import clip, line_width, single

if TYPE_CHECKING:
    from csm.host.host import Host
    from csm.ui.seats import Seat
    from csm.ui.shell import Shell

#: Commands whose argument says what they do.
_TABLES: dict[str, Mapping[str, Any]] = {"object.select": OBJECTS, "operator.start": OPERATORS}
_SPINNER = "◐◓◑◒"
#: By what goes on: commands with the words for them, the most useful first.
_WORTH: dict[str, tuple[tuple[str, str], ...]] = {
    "idle": (
        ("help.open", "help"), ("palette.open", "commands"), ("composer.history-older", "earlier prompts"),
        ("shell.break", "quit"),
    ),
    "writing": (("composer.submit", "send"), ("composer.newline", "new line"), ("edit.undo", "undo")),
    "paste": (("paste.keep", "take it"), ("paste.leave", "leave it as it was"), ("edit.undo", "undo")),
    "shell": (("composer.submit", "run it"), ("shell.break", "clear")),
    "running": (("turn.interrupt", "interrupt"), ("composer.submit", "add to it"), ("composer.queue", "queue")),
    "replay": (
        ("replay.previous", "back"), ("replay.next", "on"), ("replay.previous-turn", "turn back"),
        ("replay.next-turn", "turn on"), ("replay.search", "search"), ("help.bindings replay", "keys"),
        ("buffer.close", "close"),
    ),
    "reading": (("buffer.close", "close"), ("palette.open", "commands")),
    "attached": (("pane.detach", "take the keys back"),),
    "pane": (("pane.attach", "type into it"), ("pane.interrupt", "interrupt"), ("buffer.close", "close")),
    "diff": (
        ("diff.next-hunk", "next"), ("diff.stage", "stage"), ("diff.revert", "take back"), ("diff.comment", "comment"),
        ("diff.edit", "edit"), ("diff.sides", "sides"), ("buffer.close", "close"),
    ),
    "cursor": (
        ("mode.visual", "select"), ("operator.start yank", "copy"), ("mark.set", "select"), ("copy.region", "copy"),
        ("search.start", "search"), ("focus.composer", "write"), ("buffer.close", "close"),
    ),
    "selecting": (("operator.start yank", "copy"), ("copy.region", "copy"), ("mode.normal", "stop selecting")),
    "choosing": (("list.accept", "take"), ("list.cancel", "close")),
    "sessions": (
        ("list.accept", "take"), ("sessions.toggle-folder", "folders"), ("sessions.fork", "fork"),
        ("sessions.rename", "rename"), ("sessions.archive", "archive"), ("sessions.delete", "delete"),
        ("sessions.sort", "sort"), ("sessions.toggle-texts", "texts"), ("sessions.toggle-transcript", "transcript"),
        ("sessions.tag", "tag"), ("sessions.mark", "mark"), ("list.cancel", "close"),
    ),
    "slash": (("menu.take", "run"), ("menu.accept", "complete"), ("menu.close", "close")),
    "menu": (("menu.take", "take"), ("menu.close", "close")),
    "typing": (("list.accept", "done"), ("list.cancel", "close")),
    "answering": (("approval.edit", "change it"), ("approval.open", "all of it"), ("focus.composer", "write instead")),
    "approvals": (
        ("approval.next", "next"), ("approval.accept", "once"), ("approval.decline-and-say", "no, do this"),
        ("approval.tick", "tick"), ("approval.accept-all", "all"), ("approval.close", "close"),
    ),
    "transcript": (("focus.composer", "write"), ("buffer.close", "write"), ("tool.toggle-all", "unfold")),
    "windows": (("focus.composer", "write"), ("window.next", "next window"), ("window.close", "close it")),
}  # fmt: skip


_ANSWERS: dict[Decision, str] = {
    "accept": "approval.accept", "accept_session": "approval.accept-session", "accept_rule": "approval.accept-rule",
    "decline": "approval.decline-and-say", "cancel": "approval.cancel",
}  # fmt: skip

_SHORT: dict[Decision, str] = {
    "accept": "yes", "accept_session": "this session", "accept_rule": "always so", "decline": "no", "cancel": "stop",
}  # fmt: skip


def placeholder(shell: Shell, seat: Seat | None = None) -> str:
    """The hint in an empty composer: the current one, or that of another session."""
    session = shell.session if seat is None else seat.session
    if session.opening:
        return "Opening the session…"
    if shell.ask is not None and session is shell.session:
        return "Answer above, or write instead"
    if seat is None and shell.reading and not shell.windows.plain and (write := key(shell, "focus.composer")):
        return f"{write} to write here"
    return "Write to go on while it works" if session.thread.running else "What shall be done?"


def keys(shell: Shell, room: int) -> Line:
    """The keys worth knowing now, as the keymap in force has them; those that fit whole, and the first one."""
    line: Line = []
    for _, bound, word in worth(shell):
        line += [("status.separator", " · ")] if line else []
        line += [("status.hint", f"{bound} {word}")]
    while len(line) > 1 and line_width(line) > room:
        del line[-2:]
    return line


def worth(shell: Shell) -> list[tuple[str, str, str]]:
    """The commands worth knowing now, each with its keys and a word for it."""
    keymap, places = shell.host.keymap, shell.places
    more = getattr(shell.panels[-1], "worth", tuple)() if shell.panels else ()
    made: list[tuple[str, str, str]] = []
    for command, word in (*_WORTH.get(_situation(shell), ()), *more):
        found = [one for one in keymap.where_is(command, places) if one.mode in (None, *shell.modes())]
        if found:
            made.append((command, found[0].keys, word))
    return made


def key(shell: Shell, command: str) -> str:
    """The key of a command here, as the keymap in force has it; empty where there is none."""
    found = shell.host.keymap.where_is(command, [shell.place])
    return found[0].keys if found else ""


def answers(shell: Shell) -> dict[Decision, str]:
    """The key of each answer to a question, as the keymap in force has them."""
    keymap, found = shell.host.keymap, dict[Decision, str]()
    for decision, command in _ANSWERS.items():
        bound = keymap.where_is(command, ["approval"])
        if bound:
            found[decision] = bound[0].keys
    return found


def question_keys(shell: Shell) -> dict[str, str]:
    """The keys for what the model asks, as the keymap in force has them."""
    commands = {"say": "question.say", "back": "question.back", "cancel": "approval.cancel"}
    bound = {word: shell.host.keymap.where_is(command, ["approval"]) for word, command in commands.items()}
    return {word: found[0].keys for word, found in bound.items() if found}


def chosen(shell: Shell) -> int:
    """Which answer to the question Enter gives, from 0."""
    if shell.ask is None:
        return 0
    given = shell.state.get("question.answers", {}).get(shell.ask.id, ())
    at: int = shell.state.get("approval.chosen", {}).get((shell.ask.id, len(given)), 0)
    return at


def short_answers(shell: Shell, columns: int) -> Line:
    """The answers to the question in one line; only the plainest and the chosen where there is no room for all."""
    decisions = shell.ask.decisions if shell.ask else ()
    line, at = _answers_in(shell, decisions), chosen(shell)
    if line_width(line) > columns:
        kept = {"accept", "decline", *decisions[at : at + 1]}
        line = _answers_in(shell, decisions, kept)
    if line_width(line) > columns:
        line = _answers_in(shell, decisions, {"decline", *decisions[at : at + 1]})
    return clip(line, columns)


def _answers_in(shell: Shell, decisions: tuple[Decision, ...], kept: Collection[str] | None = None) -> Line:
    keys, line, marked = answers(shell), list[tuple[str, str]](), chosen(shell)
    for at, decision in enumerate(decisions):
        if kept is None or decision in kept:
            line += [("dim", " · ")] if line else []
            line += [("approval.title", "› " if at == marked else "  " if not line else ""), ("dim", f"{at + 1} ")]
            line += [("approval.key", keys.get(decision, "")), ("approval.choice", f" {_SHORT[decision]}")]
    return line


def _situation(shell: Shell) -> str:
    if shell.panels:
        return {"line": "typing", "sessions": "sessions"}.get(shell.place, "choosing")
    if shell.menu.open:
        return "slash" if shell.menu.word and shell.menu.word.trigger == "/" else "menu"
    if shell.taking is not None:
        return "attached"
    if shell.reading and shell.place == "pane" and shell.reader is None:
        return "pane"
    if shell.place == "paste":
        return "paste"
    if shell.reading and shell.place in ("diff", "approvals") and shell.editor.selection is None:
        return shell.place
    if shell.reading and shell.place == "replay" and shell.reader is None:
        return "replay"
    if shell.reader is not None and not shell.panels:
        return "cursor" if shell.reader.editor.selection is None else "selecting"
    if shell.reading:
        if shell.place == "transcript":
            return "transcript" if shell.windows.plain else "windows"
        return "reading"
    if shell.place == "approval":
        return "answering"
    if shell.composer.shell:
        return "shell"
    if shell.session.thread.running or shell.session.own:
        return "running"
    return "writing" if shell.composer.editor.text else "idle"


def rule(shell: Shell, columns: int) -> Line:
    """The line above the composer: what runs on the left, where the reader is on the right."""
    left: Line = [("border.focused", " Transcript ")] if shell.place == "transcript" and shell.windows.plain else []
    if not left and shell.composer.shell:
        left = [("command.mark", " your shell ")]
    if not left and len(shell.seats.all) > 1:
        left = [("border.focused", f" {single(shell.seats.current.title)} ")]
    passed = shell.elapsed.seconds
    if passed is not None:
        word = "Waiting for you" if shell.ask else "Working"
        left = [("spinner", " • "), ("status.running", f"{word} ")]
        if shell.elapsed.moving():
            mark = _SPINNER[int(passed) % len(_SPINNER)]
            left = [("spinner", f" {mark} "), ("status.running", f"{word} {status.duration(passed)} ")]
        right = _position(shell)
        room = columns - line_width(left) - line_width(right) - 8
        return composer.rule(columns, [*left, *_plan(shell, room)], right)
    return composer.rule(columns, left, _position(shell))


def _position(shell: Shell) -> Line:
    view, plain = shell.windows.current.top.view, shell.windows.plain
    if view.follow or (shell.inline and plain) or len(shell.windows) > 1 or not view.below:
        return []
    if view.news:
        lines = "line" if view.news == 1 else "lines"
        return [("status.hint", f" ↓ {view.news} new {lines} ")]
    return [("status.hint", f" ↓ {view.below} below ")]


def _plan(shell: Shell, room: int) -> Line:
    """How far the running turn's plan is and the step in work, if `room` cells are enough to tell."""
    thread = shell.session.thread
    turn = thread.turn(thread.running) if thread.running is not None else None
    steps = next((e.item.steps for e in reversed(turn.entries) if isinstance(e.item, Plan)), ()) if turn else ()
    if not steps or room < 12:
        return []
    done = sum(step.status == "completed" for step in steps)
    doing = next((step.step for step in steps if step.status == "in_progress"), "")
    return clip([("dim", "· "), ("plan.title", f"{done}/{len(steps)} "), ("plan.doing", f"{single(doing)} ")], room)


def title(host: Host, line: str) -> str:
    """A command line as a person reads it: the title of its command, with its arguments."""
    name, _, rest = line.partition(" ")
    if name in _TABLES and (row := _TABLES[name].get(rest)) is not None:
        return row.title[:1].upper() + row.title[1:]
    try:
        found = host.commands.get(name).title
    except Exception:
        return line
    return f"{found} {rest}".strip()


def _mode(shell: Shell) -> str:
    """The mode, where the keymap has any; where one reads, the one that is not as ever."""
    if shell.host.keymap.editing != "vi":
        return ""
    mode = shell.editor.mode
    return "" if shell.reading and mode in ("normal", "insert") else mode


def facts(shell: Shell) -> status.Facts:
    """What the status line tells."""
    thread, settings = shell.session.thread, shell.host.settings
    fresh = not thread.model
    return status.Facts(
        mode=_mode(shell),
        model=settings.model if fresh else thread.model,
        effort=settings.effort if fresh else thread.effort,
        folder=status.folder(shell.session.cwd, shell.host.env),
        branch=shell.branch,
        sandbox=settings.sandbox_policy.mode if fresh else thread.sandbox.mode,
        approval=settings.approval_policy if fresh else thread.approval,
        context_left=status.context_left(thread),
        queued=len(thread.queued),
        extra=shell.segments.others(shell.host.setting("tui.status_line")),
        recording=shell.macros.recording or "",
        chosen=None if (chosen := naming.parts(shell, "status_line")) is None else tuple(chosen),
    )
