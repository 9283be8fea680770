"""Images in a draft: attached by name, taken from the clipboard, taken out again.

Pasting or dropping the path of an image does the same as attaching it.

Does not: read images; whoever makes the request does.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from csm.api import CommandError, Context, Row, command, screen_of

_SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".webp")
#: Images taken from the clipboard are kept for so many days.
_DAYS = 30


def _files(cx: Context) -> Iterable[str]:
    """Images in the session's folder."""
    try:
        return sorted(path.name for path in _folder(cx).iterdir() if path.name.lower().endswith(_SUFFIXES))
    except OSError:
        return []


@command("image.attach", title="Attach an image", slash="image", complete={"file": _files})
def attach(cx: Context, file: str | None = None) -> None:
    """Put an image file into the draft, where the cursor is."""
    shown = screen_of(cx)
    if file is None:
        shown.ask_line("Image:", lambda name: _attach(cx, name))
    else:
        _attach(cx, file)


@command("image.paste", title="Attach the clipboard's image")
def paste(cx: Context) -> None:
    """Put the image on the system's clipboard into the draft."""
    shown = screen_of(cx)
    data = shown.clipboard.image()
    folder = cx.host.settings.state_dir / "pasted"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sweep(folder)
        handle, name = tempfile.mkstemp(prefix="image-", suffix=".png", dir=folder)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
    except OSError as error:
        raise CommandError(f"the image cannot be kept in {folder}: {error.strerror}") from None
    shown.attach(name)


@command("image.remove", title="Take an image out", slash="detach")
def remove(cx: Context, number: int | None = None) -> None:
    """Take an image out of the draft, by its number in the list; without one, choose where there are several."""
    composer = screen_of(cx).composer
    found = composer.chips.images(composer.text)
    if not found:
        raise CommandError("there is no image in the draft")
    if number is None and len(found) > 1:
        rows = [Row(at, Path(spot.chip.path).name, spot.chip.text) for at, spot in enumerate(found, 1)]
        screen_of(cx).pick("Take out", rows, lambda at: remove(cx, at))
        return
    number = number or 1
    if not 1 <= number <= len(found):
        raise CommandError(f"there is no image {number}: the draft has {len(found)}")
    at = found[number - 1].at
    end = at + 2 if composer.text[at + 1 : at + 2] == " " else at + 1
    composer.replace(at, end, "")


def _attach(cx: Context, name: str) -> None:
    shown = screen_of(cx)
    shown.message(f"attached {shown.attach(name)}")


def _folder(cx: Context) -> Path:
    thread = screen_of(cx).session().thread
    return Path(thread.cwd or cx.host.cwd)


def _sweep(folder: Path) -> None:
    """Forget old ones."""
    import time

    for path in folder.glob("image-*.png"):
        if time.time() - path.stat().st_mtime > _DAYS * 86_400:
            path.unlink(missing_ok=True)
