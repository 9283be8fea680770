"""Writing files that people keep too: one value of a TOML file at a time, or a whole file in the place of the old one.

Does not: change what is in force now; whoever writes loads anew.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from csm.protocol.errors import SettingError


def save(folder: Path, name: str, value: Any) -> Path:
    """Set one of csm's own settings in `folder/settings.toml`; the file. Raises SettingError."""
    return put(folder / "settings.toml", (name,), value)


def put(path: Path, names: tuple[str, ...], value: Any) -> Path:
    """Set the value at `names`, or with None take it away, tables on the way made where missing; the file.

    Comments and all else stay. Raises SettingError where the file cannot be read, parsed or written.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(path.read_text("utf-8") if path.exists() else "")
        _set(document, names, value)
        return replace(path, tomlkit.dumps(document))
    except TOMLKitError as error:
        raise SettingError(f"{path}: {error}", "mend it first") from None
    except OSError as error:
        raise SettingError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingError(f"{path} is no UTF-8", "mend it first") from None


def replace(path: Path, text: str, *, private: bool = False) -> Path:
    """Put a new file in the place of the old one, with its mode; the file. Raises OSError.

    A link is followed, so that a file kept elsewhere stays there. `private`: its owner alone may read it.
    """
    path = Path(os.path.realpath(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if private else 0o666)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        if path.exists() and not private:
            temporary.chmod(path.stat().st_mode & 0o7777)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path


def _set(document: Any, names: tuple[str, ...], value: Any) -> None:
    from tomlkit.exceptions import TOMLKitError

    table = document
    for depth, name in enumerate(names[:-1]):
        if name not in table:
            table[name] = _table(table, only_tables=depth < len(names) - 2 or isinstance(value, dict))
        table = table[name]
        if not isinstance(table, dict):
            raise TOMLKitError(f"`{'.'.join(names[: depth + 1])}` is no table")
    if value is None:
        table.pop(names[-1], None)
    else:
        table[names[-1]] = value


def _table(parent: Any, *, only_tables: bool) -> Any:
    """A table that may stand in another: one with only tables in it has no head, as in `[projects."/x"]` alone."""
    import tomlkit
    from tomlkit.items import InlineTable

    return tomlkit.inline_table() if isinstance(parent, InlineTable) else tomlkit.table(is_super_table=only_tables)
