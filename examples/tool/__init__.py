"""A tool for the model: `count_lines` counts lines and words of a file in the project.

Copy this folder to `~/.config/csm/extensions/count_lines` (or `.csm/extensions/` of a trusted project).
"""

from __future__ import annotations

import asyncio
import json

import msgspec

from csm.api import ToolContext, ToolError, hook, items
from csm.api import tools as types

DESCRIPTION = {
    "type": "function",
    "name": "count_lines",
    "description": "Count the lines and words of a text file of the project.",
    "parameters": {
        "type": "object",
        "properties": {"path": {"type": "string", "description": "Relative to the working directory"}},
        "required": ["path"],
        "additionalProperties": False,
    },
}


class CountLines:
    """The tool. One object serves every call."""

    def __init__(self) -> None:
        self.spec = types.ToolSpec("count_lines", msgspec.Raw(msgspec.json.encode(DESCRIPTION)))

    async def run(self, call: types.ToolCall, cx: ToolContext) -> types.ToolResult:
        """What the model reads is `output`; what the user sees is the item. A ToolError is a refusal."""
        item = items.ToolUse(call.call_id, call.name, call.arguments)
        cx.started(item)
        output = await asyncio.to_thread(self._count, call, cx)
        done = items.ToolUse(call.call_id, call.name, call.arguments, "completed", output)
        return types.ToolResult(output, item=done)

    def _count(self, call: types.ToolCall, cx: ToolContext) -> str:
        try:
            path = (cx.cwd / json.loads(call.arguments)["path"]).resolve()
            if not path.is_relative_to(cx.cwd.resolve()):
                raise ToolError(f"{path} is not in the project")
            text = path.read_text("utf-8", "replace")
        except (ValueError, LookupError, TypeError, OSError) as error:
            raise ToolError(f"cannot count: {error}") from error
        return f"{len(text.splitlines())} lines, {len(text.split())} words"


@hook
def tools(host):
    """Called once, when the first session needs its tools."""
    return [CountLines()]
