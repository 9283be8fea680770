"""What tools and model providers are given, for calling them without a session.

Does not: decide anything. Asks are answered as the test says, and all that is shown is kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from csm.core.rules import Rules
from csm.host.contracts import Sandbox, Spent, Tool
from csm.protocol.errors import SandboxError
from csm.protocol.items import Item
from csm.protocol.model import ModelInfo, Usage
from csm.protocol.tools import (
    Answer,
    ApprovalPolicy,
    Ask,
    Collaboration,
    Decision,
    SandboxPolicy,
    ToolCall,
    ToolResult,
    ToolSpec,
)

#: Stands for `cwd`.
_NOT_GIVEN = Path()


@dataclass
class FakeModelContext:
    """The context of a model provider. `secrets` are the values it registered."""

    env: Mapping[str, str] = field(default_factory=dict[str, str])
    thread_id: str = "thread"
    originator: str = "csm"
    version: str = "0"
    secrets: list[str] = field(default_factory=list[str])

    def secret(self, value: str) -> None:
        """Keep it."""
        self.secrets.append(value)


@dataclass
class FakeToolContext:
    """The context of a tool in `cwd`. `answer` is a decision, or a function that answers an ask.

    `shown` holds `("started" | "updated" | "completed", item)` pairs, `outputs` `(item id, text)` pairs, `values` what
    is kept with the thread, `warnings` and `asks` what their names say; `agents` and `settings` are there if given.

        cx = FakeToolContext(tmp_path)
        result = asyncio.run(cx.call(tool, {"path": "a"}))
    """

    cwd: Path
    approval: ApprovalPolicy = "on-request"
    sandbox_policy: SandboxPolicy = field(default_factory=lambda: SandboxPolicy("workspace-write"))
    answer: Decision | Callable[[Ask], Answer] = "accept"
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    headless: bool = False
    box: Sandbox | None = None
    thread_id: str = "thread"
    turn_id: str = "turn"
    call_id: str = "call"
    limit: int = 10_000
    workdir: Path = _NOT_GIVEN
    collaboration: Collaboration = "default"
    settings: Any = field(default_factory=lambda: SimpleNamespace(raw={}))
    model: ModelInfo = ModelInfo("gpt-5.5", tool_search=True)  # noqa: RUF009
    deferred: tuple[ToolSpec, ...] = ()
    used: Spent = Spent(Usage(), 0.0, 0)  # noqa: RUF009
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    others: tuple[Tool, ...] = ()
    agents: Any = None
    state: dict[str, Any] = field(default_factory=dict[str, Any])
    shown: list[tuple[str, Item]] = field(default_factory=list[tuple[str, Item]])
    outputs: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    warnings: list[str] = field(default_factory=list[str])
    asks: list[Ask] = field(default_factory=list[Ask])
    reaches: dict[str, Callable[[str, str], None]] = field(default_factory=dict[str, Callable[[str, str], None]])
    ruled: Rules = field(default_factory=Rules)

    def __post_init__(self) -> None:
        if self.workdir is _NOT_GIVEN:
            self.workdir = self.cwd

    async def call(self, tool: Tool, arguments: str | dict[str, Any], *, custom: bool = False) -> ToolResult:
        """Call a tool as the session would. Raises what the tool raises (ToolError for a refusal)."""
        text = arguments if isinstance(arguments, str) else json.dumps(arguments)
        return await tool.run(ToolCall(self.call_id, tool.spec.name, text, custom), self)

    def rules(self) -> Rules:
        """The given `ruled`; none if nothing was given."""
        return self.ruled

    def sandbox(self) -> Sandbox:
        """The given `box`. Raises SandboxError where there is none."""
        if self.box is None:
            raise SandboxError("this test has no sandbox")
        return self.box

    async def ask(self, ask: Ask) -> Answer:
        """The prepared answer."""
        self.asks.append(ask)
        return self.answer(ask) if callable(self.answer) else Answer(ask.id, self.answer)

    def started(self, item: Item) -> None:
        """Keep it."""
        self.shown.append(("started", item))

    def updated(self, item: Item) -> None:
        """Keep it."""
        self.shown.append(("updated", item))

    def completed(self, item: Item) -> None:
        """Keep it."""
        self.shown.append(("completed", item))

    def output(self, item_id: str, text: str) -> None:
        """Keep it."""
        self.outputs.append((item_id, text))

    def reachable(self, item_id: str, reach: Callable[[str, str], None] | None) -> None:
        if reach is None:
            self.reaches.pop(item_id, None)
        else:
            self.reaches[item_id] = reach

    def warn(self, message: str) -> None:
        """Keep it."""
        self.warnings.append(message)

    def token_limit(self) -> int:
        """The given `limit`."""
        return self.limit

    async def pass_on(self, call: ToolCall, *, workdir: Path | None = None) -> ToolResult | None:
        """What the tool of that name among `others` says."""
        other = next((tool for tool in self.others if tool.spec.name == call.name), None)
        return None if other is None else await other.run(call, replace(self, workdir=workdir or self.cwd))

    async def spent(self, *, whole: bool = True) -> Spent:
        """What `used` says."""
        return self.used

    def kept(self, name: str) -> Any:
        """What was kept."""
        return self.values.get(name)

    def keep(self, name: str, value: Any) -> None:
        """Keep it."""
        self.values[name] = json.loads(json.dumps(value))
