"""The pieces a lesson is made of, and how a half-told lesson goes on.

A lesson's script is a flat list of moves. A tool call ends an answer, so the script is told piece by piece: after the
n-th result of this turn comes what follows the n-th call.

Does not: know any lesson (`lessons.py`) or how an answer is streamed (`provider.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from .history import Story


@dataclass(frozen=True, slots=True)
class World:
    """What the tutor sees beside the history.

    `key` names the keys of a command line in the person's keymap, as they are while one types; `normal` the same in
    normal mode, None where the keymap has no modes; `reading` the same where one reads; `ran` are the commands run
    since the last lesson began; `passed` are the lessons done before; `interrupted` says that our last answer was
    stopped; `sandbox` and `folder` are names to tell.
    """

    key: Callable[[str], str]
    ran: frozenset[str] = frozenset()
    interrupted: bool = False
    sandbox: str = "a sandbox"
    folder: str = "this folder"
    normal: Callable[[str], str] | None = None
    reading: Callable[[str], str] = str
    passed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Say:
    """Markdown to tell. `pause` seconds between words makes it slow enough to interrupt."""

    text: str
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Run:
    """A shell command; `why`, if given, asks to leave the sandbox for that reason."""

    command: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """A patch for the scratch repository."""

    patch: str


@dataclass(frozen=True, slots=True)
class React:
    """Something to say that depends on what the calls of this turn gave."""

    tell: Callable[[Story, World], str]


@dataclass(frozen=True, slots=True)
class Lesson:
    """`open` gives the script; `passed` looks at what the person did; `hint` helps when it was not that.

    `praise` is said before the next lesson.
    """

    title: str
    open: Callable[[World], list[Move]]
    passed: Callable[[Story, World], bool]
    hint: Callable[[World], str]
    praise: Callable[[Story, World], str] = field(default=lambda story, world: "")


Move = Say | Run | Edit | React


def _calls(move: Move) -> bool:
    return isinstance(move, Run | Edit)


def rest(script: Iterable[Move], done: int) -> list[Move]:
    """What to tell now when `done` calls of this script have been answered: up to and with the next call."""
    told: list[Move] = []
    for move in script:
        if done > 0:
            done -= _calls(move)
            continue
        told.append(move)
        if _calls(move):
            break
    return told
