"""Commands on parts of the transcript: the one at the cursor, else the last one that was said or done.

Does not: know how parts look (`csm.api.parts`).
"""

from __future__ import annotations

from collections.abc import Iterable

from csm.api import CommandError, Context, Row, Screen, Transcript, command, parts, screen_of

_MOST = 200
_SHOWN = 60


def _kinds(cx: Context) -> Iterable[str]:
    return parts.KINDS


@command("block.next", title="Next part", complete={"kind": _kinds})
def go_next(cx: Context, kind: str = "block", count: int = 1) -> None:
    """Go to the next part of a kind: `prompt`, `answer`, `command`, `change`, `error`, `code`, ..., or any."""
    _go(cx, kind, 1, count)


@command("block.previous", title="Previous part", complete={"kind": _kinds})
def go_previous(cx: Context, kind: str = "block", count: int = 1) -> None:
    """Go to the part of a kind before."""
    _go(cx, kind, -1, count)


@command("block.copy", title="Copy a part", complete={"kind": _kinds})
def copy(cx: Context, kind: str = "block") -> None:
    """Copy the part at the cursor as it was written, without wrapped lines: a message, a command's output, `code`."""
    screen, transcript = _transcript(cx)
    part = parts.at(transcript, _known(kind), screen.line, screen.columns)
    if part is None:
        raise CommandError(f"there is no {kind} here")
    _copy(screen, part)


@command("block.select", title="Select a part", complete={"kind": _kinds})
def select(cx: Context, kind: str = "block") -> None:
    """Select the lines of the part at the cursor. After an operator: `y` copies it as it was written, `z f` folds
    or unfolds it.
    """
    screen, transcript = _transcript(cx)
    part = parts.at(transcript, _known(kind), screen.line, screen.columns)
    if part is None:
        raise CommandError(f"there is no {kind} here")
    operator = screen.editor.pending.operator
    if operator:
        screen.editor.pending.clear()
        screen.fold("block") if operator == "fold" else _copy(screen, part)
        return
    first, stop = parts.lines(transcript, part, screen.columns)
    screen.go_to(first, select_to=max(first, stop - 1))


@command("copy.choose", title="Copy something said")
def choose(cx: Context) -> None:
    """Choose what to copy among the last answers, listings, commands and prompts."""
    screen = screen_of(cx)
    transcript = _shown_or_first(screen)
    found = parts.all_of(transcript, ("code", "answer", "command", "prompt"), _MOST)
    if not found:
        raise CommandError("there is nothing to copy yet")
    rows = [Row(part, _head(part), _size(part)) for part in found]
    screen.pick("Copy", rows, lambda part: _copy(screen, part))


def _go(cx: Context, kind: str, step: int, count: int) -> None:
    screen, transcript = _transcript(cx)
    line = screen.line
    for _ in range(min(count, _MOST)):
        found = parts.after(transcript, _known(kind), line, screen.columns, step)
        if found is None:
            raise CommandError(f"there is no {'other part' if kind == 'block' else kind} further {_way(step)}")
        line = found
    screen.go_to(line)


def _way(step: int) -> str:
    return "down" if step > 0 else "up"


def _known(kind: str) -> str:
    if kind not in parts.KINDS:
        raise CommandError(f"a part is one of {', '.join(parts.KINDS)}, not {kind}")
    return kind


def _transcript(cx: Context) -> tuple[Screen, Transcript]:
    """The screen, with a transcript in the window that commands mean."""
    screen = screen_of(cx)
    if not isinstance(screen.buffer, Transcript):
        screen.focus("transcript")
    return screen, _shown_or_first(screen)


def _shown_or_first(screen: Screen) -> Transcript:
    if not isinstance(screen.buffer, Transcript):
        raise CommandError("the transcript is not shown here")
    return screen.buffer


def _copy(screen: Screen, part: parts.Part) -> None:
    screen.copy(part.text)
    screen.message(f"copied {_size(part)}")


def _head(part: parts.Part) -> str:
    text = part.name if part.first == 0 else next(iter(part.text.splitlines()), "")
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _size(part: parts.Part) -> str:
    count = part.text.count("\n") + 1
    kind = "code" if part.block.leaf(part.first).kind == "code" and part.block.kind == "agent" else part.block.kind
    return f"{kind}, {count} line{'s' if count > 1 else ''}"
