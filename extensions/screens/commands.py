"""`screen.save`: the screen as SVG, text or JSON.

Does not: overwrite a file unasked.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csm.api import CommandError, command, svg

if TYPE_CHECKING:
    from csm.api import Context


@command("screen.save", title="Save the screen as a picture or as text", slash="screenshot")
def save(cx: Context, file: Path | None = None, *, force: bool = False) -> None:
    """Write the screen to a file: a picture (`.svg`), text (`.txt`), or data for `csm view diff` (`.json`).

    Without a name it is `csm-screen.svg` with the next free number, in the session's folder. The picture has the
    colours of the theme.
    """
    if cx.screen is None:
        raise CommandError("this needs the shell's screen", "`csm view snapshot` works without")
    folder = cx.host.cwd
    path = folder / file.expanduser() if file is not None else _free(folder)
    taken = cx.screen.shot()
    try:
        with path.open("w" if force else "x", encoding="utf-8", errors="replace") as out:
            out.write(_written(cx, taken, path.suffix.lower()))
    except FileExistsError as error:
        raise CommandError(f"{path.name} is there already", "--force overwrites it") from error
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from error
    cx.screen.message(f"the screen is in {file if file is not None else path.name}", "message.info")


def _free(folder: Path) -> Path:
    """The first name that no file has."""
    number = 1
    while (path := folder / f"csm-screen-{number}.svg").exists():
        number += 1
    return path


def _written(cx: Context, taken: Any, kind: str) -> str:
    if kind == ".svg":
        return svg.render(taken, cx.host.theme)
    if kind == ".json":
        return json.dumps(taken.table(), ensure_ascii=False, indent=1) + "\n"
    return str(taken.text())
