"""The tool as it is offered; what it does comes with the first call.

Does not: read patches (`work`).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from csm.api import ToolContext, tools

from . import grammar

if TYPE_CHECKING:
    from .work import Patch


class ApplyPatch:
    """`apply_patch`. Patches of one thread come one after the other."""

    def __init__(self) -> None:
        self.spec = grammar.spec()

    async def run(self, call: tools.ToolCall, cx: ToolContext) -> tools.ToolResult:
        """Apply the patch. Raises ToolError for one that is malformed, does not fit or may not be applied."""
        work: Patch = _patch(call, cx)
        async with cx.state.setdefault("turn", asyncio.Lock()):
            return await work.run()


def _patch(call: tools.ToolCall, cx: ToolContext) -> Patch:
    from .work import Patch, read

    return Patch(read(call), call, cx)
