"""Images a user adds to a message: files and data URLs as `csm.core.response_items` takes them.

Does not: know formats, or scale. Extensions do (`csm.host.contracts.ImageReader`).
"""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from urllib.parse import unquote_to_bytes

from csm.core.response_items import Image
from csm.host.contracts import ImageReader

#: Bytes of one image at the most.
LARGEST = 64 * 1024 * 1024
_KINDS = "PNG, JPEG, GIF or WebP image"


def load(images: tuple[str, ...], cwd: Path, reader: ImageReader | None, detail: str) -> list[Image]:
    """Each image as it goes to the model, or why the model cannot see it. `detail` is how closely it looks."""
    return [_load(image, cwd, reader, detail) for image in images]


def _load(image: str, cwd: Path, reader: ImageReader | None, detail: str) -> Image:
    if image.startswith(("http:", "https:")):
        return Image("", image)
    if reader is None:
        return Image("", problem="No extension reads images.")
    if image.startswith("data:"):
        return _inline(image, reader, detail)
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
    ready = reader.ready(data, detail)
    return Image(image, _url(*ready)) if ready is not None else Image(image, problem=f"{image} is no {_KINDS}")


def _inline(image: str, reader: ImageReader, detail: str) -> Image:
    """An image in a data URL: as it is where it fits, whatever kind its URL says."""
    head, comma, content = image.partition(",")
    try:
        data = base64.b64decode(content, validate=True) if head.endswith(";base64") else unquote_to_bytes(content)
    except binascii.Error:
        data = b""
    ready = reader.ready(data, detail) if comma and len(data) <= LARGEST else None
    if ready is None:
        return Image("", problem=f"An image in the message is no {_KINDS}")
    return Image("", image if ready[1] is data and head == f"data:{ready[0]};base64" else _url(*ready))


def _url(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
