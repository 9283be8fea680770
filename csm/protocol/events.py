"""Events: what happened in a thread, in order. The log keeps them, everything else is folded from them.

An `Event` wraps a body with its place in the order. Deltas and progress are not stored: each is closed by a
stored event with the full content.

Does not: know how a body is written to a rollout (`csm.protocol.rollout`).
"""

from __future__ import annotations

from typing import Literal

import msgspec

from csm.protocol.items import Item
from csm.protocol.model import Usage
from csm.protocol.tools import ApprovalPolicy, Ask, Collaboration, Decision, SandboxPolicy


class ThreadStarted(msgspec.Struct, frozen=True, tag="thread_started"):
    """The thread exists. Stored as the rollout's `session_meta` line.

    `source` is a word (`cli`, `exec`) or, for a thread that another one began, JSON: `{"subagent":"review"}`; `parent`
    is then the other one's id. `thread_source` says what had the thread started.
    """

    thread_id: str
    cwd: str
    source: str = "cli"
    originator: str = "csm"
    provider: str = ""
    version: str = ""
    created: str = ""
    forked_from: str | None = None
    git: dict[str, str] = {}
    instructions: str | None = None
    parent: str | None = None
    thread_source: str = ""


class ThreadSpawned(msgspec.Struct, frozen=True, tag="thread_spawned"):
    """This thread, `parent`, began or reopened another one, an agent of its own, that may be attached to while open."""

    thread_id: str
    parent: str
    nickname: str = ""
    role: str | None = None
    prompt: str = ""


class ThreadNamed(msgspec.Struct, frozen=True, tag="thread_named"):
    """The thread has a name."""

    name: str


class TurnStarted(msgspec.Struct, frozen=True, tag="turn_started"):
    """A turn begins. `started` is milliseconds since the epoch."""

    turn_id: str
    started: int = 0
    context_window: int | None = None
    collaboration: Collaboration = "default"


class TurnContext(msgspec.Struct, frozen=True, tag="turn_context"):
    """The settings in force for a turn, as the rollout's `turn_context` line."""

    turn_id: str
    cwd: str
    model: str
    effort: str | None
    summary: str | None
    approval: ApprovalPolicy
    sandbox: SandboxPolicy
    date: str = ""
    timezone: str = ""


class HistoryAppended(msgspec.Struct, frozen=True, tag="history_appended"):
    """The model's history grew by one response item (its JSON)."""

    raw: msgspec.Raw


class HistoryReplaced(msgspec.Struct, frozen=True, tag="history_replaced"):
    """Compaction put these response items in the place of all earlier ones.

    Empty where an old Codex left them to be made of the user's messages and `message`, the summary.
    """

    message: str
    history: tuple[msgspec.Raw, ...]


class RolledBack(msgspec.Struct, frozen=True, tag="rolled_back"):
    """The last turns no longer count: those with the last `said` messages of the user's, from `turn_id` on if given."""

    said: int
    turn_id: str = ""


class ItemStarted(msgspec.Struct, frozen=True, tag="item_started"):
    """An item begins to show. Not stored."""

    turn_id: str
    item: Item


class ItemUpdated(msgspec.Struct, frozen=True, tag="item_updated"):
    """An item changed as a whole (a plan's next version). Not stored."""

    turn_id: str
    item: Item


class ItemCompleted(msgspec.Struct, frozen=True, tag="item_completed"):
    """An item is finished. `place` orders the items of a turn by their beginning; the session fills it in."""

    turn_id: str
    item: Item
    place: int | None = None


class TextDelta(msgspec.Struct, frozen=True, tag="text_delta"):
    """More of an agent message. Not stored."""

    item_id: str
    text: str


class ReasoningDelta(msgspec.Struct, frozen=True, tag="reasoning_delta"):
    """More of a reasoning summary; `index` counts its parts. Not stored."""

    item_id: str
    text: str
    index: int = 0


class OutputDelta(msgspec.Struct, frozen=True, tag="output_delta"):
    """More output of a running command. Not stored."""

    item_id: str
    text: str


