"""A stored session in one line, and a look at it in several.

Does not: choose, or read any (`csm.ui.session_list`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from csm.ui.frame import Line
from csm.view.lines import clip, clip_text, line_width, merge, pad, single, visible, wrap

if TYPE_CHECKING:
    from csm.host.storage import SessionHead

_AGE = 8
#: Characters that stand before what was looked for.
_BEFORE = 12
#: Below this width a row is its title alone; from the other on the place has a column.
_NARROW, _ROOMY = 48, 72
#: Rows from which on a look need not be short.
_SPACIOUS = 8
_UNITS = ((60, "s"), (3600, "min"), (86400, "h"), (86400 * 14, "d"))


class Looks(NamedTuple):
    """What looks depend on: the time of day in seconds since the epoch, and the home folder, shown as `~`."""

    now: Callable[[], float]
    home: str


def row(
    head: SessionHead,
    columns: int,
    looks: Looks,
    *,
    chosen: bool,
    place: str,
    size: int,
    marks: Callable[[str], set[int]],
    said: str = "",
    marked: bool = False,
) -> Line:
    """The line of a session, as wide as the list where it is chosen; `place` stands at its end, in `size` cells.

    `said` is what was looked for and found in it, `marked` that it is one of those something is to be done to.
    """
    base = "picker.selected" if chosen else "picker"
    detail = f"{base} picker.detail" if chosen else "picker.detail"
    aged = f"{age(head.updated, looks.now()):>{_AGE}}  " if columns >= _NARROW else "  "
    aged = f"✓{aged[1:]}" if marked else aged
    size = min(size, columns // 3) if columns >= _ROOMY else 0
    room = max(1, columns - len(aged) - (size + 2 if size else 0))
    title, begun = naming(head)
    said = _near(single(said), marks) or begun
    words: Line = _marked(title[: 4 * room], base, marks)
    for tag in head.tags:
        words = [*words, (base, " "), (f"{base} picker.prompt", f"#{single(tag)}")]
    if said:
        words = [*words, (detail, "  "), *_marked(said[: 4 * room], detail, marks)]
    line: Line = [(detail, aged), *pad(clip(words, room), room, base)]
    if size:
        line += [(base, "  "), *_tail(place, size, detail)]
    return pad(clip(merge(line), columns), columns, base) if chosen else clip(merge(line), columns)


def _near(text: str, marks: Callable[[str], set[int]]) -> str:
    """A text from a little before what was looked for in it."""
    first = min(marks(text), default=0)
    return f"…{text[first - _BEFORE :]}" if first > _BEFORE + 1 else text


def below(head: SessionHead, columns: int, looks: Looks, *, chosen: bool) -> Line:
    """The second line of a session, where there are two: where it was, and how much there is."""
    base = "picker.selected" if chosen else "picker"
    facts = [folder(head.cwd, looks.home), single(head.branch), _amount(head), size(head.size), _shape(head)]
    indent = " " * (_AGE + 2 if columns >= _NARROW else 2)
    line: Line = [(base, indent), (f"{base} picker.detail", " · ".join(filter(None, facts)))]
    return pad(clip(line, columns), columns, base) if chosen else clip(line, columns)


def _amount(head: SessionHead) -> str:
    return f"{head.turns} turn{'s' * (head.turns != 1)}" if head.turns else ""


def _shape(head: SessionHead) -> str:
    return "packed" if head.path.endswith(".zst") else ""


def look(head: SessionHead, words: tuple[str, str] | None, width: int, rows: int, looks: Looks) -> list[Line]:
    """What a session is like: where and when, its last prompt and the last answer; in at most `rows` lines."""
    title, _ = naming(head)
    facts = [
        f"{when(head.created)}",
        head.source if head.source != "cli" else "",
        _amount(head),
        size(head.size),
        _shape(head),
        head.provider,
    ]
    lines: list[Line] = [[], [("strong", clip_text(title, max(1, width - 2)))]]
    lines.append([("dim", " · ".join(filter(None, [folder(head.cwd, looks.home), single(head.branch)])))])
    lines.append([("dim", " · ".join(filter(None, facts)))])
    if head.tags:
        lines.append([("picker.prompt", " ".join(f"#{single(tag)}" for tag in head.tags))])
    if rows > _SPACIOUS:
        lines += [[("dim", head.thread_id)], []]
    lines += _words(title, words, width - 4, rows - len(lines))
    return [clip([("", "  "), *line] if line else [], width) for line in lines[:rows]]


def _words(title: str, words: tuple[str, str] | None, width: int, rows: int) -> list[Line]:
    """What was said last, and answered; a prompt that is the title already is not said again."""
    if words is None:
        return [[("dim", "  …")]]
    prompt, answer = (" ".join(visible(text[:4000]).split()) for text in words)
    said = [] if prompt == title else _wrapped(prompt, width, "user.text")
    lines: list[Line] = [[("user.prompt", "  " if at else "› "), *line] for at, line in enumerate(said)]
    lines = lines[: max(1, rows // 2)]
    if lines and answer and rows > _SPACIOUS:
        lines.append([])
    return [*lines, *([("", "  "), *line] for line in _wrapped(answer, width, "text"))]


def naming(head: SessionHead) -> tuple[str, str]:
    """What a session is called, and how it began where that says something else."""
    prompt = " ".join(visible(head.prompt[:2000]).split())
    if head.name:
        return single(head.name), prompt
    return prompt or "(nothing was said)", ""


def age(time: str, now: float) -> str:
    """How long ago, in one word or two: `5 min`, `3 d`; a date where that says more."""
    try:
        then = datetime.fromisoformat(time)
    except ValueError:
        return ""
    passed = now - then.timestamp()
    if passed < 0:
        return "now" if passed > -60 else f"{then.astimezone():%d %b}"
    step = 1
    for until, unit in _UNITS:
        if passed < until:
            return "now" if unit == "s" else f"{int(passed // step)} {unit}"
        step = {60: 60, 3600: 3600, 86400: 86400}.get(until, until)
    same_year = then.astimezone().year == datetime.fromtimestamp(now).year
    return f"{then.astimezone():%d %b}" if same_year else f"{then.astimezone():%Y-%m}"


def when(time: str) -> str:
    """A time of the user's own clock."""
    try:
        return f"{datetime.fromisoformat(time).astimezone():%Y-%m-%d %H:%M}"
    except ValueError:
        return ""


def size(count: int) -> str:
    """Bytes in the unit that fits."""
    amount = float(count)
    for unit in ("B", "KB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit != "MB" or amount >= 10 else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def folder(path: str, home: str) -> str:
    """A folder as people write it."""
    shown = single(path)
    return "~" + shown[len(home) :] if home and (shown == home or shown.startswith(home + "/")) else shown


def _marked(text: str, base: str, marks: Callable[[str], set[int]]) -> Line:
    hits = marks(text)
    if not hits:
        return [(base, text)]
    return merge([(f"{base} picker.match" if at in hits else base, char) for at, char in enumerate(text)])


def _tail(text: str, room: int, role: str) -> Line:
    """The end of a text, which says more of a folder than its beginning."""
    line: Line = [(role, text)]
    while line_width(line) > room and line[0][1]:
        line = [(role, "…" + line[0][1].lstrip("…")[1:])]
    return pad(line, room, role)


def _wrapped(text: str, width: int, role: str) -> list[Line]:
    return list(wrap([(role, text)], max(1, width))) if text else []
