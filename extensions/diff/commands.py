"""Commands on changes: show them, walk through them, stage, take back, edit, comment; undo what a turn did.

Does not: know how changes look (`buffer.py`) or where they come from (`sources.py`).
"""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

from csm.api import CommandError, Context, Row, Screen, TextBuffer, command, lines, patches
from csm.api import screen_of as screen

from . import sources, undoing
from .buffer import SIDES, Diff, Spot

_WHAT = ("tree", "turn")
_QUOTED = 40


def _what(cx: Context) -> Iterable[str]:
    return [*_WHAT, *(str(number + 1) for number in range(len(screen(cx).session().thread.turns)))]


@command("diff.open", title="Show what was changed", slash="diff", complete={"what": _what})
def open_diff(cx: Context, what: str = "tree", until: int | None = None, *, file: str = "") -> None:
    """Show changes: of the work `tree`, of the last `turn` that made any, of the turn of a number, or from one turn to
    another (`diff.open 2 5`); with `--file` of that one alone.
    """
    if what == "tree":
        found = sources.tree(cx, file)
    elif what == "turn":
        found = sources.turn(cx, None)
    elif what.isdecimal():
        found = sources.between(cx, int(what), until) if until else sources.turn(cx, int(what))
    else:
        raise CommandError(f"{what} is neither tree, turn nor the number of a turn")
    screen(cx).show(sources.of_file(found, file) if file and what != "tree" else found)


@command("diff.next-hunk", title="Next hunk", places=("diff",))
def next_hunk(cx: Context, count: int = 1) -> None:
    """Move to the next changed block."""
    _go(cx, 1, count, files=False)


@command("diff.previous-hunk", title="Previous hunk", places=("diff",))
def previous_hunk(cx: Context, count: int = 1) -> None:
    """Move to the changed block before."""
    _go(cx, -1, count, files=False)


@command("diff.next-file", title="Next file", places=("diff",))
def next_file(cx: Context, count: int = 1) -> None:
    """Move to the next changed file."""
    _go(cx, 1, count, files=True)


@command("diff.previous-file", title="Previous file", places=("diff",))
def previous_file(cx: Context, count: int = 1) -> None:
    """Move to the changed file before."""
    _go(cx, -1, count, files=True)


@command("diff.sides", title="Side by side", places=("diff",))
def sides(cx: Context) -> None:
    """Show old and new beside each other, or in one column again."""
    diff = _diff(cx)
    diff.turn_sides()
    screen(cx).refresh()
    if diff.sides and screen(cx).columns < SIDES:
        screen(cx).message(f"side by side from {SIDES} columns on")


@command("diff.refresh", title="Read the changes again", places=("diff",))
def refresh(cx: Context) -> None:
    """Read the changes as they now are."""
    _diff(cx).refresh()
    screen(cx).refresh()


@command("diff.stage", title="Stage the hunk", places=("diff",))
def stage(cx: Context) -> None:
    """Put the hunk at the cursor into git's index; on a file's line, the whole file."""
    diff, file, hunk = _tree_spot(cx)
    if hunk is None:
        sources.git(diff.cwd, "add", "--", file.path)
    else:
        given = patches.text(file.path, [hunk], kind=file.kind, old_path=file.old_path, mode=file.mode)
        sources.git(diff.cwd, "apply", "--cached", "--recount", "--unidiff-zero", "-", given=given)
    screen(cx).message(f"staged {file.path}")


@command("diff.unstage", title="Unstage the file", places=("diff",))
def unstage(cx: Context) -> None:
    """Take the file at the cursor out of git's index again; its text stays."""
    diff, file, _ = _tree_spot(cx)
    sources.git(diff.cwd, "reset", "-q", "--", file.path)
    screen(cx).message(f"unstaged {file.path}")


@command("diff.revert", title="Take the hunk back", places=("diff",))
def revert(cx: Context) -> None:
    """Undo the hunk at the cursor in its file, after asking; refused where the file has changed since."""
    diff, file, hunk = _at(cx)
    if hunk is None:
        raise CommandError("go to a hunk first", "diff.undo-turn takes back all of a turn")
    path = str(Path(diff.cwd) / file.path)
    made = undoing.without(path, hunk, file.kind)
    _ask(cx, f"Take this hunk of {file.path} back?", lambda: _write(cx, made, f"took a hunk of {file.path} back"))


@command("diff.undo-turn", title="Undo what a turn changed", slash="undo", complete={"turn": _what})
def undo_turn(cx: Context, turn: int | None = None) -> None:
    """Take back every change of files that a turn recorded, the last one if none is named, after asking.

    Nothing is written where a file has changed since: what does not fit is shown.
    """
    found = sources.turn(cx, turn)
    if not found.recorded:
        raise CommandError("this turn has changed no file")
    made, problems = undoing.undo(found.recorded)
    if problems:
        screen(cx).show(_conflicts(problems, found.cwd))
        raise CommandError(f"{len(problems)} of {len(made)} files have changed since: nothing was undone")
    names = ", ".join(Path(path).name for path in made)
    _ask(cx, f"Undo {found.title}?  {lines.clip_text(names, 60)}", lambda: _write(cx, made, "the turn is undone"))


