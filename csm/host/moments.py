"""What a hook that is called at a moment of a thread may use: see `Moment`.

Does not: implement it (`csm.runtime.moments`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from csm.protocol.items import Item
from csm.protocol.tools import ApprovalPolicy, Collaboration, ToolCall

if TYPE_CHECKING:
    from csm.host.contracts import Spent


class Lineage(msgspec.Struct, frozen=True):
    """Where a thread stands that another one began. `kind` is `agent`, or `review` for a reviewer's thread."""

    kind: str
    parent: str
    root: str
    role: str | None = None
    nickname: str = ""
    depth: int = 1


class Moment(Protocol):
    """The argument `cx` of hooks that are called while a thread runs; each extension gets its own.

    `turn_id` is empty between turns. `log` is the file that the thread is kept in, or empty. `call` is the tool call
    that it is about, if it is about one.
    """

    thread_id: str
    turn_id: str
    cwd: Path
    #: The environment without the variables that hold a secret.
    env: Mapping[str, str]
    #: The thread's settings (`csm.host.settings.Settings`).
    settings: Any
    model: str
    approval: ApprovalPolicy
    collaboration: Collaboration
    #: True where nobody can be asked (`exec`).
    headless: bool
    log: str
    #: None for the user's own threads.
    lineage: Lineage | None
    call: ToolCall | None
    #: State of the extension while the thread is open, the same that its tools have. Values with a `close()` get it
    #: called at the end.
    state: dict[str, Any]

    def tell(self, text: str, role: str = "developer") -> None:
        """Have the model read a text here: before a tool's output, after the user's message, or where the moment is.

        The hook must not have returned yet.
        """
        ...

    def note(self, text: str, role: str = "developer") -> None:
        """Have the model read a text when it next reads. At any time, from any thread."""
        ...

    def started(self, item: Item) -> None:
        """Show an item that begins. From any thread, like the next two."""
        ...

    def completed(self, item: Item) -> None:
        """Show an item that ended."""
        ...

    def warn(self, message: str) -> None:
        """Tell the user something, as a notice."""
        ...

    async def spent(self) -> Spent:
        """What the thread has used, the response that is coming in included: its end is waited for."""
        ...

    def kept(self, name: str) -> Any:
        """The JSON value that the extension last kept with the thread under a name, also in earlier runs; else None."""
        ...

    def keep(self, name: str, value: Any) -> None:
        """Keep a JSON value with the thread, in its log. From any thread."""
        ...

    def new_id(self) -> str:
        """An id that nothing has yet."""
        ...
