"""What an extension offers, read from its source without running it: hooks of `__init__.py`, commands of any file.

A hook is a function marked `@hook`, or a name of a hook imported from a sibling. A command is a function marked
`@command("noun.verb", ...)` with literal arguments. An `__init__.py` in which neither can be seen is `eager`: only
importing it can tell. `ONLY_WITH = ("name", ...)` there names settings (the first part of their names) and files
beside a `config.toml`: where there are none of them, the hooks of the extension are not asked.

Does not: import, nor judge names. Subfolders are not looked into.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeGuard

import msgspec

_LITERALS = ("title", "places", "slash", "cli", "hidden")


class FoundCommand(msgspec.Struct, frozen=True):
    """A command as its source says. `module` is the sibling's name, empty for `__init__`."""

    name: str
    module: str
    attribute: str
    line: int
    doc: str = ""
    title: str | None = None
    places: tuple[str, ...] = ()
    slash: tuple[str, ...] = ()
    cli: str | None = None
    hidden: bool = False


class Found(msgspec.Struct, frozen=True):
    """One extension. `files` holds modification time (ns) and size of each source file, by name."""

    name: str
    path: str
    hooks: tuple[str, ...] = ()
    commands: tuple[FoundCommand, ...] = ()
    eager: bool = False
    files: dict[str, tuple[int, int]] = {}
    problems: tuple[str, ...] = ()
    only_with: tuple[str, ...] = ()


def stamp(path: str) -> dict[str, tuple[int, int]]:
    """Time and size of every source file of an extension: a folder, or one file."""
    if path.endswith(".py"):
        status = os.stat(path)  # noqa: PTH116
        return {"__init__.py": (status.st_mtime_ns, status.st_size)}
    found: dict[str, tuple[int, int]] = {}
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                status = entry.stat()
                found[entry.name] = (status.st_mtime_ns, status.st_size)
    return found


def extension(name: str, path: str, files: dict[str, tuple[int, int]], hook_names: frozenset[str]) -> Found:
    """Read one extension. Source that is no Python is a problem of the extension, not an error here."""
    hooks: tuple[str, ...] = ()
    only_with: tuple[str, ...] = ()
    commands: list[FoundCommand] = []
    problems: list[str] = []
    for file in sorted(files):
        source = Path(path) if path.endswith(".py") else Path(path, file)
        module = "" if file == "__init__.py" else file.removesuffix(".py")
        try:
            tree = ast.parse(source.read_bytes(), str(source))
        except (SyntaxError, ValueError, OSError) as error:
            said = error.msg if isinstance(error, SyntaxError) else error
            problems.append(f"{source}:{getattr(error, 'lineno', None) or 1}: {said}")
            continue
        commands += _commands(tree, module, f"{source}", problems)
        if not module:
            hooks = tuple(sorted(_hooks(tree, hook_names)))
            problems += _replaced(Path(path), tree, files)
            only_with = _only_with(tree)
    eager = "__init__.py" in files and not hooks and not commands and not problems
    return Found(name, path, hooks, tuple(commands), eager, files, tuple(problems), only_with)


def _replaced(path: Path, tree: ast.Module, files: Iterable[str]) -> Iterator[str]:
    """A hook of `__init__.py` is lost once a module beside it of that name is imported: that takes its place."""
    for node in tree.body:
        if _is_hook(node) and f"{node.name}.py" in files:
            yield (
                f"{path / '__init__.py'}:{node.lineno}: the hook {node.name} is lost as soon as {node.name}.py is"
                " imported; give that file another name"
            )


def _is_hook(node: ast.stmt) -> TypeGuard[ast.FunctionDef | ast.AsyncFunctionDef]:
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and any(
        _called(mark)[0] == "hook" for mark in node.decorator_list
    )


def _only_with(tree: ast.Module) -> tuple[str, ...]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and [getattr(to, "id", "") for to in node.targets] == ["ONLY_WITH"]:
            try:
                return tuple(str(name) for name in ast.literal_eval(node.value))
            except (ValueError, TypeError):
                return ()  # it says nothing that can be known without running it
    return ()


def _hooks(tree: ast.Module, hook_names: frozenset[str]) -> Iterator[str]:
    for node in tree.body:
        if _is_hook(node):
            yield node.name
        elif isinstance(node, ast.ImportFrom) and node.level:
            yield from hook_names.intersection(alias.asname or alias.name for alias in node.names)


def _commands(tree: ast.Module, module: str, where: str, problems: list[str]) -> Iterator[FoundCommand]:
    for node in tree.body:
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        for mark in node.decorator_list:
            called, call = _called(mark)
            if called != "command" or call is None:
                continue
            try:
                yield _command(node, call, module)
            except ValueError:
                problems.append(f"{where}:{node.lineno}: name, title, places, slash and cli must be written out")


def _command(node: ast.FunctionDef | ast.AsyncFunctionDef, call: ast.Call, module: str) -> FoundCommand:
    values = {key.arg: ast.literal_eval(key.value) for key in call.keywords if key.arg in _LITERALS}
    (name,) = (ast.literal_eval(argument) for argument in call.args)
    doc = ast.get_docstring(node) or ""
    return found_command(name, module, node.name, node.lineno, doc, values)


def found_command(name: str, module: str, attribute: str, line: int, doc: str, values: dict[str, Any]) -> FoundCommand:
    """A command from the decorator's arguments; `places` and `slash` may be one name or several."""
    return FoundCommand(
        name,
        module,
        attribute,
        line,
        doc,
        values.get("title"),
        _several(values.get("places")),
        _several(values.get("slash")),
        values.get("cli"),
        bool(values.get("hidden", False)),
    )


def _several(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())


def _called(mark: ast.expr) -> tuple[str, ast.Call | None]:
    """The last part of a decorator's name, and its call if it is one."""
    call = mark if isinstance(mark, ast.Call) else None
    target = call.func if call else mark
    if isinstance(target, ast.Attribute):
        return target.attr, call
    return (target.id, call) if isinstance(target, ast.Name) else ("", call)
