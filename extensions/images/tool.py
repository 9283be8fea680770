"""The tool.

Does not: know formats, or scale (`ready`).
"""

from __future__ import annotations

import base64
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from csm.api import Offer, ToolContext, ToolError, arguments, features, items, tools

if TYPE_CHECKING:
    from .ready import Reader

NAME = "view_image"
#: Bytes of a file at the most.
LARGEST = 64 * 1024 * 1024
_DETAILS = ("high", "original")
_FIELDS = {"path": arguments.Field(required=True, nullable=False), "detail": arguments.Field()}
_RAW = {
    "type": "function",
    "name": NAME,
    "description": "Look at an image file of this machine: PNG, JPEG, GIF (its first frame) or WebP.",
    "strict": False,
    "parameters": {
        "type": "object",
        "properties": {
            "path": {"type": "string", "description": "The file, from the working directory on or absolute"}
        },
        "required": ["path"],
        "additionalProperties": False,
    },
}


class ViewImage:
    """`view_image`."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.spec = tools.ToolSpec(NAME, msgspec.Raw(msgspec.json.encode(_RAW)))

    def offered(self, offer: Offer) -> tools.ToolSpec | None:
        """Unless the feature is switched off."""
        return self.spec if features.on(offer.settings.raw, NAME) else None

    def run(self, call: tools.ToolCall, cx: ToolContext) -> tools.ToolResult:
        """The image as the model sees it. Raises ToolError for what is none."""
        given = arguments.read(call.arguments, _FIELDS, name=arguments.Struct("ToolEnvironmentArgs", 1))
        _check_detail(given.get("detail"))
        path = _absolute(given["path"], cx.cwd)
        detail = cx.model.image_detail
        ready = self._reader.ready(_read(path), detail)
        if ready is None:
            raise ToolError("unable to process image: invalid or unsupported image data")
        kind, data = ready
        url = f"data:{kind};base64,{base64.b64encode(data).decode()}"
        image = {"type": "input_image", "image_url": url, "detail": detail}
        return tools.ToolResult([image], item=items.ImageView(call.call_id, str(path)))


def _check_detail(detail: str | None) -> None:
    """The model may name a detail, as it could in older versions; which one is used depends on the model alone."""
    if detail is not None and detail not in _DETAILS:
        known = "only supports `high` or `original`; omit `detail` for default high resized behavior"
        raise ToolError(f"view_image.detail {known}, got `{detail}`")


def _absolute(path: str, cwd: Path) -> Path:
    if "\0" in path:
        place = f"against environment cwd `file://{cwd}`"
        raise ToolError(f"unable to resolve image path `{path}` {place}: '{path}' is invalid on 'linux'")
    return Path(os.path.normpath(cwd / path))


def _read(path: Path) -> bytes:
    """The file. What is no regular file is not opened: a pipe would be waited for."""
    try:
        found = path.stat()
    except OSError as error:
        raise ToolError(f"unable to locate image at `{path}`: {_told(error)}") from None
    if not stat.S_ISREG(found.st_mode):
        raise ToolError(f"image path `{path}` is not a file")
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise ToolError(f"unable to read image at `{path}`: {_told(error)}") from None
    if len(data) > LARGEST:
        raise ToolError(f"unable to process image: it is larger than {LARGEST // 1024 // 1024} MB")
    return data


def _told(error: OSError) -> str:
    return f"{error.strerror} (os error {error.errno})"
