"""What tools and extensions use to hand work on: agents that are threads of their own, and reviewers.

Does not: run them (`csm.runtime`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec

from csm.protocol.items import AgentState
from csm.protocol.ops import Review


class AgentOrder(msgspec.Struct, frozen=True):
    """An agent to begin: its task, and how its thread differs from the one that begins it.

    `prompt` is the task as people see it, `text` if empty. `nicknames` are names to choose from, `settings` those of
    its role by dotted keys, `limit` how many agents may be open in the tree, this one too. `fork`: it knows what was
    said so far.
    """

    text: str
    images: tuple[str, ...] = ()
    prompt: str = ""
    role: str | None = None
    nicknames: tuple[str, ...] = ()
    settings: dict[str, Any] = {}
    limit: int = 6
    fork: bool = False
    model: str | None = None
    effort: str | None = None


class Agent(msgspec.Struct, frozen=True):
    """An agent that is open: its thread id, which every port can attach to, and what it is called."""

    id: str
    nickname: str


class Agents(Protocol):
    """The agents of a thread: threads of their own, one below it. They close when it does."""

    #: How many threads stand above this one.
    depth: int

    async def spawn(self, order: AgentOrder) -> Agent:
        """Begin an agent and give it its task. Raises ToolError: too many are open, or it cannot be opened."""
        ...

    async def send(self, agent_id: str, text: str, images: Sequence[str] = (), *, interrupt: bool = False) -> str:
        """Say something to an agent, in its turn if it has one, which `interrupt` stops before. The id of the message.

        Raises ToolError for one that is not open.
        """
        ...

    async def wait(self, agent_ids: Iterable[str], seconds: float) -> dict[str, AgentState]:
        """How those agents stand that have ended, as soon as one has; none when the time is over."""
        ...

    async def close_agent(self, agent_id: str) -> AgentState:
        """Close an agent and those below it; how it stood. Raises ToolError for one that is not open."""
        ...

    async def resume(self, agent_id: str, limit: int) -> AgentState:
        """Open a closed agent again; how it stands. Raises ToolError: unknown, too many are open, cannot be opened."""
        ...

    def state(self, agent_id: str) -> AgentState:
        """How an agent stands; `not_found` for what is no open agent."""
        ...

    def name(self, agent_id: str) -> str:
        """What an agent is called; empty where nobody knows."""
        ...


class ReviewPlan(msgspec.Struct, frozen=True):
    """How a review is done: by a thread of its own, without the history, offered all tools but those in `without`.

    `label` is shown as the user's words, `request` is what the reviewer reads, `instructions` say how to review,
    `schema` is the JSON Schema of its last message.
    """

    label: str
    request: str
    instructions: str
    without: tuple[str, ...] = ()
    schema: bytes | None = None


class Reviewer(Protocol):
    """Says how to review."""

    def prepare(self, asked: Review, cwd: Path) -> ReviewPlan:
        """The plan for a review in a folder. Called in a worker. Raises CommandError."""
        ...

    def answer(self, text: str) -> str:
        """What of the reviewer's last message joins the thread that asked."""
        ...
