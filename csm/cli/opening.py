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
from csm.host.layers import Layer
from csm.host.settings import Settings, Skipped, check, load
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
        "skipped": Skipped(
            own=parsed.on("clean"),
            user_config=parsed.on("ignore_user_config"),
            rules=parsed.on("ignore_rules"),
            hook_trust=parsed.on("dangerously_bypass_hook_trust"),
        ),
    }
    if key_file:
        from csm.host import credentials

        credentials.from_file(asked["api_key_file"])  # a bad one fails here, not at the first request
    found = load(overrides=overrides(parsed), **asked)
    if parsed.on("oss"):
        from csm.cli import oss

        found = load(overrides={**oss.choose(found, parsed), **found.overrides}, **asked)
    more = [str(_place(name)) for name in parsed.all("add_dir")]
    if more:  # also where nothing may be written yet: the folder may come to be trusted
        table = found.raw.get("sandbox_workspace_write", {})
        roots = [*table.get("writable_roots", ()), *more]
        found = load(overrides={**found.overrides, "sandbox_workspace_write.writable_roots": roots}, **asked)
    return _elsewhere(found, parsed, env) if parsed.on("worktree") else found


def _elsewhere(found: Settings, parsed: Parsed, env: Mapping[str, str]) -> Settings:
    """The settings for a work tree of this run's own."""
    from csm.cli import worktree
    from csm.host.settings import reload

    return reload(found, env=env, cwd=worktree.create(found.cwd, found.codex_home, env))


def with_model(found: Settings, provider: str) -> Settings:
    """The settings with another provider of models, one that an object of ours plays."""
    import msgspec

    above = {**found.overrides, "model_provider": provider}
    return msgspec.structs.replace(found, model_provider=provider, overrides=above)


def trusted(found: Settings, env: Mapping[str, str]) -> Settings:
    """The settings after the folder's repository was marked as trusted."""
    if found.trusted:
        return found
    from csm.host import config_file, trust
    from csm.host.settings import reload

    root = found.git_root
    config_file.trust(found.codex_home, trust.main_root(root) if root else found.cwd)
    return reload(found, env=env, fresh=True)


def overrides(parsed: Parsed) -> dict[str, Any]:
    """The values of -c and the flags above them, as dotted keys. A bad value is refused also below a flag."""
    found: dict[str, Any] = dict(layers.parse_override(text) for text in parsed.all("config"))
    if found:
        check(Layer(layers.nest(found)))
    for option, key in _FLAGS.items():
        value = parsed.get(option)
        if value or (value is not None and option == "model"):
            found[key] = value
    for option, value in (("enable", True), ("disable", False)):
        if names := parsed.all(option):
            from csm.host import features

            found.update({f"features.{features.check(name)}": value for name in names})
    if parsed.on("plain"):
        found["csm.plain"] = True
    if parsed.on("search"):
        found["web_search"] = "live"
    if parsed.on("full_auto"):
        found.setdefault("sandbox_mode", "workspace-write")
    if parsed.on("approve_for_me"):
        found.update(approvals_reviewer="auto_review", approval_policy="on-request", sandbox_mode="workspace-write")
    if parsed.on("dangerously_bypass_approvals_and_sandbox"):
        found.update(approval_policy="never", sandbox_mode="danger-full-access")
    return found


def warnings(parsed: Parsed) -> list[str]:
    """What to say of options that mean less here than their names do."""
    said: list[str] = []
    if parsed.on("full_auto"):
        said.append("`--full-auto` is out of use; `--sandbox workspace-write` says the same.")
    for name in parsed.all("add_dir"):
        if not _place(name).is_dir():
            said.append(f"`--add-dir {name}`: there is no such folder.")
    return said


def _place(name: str) -> Path:
    """Where a name leads to, absolute. Raises CsmError."""
    try:
        return Path(os.path.normpath(Path.cwd() / name))
    except FileNotFoundError as error:
        raise CsmError("Error: The working directory does not exist any more.") from error


def folder(name: str | None) -> Path:
    """A folder by name, absolute; the working directory without one. Raises CsmError."""
    path = _place(name or ".")
    if name is None:
        return path
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
