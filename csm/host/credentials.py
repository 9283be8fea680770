"""Where a provider's key comes from, and what to say when there is none.

For the built-in provider `openai`: --api-key-file, CODEX_API_KEY, auth.json, OPENAI_API_KEY. For others:
--api-key-file, `env_key`, `experimental_bearer_token`, and the keys of `openai` where `requires_openai_auth`.

Does not: log in, refresh tokens, or send anything.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from csm.host import saving
from csm.host.settings import ProviderSettings, Settings
from csm.protocol.errors import SettingError

_CHOICES = (
    "Set CODEX_API_KEY or OPENAI_API_KEY to an OpenAI API key, choose a model on this machine with"
    " `-c model_provider=ollama -m MODEL`, or try the offline tutor: `csm tutor`."
)
_TOKENS_ONLY = "holds a ChatGPT login and no API key. csm cannot use ChatGPT logins."


class Key(msgspec.Struct, frozen=True):
    """A key and where it was found. The value never shows in a repr."""

    value: str
    source: str

    def __repr__(self) -> str:
        return f"Key(source={self.source!r})"


def key(provider: ProviderSettings, settings: Settings, env: Mapping[str, str]) -> Key | None:
    """The key for a provider; None where there is none, or none is needed. Raises SettingError (bad key file)."""
    if settings.api_key_file is not None:
        return from_file(settings.api_key_file)
    if provider.env_key:
        return _from_env(provider.env_key, env)
    if provider.experimental_bearer_token:
        return Key(provider.experimental_bearer_token, f"model_providers.{provider.id}.experimental_bearer_token")
    if provider.requires_openai_auth:
        return _openai(settings, env)
    return None


def problem(provider: ProviderSettings, settings: Settings, env: Mapping[str, str]) -> str | None:
    """None where a request can be tried; else what is missing and exactly what to set."""
    try:
        if key(provider, settings, env) is not None:
            return None
    except SettingError as error:
        return error.message
    if provider.env_key:
        told = f"Missing environment variable: `{provider.env_key}`."
        return f"{told} {provider.env_key_instructions}" if provider.env_key_instructions else told
    if provider.requires_openai_auth:
        return f"{_why_none(settings)} {_CHOICES}"
    return None


def secrets(settings: Settings, env: Mapping[str, str]) -> tuple[str, ...]:
    """Every key that is known here, of all providers: what must never show in a log or on a screen."""
    found: list[str] = []
    names = ["CODEX_API_KEY", "OPENAI_API_KEY"]
    for provider in settings.model_providers.values():
        found.append(provider.experimental_bearer_token or "")
        names += [provider.env_key or "", *provider.env_http_headers.values()]
    found += [env.get(name, "").strip() for name in names if name]
    found.append(str(_auth(settings.codex_home).get("OPENAI_API_KEY") or "").strip())
    if settings.api_key_file is not None:
        try:
            found.append(from_file(settings.api_key_file).value)
        except SettingError:
            pass
    return tuple(dict.fromkeys(value for value in found if value))


def _openai(settings: Settings, env: Mapping[str, str]) -> Key | None:
    return _from_env("CODEX_API_KEY", env) or _from_auth(settings.codex_home) or _from_env("OPENAI_API_KEY", env)


def _from_env(name: str, env: Mapping[str, str]) -> Key | None:
    value = env.get(name, "").strip()
    return Key(value, name) if value else None


def _from_auth(codex_home: Path) -> Key | None:
    value = _auth(codex_home).get("OPENAI_API_KEY")
    return Key(value.strip(), str(codex_home / "auth.json")) if isinstance(value, str) and value.strip() else None


def _auth(codex_home: Path) -> dict[str, Any]:
    try:
        value = json.loads((codex_home / "auth.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _why_none(settings: Settings) -> str:
    path = settings.codex_home / "auth.json"
    if _auth(settings.codex_home).get("tokens"):
        return f"{path} {_TOKENS_ONLY}"
    if path.exists() and not _auth(settings.codex_home):
        return f"No API key for OpenAI: {path} cannot be read as JSON."
    return "No API key for OpenAI."


def from_file(path: Path) -> Key:
    """The key in a file that holds nothing else. Raises SettingError."""
    try:
        value = path.read_text("utf-8").strip()
    except OSError as error:
        raise SettingError(f"Cannot read the API key file {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingError(f"The API key file {path} is not text.") from error
    if not _may_be_key(value):
        raise SettingError(f"The API key file {path} must hold one key and nothing else.")
    return Key(value, str(path))


def save(codex_home: Path, value: str) -> Path:
    """Keep an OpenAI API key for csm and Codex in `auth.json`, beside what stands there; the file. Raises SettingError.

    What is no JSON is replaced.
    """
    if not _may_be_key(value):
        raise SettingError("this is no API key", "it has letters, digits and signs only")
    path = codex_home / "auth.json"
    try:
        if path.exists():
            path.read_bytes()  # one that cannot be read may hold a login
        known = {**_auth(codex_home), "auth_mode": "apikey", "OPENAI_API_KEY": value}
        return saving.replace(path, json.dumps(known, indent=2) + "\n", private=True)
    except OSError as error:
        raise SettingError(f"{path}: {error.strerror}") from None


def _may_be_key(value: str) -> bool:
    return bool(value) and all(33 <= ord(char) <= 126 for char in value)
