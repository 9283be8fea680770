"""The command line as data: commands, options, and reading words against them.

The rules are those of the common Rust parser, since scripts written for Codex count on them: exit status 2, `--x=v`,
`-xv`, `--` ends options, an option is given once unless it may be repeated, options before a subcommand count for it.

Does not: import anything, print, or know a single command (`csm.cli.table`). Plain classes, because this module is on
the path of every start.
"""

from __future__ import annotations


class Option:
    """A flag or an option with a value.

    `names` are all spellings, the long one last shown; `value` is the placeholder, None for a flag. `many` is `""`
    (once), `"append"` (may be repeated) or `"list"` (repeated, several values each, also joined by commas).
    """

    __slots__ = ("choices", "default", "help", "hidden", "key", "many", "names", "value")

    def __init__(
        self,
        *names: str,
        help: str = "",
        value: str | None = None,
        many: str = "",
        choices: tuple[str, ...] = (),
        default: str | None = None,
        hidden: tuple[str, ...] = (),
    ) -> None:
        self.names = names
        self.help = help
        self.value = value
        self.many = many
        self.choices = choices
        self.default = default
        self.hidden = hidden
        self.key = next(name for name in names if name.startswith("--"))[2:].replace("-", "_")

    @property
    def shown(self) -> str:
        """As errors name it: `--model <MODEL>`."""
        long = next(name for name in self.names if name.startswith("--"))
        return long if self.value is None else f"{long} <{self.value}>{'...' if self.many == 'list' else ''}"


class Positional:
    """An argument by place. `rest` takes all that follows."""

    __slots__ = ("choices", "help", "key", "name", "required", "rest")

    def __init__(
        self, name: str, help: str, *, required: bool = False, rest: bool = False, choices: tuple[str, ...] = ()
    ) -> None:
        self.name = name
        self.help = help
        self.required = required
        self.rest = rest
        self.choices = choices
        self.key = name.lower()

    @property
    def shown(self) -> str:
        """As usage names it: `[PROMPT]` or `<SHELL>`."""
        shown = f"<{self.name}>" if self.required else f"[{self.name}]"
        return shown + ("..." if self.rest else "")


