"""Named commands: what keys, palette, slash words, scripts and the command line all run.

`@command` only marks a function. The host collects marks, or knows them from the manifest and imports the module when
the command first runs.

Does not: run them (`csm.host.dispatch`) or complete lines (`csm.host.completion`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from csm.host import codex_words
from csm.host.scan import FoundCommand, found_command
from csm.host.signature import Parameter, parameters, usage
from csm.protocol.errors import CommandError

_NAME = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)+")
_MARK = "__csm_command__"


def command(
    name: str,
    *,
    title: str | None = None,
    places: str | Sequence[str] = (),
    slash: str | Sequence[str] | None = None,
    cli: str | None = None,
    hidden: bool = False,
    complete: dict[str, Callable[..., Iterable[str]]] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a function `(cx, ...)` as a command.

    `name` is `noun.verb-phrase`; `title` what the palette shows; `places` where it makes sense (empty: everywhere);
    `slash` the `/words` that run it; `cli` a subcommand of `csm`; `hidden` keeps it out of the palette; `complete`
    gives candidates for an argument, by its name, from `callable(cx)`. All but `complete` must be literals.
    """
    values = {"title": title, "places": places, "slash": slash, "cli": cli, "hidden": hidden}

    def mark(function: Callable[..., Any]) -> Callable[..., Any]:
        setattr(function, _MARK, (name, values, complete or {}))
        return function

    return mark


class Command:
    """One command of one extension. Its function is imported on first use."""

    def __init__(
        self, found: FoundCommand, owner: str, *, file: str = "", rank: int = 0, load: Callable[[], Any]
    ) -> None:
        self.name = found.name
        self.title = found.title or found.name.replace(".", " ").replace("-", " ").capitalize()
        self.doc = found.doc
        self.places = found.places
        self.slash = found.slash
        self.cli = found.cli
        self.hidden = found.hidden
        self.owner = owner
        self.rank = rank
        self.file = file
        self.line = found.line
        self._load = load
        self._function: Any = None
        self._parameters: tuple[Parameter, ...] | None = None

    @property
    def function(self) -> Callable[..., Any]:
        """Imports its module on first use. Raises CommandError where that fails."""
        if self._function is None:
            self._function = self._load()
        return self._function

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Its arguments. Imports its module."""
        if self._parameters is None:
            self._parameters = parameters(self.function)
        return self._parameters

    @property
    def usage(self) -> str:
        """`name ARGUMENT [OPTIONAL]`. Imports its module."""
        return usage(self.name, self.parameters)

    @property
    def completers(self) -> dict[str, Callable[..., Iterable[str]]]:
        """Candidates by name of the argument. Imports its module."""
        return getattr(self.function, _MARK)[2]

    @property
    def origin(self) -> str:
        """`file:line` of its function."""
        return f"{self.file}:{self.line}" if self.file else ""

    def __repr__(self) -> str:
        return f"<Command {self.name} of {self.owner}>"


class Commands:
    """The commands of one host. Of two with one name the one of the higher root runs; the other comes back with it."""

    def __init__(self) -> None:
        self._all: dict[str, list[Command]] = {}
        #: How often each command ran: what a tutor, or a counter of your own, can look at.
        self.ran: Counter[str] = Counter()

    def add(self, new: Command) -> None:
        """Raises CommandError for a malformed name."""
        if not _NAME.fullmatch(new.name):
            raise CommandError(f"{new.name!r} is no command name", "names are noun.verb-phrase, in lower case")
        same = self._all.setdefault(new.name, [])
        same.append(new)
        same.sort(key=lambda one: one.rank)

    def remove(self, owner: str) -> None:
        """Forget all commands of an extension."""
        for name, same in list(self._all.items()):
            same[:] = [one for one in same if one.owner != owner]
            if not same:
                del self._all[name]

    def by(self, owner: str) -> list[Command]:
        """The commands of an extension."""
        return [one for same in self._all.values() for one in same if one.owner == owner]

    def __contains__(self, name: str) -> bool:
        return name in self._all

    def get(self, name: str) -> Command:
        """A command by name, or by `/slash` word. Raises CommandError with the nearest names as its hint."""
        found = self.slash(name[1:]) if name.startswith("/") else self._all.get(name, [None])[-1]
        if found is None:
            instead = codex_words.INSTEAD.get(name[1:]) if name.startswith("/") else None
            raise CommandError(f"there is no command {name}", instead or did_you_mean(self.suggest(name)))
        return found

    def all(self) -> list[Command]:
        """Every command, by name."""
        return [self._all[name][-1] for name in sorted(self._all)]

    def slash(self, word: str) -> Command | None:
        """The command of a slash word (without the slash)."""
        return self.slashes().get(word)

    def slashes(self) -> dict[str, Command]:
        """All slash words, sorted."""
        ranked = sorted(self.all(), key=lambda one: one.rank)
        return dict(sorted(((word, one) for one in ranked for word in one.slash), key=lambda pair: pair[0]))

    def cli(self) -> dict[str, Command]:
        """Commands that are subcommands of `csm`, by that word."""
        return {one.cli: one for one in sorted(self.all(), key=lambda one: one.rank) if one.cli}

    def suggest(self, name: str, limit: int = 3) -> list[str]:
        """Names near a mistyped one, nearest first."""
        slash = name.startswith("/")
        names = [f"/{word}" for word in self.slashes()] if slash else list(self._all)
        return nearest(name, names, limit)

    def run(self, line: str, cx: Any) -> Any:
        """Run a line; see `csm.host.dispatch.run`."""
        from csm.host import dispatch

        return dispatch.run(self, line, cx)

    def call(self, name: str, words: Sequence[str], cx: Any) -> Any:
        """Run one command with words as they are; see `csm.host.dispatch.call`."""
        from csm.host import dispatch

        return dispatch.call(self.get(name), words, cx)

    def complete(self, line: str, cx: Any = None) -> Any:
        """Completions of a line; see `csm.host.completion.complete`."""
        from csm.host import completion

        return completion.complete(self, line, cx)


def marked(module: Any, owner: str, rank: int) -> list[Command]:
    """Commands among a module's own functions."""
    found: list[Command] = []
    for value in list(vars(module).values()):
        mark = getattr(value, _MARK, None) if callable(value) else None
        if isinstance(mark, tuple) and value.__module__ == module.__name__:
            found.append(of(value, owner, rank))
    return found


def of(function: Callable[..., Any], owner: str, rank: int) -> Command:
    """The command that a marked function is."""
    code = function.__code__
    name, values, _ = getattr(function, _MARK)
    about = found_command(name, "", function.__name__, code.co_firstlineno, _doc(function), values)
    return Command(about, owner, file=code.co_filename, rank=rank, load=lambda: function)


def nearest(name: str, names: Iterable[str], limit: int = 3) -> list[str]:
    """Those of `names` that look like `name`."""
    from difflib import get_close_matches

    return get_close_matches(name, list(names), limit, 0.6)


def did_you_mean(names: Sequence[str]) -> str | None:
    """The hint for a mistyped name."""
    return f"did you mean {' or '.join(names)}?" if names else None


def _doc(function: Callable[..., Any]) -> str:
    import inspect

    return inspect.getdoc(function) or ""
