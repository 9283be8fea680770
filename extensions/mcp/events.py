"""Server-sent events of a server at an address, by httpx-sse, none longer than a bound.

Does not: know what they mean.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, cast

from .lines import LONGEST, TooLong

if TYPE_CHECKING:
    import httpx

_BLANK = re.compile(r"\n\r?\n|\r\r")


async def data(response: httpx.Response, longest: int = LONGEST) -> AsyncIterator[str]:
    """The data of each event that has any. Raises TooLong, and what reading raises."""
    from httpx_sse import EventSource

    source = EventSource(cast("httpx.Response", _Bounded(response, longest)))
    async for event in source.aiter_sse():
        if event.data:
            yield event.data


class _Bounded:
    """What httpx-sse reads of a response: it keeps an event until its end, however long that takes to come."""

    def __init__(self, response: httpx.Response, longest: int) -> None:
        self.headers = response.headers
        self._response = response
        self._longest = longest

    async def aiter_text(self) -> AsyncIterator[str]:
        """The text, which is UTF-8 whatever a header says."""
        decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        size, before = 0, ""
        async for chunk in self._response.aiter_bytes():
            text = decoder.decode(chunk)
            seen = before + text
            before = seen[-2:]
            ends = [found.end() for found in _BLANK.finditer(seen)]
            size = len(seen) - ends[-1] if ends else size + len(text)
            if size > self._longest:
                raise TooLong(f"an event of more than {self._longest} characters")
            if text:
                yield text
