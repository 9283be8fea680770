"""Where changes come from: what the thread recorded of its turns, and what git says of the work tree.

Does not: draw or undo them.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from csm.api import CommandError, Context, Turn, items, patches

from .buffer import Diff

_SECONDS = 20
#: Untracked files larger than this are named, not shown.
_LARGEST = 1 << 20


def changes(turn: Turn) -> list[items.PatchChange]:
    """What a turn did to files, in order; only what was done."""
    return [
        change
        for entry in turn.entries
        if isinstance(entry.item, items.FileChange) and entry.item.status == "completed"
        for change in entry.item.changes
    ]


def file_diffs(found: Iterable[items.PatchChange], cwd: str) -> list[patches.FileDiff]:
    """Recorded changes as diffs, one after the other; paths as seen from the folder."""
    return [file_diff(change, cwd) for change in found]


def file_diff(change: items.PatchChange, cwd: str) -> patches.FileDiff:
    """One recorded change."""
    path = _short(change.move_path or change.path, cwd)
    old = _short(change.path, cwd) if change.move_path else ""
    if change.kind == "update":
        return patches.FileDiff(path, "update", patches.parse(change.diff), old)
    return patches.FileDiff(path, change.kind, patches.whole(change.diff, added=change.kind == "add"))


def turn(cx: Context, number: int | None) -> Diff:
    """The changes of a turn, by its number from 1; without one, of the last that changed anything."""
    thread = _thread(cx)
    if number is None:
        turns = [*reversed(thread.turns), *reversed(_turns(thread, 1) if thread.past is not None else [])]
        chosen = next((one for one in turns if one.id and changes(one)), None)
        if chosen is None:
            raise CommandError("no turn has changed a file yet")
    else:
        chosen = next((one for one in _turns(thread, number) if one.number == number), None)
        if chosen is None:
            raise CommandError(f"there is no turn {number}; there are {thread.begun}")
    return Diff(
        "diff:turn",
        f"Turn {chosen.number}",
        lambda: file_diffs(changes(chosen), thread.cwd),
        cwd=thread.cwd,
        recorded=changes(chosen),
    )


def between(cx: Context, first: int, last: int) -> Diff:
    """What turns `first` to `last` did, one after the other."""
    thread = _thread(cx)
    if not 1 <= first <= last <= thread.begun:
        raise CommandError(f"turns go from 1 to {thread.begun}, the first before the last")
    chosen = [one for one in _turns(thread, first) if first <= one.number <= last]
    recorded = [change for one in chosen for change in changes(one)]
    return Diff(
        "diff:turns",
        f"Turns {first} to {last}",
        lambda: file_diffs(recorded, thread.cwd),
        cwd=thread.cwd,
        recorded=recorded,
    )


def tree(cx: Context, file: str = "") -> Diff:
    """What the work tree has that the last commit has not, of one file (as seen from the folder) or of all."""
    top = root(_cwd(cx))
    name = os.path.relpath(os.path.realpath(Path(_cwd(cx), file)), os.path.realpath(top)) if file else ""
    if name.startswith(".."):
        raise CommandError(f"{file} is not in this repository")
    if not file:
        return Diff("diff", "Work tree", lambda: tree_files(top), cwd=top, tree=True)
    return Diff(f"diff:{name}", name, lambda: tree_files(top, name), cwd=top, tree=True)


def of_file(found: Diff, file: str) -> Diff:
    """Of a turn's changes those of one file. Raises CommandError where there are none."""
    path = os.path.normpath(Path(found.cwd, file))

    def here(change: items.PatchChange) -> bool:
        return path in (os.path.normpath(Path(found.cwd, one)) for one in (change.path, change.move_path) if one)

    kept = [change for change in found.recorded if here(change)]
    if not kept:
        raise CommandError(
            f"{file} was not changed there", f"changed were {', '.join(one.path for one in found.files)}"
        )
    name = f"{found.name}:{_short(path, found.cwd)}"
    title = f"{found.heading}, {_short(path, found.cwd)}"
    return Diff(name, title, lambda: file_diffs(kept, found.cwd), cwd=found.cwd, recorded=kept)


def root(cwd: str) -> str:
    """The work tree's top folder. Raises CommandError outside of one."""
    return git(cwd, "rev-parse", "--show-toplevel").strip()


def tree_files(top: str, *names: str) -> Sequence[patches.FileDiff]:
    """Tracked changes, staged or not, then untracked files; of these names alone, if there are any."""
    born = _ok(top, "rev-parse", "--verify", "-q", "HEAD")
    only = [f":(literal){name}" for name in names]
    found = list(patches.files(git(top, "diff", *_PLAIN, "HEAD" if born else _EMPTY, "--", *only)))
    for name in git(top, "ls-files", "--others", "--exclude-standard", "-z", "--", *only).split("\0"):
        if name:
            found.append(_untracked(Path(top), name))
    return found


#: Whatever the user's settings say of diffs, they are read here as git makes them by itself.
_PLAIN = (
    "--no-color", "--no-ext-diff", "--no-textconv", "--submodule=short", "--src-prefix=a/", "--dst-prefix=b/", "-M",
    "-U3", "--inter-hunk-context=0",
)  # fmt: skip
#: git's name for a tree without files.
_EMPTY = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


def _untracked(top: Path, name: str) -> patches.FileDiff:
    path = top / name
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST:
            return patches.FileDiff(name, "add", (), binary=True)
        data = path.read_bytes()
    except OSError:
        return patches.FileDiff(name, "add", (), binary=True)
    if b"\0" in data:
        return patches.FileDiff(name, "add", (), binary=True)
    mode = "100755" if path.stat().st_mode & 0o100 else ""
    return patches.FileDiff(name, "add", patches.whole(data.decode("utf-8", "surrogateescape"), added=True), mode=mode)


def git(cwd: str, *words: str, given: str | None = None) -> str:
    """What git prints. Raises CommandError with its complaint."""
    try:
        made = subprocess.run(
            ["git", "-c", "core.quotePath=true", *words],
            cwd=cwd,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
            input=None if given is None else given.encode("utf-8", "surrogateescape"),
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            timeout=_SECONDS,
        )
    except FileNotFoundError:
        raise CommandError("git is not installed") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CommandError(f"git failed: {error}") from error
    if made.returncode:
        said = made.stderr.decode("utf-8", "replace").strip().splitlines()
        raise CommandError(f"git {words[0]}: {said[-1] if said else made.returncode}")
    return made.stdout.decode("utf-8", "surrogateescape")


def _ok(cwd: str, *words: str) -> bool:
    try:
        git(cwd, *words)
    except CommandError:
        return False
    return True


def _turns(thread: Any, first: int) -> list[Turn]:
    """The turns from a number on, read from the log where they are not at hand."""
    at_hand: list[Turn] = [one for one in thread.turns if one.begun]
    if thread.past is not None and (not at_hand or at_hand[0].number > first):
        at_hand = [one for one in thread.whole() if one.begun]
    return at_hand


def _short(path: str, cwd: str) -> str:
    return os.path.relpath(path, cwd) if path.startswith(cwd.rstrip("/") + "/") else path


def _thread(cx: Context) -> Any:
    if cx.screen is None:
        raise CommandError("this needs the shell's screen")
    return cx.screen.session().thread


def _cwd(cx: Context) -> str:
    return _thread(cx).cwd or str(cx.host.settings.cwd)
