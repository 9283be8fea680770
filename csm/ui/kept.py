"""What the first questions leave behind: a trusted folder in `config.toml`, a key in `auth.json`.

Both files are Codex's too: what stands in them stays, and each is replaced as a whole or not at all.

Does not: ask.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from csm.protocol.errors import SettingError


def trust(codex_home: Path, folder: Path) -> None:
    """Write that a folder is trusted. Raises SettingError, and leaves the file, where that cannot be added."""
    path, name = codex_home / "config.toml", str(folder)
    old = _read(path)
    # A JSON string is a TOML string, but for a delete character, which no path that is added here may have.
    entry = f'[projects.{json.dumps(name, ensure_ascii=False)}]\ntrust_level = "trusted"\n'
    gap = "" if not old else "\n" if old.endswith("\n") else "\n\n"
    new = f"{old}{gap}{entry}"
    try:
        known = tomllib.loads(new)["projects"][name]["trust_level"] == "trusted"
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        known = False
    if not known:
        raise SettingError(f"{path} could not be added to", f"add yourself: {entry.replace(chr(10), ' ').strip()}")
    _replace(path, new)


def save_key(codex_home: Path, key: str) -> None:
    """Keep an OpenAI API key for csm and Codex. Raises SettingError for what is no key."""
    if not key or any(ord(char) < 33 or ord(char) > 126 for char in key):
        raise SettingError("this is no API key", "it has letters, digits and signs only")
    path = codex_home / "auth.json"
    try:
        known: Any = json.loads(_read(path) or "{}")
    except ValueError:
        known = {}
    kept = known if isinstance(known, dict) else {}
    _replace(path, json.dumps({**kept, "auth_mode": "apikey", "OPENAI_API_KEY": key}, indent=2) + "\n")


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"{path} cannot be read") from error


def _replace(path: Path, text: str) -> None:
    """Put a file in place, behind a symbolic link too, readable by its owner alone."""
    target = Path(os.path.realpath(path))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(name, target)  # noqa: PTH105
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)  # noqa: PTH108
            raise
    except OSError as error:
        raise SettingError(f"{path} cannot be written: {error.strerror}") from error
