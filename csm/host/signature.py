"""A command's arguments, taken from the signature of its function.

`int float str bool Path Literal[...]`, each also `| None`; with a default optional; `*words` takes the rest;
after a bare `*`: `--name value`, or `--name` alone for a bool. A parameter `count: int` takes the numeric prefix.

Does not: split the line (`csm.host.lines`).
"""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from csm.protocol.errors import CommandError

_TRUE = ("on", "true", "yes", "1")
_FALSE = ("off", "false", "no", "0")
_EMPTY = inspect.Parameter.empty


class Parameter(msgspec.Struct, frozen=True):
    """One argument. `kind` is the type it is read as; `choices` what it may be, if that is fixed."""

    name: str
    kind: type = str
    choices: tuple[str, ...] = ()
    required: bool = True
    default: Any = None
    variadic: bool = False
    option: bool = False

    @property
    def label(self) -> str:
        """How the usage line shows it."""
        word = "|".join(self.choices) if self.choices else self.name.upper().replace("_", "-")
        if self.option:
            flag = f"--{self.name.replace('_', '-')}"
            return f"[{flag}]" if self.kind is bool else f"[{flag} {word}]"
        if self.variadic:
            return f"[{word} ...]"
        return word if self.required else f"[{word}]"


def parameters(function: Callable[..., Any]) -> tuple[Parameter, ...]:
    """Those after the first, which is the context."""
    own = list(inspect.signature(function).parameters.values())[1:]
    return tuple(_parameter(parameter, function) for parameter in own)


def usage(name: str, parameters: Sequence[Parameter]) -> str:
    """`name ARGUMENT [OPTIONAL]`."""
    return " ".join([name, *(parameter.label for parameter in parameters)])


def bind(
    name: str, parameters: Sequence[Parameter], words: Sequence[str], count: int | None = None
) -> tuple[list[Any], dict[str, Any]]:
    """Positional and named arguments for the function. Raises CommandError with the usage as its hint."""
    try:
        return _bind(parameters, words, count)
    except CommandError as error:
        raise CommandError(f"{name}: {error.message}", f"usage: {usage(name, parameters)}") from None


def _bind(parameters: Sequence[Parameter], words: Sequence[str], count: int | None) -> tuple[list[Any], dict[str, Any]]:
    named, rest = _options({p.name: p for p in parameters if p.option}, list(words))
    values: list[Any] = []
    for parameter in parameters:
        if parameter.option:
            continue
        if parameter.variadic:
            values += [_convert(parameter, word) for word in rest]
            rest = []
        elif rest:
            values.append(_convert(parameter, rest.pop(0)))
        elif parameter.name == "count" and count is not None:
            values.append(count)
        elif parameter.required:
            raise CommandError(f"{parameter.label} is missing")
        else:
            values.append(parameter.default)
    if rest:
        raise CommandError(f"too much: {' '.join(rest)}")
    return values, named


def _options(known: dict[str, Parameter], words: list[str]) -> tuple[dict[str, Any], list[str]]:
    """`--name` words and what is left of the line."""
    if not known:
        return {}, words
    named: dict[str, Any] = {}
    rest: list[str] = []
    while words:
        word = words.pop(0)
        if word == "--":
            return named, rest + words
        if not word.startswith("--"):
            rest.append(word)
            continue
        key, equals, value = word[2:].partition("=")
        parameter = known.get(key.replace("-", "_"))
        if parameter is None:
            raise CommandError(f"there is no option --{key}")
        if parameter.kind is bool and not equals:
            named[parameter.name] = True
        elif equals or words:
            named[parameter.name] = _convert(parameter, value if equals else words.pop(0))
        else:
            raise CommandError(f"--{key} needs a value")
    return named, rest


def _convert(parameter: Parameter, word: str) -> Any:
    if parameter.choices and word not in parameter.choices:
        raise CommandError(f"{word!r} is none of {', '.join(parameter.choices)}")
    if parameter.kind is bool:
        if word.lower() not in _TRUE + _FALSE:
            raise CommandError(f"{word!r} is neither on nor off")
        return word.lower() in _TRUE
    try:
        return parameter.kind(word)
    except ValueError:
        raise CommandError(f"{word!r} is no {'whole number' if parameter.kind is int else 'number'}") from None


def _parameter(parameter: inspect.Parameter, function: Callable[..., Any]) -> Parameter:
    kind, choices = _type(_annotation(parameter.annotation, function))
    return Parameter(
        parameter.name,
        kind,
        choices,
        parameter.default is _EMPTY,
        None if parameter.default is _EMPTY else parameter.default,
        parameter.kind is inspect.Parameter.VAR_POSITIONAL,
        parameter.kind is inspect.Parameter.KEYWORD_ONLY,
    )


def _annotation(annotation: Any, function: Callable[..., Any]) -> Any:
    """Annotations are text in most modules. One that cannot be read here means text."""
    if not isinstance(annotation, str):
        return annotation
    try:
        return eval(annotation, {**vars(typing), **function.__globals__})
    except Exception:
        return str


def _type(annotation: Any) -> tuple[type, tuple[str, ...]]:
    origin = typing.get_origin(annotation)
    if origin is typing.Literal:
        return str, tuple(str(choice) for choice in typing.get_args(annotation))
    if origin in (typing.Union, types.UnionType):
        return _type(next(part for part in typing.get_args(annotation) if part is not type(None)))
    return (annotation, ()) if annotation in (int, float, bool, Path) else (str, ())
