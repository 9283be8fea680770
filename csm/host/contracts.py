"""What an extension may provide: tools, model providers, sandboxes. Structural types; no base class to inherit.

Stores stand in `csm.host.storage`, agents and reviewers in `csm.host.delegation`.

Each contract has one suite in `tests/contracts/` that every provider of the kind passes.

Does not: implement or choose any of them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from csm.host.delegation import Agents
from csm.protocol.items import Item
from csm.protocol.model import ModelInfo, ModelPart, ModelRequest, Usage
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

if TYPE_CHECKING:
    from csm.core.rules import Rules  # only a thread's first command needs it


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


class ImageReader(Protocol):
    """Makes image files fit for a model."""

    def ready(self, data: bytes, detail: str) -> tuple[str, bytes] | None:
        """Media type and bytes to send of a whole file, the given ones where they fit; None for what is no image.

        `detail` is how closely the model looks: `high`, `original`. Called in workers, several at a time.
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

    def rules(self) -> Rules:
        """The user's rules on commands, as they are now (`csm.core.rules`)."""
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

    def reachable(self, item_id: str, reach: Callable[[str, str], None] | None) -> None:
        """Let the user act on a tool while it runs: `reach(action, text)` gets what `csm.protocol.ops.Reach` says, on
        the loop, and raises ToolError for what cannot be done. None when it has ended. On the loop.
        """
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
    `hidden: bool` True keeps it out of requests, though it can be called: for a name of former days.
    `for_user: bool` True has it run what the user types behind `!`: its arguments are that line, and the model is told
    its output. `offered` should then say None.
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