class Asked(msgspec.Struct, frozen=True, tag="asked"):
    """The user is asked."""

    turn_id: str
    ask: Ask


class Answered(msgspec.Struct, frozen=True, tag="answered"):
    """An ask is settled. `by` is `user`, `policy` or the extension that decided; the rest is that of the `Answer`."""

    ask_id: str
    decision: Decision
    text: str = ""
    by: str = "user"
    answers: dict[str, tuple[str, ...]] = {}
    edited: str = ""
    pieces: tuple[int, ...] | None = None


class UsageReported(msgspec.Struct, frozen=True, tag="usage_reported"):
    """Tokens after a response: of this one, and of the thread so far."""

    last: Usage
    total: Usage
    context_window: int | None = None


class Reconnecting(msgspec.Struct, frozen=True, tag="reconnecting"):
    """A model stream broke and is tried again. `message` is the line to show. Not stored."""

    turn_id: str
    message: str
    attempt: int
    limit: int


class Queued(msgspec.Struct, frozen=True, tag="queued"):
    """The texts that wait for the running turn to end. Not stored; drafts are the user's.

    `taken` is the text that was just taken back, if one was; `refused`: nobody asked for it, an extension did not let
    it pass, or the turn ended before one could.
    """

    texts: tuple[str, ...]
    taken: str | None = None
    refused: bool = False


class Configured(msgspec.Struct, frozen=True, tag="configured"):
    """Settings changed by an op."""

    model: str | None = None
    effort: str | None = None
    approval: ApprovalPolicy | None = None
    sandbox: SandboxPolicy | None = None
    collaboration: Collaboration | None = None


class Kept(msgspec.Struct, frozen=True, tag="kept"):
    """An extension keeps a value with the thread: JSON, in the place of what it kept under this name before."""

    owner: str
    name: str
    value: msgspec.Raw


class TurnCompleted(msgspec.Struct, frozen=True, tag="turn_completed"):
    """A turn ended by itself. `ended` is milliseconds since the epoch."""

    turn_id: str
    last_message: str | None = None
    ended: int = 0
    duration_ms: int = 0


class TurnFailed(msgspec.Struct, frozen=True, tag="turn_failed"):
    """A turn ended by an error. `code` is a short word such as `unauthorized` or `context_length_exceeded`."""

    turn_id: str
    message: str
    code: str | None = None


class TurnInterrupted(msgspec.Struct, frozen=True, tag="turn_interrupted"):
    """A turn was stopped by the user, or found unfinished when the thread was resumed."""

    turn_id: str
    reason: Literal["interrupted", "replaced", "resumed"] = "interrupted"


class ThreadClosed(msgspec.Struct, frozen=True, tag="thread_closed"):
    """The thread is closed here. Not stored."""

    reason: str = ""


class UnknownLine(msgspec.Struct, frozen=True, tag="unknown_line"):
    """A rollout line of a kind we do not know, kept to the byte."""

    raw: msgspec.Raw


Body = (
    ThreadStarted
    | ThreadSpawned
    | ThreadNamed
    | TurnStarted
    | TurnContext
    | HistoryAppended
    | HistoryReplaced
    | RolledBack
    | ItemStarted
    | ItemUpdated
    | ItemCompleted
    | TextDelta
    | ReasoningDelta
    | OutputDelta
    | Asked
    | Answered
    | UsageReported
    | Reconnecting
    | Queued
    | Configured
    | Kept
    | TurnCompleted
    | TurnFailed
    | TurnInterrupted
    | ThreadClosed
    | UnknownLine
)

#: Bodies that never reach the log.
TRANSIENT = (ItemStarted, ItemUpdated, TextDelta, ReasoningDelta, OutputDelta, Reconnecting, Queued, ThreadClosed)


class Event(msgspec.Struct, frozen=True):
    """A body with its number in the thread (from 1, never restarted) and its time (RFC 3339, UTC)."""

    seq: int
    time: str
    body: Body
