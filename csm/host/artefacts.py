"""What was made of a session's log to go on from it, kept beside the log: replay seeds and summaries.

An artefact says which bytes of which log it was made of. It holds none of them: a seed has the folded state and where
the live history stands, a summary has a text of its own. The log is what counts; an artefact of other bytes is stale.

Does not: keep anything. The bundled extension `sessions` does, in the store's `artefacts`.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, Protocol, cast

import msgspec

if TYPE_CHECKING:
    from csm.core.fold import Thread
    from csm.host.storage import Store

Kind = Literal["replay-seed", "semantic-summary"]
#: `lost`: the log lost the beginning of which this was made; `gone`: there is no such session any more.
Standing = Literal["current", "stale", "lost", "gone"]
KINDS: tuple[Kind, ...] = ("replay-seed", "semantic-summary")


class Span(msgspec.Struct, frozen=True):
    """What of a log an artefact covers: all up to a place between two turns.

    `events` counts pairs, `bytes` those of the session's own file, `digest` is of all bytes that were read, parents of
    a fork included. `history` is a digest of the model's history there, `first` one of the first thing the user said.
    """

    events: int
    bytes: int
    digest: str
    turns: int = 0
    history_items: int = 0
    history_bytes: int = 0
    history: str = ""
    compactions: int = 0
    first: str = ""


class Artefact(msgspec.Struct, frozen=True):
    """One artefact. `by` says what made it (`model gpt-5.5`, `file notes.md`, `csm`), `after` names the summary that a
    summary goes on from. `text` is a summary's. `created` is RFC 3339, UTC.
    """

    id: str
    kind: Kind
    thread_id: str
    created: str
    by: str
    version: str
    span: Span
    after: str = ""
    text: str = ""
    #: Of a seed: the state as `csm.core.seed` has it, with the version of its shape, and where the items of the live
    #: history stand: address and length of each, and those that stand nowhere as they are.
    seed: str = ""
    seed_version: int = 0
    places: tuple[tuple[int, int], ...] = ()
    inline: tuple[str, ...] = ()


class Kept(msgspec.Struct, frozen=True):
    """An artefact's file."""

    artefact: Artefact
    path: str
    size: int


class Material(msgspec.Struct, frozen=True):
    """What a summary is to be made of: `history` is what the model is shown, the last summary among it marked as one.

    `after` names that summary, `ignored` the one that could not be used, and `why`.
    """

    thread_id: str
    span: Span
    history: tuple[bytes, ...]
    after: str = ""
    ignored: str = ""


class Artefacts(Protocol):
    """The artefacts of a store."""

    #: Files that are none, though they are called so.
    unreadable: builtins.list[str]

    def list(self, thread_id: str = "") -> Iterator[Kept]:
        """Those of a session, or of all, the oldest first."""
        ...

    def find(self, text: str) -> Kept:
        """By id, by the beginning of one, or by file. Raises StoreError."""
        ...

    def latest(self, thread_id: str) -> dict[Kind, Kept]:
        """The latest of each kind."""
        ...

    def standing(self, artefact: Artefact) -> Standing:
        """How an artefact stands to the log now. Raises StoreError where that cannot be read."""
        ...

    def material(self, thread_id: str) -> Material:
        """What the next summary of a session is made of. Raises StoreError."""
        ...

    def keep_summary(self, material: Material, text: str, by: str) -> Kept:
        """Keep a summary. Raises StoreError."""
        ...

    def keep_seed(self, thread_id: str) -> Kept:
        """Make a seed of a session as it is, and keep it. Raises StoreError."""
        ...

    def history(self, artefact: Artefact) -> tuple[bytes, ...]:
        """The history with which a new session can go on from an artefact. Raises StoreError: stale, damaged."""
        ...

    def recovered(self, thread: Thread) -> tuple[bytes, str] | None:
        """What a thread is to be told whose log has lost its beginning, as an item, and a sentence for its user."""
        ...

    def remove(self, kept: Kept) -> None:
        """Remove one. Raises StoreError."""
        ...


def of(store: Store) -> Artefacts | None:
    """The artefacts of a store; None for one that keeps none."""
    return cast("Artefacts | None", getattr(store, "artefacts", None))
