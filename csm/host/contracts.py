"""What an extension may provide: tools, model providers, sandboxes, stores. Structural types; no base class to inherit.

Each contract has one suite in `tests/contracts/` that every provider of the kind passes.

Does not: implement or choose any of them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec

from csm.protocol.events import Body
from csm.protocol.items import AgentState, Item
from csm.protocol.model import ModelInfo, ModelPart, ModelRequest, Usage
from csm.protocol.ops import Review
from csm.protocol.tools import (
    Answer,
    ApprovalPolicy,
    Ask,
    Collaboration,
    SandboxPolicy,
    ToolCall,
    ToolResult,
    ToolSpec,
)


class Launch(msgspec.Struct, frozen=True):
    """A command made ready by a sandbox.

    `argv` and `env` start it. `finish`, if any, is called once after every process of it has ended (also where it
    could not be started) and returns warnings for the user (what had to be put back). Nothing else may be inherited:
    file descriptors above 2 are closed, but for `pass_fds`, which the caller closes once the command has started.
    `wrappers` counts the sandbox's own processes above the command: a chain of only children from the started one.
    `through`, if any, is what calls the function that starts the process, and returns its process: the sandbox lets it
    inherit something. Without it the command is held more strictly.
    """

    argv: tuple[str, ...]
    env: dict[str, str]
    finish: Callable[[], list[str]] | None = None
    pass_fds: tuple[int, ...] = ()
    wrappers: int = 0
    through: Callable[[Callable[[], Any]], Any] | None = None


class Sandbox(Protocol):
    """Holds commands to a `SandboxPolicy`."""

    name: str
    #: Lower is preferred: bubblewrap 10, landlock 20.
    rank: int

    def unavailable(self) -> str | None:
        """None where it works here; else why not, in one line. Cached by the caller."""
        ...

    def launch(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        policy: SandboxPolicy,
        workdir: Path | None = None,
    ) -> Launch:
        """How to start `argv` under `policy` (never `danger-full-access`). Raises SandboxError.

        `cwd` is the workspace, which `workspace-write` makes writable; the command starts in `workdir`, else in `cwd`.
        """
        ...


class Spent(msgspec.Struct, frozen=True):
    """What a thread has used so far: tokens of its responses, seconds of its turns. `now` is ms since the epoch."""

    tokens: Usage
    seconds: float
    now: int


class Offer(msgspec.Struct, frozen=True):
    """What is known when a turn begins and it is decided which tools it offers.

    `settings` are the thread's (`csm.host.settings.Settings`), `deferred` the tools that wait to be found.
    """

    model: ModelInfo
    settings: Any
    sandbox: SandboxPolicy
    collaboration: Collaboration = "default"
    headless: bool = False
    deferred: tuple[ToolSpec, ...] = ()
    #: How many threads stand above this one: 0 for the user's own, 1 for an agent that such a one began.
    depth: int = 0


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


class ToolContext(Protocol):
    """What a running tool may use. One per call."""

    thread_id: str
    turn_id: str
    call_id: str
    cwd: Path
    #: Where relative paths of the call begin: `cwd`, or the folder from which another tool passed the call on.
    workdir: Path
    env: Mapping[str, str]
    approval: ApprovalPolicy
    sandbox_policy: SandboxPolicy
    #: State of the calling extension while the thread is open. Values with a `close()` get it called at the end.
    state: dict[str, Any]
    #: True where nobody can be asked (`exec`).
    headless: bool
    collaboration: Collaboration
    #: The thread's settings (`csm.host.settings.Settings`).
    settings: Any
    #: The model that made the call.
    model: ModelInfo
    #: Tools that this turn does not show the model until it finds them.
    deferred: tuple[ToolSpec, ...]

    @property
    def agents(self) -> Agents:
        """The agents of the thread."""
        ...

    def sandbox(self) -> Sandbox:
        """The sandbox to use. Raises SandboxError with a clear message where none works."""
        ...

    async def ask(self, ask: Ask) -> Answer:
        """Ask the user, after guards and remembered answers. Cancelled with the turn."""
        ...

    def started(self, item: Item) -> None:
        """Show an item that begins. May be called from any thread, like the next three."""
        ...

    def updated(self, item: Item) -> None:
        """Show an item that changed as a whole."""
        ...

    def completed(self, item: Item) -> None:
        """Show an item that ended, where it is not the result's (a background command that ends later)."""
        ...

    def output(self, item_id: str, text: str) -> None:
        """Show more output of a running command."""
        ...

    def warn(self, message: str) -> None:
        """Tell the user something, once, as a notice."""
        ...

    def token_limit(self) -> int:
        """How many tokens of output the model reads at the most."""
        ...

    async def pass_on(self, call: ToolCall, *, workdir: Path | None = None) -> ToolResult | None:
        """Have the tool that `call` names do it in this one's place, after the guards. None: there is no such tool.

        Raises what that tool raises, and ToolError where a guard refuses.
        """
        ...

    async def spent(self, *, whole: bool = True) -> Spent:
        """What the thread has used. `whole`: the response that made the call counts, and its end is waited for."""
        ...

    def kept(self, name: str) -> Any:
        """The JSON value that the extension last kept with the thread under a name, also in earlier runs; else None."""
        ...

    def keep(self, name: str, value: Any) -> None:
        """Keep a JSON value with the thread, in its log."""
        ...


