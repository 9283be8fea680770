"""What a request says about searching the web, from the settings `web_search` and `tools.web_search`.

Does not: check settings; they are checked where they are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from csm.api import Offer, ToolContext, ToolError, tools

NAME = "web_search"
_PLACE = ("country", "region", "city", "timezone")


class WebSearch:
    """`web_search`."""

    def __init__(self) -> None:
        self.spec = _spec({"type": NAME})

    def offered(self, offer: Offer) -> tools.ToolSpec | None:
        """As the settings have it; without a sandbox the web is open too, so that nothing is gained by old pages."""
        raw: Mapping[str, Any] = offer.settings.raw
        mode = raw.get("web_search", "cached")
        if mode == "disabled":
            return None
        if offer.sandbox.mode == "danger-full-access" and mode == "cached":
            mode = "live"
        details = raw.get("tools", {}).get(NAME)
        return _spec(hosted(mode, details if isinstance(details, dict) else {}, rich=offer.model.known))

    async def run(self, call: tools.ToolCall, cx: ToolContext) -> tools.ToolResult:
        """Refuse: the provider runs its own tools."""
        raise ToolError(f"unsupported call: {call.name}")


def hosted(mode: str, details: Mapping[str, Any], *, rich: bool) -> dict[str, Any]:
    """The tool as the request holds it. `rich`: the model can read images that are found."""
    said: dict[str, Any] = {"type": NAME, "external_web_access": mode != "cached"}
    if mode == "indexed":
        said["indexed_web_access"] = True
    if "allowed_domains" in details:
        said["filters"] = {"allowed_domains": details["allowed_domains"]}
    place = details.get("location")
    if place is not None:
        said["user_location"] = {"type": "approximate", **{key: place[key] for key in _PLACE if key in place}}
    if "context_size" in details:
        said["search_context_size"] = details["context_size"]
    if rich:
        said["search_content_types"] = ["text", "image"]
    return said


def _spec(raw: dict[str, Any]) -> tools.ToolSpec:
    return tools.ToolSpec(NAME, msgspec.Raw(msgspec.json.encode(raw)))
