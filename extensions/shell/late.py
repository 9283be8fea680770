"""A tool that is offered before it is imported: every turn offers commands, few first requests wait for one.

Does not: know what it stands for.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from csm.api import Offer, Tool, ToolContext
from csm.api import tools as types


class Late:
    """Stands for the tool that `make` makes with the first call, offered where `wanted` says so."""

    def __init__(self, spec: types.ToolSpec, wanted: Callable[[Offer], bool], make: Callable[[], Tool]) -> None:
        self.spec = spec
        self._wanted, self._make = wanted, make

    def offered(self, offer: Offer) -> types.ToolSpec | None:
        """See the contract."""
        return self.spec if self._wanted(offer) else None

    async def run(self, call: types.ToolCall, cx: ToolContext) -> types.ToolResult:
        """See the contract."""
        return await self._tool.run(call, cx)

    @cached_property
    def _tool(self) -> Tool:
        return self._make()


class OwnLate(Late):
    """The one that runs what users type."""

    for_user = True
