"""A shell's state to a frame: which regions there are, how high each is, where the cursor stands.

The composer and the status line are always there. Whatever else asks for rows gets them in the order of how much it
matters, and the transcript has the rest. Below eight rows the rule and the message line go.

Does not: paint, or change anything but where windows stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csm.ui import attaching, composer, hints, naming, panes, popups, status, welcome, whichkey
from csm.ui.frame import Frame, Line, Region
from csm.ui.message import MOST_ROWS
from csm.view.lines import clip, single, visible

if TYPE_CHECKING:
    from csm.protocol.tools import Ask
    from csm.ui.shell import Shell

_SMALL = 8
#: Columns in which every line finds room.
_NARROW = 16
#: Regions that are there for a moment.
_PASSING = ("edge", "popup", "panel", "menu", "approval")
#: So close to the first line of a transcript, what came before is fetched.
_NEAR_TOP = 200
#: Lines of a session gone on with that are printed, inline.
_FIRST_PRINT = 2_000
_SHAPES = {"insert": "beam", "replace": "underline"}


def frame(shell: Shell, columns: int, height: int) -> Frame:
    """The frame for a terminal of this size."""
    columns, height = max(1, columns), max(1, height)
    shell.size = (columns, height)
    if shell.alone:
        return _alone(shell, columns, height)
    if shell.inline and shell.windows.plain:
        return _inline(shell, columns, height)
    made = Frame(columns, height, shape=_shape(shell), title=_title(shell))
    below, cursor = _below(shell, columns, height - 1 if height > 2 else height)
    used = sum(len(region.lines) for region in below)
    shell.windows.covered = sum(len(region.lines) for region in below if region.name in _PASSING)
    room = max(0, height - used)
    body = _windows(shell, columns, room)
    if shell.scripts.popups:
        body.lines = popups.lay(body.lines, shell.scripts.popups.box(columns, room), columns)
    made.regions = _cut([region for region in (body, *below) if region.lines], height)
    _narrow(made)
    shell.drawn = made.regions
    rule = made.region("rule")
    if rule is not None:  # it tells where the window stands, which is known only now
        rule.lines = [hints.rule(shell, columns)]
    made.cursor = _cursor(made, cursor)
    if shell.reading and body.lines:
        made.cursor = panes.cursor(shell.windows)
    elif cursor is not None and cursor[0] == "windows":
        made.cursor = shell.composers.cursor()
    _inside(made)
    return made


def broken(columns: int, height: int, trace: str) -> Frame:
    """What is shown where a frame could not be made: the end of the traceback."""
    lines = [f"This cannot be shown: {trace.strip().rpartition(chr(10))[2]}", "", *trace.strip().split("\n")]
    shown: list[Line] = [clip([("notice.error", visible(line))], columns) for line in lines[:height]]
    return Frame(columns, height, [Region("broken", [*shown, *([] for _ in range(height - len(shown)))])])


def _inline(shell: Shell, columns: int, height: int) -> Frame:
    made = Frame(columns, height, shape=_shape(shell), title=_title(shell), full=False)
    transcript: Any = shell.session.transcript
    made.printed = [*shell.seats.turned(columns), *transcript.finished(columns, limit=_FIRST_PRINT)]
    below, cursor = _below(shell, columns, height - 1 if height > 2 else height)
    room = height - 1 - sum(len(region.lines) for region in below)
    live = [*transcript.live(columns), *shell.scripts.popups.box(columns, room)]
    tail = live[-room:] if room > 0 else []
    made.regions = _cut([region for region in (Region("transcript", tail), *below) if region.lines], height)
    _narrow(made)
    made.cursor = _cursor(made, cursor)
    _inside(made)
    return made


def _alone(shell: Shell, columns: int, height: int) -> Frame:
    """Windows without a session: no composer, and nothing that is told of one."""
    made = Frame(columns, height, shape="block", title=f"{single(str(shell.windows.current.top.buffer.title))} · csm")
    told = height >= _SMALL or bool(shell.message.text or shell.dispatcher.pending)
    foot = Region(
        "message", _message(shell, columns, max(1, min(MOST_ROWS, height // 5)))[: height - 1] if told else []
    )
    free = height - len(foot.lines)
    panel, at = _panel(shell, columns, free - 2)
    edge = Region("edge", [_edge(panel.name, columns)] if panel.lines and free > 6 else [])
    body = _windows(shell, columns, max(0, free - len(panel.lines) - len(edge.lines)))
    made.regions = _cut([region for region in (body, edge, panel, foot) if region.lines], height)
    _narrow(made)
    made.cursor = _cursor(made, (panel.name, *at) if at is not None else None)
    if shell.reading and body.lines and not shell.panels:
        made.cursor = panes.cursor(shell.windows)
    _inside(made)
    return made


def _below(shell: Shell, columns: int, height: int) -> tuple[list[Region], tuple[str, int, int] | None]:
    """All below the transcript, in at most `height` rows, and the cursor as `(region, column, row)`."""
    small = height < _SMALL - 1
    apart = shell.composers.begin(columns, 0 if small else height - 1)
    draft, (column, row) = [], (0, 0)
    if not apart:
        draft, (column, row) = shell.composer.render(columns, max(1, height // 3), hints.placeholder(shell))
    cursor: tuple[str, int, int] | None = ("windows" if apart else "composer", column, row)
    foot = [] if small else [Region("message", _message(shell, columns, max(1, min(MOST_ROWS, height // 5))))]
    facts = status.render(hints.facts(shell), columns)
    if small and (shell.message.text or shell.dispatcher.pending):
        facts = _message(shell, columns, 1)[0]
    foot.insert(0, Region("status", [facts]))
    free = height - len(draft) - sum(len(region.lines) for region in foot)
    head: list[Region] = []
    if not small and not apart:
        head.append(Region("rule", [hints.rule(shell, columns)]))
        free -= 1
    apart_row = free >= _SMALL  # for the line above the panel, which may take all others
    panel, at = _panel(shell, columns, free - apart_row)
    free -= len(panel.lines)
    if at is not None:
        cursor = (panel.name, *at)
    elif shell.reading or shell.place == "approval":
        cursor = None
    room = 0 if apart else max(0, free - 2)
    waiting = Region("queue", composer.queued(shell.session.thread.queued, columns, room))
    free -= len(waiting.lines)
    images = Region("images", attaching.staged(shell.composer.editor, columns, max(0, free - 2)))
    free -= len(images.lines)
    asking = Region("asking", _asking(shell, columns, max(0, free - 2)))
    free -= len(asking.lines)
    edge = Region("edge", [_edge(panel.name, columns)] if panel.lines and (apart_row or free > 4) else [])
    regions = [edge, panel, asking, waiting, images, *head, Region("composer", draft), *foot]
    return [region for region in regions if region.lines], cursor


def _asking(shell: Shell, columns: int, most: int) -> list[Line]:
    """That other sessions have questions, and how to come to them."""
    found = shell.seats.elsewhere
    if not found or shell.place in ("approval", "approvals") or most < 1:
        return []
    seat, ask = found[0]
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    key = hints.key(shell, "approval.focus")
    line: Line = [("approval.key", "  ? "), ("approval.title", visible(seat.title)), ("approval.text", " asks: ")]
    line += [("approval.text", single(ask.title or ask.command)), ("dim", more)]
    return [clip([*line, ("dim", f" · {key} answers" if key else "")], columns)]


def _edge(name: str, columns: int) -> Line:
    """The line that sets a panel off from the transcript."""
    return [("approval.border" if name == "approval" else "border", "─" * columns)]


def _panel(shell: Shell, columns: int, free: int) -> tuple[Region, tuple[int, int] | None]:
    """What is above the composer for a while: the popup of a prefix, a panel, or the question."""
    room = max(1, min(free, max(6, free * 2 // 3)))
    if free < 1:
        return Region("panel", []), None
    if shell.dispatcher.popup or shell.keys.waiting.popup:
        return Region("popup", _popup(shell, columns, free)), None
    if shell.panels:
        panel = shell.panels[-1]
        tall = getattr(panel, "tall", False) and not shell.inline  # inline, what is above would scroll away
        lines, cursor = panel.render(columns, free if tall else room)
        return Region("panel", lines), cursor
    if shell.ask is not None and shell.place != "approvals":
        return Region("approval", _approval(shell, columns, free)), None
    return Region("menu", shell.menu.render(columns, min(room, 8))), None


def _popup(shell: Shell, columns: int, room: int) -> list[Line]:
    waiting = shell.keys.waiting
    if waiting.popup and not shell.dispatcher.popup:
        return whichkey.offered(waiting, columns, room)
    keymap, chords = shell.host.keymap, shell.dispatcher.pending
    following = keymap.following(shell.places, shell.modes(), chords)
    label = keymap.lookup(shell.places, shell.modes(), chords).label
    page = shell.dispatcher.page
    return whichkey.popup(chords, following, columns, room, lambda line: hints.title(shell.host, line), label, page)


def _approval(shell: Shell, columns: int, room: int) -> list[Line]:
    assert shell.ask is not None
    if shell.ask.kind == "questions":
        return _questions(shell, shell.ask, columns, room)
    from csm.view.render.approval import approval

    home, chosen = shell.host.env.get("HOME", ""), hints.chosen(shell)
    lines: list[Line] = list(approval(shell.ask, columns, hints.answers(shell), home, chosen))
    origin = shell.seats.origin(shell.ask.id)
    if origin:
        lines.insert(0, clip([("approval.label", f"  In {origin}")], columns))
    more = len(shell.seats.asks) - 1
    if more > 0:
        lines.append([("dim", f"  {more} more to answer")])
    if len(lines) <= room:
        return lines
    # No room for an answer a row: all of them in one, below as much of the question as fits.
    body = lines[: max(at for at, line in enumerate(lines) if not line)] if [] in lines else lines
    answers = hints.short_answers(shell, columns)
    if len(body) < room or room < 4:
        return [*body[: room - 1], answers]
    key = hints.key(shell, "approval.open")
    how = f" · {key} shows all" if key else ""
    return [*body[: room - 2], clip([("dim", f"  … {len(body) - room + 2} more lines{how}")], columns), answers]


def _questions(shell: Shell, ask: Ask, columns: int, room: int) -> list[Line]:
    """What the model wants to know; its answers stay where there is no room for all of it."""
    from csm.view.render.questions import questions

    given = shell.state.get("question.answers", {}).get(ask.id, ())
    lines: list[Line] = list(questions(ask, columns, given, hints.question_keys(shell), hints.chosen(shell)))
    if len(lines) <= room:
        return lines
    answers = lines[len(lines) - lines[::-1].index([]) :]
    asked = [line for line in lines[: -len(answers)] if line]
    if len(asked) + len(answers) > room:  # what is asked says more than its title
        asked = [line for line in lines[lines.index([]) : -len(answers)] if line]
    if len(asked) + len(answers) <= room:
        return [*asked, *answers]
    kept = max(0, room - len(answers) - 1)
    return [*asked[:kept], [("dim", f"  … {len(asked) - kept} more lines")], *answers][-room:]


def _windows(shell: Shell, columns: int, rows: int) -> Region:
    if rows < 1:
        return Region("windows", [])

    def empty(width: int, height: int) -> list[Line]:
        return welcome.lines(shell, width, height)

    shell.windows.settle()
    lines = panes.render(
        shell.windows, columns, rows, empty, focus=shell.reading, marks=shell.search.marked, foot=shell.composers.foot
    )
    if any(window.top.thread and window.top.view.top < _NEAR_TOP for window in shell.windows.seen()):
        shell.session.recall()
    return Region("windows", lines)


def _message(shell: Shell, columns: int, most: int) -> list[Line]:
    indent = "  " if columns > 40 else ""
    pending = shell.dispatcher.pending
    if pending or shell.dispatcher.count is not None:
        text = " ".join([*([str(shell.dispatcher.count)] if shell.dispatcher.count is not None else []), *pending])
        return [clip([("message.prompt", f"{indent}{shell.keys.waiting.text() or text} –")], columns)]
    if shell.keys.waiting.typed and (not shell.message.text or shell.keys.waiting.popup):
        return [clip([("message.prompt", f"{indent}{shell.keys.waiting.text()} –")], columns)]
    if shell.message.text:
        return shell.message.rows(columns, most, hints.key(shell, "message.show"), indent)
    return [clip([("", indent), *hints.keys(shell, columns - len(indent))], columns)]


def _cut(regions: list[Region], height: int) -> list[Region]:
    """At most `height` rows: what is too much is taken from the top, the composer's last row stays."""
    over = sum(len(region.lines) for region in regions) - height
    for region in regions:
        if over <= 0:
            break
        spare = len(region.lines) - (region.name == "composer")
        taken = min(over, spare)
        region.lines = region.lines[taken:]
        over -= taken
    return [region for region in regions if region.lines]


def _narrow(made: Frame) -> None:
    """Prompts, indents and what wraps want a few columns: where there are fewer, lines are cut."""
    if made.width < _NARROW:
        for region in made.regions:
            region.lines = [clip(line, made.width) for line in region.lines]


def _inside(made: Frame) -> None:
    """The cursor stays inside where a prompt had more columns than there are, or a panel more rows than are left."""
    if made.cursor is not None:
        column, row = made.cursor
        most = sum(len(region.lines) for region in made.regions) - 1
        made.cursor = (max(0, min(column, made.width - 1)), max(0, min(row, most)))


def _cursor(made: Frame, cursor: tuple[str, int, int] | None) -> tuple[int, int] | None:
    if cursor is None:
        return None
    top = 0
    for region in made.regions:
        if region.name == cursor[0]:
            row = min(cursor[2], len(region.lines) - 1)
            return min(cursor[1], made.width - 1), top + row
        top += len(region.lines)
    return None


def _shape(shell: Shell) -> str:
    return _SHAPES.get(shell.editor.mode, "block")


def _title(shell: Shell) -> str:
    return naming.title(shell)