class Tool(Protocol):
    """Something the model can call.

    A tool may have more members. `deferred: bool` True has a model that can search for tools (`tool_search`) find
    it before it sees it: for tools that come in crowds. `offered(offer: Offer) -> ToolSpec | None` is asked when a
    turn begins, for the spec to offer then, or None not to; `spec` is offered always where there is no such method.
    `in_turn: bool` True has the calls of an extension's such tools run one after the other, in their order.
    """

    spec: ToolSpec

    def run(self, call: ToolCall, cx: ToolContext) -> Awaitable[ToolResult]:
        """Do it. ToolError becomes the output; any other exception is reported and becomes a failed output.

        Calls of one response run together, each in its own task. Cancellation (CancelledError) must stop every
        process within 100 ms.
        """
        ...


class ModelContext(Protocol):
    """What a model provider may use while it streams."""

    env: Mapping[str, str]
    thread_id: str
    originator: str
    version: str

    def secret(self, value: str) -> None:
        """Register a value that must never reach log, screen or child process."""
        ...


class ModelProvider(Protocol):
    """Streams a model's answer. `id` is the name used by the setting `model_provider`.

    A provider that knows its models may have `info(slug) -> ModelInfo | None` too; else csm's own table is asked.
    """

    id: str
    name: str

    def problem(self) -> str | None:
        """None if a request can be tried; else what is missing (no key), in one line that says what to set."""
        ...

    def stream(self, request: ModelRequest, cx: ModelContext) -> AsyncIterator[ModelPart]:
        """The parts of the answer, in order, ending with `PartCompleted`. Raises ModelError.

        Cheap retries that nobody need see happen inside; a broken stream is raised and retried by the session.
        Closing the iterator closes the connection.
        """
        ...


class SessionHead(msgspec.Struct, frozen=True):
    """What a list shows of a stored thread. Times are RFC 3339, UTC."""

    thread_id: str
    path: str = ""
    cwd: str = ""
    source: str = "cli"
    provider: str = ""
    created: str = ""
    updated: str = ""
    name: str | None = None
    prompt: str = ""
    archived: bool = False


class LogWriter(Protocol):
    """The one writer of a thread's log. Holds its lock until closed."""

    path: str

    def append(self, bodies: Iterable[tuple[str, Body]]) -> None:
        """Write `(time, body)` pairs, whole lines or nothing. Raises StoreError (disk full, read-only)."""
        ...

    def sync(self) -> None:
        """Bring what was written to the disk (fdatasync)."""
        ...

    def close(self) -> None:
        """Sync, unlock, close. May be called twice."""
        ...


class Store(Protocol):
    """Keeps threads."""

    name: str

    def create(self, started: Body, time: str) -> LogWriter:
        """A writer for a new thread (`ThreadStarted`). The file is made at the first append. Raises StoreError."""
        ...

    def open(self, thread_id: str) -> LogWriter:
        """A writer for an existing thread, its torn tail cut. Raises StoreError: unknown, or who holds it."""
        ...

    def read(self, thread_id: str) -> Iterator[tuple[str, Body]]:
        """All `(time, body)` pairs; bad lines skipped and counted in `skipped`. Raises StoreError if unknown."""
        ...

    def skipped(self, thread_id: str) -> int:
        """How many lines the last `read` of this thread skipped."""
        ...

    def find(self, text: str) -> SessionHead:
        """By id or exact name. Raises StoreError for unknown, empty, path-like or archived ones."""
        ...

    def list(
        self, *, cwd: str | None = None, non_interactive: bool = False, archived: bool = False
    ) -> Iterator[SessionHead]:
        """Stored threads, newest update first; only those of `cwd` if given."""
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
