"""Layers of settings: reading TOML files, values of -c, merging, and errors that point at the place.

Does not: know what the settings mean (`csm.host.settings`) or what they may hold (`csm.host.setting_keys`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from csm.protocol.errors import SettingError

#: The file of csm's own settings.
OWN = "settings.toml"


class Layer(NamedTuple):
    """Settings of one origin. `path` is None for those of the command line.

    In `text`, a setting stands below `prefix` and without its first `drop` names.
    """

    values: dict[str, Any]
    path: Path | None = None
    text: str = ""
    prefix: tuple[str, ...] = ()
    drop: int = 0


class BadSetting(SettingError):
    """A setting in a file or of the command line that cannot be used.

    `message` is one line, `FILE:LINE:COL: what is wrong` where the place is known; `excerpt` shows the line with a
    mark below, or is empty. `path` is the file it is in, if any.
    """

    def __init__(self, message: str, hint: str | None = None, *, excerpt: str = "", path: Path | None = None) -> None:
        super().__init__(message, hint)
        self.excerpt = excerpt
        self.path = path

    def report(self) -> str:
        """The whole text for a terminal: header, message, excerpt, hint."""
        gap = "\n" if self.excerpt else " "
        # Codex names its own file whatever layer is meant; ours is another.
        name = OWN if self.path is not None and self.path.name == OWN else "config.toml"
        parts = [f"Error loading {name}:{gap}{self.message}", self.excerpt, self.hint]
        return "\n".join(part for part in parts if part)


def read(path: Path) -> Layer | None:
    """The settings in a file; None where there is none. Raises BadSetting for unreadable or broken ones."""
    try:
        if path.is_fifo():  # it would keep us waiting
            raise BadSetting(f"{path}: Not a file", path=path)
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise BadSetting(f"{path}: {error.strerror}", path=path) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise BadSetting(f"{path}:{line}:{column}: not UTF-8", path=path) from error
    return Layer(_parse(path, text), path, text)


def _parse(path: Path, text: str) -> dict[str, Any]:
    import tomli

    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
        what = getattr(error, "msg", str(error))
        key = _key_on(text, line)
        about, width = f" (at `{key}`)" if key else "", 1
        if what == "Cannot overwrite a value" and key:  # told at the end of the value: the name is what is wrong
            what, about, width = "duplicate key", "", len(key)
            column = text.splitlines()[line - 1].index(key) + 1
        message = f"{path}:{line}:{column}: {what[:1].lower()}{what[1:]}{about}"
        raise BadSetting(message, excerpt=excerpt(text, line, column, width), path=path) from error
    except RecursionError as error:
        raise BadSetting(f"{path}: nested too deeply", path=path) from error


def _key_on(text: str, line: int) -> str:
    lines = text.splitlines()
    name, equals, _ = lines[line - 1].partition("=") if 0 < line <= len(lines) else ("", "", "")
    return name.strip() if equals else ""


def excerpt(text: str, line: int, column: int, width: int = 1) -> str:
    """The line with a mark below the column, beside its number."""
    lines = text.splitlines() or [""]
    shown = lines[min(line, len(lines)) - 1] if line else ""
    number = str(line)
    pad = " " * len(number)
    lead = "".join("\t" if char == "\t" else " " for char in shown[: column - 1]).ljust(column - 1)
    return f"{pad} |\n{number} | {shown}\n{pad} | {lead}{'^' * width}"


def refuse(layers: Iterable[Layer], path: tuple[str, ...], fault: str, *, name: bool = False) -> BadSetting:
    """The error for the value (or `name`) at `path`, placed in the highest of `layers` that has it."""
    from csm.host import toml_places

    dotted = join(path)
    for layer in reversed(list(layers)):
        if layer.path is None or not _has(layer.values, path):
            continue
        written = (*layer.prefix, *path[layer.drop :])
        place = (toml_places.key_place if name else toml_places.value_place)(layer.text, written)
        if place is None:
            return BadSetting(f"{layer.path}: {fault} in `{dotted}`", path=layer.path)
        where = f"{layer.path}:{place.line}:{place.column}"
        return BadSetting(f"{where}: {fault} in `{dotted}`", excerpt=excerpt(layer.text, *place), path=layer.path)
    return BadSetting(f"{fault} in `{dotted}`", "It was given on the command line.")


def _has(values: Any, path: tuple[str, ...]) -> bool:
    for name in path:
        if not isinstance(values, dict) or name not in values:
            return False
        values = values[name]
    return True


def join(path: Iterable[str]) -> str:
    """A dotted name, its parts quoted where TOML asks for it."""
    import re

    return ".".join(part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else f'"{part}"' for part in path)


def merge(low: Mapping[str, Any], high: Mapping[str, Any]) -> dict[str, Any]:
    """Both; where they differ the higher one. Tables are merged, all else is replaced."""
    merged = dict(low)
    for name, value in high.items():
        below = merged.get(name)
        merged[name] = merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def parse_override(text: str) -> tuple[str, Any]:
    """`key=value` of -c: the value as TOML, else as the text it is. Raises SettingError without `=` or a key."""
    key, equals, raw = text.partition("=")
    if not equals:
        raise SettingError(f"Error parsing -c overrides: Invalid override (missing '='): {text}")
    if not key.strip():
        raise SettingError(f"Error parsing -c overrides: Empty key in override: {text}")
    return key.strip(), _value(raw.strip())


def _value(raw: str) -> Any:
    if raw in ("true", "false"):
        return raw == "true"
    if raw.isascii() and raw.isdigit() and (raw == "0" or raw[0] != "0"):
        return int(raw)
    if raw.replace("-", "").replace("_", "").isalpha() and raw not in ("inf", "nan"):
        return raw  # a bare word is no TOML value: the common case needs no parser
    import tomli

    try:
        value = tomli.loads(f"value = {raw}")["value"]
    except (tomli.TOMLDecodeError, RecursionError):
        return raw.strip("\"'") if raw else ""
    # No setting is a date; names of models may look like one.
    return value if type(value) in (str, bool, int, float, list, dict) else raw.partition("#")[0].strip()


def nest(overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted keys as nested tables, later ones above earlier ones. Quoted parts keep their dots."""
    nested: dict[str, Any] = {}
    for key, value in overrides.items():
        inner: Any = value
        for part in reversed(split(key)):
            inner = {part: inner}
        nested = merge(nested, inner)
    return nested


def split(key: str) -> list[str]:
    """The parts of a dotted key; a part in quotes may hold dots."""
    if '"' not in key and "'" not in key:
        return key.split(".")
    import re

    return [a or b or c for a, b, c in re.findall(r'"([^"]*)"|\'([^\']*)\'|([^."\']+)', key)]
