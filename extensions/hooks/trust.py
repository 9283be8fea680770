"""Which hooks may run, and writing down what the user decides about them.

What is decided stands in `$CODEX_HOME/config.toml` below `hooks.state`, as Codex writes it.

Does not: ask.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from csm.api import Settings, config_file

from .handlers import Handler


def may_run(handler: Handler, settings: Settings) -> bool:
    """Whether a hook runs: it is on, and trusted, or the command line says that does not matter."""
    return handler.enabled and (handler.trusted or settings.skipped.hook_trust)


def trust(settings: Settings, handlers: Iterable[Handler]) -> None:
    """Trust hooks as they now are. Raises SettingError."""
    for handler in handlers:
        _put(settings, handler, "trusted_hash", handler.hash)


def untrust(settings: Settings, handlers: Iterable[Handler]) -> None:
    """Trust them no more. Raises SettingError."""
    for handler in handlers:
        _put(settings, handler, "trusted_hash", None)


def switch(settings: Settings, handlers: Iterable[Handler], on: bool) -> None:
    """Have them run, or not, whatever is trusted. Raises SettingError."""
    for handler in handlers:
        _put(settings, handler, "enabled", None if on else False)


def _put(settings: Settings, handler: Handler, name: str, value: Any) -> None:
    config_file.put(settings.codex_home, ("hooks", "state", handler.key, name), value)