class Command:
    """A command with its options, arguments and subcommands. `run` is `module:function`, taking a `Parsed`.

    `silent` options are taken and not shown, `carried` ones are taken where they stand before an inner command's name.
    `apart` holds groups of keys of which only one may be given; `needs` pairs of a key and one it is nothing without.
    """

    __slots__ = (
        "about", "aliases", "apart", "carried", "commands", "name", "needs", "options", "path", "positionals", "run",
        "silent",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        about: str,
        run: str = "",
        *,
        options: tuple[Option, ...] = (),
        positionals: tuple[Positional, ...] = (),
        commands: tuple[Command, ...] = (),
        aliases: tuple[str, ...] = (),
        silent: tuple[Option, ...] = (),
        carried: tuple[Option, ...] = (),
        apart: tuple[tuple[str, ...], ...] = (),
        needs: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.name = name
        self.about = about
        self.run = run
        self.silent = silent
        self.carried = carried
        self.apart = apart
        self.needs = needs
        self.options = options
        self.positionals = positionals
        self.commands = commands
        self.aliases = aliases
        self.path = name
        self._adopt()

    def _adopt(self) -> None:
        for inner in self.commands:
            inner.path = f"{self.path} {inner.name}"
            inner._adopt()

    def find(self, word: str) -> Command | None:
        """The subcommand called `word`."""
        return next((inner for inner in self.commands if word == inner.name or word in inner.aliases), None)

    def usage(self) -> list[str]:
        """The lines of a usage block, without its label."""
        words = [self.path, "[OPTIONS]", *(positional.shown for positional in self.positionals)]
        lines = [" ".join(words)] if self.run else []
        return [*lines, f"{self.path} [OPTIONS] <COMMAND> [ARGS]"] if self.commands else lines


class Parsed:
    """What was asked: the command and the values by key. A flag is True; what was not given is missing."""

    __slots__ = ("command", "values")

    def __init__(self, command: Command, values: dict[str, object]) -> None:
        self.command = command
        self.values = values

    def get(self, key: str) -> str | None:
        """A single value, or None."""
        value = self.values.get(key)
        return value if isinstance(value, str) else None

    def all(self, key: str) -> list[str]:
        """The values of an option that may be repeated."""
        value = self.values.get(key)
        return list(value) if isinstance(value, list) else []

    def on(self, key: str) -> bool:
        """Whether a flag was given."""
        return self.values.get(key) is True


class UsageError(Exception):
    """The words make no sense. `str()` is the whole text for stderr; the exit status is 2."""

    def __init__(self, message: str, command: Command, *, tip: str = "", usage: bool = True) -> None:
        parts = [f"error: {message}"]
        if tip:
            parts.append(f"  tip: {tip}")
        if usage and command.usage():
            parts.append("Usage: " + "\n       ".join(command.usage()))
        super().__init__("\n\n".join([*parts, "For more information, try '--help'."]))
        self.message = message


class Asked(Exception):
    """`--help`, `-h` or `--version` was met. `what` is one of these."""

    def __init__(self, what: str, command: Command) -> None:
        super().__init__(what)
        self.what = what
        self.command = command


def parse(root: Command, words: list[str]) -> Parsed:
    """Read words. Raises UsageError, and Asked for help and version."""
    reader = _Reader(root, words)
    while reader.words:
        reader.step()
    return reader.finish()


class _Reader:
    """Reads words from the left, entering subcommands as they come."""

    def __init__(self, root: Command, words: list[str]) -> None:
        self.command = root
        self.words = list(reversed(words))
        self.values: dict[str, object] = {}
        self.above: dict[str, object] = {}
        self.taken = 0
        self.plain = False

    def step(self) -> None:
        word = self.words.pop()
        if self.plain or word == "-" or not word.startswith("-"):
            self.argument(word)
        elif word == "--":
            self.plain = True
        elif word.startswith("--"):
            self.long(word)
        else:
            self.short(word)

    def argument(self, word: str) -> None:
        inner = None if self.plain or self.taken else self.command.find(word)
        if inner is not None:
            self.enter(inner)
            return
        places = self.command.positionals
        if self.taken < len(places):
            self.fill(places[self.taken], word)
        elif places and places[-1].rest:
            self.many(places[-1].key).append(word)
        elif not places and self.command.commands:
            raise UsageError(f"unrecognized subcommand '{word}'", self.command, tip=_near_command(word, self.command))
        else:
            raise UsageError(f"unexpected argument '{word}' found", self.command, tip=self.tip(word))

    def tip(self, word: str) -> str:
        first = self.values.get(self.command.positionals[0].key) if self.command.positionals else None
        return _near_command(first, self.command) if isinstance(first, str) else ""

    def enter(self, inner: Command) -> None:
        self.above = _below(self.above, self.values)
        self.command, self.values, self.taken = inner, {}, 0

    def fill(self, place: Positional, word: str) -> None:
        if place.choices and word not in place.choices:
            raise UsageError(_bad_choice(word, place.shown, place.choices), self.command, usage=False)
        self.values[place.key] = [word] if place.rest else word
        self.taken += 1

    def long(self, word: str) -> None:
        name, equals, given = word.partition("=")
        option = self.option(name)
        if option.value is not None:
            self.take(option, given if equals else None)
        elif equals:
            raise UsageError(f"unexpected value '{given}' for '{name}' found; no more were expected", self.command)
        else:
            self.set(option, True)

    def short(self, word: str) -> None:
        for at in range(1, len(word)):
            option = self.option("-" + word[at])
            if option.value is not None:
                rest = word[at + 1 :]
                self.take(option, (rest[1:] if rest.startswith("=") else rest) if rest else None)
                return
            self.set(option, True)

    def option(self, name: str) -> Option:
        for option in (*self.command.options, *self.command.silent):
            if name in option.names or name in option.hidden:
                return option
        if name in ("-h", "--help"):
            raise Asked(name, self.command)
        if name in ("-V", "--version"):
            raise Asked("--version", self.command)
        near = nearest(name, [one for option in self.command.options for one in option.names if one.startswith("--")])
        tip = f"a similar argument exists: '{near}'" if near else f"to pass '{name}' as a value, use '-- {name}'"
        raise UsageError(f"unexpected argument '{name}' found", self.command, tip=tip)

    def take(self, option: Option, given: str | None) -> None:
        if given is None:
            given = self.next_value()
        if given is None or _hollow(option, given):
            message = f"a value is required for '{option.shown}' but none was supplied"
            raise UsageError(message + _possible(option.choices), self.command, usage=False)
        self.set(option, given)
        while option.many == "list" and (more := self.next_value()) is not None:
            self.set(option, more)

    def next_value(self) -> str | None:
        if not self.words or (self.words[-1].startswith("-") and self.words[-1] != "-"):
            return None
        return self.words.pop()

    def many(self, key: str) -> list[str]:
        kept = self.values.setdefault(key, [])
        assert isinstance(kept, list)
        return kept

    def set(self, option: Option, value: str | bool) -> None:
        if option.choices and value not in option.choices:
            raise UsageError(_bad_choice(value, option.shown, option.choices), self.command, usage=False)
        if option.many:
            self.many(option.key).extend(str(value).split(",") if option.many == "list" else [str(value)])
        elif option.key in self.values:
            raise UsageError(f"the argument '{option.shown}' cannot be used multiple times", self.command)
        else:
            self.values[option.key] = value

    def finish(self) -> Parsed:
        command = self.command
        missing = [place.shown for place in command.positionals[self.taken :] if place.required]
        if missing:
            raise UsageError(_required(missing), command)
        if not command.run:
            raise UsageError(f"'{command.path}' requires a subcommand but one was not provided", command)
        known = {option.key for option in (*command.options, *command.silent, *command.carried)}
        above = {key: value for key, value in self.above.items() if key in known}
        values = _below(above, self.values)
        _together(command, values)
        return Parsed(command, values)


def _together(command: Command, values: dict[str, object]) -> None:
    """Refuse what cannot be given together, and what is nothing without another."""
    for group in command.apart:
        given = [key for key in values if key in group]
        if len(given) > 1:
            first, second = (_shown(command, key) for key in given[:2])
            raise UsageError(f"the argument '{first}' cannot be used with '{second}'", command)
    for key, wanted in command.needs:
        excused = any(wanted in group and any(other in values for other in group) for group in command.apart)
        if key in values and wanted not in values and not excused:
            raise UsageError(_required([_shown(command, wanted)]), command)


def _shown(command: Command, key: str) -> str:
    known = (*command.options, *command.silent, *command.carried, *command.positionals)
    return next(one.shown for one in known if one.key == key)


def _required(shown: list[str]) -> str:
    return "the following required arguments were not provided:" + "".join(f"\n  {one}" for one in shown)


def _below(above: dict[str, object], own: dict[str, object]) -> dict[str, object]:
    """The values of an outer command and those of an inner one: lists add up, else the inner wins."""
    merged = {**above, **own}
    for key, value in own.items():
        outer = above.get(key)
        if isinstance(value, list) and isinstance(outer, list):
            merged[key] = outer + value
    return merged


def _hollow(option: Option, given: str) -> bool:
    """Whether a value is empty where nothing can be meant by that: a path, or one of some words."""
    if option.value not in ("FILE", "DIR") and not option.choices:
        return False
    return "" in (given.split(",") if option.many == "list" else (given,))


def _bad_choice(value: object, shown: str, choices: tuple[str, ...]) -> str:
    return f"invalid value '{value}' for '{shown}'{_possible(choices)}"


def _possible(choices: tuple[str, ...]) -> str:
    return f"\n  [possible values: {', '.join(choices)}]" if choices else ""


def _near_command(word: str, command: Command) -> str:
    near = nearest(word, [inner.name for inner in command.commands])
    return f"a similar subcommand exists: '{near}'" if near else ""


def nearest(word: str, names: list[str]) -> str | None:
    """The name most like a mistyped word, if any is like it."""
    import difflib

    found = difflib.get_close_matches(word, names, 1, 0.7)
    return found[0] if found else None
