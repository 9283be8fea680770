"""Writing one of csm's own settings to `settings.toml`, comments and all else kept.

Does not: touch Codex's `config.toml`, or change what is in force now.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from csm.protocol.errors import SettingError


def save(folder: Path, name: str, value: Any) -> Path:
    """Set a top-level key of `folder/settings.toml`; the file. Raises SettingError where it cannot be read or written.

    A link is followed, so that a file kept elsewhere stays there.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    path = Path(os.path.realpath(folder / "settings.toml"))
    try:
        text = path.read_text("utf-8") if path.exists() else ""
        document = tomlkit.parse(text)
        document[name] = value
        replace(path, tomlkit.dumps(document))
    except TOMLKitError as error:
        raise SettingError(f"{path}: {error}", "mend it first") from None
    except OSError as error:
        raise SettingError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingError(f"{path} is no UTF-8", "mend it first") from None
    return path


def replace(path: Path, text: str) -> None:
    """Put a new file in the place of the old one, with its mode."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(text, "utf-8")
        if path.exists():
            temporary.chmod(path.stat().st_mode & 0o7777)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
