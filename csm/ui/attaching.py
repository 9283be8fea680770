"""What is pasted into the composer: a short text as text, a long one as a chip, the paths of images as images.

Does not: read images, or clipboards. Who makes a request reads the files then.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from csm.edit import edits
from csm.edit.chips import Chip, pasted, pictured
from csm.edit.editor import Editor
from csm.protocol.errors import CommandError
from csm.ui.frame import Line
from csm.view.lines import clip, single

if TYPE_CHECKING:
    from csm.ui.shell import Shell

#: A paste of more characters or lines than this is a chip.
LONG, HIGH = 1_000, 20
_SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".webp")
#: A text of more characters names no files.
_PATHS = 4_096
_STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8")
#: What no text holds, as pictures that a model and an eye can read.
_CONTROLS = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n\r"} | {0x7F: 0x2421}
_ROWS = 4


class Picture(NamedTuple):
    """An image file: its path, its bytes, and its pixels where they are easily told."""

    path: Path
    size: int
    pixels: str = ""


def paste(shell: Shell, editor: Editor, text: str) -> None:
    """Put pasted text into an editor; into the composer as what it is best shown as."""
    text = text.translate(_CONTROLS)
    if editor is not shell.composer.editor:
        edits.paste(editor, text)
        return
    found = pictures(text, Path(shell.session.cwd), shell.host.env)
    text = editor.chips.admit(text)
    if found:
        text = " ".join(_chip(editor, one) for one in found) + " "
    elif len(text) > LONG or text.count("\n") >= HIGH:
        text = editor.chips.add(Chip("paste", pasted(text), text)) or text
    edits.paste(editor, text)


def attach(shell: Shell, name: str) -> Picture:
    """Put an image into the draft. Raises CommandError for what is none."""
    path = _path(name, Path(shell.session.cwd), shell.host.env)
    try:
        found = _picture(path)
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}") from None
    if found is None:
        raise CommandError(f"{name} is no PNG, JPEG, GIF or WebP image")
    editor = shell.composer.editor
    before = editor.text[editor.cursor - 1 : editor.cursor]
    edits.paste(editor, f"{' ' if before and not before.isspace() else ''}{_chip(editor, found)} ")
    return found


def pictures(text: str, cwd: Path, env: Mapping[str, str]) -> list[Picture]:
    """The image files whose paths a paste is, as terminals write them where files are dropped; else none."""
    text = text.strip()
    if not text or len(text) > _PATHS or not any(end in text.lower() for end in _SUFFIXES):
        return []
    import shlex

    try:
        split = shlex.split(text)
    except ValueError:
        split = []
    for names in ([text], text.split("\n"), split):
        try:
            found = [_picture(_path(name, cwd, env)) for name in names if name.strip()]
        except (OSError, ValueError):
            continue
        whole = [one for one in found if one is not None]
        if whole and len(whole) == len(found):
            return whole
    return []


def staged(editor: Editor, columns: int, rows: int) -> list[Line]:
    """The images of the draft, a line each: number, name, size."""
    found = editor.chips.images(editor.text)
    room = min(rows, _ROWS)
    if not found or room < 1:
        return []
    shown = found if len(found) <= room else found[: room - 1]
    lines: list[Line] = []
    for number, spot in enumerate(shown, 1):
        name = single(Path(spot.chip.path).name)
        told: Line = [("composer.queued", f"  ▣ {number}  "), ("composer", name)]
        lines.append(clip([*told, ("dim", f"  {spot.chip.text}")], columns))
    if len(shown) < len(found):
        lines.append([("composer.queued", f"  … {len(found) - len(shown)} more images")])
    return lines


def _chip(editor: Editor, picture: Picture) -> str:
    about = ", ".join(filter(None, (picture.pixels, _bytes(picture.size))))
    return editor.chips.add(Chip("image", pictured(str(picture.path)), about, str(picture.path)))


def _bytes(size: int) -> str:
    if size < 1_000:
        return f"{size} bytes"
    return f"{size / 1_000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def _path(name: str, cwd: Path, env: Mapping[str, str]) -> Path:
    name = name.strip()
    if name.startswith("file://"):
        from urllib.parse import unquote, urlsplit

        name = unquote(urlsplit(name).path)
    elif name.startswith("~/"):
        name = env.get("HOME", "~") + name[1:]
    return cwd / name


def _picture(path: Path) -> Picture | None:
    """None for what is no image. Raises OSError."""
    if path.suffix.lower() not in _SUFFIXES or not path.is_file():
        path.stat()
        return None
    with path.open("rb") as file:
        head = file.read(32)
    if not head.startswith(_STARTS) and not (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return None
    return Picture(path, path.stat().st_size, _pixels(head))


def _pixels(head: bytes) -> str:
    if head.startswith(_STARTS[0]) and len(head) >= 24:
        return f"{int.from_bytes(head[16:20], 'big')}×{int.from_bytes(head[20:24], 'big')}"
    if head.startswith(b"GIF8") and len(head) >= 10:
        return f"{int.from_bytes(head[6:8], 'little')}×{int.from_bytes(head[8:10], 'little')}"
    return ""
