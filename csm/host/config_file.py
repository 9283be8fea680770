"""Edits of `$CODEX_HOME/config.toml`: one value at a time, comments and all else kept.

Does not: change what is in force now; whoever edits loads anew.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from csm.host import saving
from csm.protocol.errors import SettingError


def put(home: Path, path: tuple[str, ...], value: Any) -> Path:
    """Set the value at `path`, or with None take it away, tables on the way made where missing; the file.

    A link is followed. Raises SettingError where the file cannot be read, parsed or written.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    file = Path(os.path.realpath(home / "config.toml"))
    try:
        document = tomlkit.parse(file.read_text("utf-8") if file.exists() else "")
        _set(document, path, value)
        saving.replace(file, tomlkit.dumps(document))
    except TOMLKitError as error:
        raise SettingError(f"{file}: {error}", "mend it first") from None
    except OSError as error:
        raise SettingError(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingError(f"{file} is no UTF-8", "mend it first") from None
    return file


def trust(home: Path, folder: Path) -> Path:
    """Have a folder trusted."""
    return put(home, ("projects", str(folder), "trust_level"), "trusted")


def _set(document: Any, path: tuple[str, ...], value: Any) -> None:
    import tomlkit

    table = document
    for depth, name in enumerate(path[:-1]):
        if not isinstance(table.get(name), dict):
            # A table that only holds tables has no head of its own: `[projects."/x"]` alone.
            table[name] = tomlkit.table(is_super_table=depth < len(path) - 2)
        table = table[name]
    if value is None:
        table.pop(path[-1], None)
    else:
        table[path[-1]] = value
