"""What the turn machine is told (inputs) and what it asks for (effects).

Times are milliseconds since the epoch, delays seconds. `partial` maps ids of unfinished items to their text so far.

Does not: perform or decide anything.
"""

from __future__ import annotations

from typing import Any

import msgspec

from csm.core.fullness import Limit
from csm.protocol.events import TurnContext
from csm.protocol.items import Plan
from csm.protocol.model import ModelPart, Usage
from csm.protocol.ops import Submit
from csm.protocol.tools import Answer, Ask, Collaboration, ToolCall


class UserInput(msgspec.Struct, frozen=True):
    """What a user said: the text and images to show, and the response item for the model. `unseen`: nobody said it."""

    text: str
    raw: bytes
    images: tuple[str, ...] = ()
    unseen: bool = False


class Begin(msgspec.Struct, frozen=True):
    """Start a turn. `appended` are context items that precede the user's message in the history.

    Where a response reaches `limit`, the history is compacted before the next request; `compact`: at once.
    At `gates` extensions are heard before the turn goes on: see `Gate`. `marked`: the model is to read it if the user
    stops the turn.
    """

    turn_id: str
    now: int
    user: UserInput
    context: TurnContext
    appended: tuple[bytes, ...] = ()
    window: int | None = None
    collaboration: Collaboration = "default"
    limit: Limit | None = None
    compact: bool = False
    gates: frozenset[str] = frozenset()
    marked: bool = True


class Condense(msgspec.Struct, frozen=True):
    """Start a turn that only compacts the history."""

    turn_id: str
    now: int
    window: int | None = None
    collaboration: Collaboration = "default"
    gates: frozenset[str] = frozenset()


class Steer(msgspec.Struct, frozen=True):
    """Say something into the running turn; the model reads it after the current round."""

    user: UserInput


class Note(msgspec.Struct, frozen=True):
    """Tell the model something that nobody sees; it reads it after the current round, or when it next reads."""

    raw: bytes


class Enqueue(msgspec.Struct, frozen=True):
    """Keep a submit for after the turn."""

    submit: Submit


class Unqueue(msgspec.Struct, frozen=True):
    """Take a queued submit back: the one at a place, the last one at -1."""

    at: int = -1


class Requeue(msgspec.Struct, frozen=True):
    """Have a queued submit wait at another place."""

    at: int
    to: int


class Release(msgspec.Struct, frozen=True):
    """Start the first queued submit, which an interrupted or failed turn has left waiting."""


class Part(msgspec.Struct, frozen=True):
    """The model said more. `partial` is needed with `PartCompleted` only."""

    part: ModelPart
    now: int
    partial: dict[str, str] = {}


class Broke(msgspec.Struct, frozen=True):
    """The model stream failed. `jitter` is from -1 to 1; `limit` says how many more streams may be tried.

    `room`: the history did not fit, and there is something in it that a summary can make shorter. `usage` is what the
    stream cost all the same.
    """

    message: str
    now: int
    code: str | None = None
    retryable: bool = False
    retry_after: float | None = None
    jitter: float = 0.0
    limit: int = 5
    partial: dict[str, str] = {}
    room: bool = False
    usage: Usage | None = None


class Summarised(msgspec.Struct, frozen=True):
    """The summary asked for is there. `history` is the new history, `tokens` about its size, `usage` what it cost."""

    now: int
    summary: str
    history: tuple[bytes, ...]
    tokens: int = 0
    usage: Usage | None = None


class Passed(msgspec.Struct, frozen=True):
    """Extensions were heard at a gate. `before` and `after` are for the history: around what the user said, if it is
    about that.

    `stopped`: the turn ends here, or (`begin`, `steer`) what the user said is not taken. At `stop`, the model goes on
    with `again`, if that holds anything.
    """

    gate: str
    now: int
    before: tuple[bytes, ...] = ()
    after: tuple[bytes, ...] = ()
    again: tuple[bytes, ...] = ()
    stopped: bool = False


class ToolDone(msgspec.Struct, frozen=True):
    """A tool answered; `output` is None for one that was cancelled."""

    call_id: str
    now: int
    output: str | list[dict[str, Any]] | None


class PlanShown(msgspec.Struct, frozen=True):
    """A tool showed the plan, or its next version."""

    plan: Plan


class Raised(msgspec.Struct, frozen=True):
    """A tool asks the user."""

    ask: Ask


class Settled(msgspec.Struct, frozen=True):
    """An ask is answered. `cancel` stops the turn."""

    answer: Answer
    now: int
    by: str = "user"
    partial: dict[str, str] = {}


class Stop(msgspec.Struct, frozen=True):
    """Interrupt the turn."""

    now: int
    partial: dict[str, str] = {}


class Fail(msgspec.Struct, frozen=True):
    """End the turn by an error of ours (no provider, no room on the disk)."""

    message: str
    now: int
    code: str | None = None
    partial: dict[str, str] = {}


class Woke(msgspec.Struct, frozen=True):
    """A `Sleep` is over."""

    timer: str
    now: int


Input = (
    Begin
    | Condense
    | Summarised
    | Passed
    | Steer
    | Note
    | Enqueue
    | Unqueue
    | Requeue
    | Release
    | Part
    | Broke
    | ToolDone
    | PlanShown
    | Raised
    | Settled
    | Stop
    | Fail
    | Woke
)


class CallModel(msgspec.Struct, frozen=True):
    """Send the history to the model and feed its answer back as `Part`s, or `Broke`. `attempt` counts from 0."""

    round: int
    attempt: int


class Summarise(msgspec.Struct, frozen=True):
    """Have the history summed up and feed back `Summarised`, or `Broke`. `level` says how much to leave out."""

    level: int
    attempt: int


class Gate(msgspec.Struct, frozen=True):
    """Hear extensions, and feed back `Passed`. `name` says where the turn stands:

    `begin` before the user's message joins the history, `steer` before what was said into the turn does, `compact`
    before a summary is asked for and `compacted` once it is in place (`alone`: in a turn that does nothing else),
    `stop` when the model is done (`again`: not for the first time in this turn). `said` is what the user says, or the
    model's last message; `unseen`: nobody says it.
    """

    name: str
    said: str = ""
    alone: bool = False
    again: bool = False
    unseen: bool = False


class CancelGate(msgspec.Struct, frozen=True):
    """Hear nobody any more; nothing is fed back."""


class RunTool(msgspec.Struct, frozen=True):
    """Run a tool and feed back `ToolDone`, always."""

    call: ToolCall


class CancelModel(msgspec.Struct, frozen=True):
    """Close the model stream, of a summary too; nothing of it is fed back from now on."""


class CancelTools(msgspec.Struct, frozen=True):
    """Cancel every running tool of the turn; each still feeds back `ToolDone`."""


class Sleep(msgspec.Struct, frozen=True):
    """Feed back `Woke` after some seconds."""

    timer: str
    seconds: float


class CancelSleep(msgspec.Struct, frozen=True):
    """Forget a timer."""

    timer: str


class Resolve(msgspec.Struct, frozen=True):
    """Hand an answer to the tool that asked."""

    answer: Answer


class StartNext(msgspec.Struct, frozen=True):
    """Begin a turn with a submit that was queued."""

    submit: Submit


class TurnOver(msgspec.Struct, frozen=True):
    """The turn ended: bring the log to the disk."""


Effect = (
    CallModel
    | Summarise
    | Gate
    | CancelGate
    | RunTool
    | CancelModel
    | CancelTools
    | Sleep
    | CancelSleep
    | Resolve
    | StartNext
    | TurnOver
)
