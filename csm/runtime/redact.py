"""Secrets kept out of events: exact values that are known to be secret are replaced when the event is made.

So the model, the log and the screen see the same text. The user's own words, the model's encrypted reasoning and
values shorter than `SHORTEST` are left alone.

Does not: guess what may be a secret.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from typing import Any

import msgspec

from csm.protocol import codec
from csm.protocol.events import Body, HistoryAppended, HistoryReplaced, ItemCompleted, ItemStarted, ItemUpdated
from csm.protocol.items import McpToolCall, UserMessage

SHORTEST = 8
MARK = "[secret]"
_DELTA_KINDS = frozenset({"text_delta", "reasoning_delta", "output_delta"})
#: What in a response item is never touched.
_UNTOUCHED = frozenset({"encrypted_content", "id", "call_id", "type"})


class Redactor:
    """The secrets of one session. May be told of more from any thread."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        self._values: tuple[str, ...] = ()
        self._pattern: re.Pattern[str] | None = None
        self._escaped: re.Pattern[bytes] | None = None
        self._held: dict[str, str] = {}
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Keep a value secret from now on."""
        with self._lock:
            if len(secret) < SHORTEST or secret in self._values:
                return
            self._values = tuple(sorted((*self._values, secret), key=len, reverse=True))
            self._pattern = re.compile("|".join(map(re.escape, self._values)))
            forms = {codec.encode(value)[1:-1] for value in self._values}
            self._escaped = re.compile(b"|".join(map(re.escape, sorted(forms, key=len, reverse=True))))

    def environment(self, env: Any) -> dict[str, str]:
        """The environment without the variables that hold a secret."""
        values = self._values
        return {name: text for name, text in env.items() if not any(value in text for value in values)}

    def text(self, text: str) -> str:
        """The text without secrets."""
        return self._pattern.sub(MARK, text) if self._pattern is not None else text

    def delta(self, key: str, text: str) -> str:
        """The next piece of a stream without secrets. What may be the beginning of one is held back."""
        if self._pattern is None:
            return text
        text = self.text(self._held.pop(key, "") + text)
        held = self._beginning(text)
        if held:
            self._held[key] = text[-held:]
            return text[:-held]
        return text

    def forget(self, key: str) -> None:
        """The stream is over; its whole text comes with its end."""
        self._held.pop(key, None)

    def body(self, body: Body) -> Body:
        """The body without secrets."""
        if self._escaped is None or not _concerned(body):
            return body
        data = codec.encode(body)
        if self._escaped.search(data) is None:
            return body
        if isinstance(body, HistoryAppended):
            return HistoryAppended(msgspec.Raw(self._raw(bytes(body.raw))))
        if isinstance(body, HistoryReplaced):
            history = tuple(msgspec.Raw(self._raw(bytes(raw))) for raw in body.history)
            return HistoryReplaced(self.text(body.message), history)
        if isinstance(body, ItemStarted | ItemUpdated | ItemCompleted) and isinstance(body.item, McpToolCall):
            return msgspec.structs.replace(body, item=self._call(body.item))
        return msgspec.json.decode(self._escaped.sub(MARK.encode(), data), type=type(body))

    def _call(self, item: McpToolCall) -> McpToolCall:
        """JSON that may be absent cannot be decoded as part of its item."""
        told = {"result": None if item.result is None else msgspec.Raw(self._raw(bytes(item.result)))}
        told["arguments"] = msgspec.Raw(self._raw(bytes(item.arguments)))
        return msgspec.structs.replace(item, error=None if item.error is None else self.text(item.error), **told)

    def _raw(self, raw: bytes) -> bytes:
        value = codec.decode(raw)
        if isinstance(value, dict) and value.get("role") == "user":
            return raw
        return codec.encode(self._walk(value))

    def _walk(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self._walk(part) for part in value]
        if isinstance(value, dict):
            return {key: part if key in _UNTOUCHED else self._walk(part) for key, part in value.items()}
        return value

    def _beginning(self, text: str) -> int:
        """How many characters at the end of the text may begin a secret."""
        most = min(max(map(len, self._values), default=1) - 1, len(text))
        for length in range(most, 0, -1):
            end = text[-length:]
            if any(value.startswith(end) for value in self._values):
                return length
        return 0


def _concerned(body: Body) -> bool:
    if isinstance(body, ItemStarted | ItemUpdated | ItemCompleted):
        return not isinstance(body.item, UserMessage)
    return True