@command("diff.edit", title="Edit the file here", places=("diff",))
def edit(cx: Context) -> None:
    """Open the file at the cursor's line in $VISUAL or $EDITOR."""
    diff, file, _ = _at(cx)
    path = str(Path(diff.cwd) / file.path)
    editor = cx.host.env.get("VISUAL") or cx.host.env.get("EDITOR") or "vi"
    words = [*shlex.split(editor), f"+{_line(cx, diff, file)}", path]
    screen(cx).outside(lambda: _run(words, diff.cwd))
    diff.refresh()


@command("diff.comment", title="Comment on the line", places=("diff",))
def comment(cx: Context) -> None:
    """Write to the agent about the line at the cursor, or the lines selected: it is quoted with its place."""
    diff, file, _ = _at(cx)
    shown = screen(cx)
    quoted = _quote(shown)
    place = f"{file.path}:{_line(cx, diff, file)}"
    composer = shown.composer
    text = f"{composer.text}\n\n" if composer.text.strip() else ""
    composer.set_text(f"{text}{place}\n{quoted}\n")
    shown.focus("composer")


@command("diff.copy", title="Copy the hunk", places=("diff",))
def copy(cx: Context) -> None:
    """Copy the hunk at the cursor as a patch; on a file's line, all of its hunks."""
    _, file, hunk = _at(cx)
    chosen = file.hunks if hunk is None else (hunk,)
    screen(cx).copy(patches.text(file.path, chosen, kind=file.kind, old_path=file.old_path))
    screen(cx).message(f"copied {len(chosen)} hunk{'' if len(chosen) == 1 else 's'} of {file.path}")


def _go(cx: Context, step: int, count: int, *, files: bool) -> None:
    shown, diff = screen(cx), _diff(cx)
    line: int | None = shown.line
    for _ in range(min(count, 1_000)):
        assert line is not None
        line = diff.next(line, shown.columns, step, files=files)
        if line is None:
            raise CommandError(
                f"there is no other {'file' if files else 'hunk'} further {'down' if step > 0 else 'up'}"
            )
    assert line is not None
    shown.go_to(line)


def _diff(cx: Context) -> Diff:
    buffer = screen(cx).buffer
    if not isinstance(buffer, Diff):
        raise CommandError("no changes are shown in this window", "diff.open shows some")
    return buffer


def _spot(cx: Context, diff: Diff) -> Spot:
    spot = diff.spot(screen(cx).line, screen(cx).columns)
    if spot is None:
        raise CommandError("nothing has changed")
    return spot


def _at(cx: Context) -> tuple[Diff, patches.FileDiff, patches.Hunk | None]:
    """The file at the cursor, and the hunk if it is in one."""
    diff = _diff(cx)
    spot = _spot(cx, diff)
    file = diff.files[spot.file]
    return diff, file, file.hunks[spot.hunk] if spot.hunk >= 0 else None


def _tree_spot(cx: Context) -> tuple[Diff, patches.FileDiff, patches.Hunk | None]:
    diff, file, hunk = _at(cx)
    if not diff.tree:
        raise CommandError("git knows only the work tree's changes", "diff.open tree shows them")
    return diff, file, hunk


def _line(cx: Context, diff: Diff, file: patches.FileDiff) -> int:
    """The line of the new file that the cursor is on."""
    spot = _spot(cx, diff)
    if spot.hunk < 0:
        return file.hunks[0].new_start if file.hunks else 1
    hunk = file.hunks[spot.hunk]
    before = hunk.lines[: max(0, spot.line)]
    return max(1, hunk.new_start + sum(line[:1] in (" ", "+") for line in before))


def _quote(shown: Screen) -> str:
    """The lines of the selection, else the one at the cursor, as a quotation."""
    editor = shown.editor
    selection = editor.selection if editor is not shown.composer else None
    if selection is not None:
        text = editor.text[selection.start : selection.end].split("\n")
        editor.leave_selection()
    else:
        text = [lines.plain(line) for line in shown.buffer.lines(shown.line, shown.line + 1, shown.columns)]
    kept = [*text[:_QUOTED], "…"] if len(text) > _QUOTED else text
    return "\n".join(f"> {line.rstrip()}" for line in kept)


def _ask(cx: Context, question: str, then: Callable[[], None]) -> None:
    rows = [Row(True, "Yes"), Row(False, "No")]
    screen(cx).pick(question, rows, lambda yes: then() if yes else None)


def _write(cx: Context, made: dict[str, str | None], said: str) -> None:
    undoing.write(made)
    for buffer in screen(cx).buffers.all():
        if isinstance(buffer, Diff) and buffer.tree:
            buffer.refresh()
    screen(cx).message(said)


def _conflicts(problems: list[undoing.Problem], cwd: str) -> TextBuffer:
    content: list[list[tuple[str, str]]] = [
        [("help.title", "What does not fit any more")],
        [("help.text", "Nothing was written. These files have changed since the turn:")],
    ]
    for problem in problems:
        name = os.path.relpath(problem.path, cwd) if Path(problem.path).is_relative_to(cwd) else problem.path
        content += [[], [("diff.file", lines.clean(name)), ("dim", f"  {problem.why}")]]
        for line in problem.hunk.lines if problem.hunk else ():
            role = {"+": "diff.added", "-": "diff.removed"}.get(line[:1], "diff.context")
            content.append([(role, lines.clean(line))])
    return TextBuffer("diff:conflicts", "Conflicts", content)


def _run(words: list[str], cwd: str) -> None:
    try:
        subprocess.run(words, cwd=cwd, check=False)
    except OSError as error:
        raise CommandError(f"{words[0]} cannot be started: {error.strerror}") from error
