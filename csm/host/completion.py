"""Completing a command line: names, slash words, then the arguments.

Does not: draw a menu.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from csm.host import lines

if TYPE_CHECKING:
    from csm.host.commands import Command, Commands


class Completion(NamedTuple):
    """`text` replaces the line from offset `start` on; `detail` says what it is."""

    text: str
    start: int
    detail: str = ""


def complete(commands: Commands, line: str, cx: Any = None) -> list[Completion]:
    """What the last word of a line may become, given the cursor at its end."""
    words = lines.words(line)
    for at in range(len(words) - 1, -1, -1):
        if words[at].text == ";" and not words[at].quoted:
            words = words[at + 1 :]
            break
    started = bool(words) and not line[-1:].isspace()
    last = words.pop() if started else lines.Word("", len(line), len(line))
    if not words:
        return _names(commands, last)
    return _arguments(commands, words, last, cx)


def _names(commands: Commands, last: lines.Word) -> list[Completion]:
    if last.text.startswith("/"):
        found = [(f"/{word}", one) for word, one in commands.slashes().items()]
    else:
        found = [(one.name, one) for one in commands.all() if not one.hidden]
    return [Completion(name, last.start, one.title) for name, one in found if name.startswith(last.text)]


def _arguments(commands: Commands, words: list[lines.Word], last: lines.Word, cx: Any) -> list[Completion]:
    try:
        command = commands.get(words[0].text)
        candidates = _candidates(command, [word.text for word in words[1:]], last.text, cx)
    except Exception:  # a completer that fails must not stop the typing
        return []
    return [Completion(lines.quote(text), last.start) for text in candidates if text.startswith(last.text)]


def _candidates(command: Command, given: list[str], last: str, cx: Any) -> list[str]:
    if last.startswith("-"):
        return [f"--{one.name.replace('_', '-')}" for one in command.parameters if one.option]
    at = sum(not word.startswith("--") for word in given)
    positional = [one for one in command.parameters if not one.option]
    if at >= len(positional) and not (positional and positional[-1].variadic):
        return []
    parameter = positional[min(at, len(positional) - 1)]
    if parameter.choices:
        return list(parameter.choices)
    if parameter.kind is bool:
        return ["on", "off"]
    completer = command.completers.get(parameter.name)
    return sorted(completer(cx)) if completer and cx is not None else []
