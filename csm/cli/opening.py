"""From options to settings, host and port: what exec and the shell share.

Does not: run a turn or draw.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csm.cli.arguments import Parsed
from csm.host import layers
from csm.host.settings import Settings, load
from csm.protocol.errors import CsmError

if TYPE_CHECKING:
    from csm.host.host import Host

_FLAGS = {
    "model": "model",
    "sandbox": "sandbox_mode",
    "ask_for_approval": "approval_policy",
    "keymap": "csm.keymap",
    "theme": "csm.theme",
}


def settings(parsed: Parsed, env: Mapping[str, str], *, headless: bool) -> Settings:
    """The settings for what was asked. Raises SettingError, and CsmError for a folder that is not there."""
    cwd = folder(parsed.get("cd"))
    key_file = parsed.get("api_key_file")
    asked: dict[str, Any] = {
        "cwd": cwd,
        "env": env,
        "headless": headless,
        "profile": parsed.get("profile"),
        "api_key_file": Path(key_file).absolute() if key_file else None,
        "strict": parsed.on("strict_config"),
    }
    if key_file:
        from csm.host import credentials

        credentials.from_file(asked["api_key_file"])  # a bad one fails here, not at the first request
    found = load(overrides=overrides(parsed), **asked)
    more = [str(folder(name)) for name in parsed.all("add_dir")]
    if not more or found.sandbox_policy.mode != "workspace-write":
        return found
    roots = [*found.sandbox_policy.writable_roots, *more]
    return load(overrides={**found.overrides, "sandbox_workspace_write.writable_roots": roots}, **asked)


def overrides(parsed: Parsed) -> dict[str, Any]:
    """The values of -c and the flags above them, as dotted keys."""
    found: dict[str, Any] = dict(layers.parse_override(text) for text in parsed.all("config"))
    for option, key in _FLAGS.items():
        value = parsed.get(option)
        if value:
            found[key] = value
    if parsed.on("dangerously_bypass_approvals_and_sandbox"):
        found.update(approval_policy="never", sandbox_mode="danger-full-access")
    return found


def folder(name: str | None) -> Path:
    """A folder by name, absolute; the working directory without one. Raises CsmError."""
    try:
        here = Path.cwd()
    except FileNotFoundError as error:
        raise CsmError("Error: The working directory does not exist any more.") from error
    if name is None:
        return here
    path = Path(os.path.normpath(here / name))
    if not path.is_dir():
        what = "Not a directory (os error 20)" if path.exists() else "No such file or directory (os error 2)"
        raise CsmError(f"Error: {what}: {name}")
    return path


def host(found: Settings, env: Mapping[str, str], *, init: bool) -> Host:
    """The host with every extension. Raises ModelError for a provider that nobody serves."""
    from csm.host.host import Host

    opened = Host.open(found, env, init=init)
    try:
        opened.model_provider(found.model_provider)
    except CsmError:
        opened.close()
        raise
    return opened
