"""Images made smaller, or into a kind that models take, by Pillow.

A JPEG is decoded at about the size it is to have, the others whole: how large they may be, `unreadable.room` has said.
What a camera noted stays with the image, the way up too.

Does not: know how large is too large (`bounds`), or open what `formats` has not looked at.
"""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from .unreadable import Unreadable

_READERS: dict[str, Any] = {"gif": GifImageFile, "jpeg": JpegImageFile, "png": PngImageFile, "webp": WebPImageFile}
#: A JPEG that ends early is shown as far as it goes, if only it ends.
_JPEG_END = b"\xff\xd9"
_WRITTEN: dict[str, dict[str, Any]] = {
    "jpeg": {"quality": 85, "subsampling": 0},
    "png": {"compress_level": 3},
    "webp": {"lossless": True, "quality": 20, "method": 1},
}
#: Bytes of a camera's notes at the most; JPEG holds no more.
_NOTES = 65_000
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, struct.error, zlib.error, MemoryError)


def scaled(data: bytes, kind: str, size: tuple[int, int]) -> tuple[str, bytes]:
    """The first frame of an image at a size: its kind now, and the bytes. Raises Unreadable."""
    try:
        with _READERS[kind](io.BytesIO(data + _JPEG_END if kind == "jpeg" else data)) as image:
            return _written(image, "png" if kind == "gif" else kind, size)
    except _BROKEN:
        raise Unreadable from None


def _written(image: ImageFile.ImageFile, kind: str, size: tuple[int, int]) -> tuple[str, bytes]:
    notes = {name: image.info.get(name) for name in ("exif", "icc_profile")}
    kept = {name: value for name, value in notes.items() if isinstance(value, bytes) and len(value) <= _NOTES}
    image.draft("RGB", size)
    small = _plain(_resized(_full(image), size), kind)
    out = io.BytesIO()
    small.save(out, kind, **_WRITTEN[kind], **kept)
    return kind, out.getvalue()


def _resized(image: Any, size: tuple[int, int]) -> Image.Image:
    return image if image.size == size else image.resize(size, Image.Resampling.BILINEAR)


def _full(image: Image.Image) -> Image.Image:
    """The image in a mode that shrinks well: no palette, no colour that stands for none, no single bits."""
    if image.mode in ("P", "RGB", "L") and "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode.startswith("I"):
        return image.convert("I")
    return image.convert({"P": "RGB", "1": "L"}[image.mode]) if image.mode in ("P", "1") else image


def _plain(image: Any, kind: str) -> Image.Image:
    """The image in a mode that its kind can hold."""
    if image.mode == "I":
        image = image.point(lambda value: value * (1 / 257)).convert("L")
    if kind == "jpeg":
        return image if image.mode in ("L", "RGB") else image.convert("RGB")
    return image if image.mode in ("L", "LA", "RGB", "RGBA") else image.convert("RGB")
