"""Images a user adds to a message: files and data URLs as `csm.core.response_items` takes them.

Does not: scale or convert.
"""

from __future__ import annotations

import base64
from pathlib import Path

from csm.core.response_items import Image

#: Bytes of one image at the most.
LARGEST = 20 * 1024 * 1024
_KINDS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


def load(images: tuple[str, ...], cwd: Path) -> list[Image]:
    """Each image, or why the model cannot see it."""
    return [_load(image, cwd) for image in images]


def _load(image: str, cwd: Path) -> Image:
    if image.startswith(("data:", "http:", "https:")):
        return Image("", image)
    path = cwd / image
    try:
        if path.exists() and not path.is_file():  # a pipe would keep us waiting
            return Image(image, problem=f"{image} is no file")
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        return Image(image, problem=f"The image {image} cannot be read: {error.strerror}")
    if len(data) > LARGEST:
        return Image(image, problem=f"The image {image} is larger than {LARGEST // 1024 // 1024} MB")
    kind = _kind(data)
    if kind is None:
        return Image(image, problem=f"{image} is no PNG, JPEG, GIF or WebP image")
    return Image(image, f"data:{kind};base64,{base64.b64encode(data).decode()}")


def _kind(data: bytes) -> str | None:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for magic, kind in _KINDS if data.startswith(magic)), None)
