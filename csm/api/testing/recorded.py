"""A request as a scripted server got it.

Does not: judge it.
"""

from __future__ import annotations

import json
from typing import Any, cast


class Recorded:
    """A request the server got: `method`, `path` with the query, `headers` (names in lower case), `body`, `json`."""

    def __init__(self, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.json: Any = _json(body)

    def outputs(self) -> dict[str, Any]:
        """What the client answered to calls: call id to output."""
        items = [item for item in self._input() if str(item.get("type")).endswith("_output")]
        return {item["call_id"]: item.get("output") for item in items}

    def texts(self, role: str = "user") -> list[str]:
        """The texts of the messages of a role, in order."""
        messages = [item for item in self._input() if item.get("role") == role]
        return [content.get("text", "") for item in messages for content in item.get("content", [])]

    def _input(self) -> list[dict[str, Any]]:
        return cast("dict[str, Any]", self.json or {}).get("input", [])


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
