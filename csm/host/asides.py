"""One request to the model beside a thread: nothing of it joins the thread's history, log or usage.

Does not: build the request, or try again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from csm import __version__
from csm.core import response_items
from csm.protocol.errors import ModelError
from csm.protocol.model import ModelRequest, PartCompleted, PartItemDone

if TYPE_CHECKING:
    from csm.host.host import Host


class _Context(msgspec.Struct):
    """See `csm.host.contracts.ModelContext`."""

    env: Mapping[str, str]
    thread_id: str
    originator: str
    version: str = __version__

    def secret(self, value: str) -> None:
        """The keys of the settings' provider are known to the thread beside which this is asked."""


async def answer(host: Host, provider: str, request: ModelRequest, *, originator: str = "csm") -> str:
    """The last message of the answer that the provider of this id gives. Raises ModelError, also for a cut answer."""
    model = host.model_provider(provider)
    problem = model.problem()
    if problem is not None:
        raise ModelError(problem, code="no_credentials")
    text, whole = "", False
    stream = model.stream(request, _Context(host.env, request.thread_id, originator))
    try:
        async for part in stream:
            if isinstance(part, PartItemDone):
                item = response_items.received(part.raw)
                text = (response_items.message_text(item) if item.kind == "message" else "") or text
            elif isinstance(part, PartCompleted):
                whole = True
                break
    finally:
        close = getattr(stream, "aclose", None)
        if close is not None:
            await close()
    if not whole:
        raise ModelError("the answer was cut short", code="stream_closed", retryable=True)
    return text
