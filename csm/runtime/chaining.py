"""Requests on top of the response before: with the setting `csm.previous_response_id` only what is new is sent.

Does not: send anything. What the server has forgotten is sent anew by whoever sends (`csm.runtime.streaming`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from csm.protocol.errors import ModelError
from csm.protocol.model import ModelRequest

if TYPE_CHECKING:
    from csm.host.settings import Settings

#: Answers that may mean that the server has no such response.
_FORGOTTEN = (400, 404)
_OVERFLOW = "context_length_exceeded"


class Chain:
    """What the server knows of a thread: the last response it gave, and the history up to and with it."""

    def __init__(self, settings: Settings) -> None:
        own = settings.raw.get("csm")
        self.wanted = isinstance(own, dict) and own.get("previous_response_id") is True
        self._id = ""
        self._model = ""
        self._known: list[bytes] = []

    def link(self, request: ModelRequest, history: Sequence[bytes]) -> ModelRequest:
        """The request for a history, without what the server has, if its beginning is unchanged."""
        if not self.wanted:
            return request
        request = msgspec.structs.replace(request, store=True)
        count = len(self._known)
        if not self._id or self._model != request.model or list(history[:count]) != self._known:
            return request
        return msgspec.structs.replace(request, input=request.input[count:], previous_response_id=self._id)

    def answered(self, response_id: str, model: str, before: int, history: Sequence[bytes]) -> None:
        """A response is complete; `history` ends with its items, which begin at `before`."""
        if not self.wanted:
            return
        # An answer that csm gave on the spot stands between them: the server has not seen it.
        whole = not any(b'_output"' in raw for raw in history[before:])
        self._id = response_id if whole else ""
        self._model = model
        self._known = list(history)

    def forget(self) -> None:
        """Send everything next time."""
        self._id = ""


def forgotten(request: ModelRequest, error: ModelError) -> bool:
    """Whether a request may have failed only because the server does not have the response before it."""
    if request.previous_response_id is None or error.code == _OVERFLOW:
        return False
    return not error.retryable or error.status in _FORGOTTEN or "previous_response" in (error.code or "")
