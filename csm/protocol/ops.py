"""Ops: what a consumer may ask of a session.

Does not: answer. `Ack` says accepted or why not; what follows is told by events.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from csm.protocol.tools import ApprovalPolicy, Collaboration, Decision, SandboxPolicy


class Submit(msgspec.Struct, frozen=True, tag="submit"):
    """Start a turn. While one runs: `steer` adds to it, `queue` starts the next one after it, `reject` refuses."""

    text: str
    images: tuple[str, ...] = ()
    schema: bytes | None = None
    busy: Literal["steer", "queue", "reject"] = "queue"


class Review(msgspec.Struct, frozen=True, tag="review"):
    """Start a turn that reviews code beside the thread; only the result joins it. Refused while a turn runs.

    `target` says what `text` is: nothing (`uncommitted`), a branch, a commit, or the user's own words (`custom`).
    `title` is a commit's, to name it by.
    """

    target: Literal["uncommitted", "base", "commit", "custom"]
    text: str = ""
    title: str = ""


class Interrupt(msgspec.Struct, frozen=True, tag="interrupt"):
    """Stop the running turn, and what the user runs."""


class AnswerAsk(msgspec.Struct, frozen=True, tag="answer"):
    """Answer a pending ask. `text` says what to do instead, for `decline`; `answers` are by the ids of questions.

    With `accept`, `edited` is a command to run in the place of the one asked about, `pieces` are the numbers of what is
    allowed of a patch; refused where the question does not take them (`Ask.takes`).
    """

    ask_id: str
    decision: Decision
    text: str = ""
    answers: dict[str, tuple[str, ...]] = {}
    edited: str = ""
    pieces: tuple[int, ...] | None = None


class Configure(msgspec.Struct, frozen=True, tag="configure"):
    """Change settings from the next request on. None leaves a setting as it is."""

    model: str | None = None
    effort: str | None = None
    approval: ApprovalPolicy | None = None
    sandbox: SandboxPolicy | None = None
    collaboration: Collaboration | None = None


class Rename(msgspec.Struct, frozen=True, tag="rename"):
    """Give the thread a name."""

    name: str


class Rewind(msgspec.Struct, frozen=True, tag="rewind"):
    """Go back to before a turn, named by its id or its number from 1. Refused while a turn runs."""

    turn: str


class Keep(msgspec.Struct, frozen=True, tag="keep"):
    """Have the thread keep a JSON value for an extension, `owner`, in the place of what it kept under this name before.

    `note` is what the model reads of it in the turn that runs, if one does. A thread without a turn asks its extensions
    whether to go on (the hook `idle`).
    """

    owner: str
    name: str
    value: Any
    note: str = ""


class Reach(msgspec.Struct, frozen=True, tag="reach"):
    """Act on a tool that runs, by its item: what the user does to it, not the model.

    `input` types `text` into it, `close-input` ends what it reads; `resize` gives its terminal a size, `ROWSxCOLUMNS`;
    `signal` sends one (`SIGINT`, `SIGTERM`, `SIGKILL`); `background` has the model go on while it runs; `attach` has
    its output shown whole and at once until `detach`. Refused where no such tool runs, or it takes nothing of the kind.
    """

    item_id: str
    action: Literal["input", "close-input", "resize", "signal", "background", "attach", "detach"]
    text: str = ""


class Shell(msgspec.Struct, frozen=True, tag="shell"):
    """Run a command line of the user's, also while a turn runs. The model reads of it later; `Interrupt` stops it.

    `tty`: in a terminal, which `Reach` types into; what it drew on a screen of its own is told to nobody.
    """

    command: str
    tty: bool = False


class Unqueue(msgspec.Struct, frozen=True, tag="unqueue"):
    """Take a queued submit back, the last one or the one `at` a place from 0; an event says which text it was.

    With `text` it is refused where another text waits there.
    """

    at: int | None = None
    text: str | None = None


class Requeue(msgspec.Struct, frozen=True, tag="requeue"):
    """Have the queued submit `at` a place wait `to` another one, from 0. Refused where another `text` is there."""

    at: int
    to: int
    text: str | None = None


class Compact(msgspec.Struct, frozen=True, tag="compact"):
    """Replace the history by a shorter one."""


class Shutdown(msgspec.Struct, frozen=True, tag="shutdown"):
    """Close the thread: interrupt what runs, sync and unlock the log."""


Op = (
    Submit
    | Review
    | Interrupt
    | AnswerAsk
    | Configure
    | Rename
    | Rewind
    | Keep
    | Reach
    | Shell
    | Unqueue
    | Requeue
    | Compact
    | Shutdown
)


class Ack(msgspec.Struct, frozen=True):
    """Whether an op was accepted; if not, why. `turn_id` names the turn it started or joined.

    The reason for one that was accepted is a warning: an image that could not be read.
    """

    accepted: bool
    reason: str = ""
    turn_id: str | None = None
