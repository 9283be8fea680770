"""Files as a list with a look at each: named in the draft, several at once, or opened in the user's editor at a line.

Does not: list or rank files (`index.py`, `ranking.py`).
"""

from __future__ import annotations

import asyncio
import re
import shlex
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from csm.api import CommandError, Context, Kit, Row, Screen, command, highlight, lines, screen_of

from . import completing, ranking

Line = list[tuple[str, str]]
#: Bytes of a file that a look reads.
_LOOK = 1 << 16
#: Files that are listed while nothing is typed.
_MOST = 20_000
_AT_LINE = re.compile(r"(.*?):([0-9]{1,9})?")


@command("file.choose", title="Choose a file", slash="files")
async def choose(cx: Context, name: str = "") -> None:
    """Choose among the files of the folder, those git would ignore left out: Enter names them in the draft; one can be
    opened in $VISUAL or $EDITOR instead. What is typed may end in `:LINE`.
    """
    shown = screen_of(cx)
    folder = shown.session().thread.cwd or str(cx.host.cwd)
    index = completing.index(cx.host, folder)
    listing = await asyncio.to_thread(index.listing)
    if not listing.files:
        raise CommandError("there are no files in this folder")
    paths = [path for path in listing.paths if not path.endswith("/")]
    lower = [path.lower() for path in paths]
    changed, ages = listing.changed, completing.ages(Path(folder))
    first = [path for path in completing.first(listing, Path(folder)) if not path.endswith("/")]
    every = list(dict.fromkeys([*first, *paths]))[:_MOST]

    def rows(typed: str) -> Sequence[Row]:
        wanted, _ = _parted(typed)
        found = ranking.ranked(paths, lower, wanted, ages, shown=ranking.ASKED) if wanted else every
        return [Row(path, path, "changed" if path in changed else "") for path in found]

    def line() -> int:
        return _parted(shown.panel.editor.text)[1] if shown.panel is not None else 0

    where = {"line": 0}

    def look(path: str, columns: int, height: int) -> list[Line]:
        where["line"] = line()
        return _look(Path(folder, path), columns, height, where["line"])

    shown.pick(
        "Files",
        rows(""),
        lambda names: _mention(shown, names),
        preview=look,
        several=True,
        find=rows,
        typed=name,
        actions={"edit": ("edit", lambda names: _edit(cx, folder, names[0], where["line"]))},
    )


def _parted(typed: str) -> tuple[str, int]:
    """The name and the line number in what was typed; 0 where there is none."""
    found = _AT_LINE.fullmatch(typed.strip())
    return (found[1], int(found[2] or 0)) if found else (typed.strip(), 0)


def _mention(shown: Screen, names: Iterable[str]) -> None:
    editor = shown.composer
    before = editor.text[editor.cursor - 1 : editor.cursor]
    words = " ".join(completing.quoted(name) for name in names)
    editor.insert(f"{' ' if before and not before.isspace() else ''}{words} ", "")
    shown.focus("composer")


def _edit(cx: Context, folder: str, name: str, line: int) -> None:
    editor = cx.host.env.get("VISUAL") or cx.host.env.get("EDITOR") or "vi"
    try:
        words = [*shlex.split(editor), *([f"+{line}"] if line else []), str(Path(folder, name))]
    except ValueError as error:
        raise CommandError(f"$VISUAL or $EDITOR cannot be read: {error}") from error

    def run() -> None:
        try:
            subprocess.run(words, cwd=folder, check=False)
        except OSError as error:
            raise CommandError(f"{words[0]} cannot be started: {error.strerror}") from error

    screen_of(cx).outside(run)


def _look(path: Path, columns: int, height: int, line: int) -> list[Line]:
    """The beginning of a file, or what is around a line of it."""
    try:
        with path.open("rb") as file:
            data = file.read(_LOOK)
            size = path.stat().st_size
    except OSError as error:
        return [[("dim", error.strerror or "it cannot be read")]]
    if b"\0" in data:
        return [[("dim", f"not text, {size:,} bytes")]]
    texts = data.decode("utf-8", "replace").splitlines()
    if not texts:
        return [[("dim", "empty")]]
    first = max(0, min(line - height // 3, len(texts) - 1)) if line else 0
    seen = texts[first : first + height]
    digits = len(str(first + len(seen)))
    return [
        lines.clip([("picker.prompt" if number == line else "diff.gutter", f"{number:>{digits}}  "), *text], columns)
        for number, text in enumerate(highlight(Kit(), seen, path.suffix[1:].lower()), first + 1)
    ]
