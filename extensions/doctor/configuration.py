"""What is configured: settings, key, sandbox, rules, servers, keys, theme, extensions.

Does not: start a server, or send a key anywhere.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from csm.api import CsmError, SandboxError, checking, checkup, credentials, ruling

from .probes import some, there


def config(host: Any) -> checkup.Check:
    """Which files, and what in them nobody knows."""
    settings = host.settings
    trust = {True: "yes", False: "no", None: "not decided"}[settings.trusted]
    strange = tuple(settings.unknown)
    told = (
        ("Codex home", there(settings.codex_home)),
        ("config.toml", there(settings.codex_home / "config.toml")),
        ("csm's settings", there(settings.config_dir / "settings.toml")),
        ("init.py", there(settings.config_dir / "init.py")),
        ("model", f"{settings.model} of {settings.model_provider}"),
        ("folder", str(settings.cwd)),
        ("folder is trusted", trust),
        *((("unknown settings", strange),) if strange else ()),
        *((("warnings", tuple(settings.warnings)),) if settings.warnings else ()),
    )
    if settings.warnings or strange:
        count = some(len(settings.warnings) + len(strange), "remark")
        return checkup.Check("config.load", "config", "warning", count, told, "See the warnings below.")
    return checkup.Check("config.load", "config", "ok", f"{settings.model} of {settings.model_provider}", told)


def auth(host: Any) -> checkup.Check:
    """Whether a request would have its key; where the key is from, never what it is."""
    settings = host.settings
    provider = settings.model_providers.get(settings.model_provider)
    told = (("auth.json", there(settings.codex_home / "auth.json")), ("provider", settings.model_provider))
    if provider is None:
        known = "an extension's provider" if _offered(host, settings.model_provider) else "no such provider"
        status = "ok" if known.startswith("an") else "fail"
        return checkup.Check("auth.credentials", "auth", status, known, told)
    problem = credentials.problem(provider, settings, host.env)
    if problem is not None:
        first, _, rest = problem.partition("\n")
        return checkup.Check("auth.credentials", "auth", "fail", first, told, rest)
    key = credentials.key(provider, settings, host.env)
    told = (*told, ("key", f"from {key.source}" if key else "none needed"))
    return checkup.Check("auth.credentials", "auth", "ok", told[-1][1] if key else "no key is needed", told)


def _offered(host: Any, id: str) -> bool:
    try:
        return host.model_provider(id) is not None
    except CsmError:
        return False


def sandbox(host: Any) -> checkup.Check:
    """Which sandbox holds commands."""
    settings = host.settings
    told = [
        ("approval policy", settings.approval_policy),
        ("commands may", settings.sandbox_policy.mode),
        ("network for commands", "yes" if settings.sandbox_policy.network_access else "no"),
    ]
    for one in sorted(host.provide("sandboxes"), key=lambda one: one.rank):
        told.append((one.name, one.unavailable() or "works here"))
    try:
        found = host.sandbox()
    except SandboxError as error:
        why = "Install bubblewrap, or let commands run unheld with full access."
        return checkup.Check("sandbox.helpers", "sandbox", "fail", error.message, tuple(told), why)
    return checkup.Check("sandbox.helpers", "sandbox", "ok", found.name, tuple(told))


def rules(host: Any) -> checkup.Check:
    """Rules on commands that can be read."""
    found = ruling.in_force(host, host.settings)
    faults = tuple(str(fault) for fault in found.faults)
    told = (("faults", faults),) if faults else ()
    if faults:
        return checkup.Check(
            "rules.files", "rules", "fail", some(len(faults), "file cannot", "files cannot") + " be read", told,
            "Until it is mended every command is asked about.",
        )  # fmt: skip
    return checkup.Check("rules.files", "rules", "ok", "every file can be read", told)


def servers(host: Any) -> checkup.Check:
    """MCP servers whose programs are there."""
    table = host.settings.raw.get("mcp_servers")
    named = {name: one for name, one in table.items() if isinstance(one, dict)} if isinstance(table, dict) else {}
    if not named:
        return checkup.Check("mcp.config", "mcp", "idle", "no servers")
    lacking = tuple(name for name, one in named.items() if _lacking(one, host.env))
    told = tuple((name, _server(one, name in lacking)) for name, one in named.items())
    if lacking:
        summary = f"the program of {', '.join(lacking)} is not there"
        return checkup.Check("mcp.config", "mcp", "warning", summary, told, "Mend the command, or remove the server.")
    return checkup.Check("mcp.config", "mcp", "ok", some(len(named), "server"), told)


def _lacking(server: dict[str, Any], env: Any) -> bool:
    command = server.get("command")
    if not command or server.get("enabled") is False:
        return False
    if os.sep in str(command):
        return not os.access(Path(str(server.get("cwd") or "."), str(command)), os.X_OK)
    return shutil.which(str(command), path=env.get("PATH", "")) is None


def _server(server: dict[str, Any], lacking: bool) -> str:
    what = str(server.get("command") or server.get("url") or "neither command nor url")
    return what + (" (off)" if server.get("enabled") is False else " (not there)" if lacking else "")


def keymap(host: Any) -> checkup.Check:
    """Bindings that were left out."""
    return _report(checking.keymap(host), "keymap.bindings", "keymap", "csm keymap check")


def theme(host: Any) -> checkup.Check:
    """Styles that were left out."""
    return _report(checking.theme(host), "theme.styles", "theme", "csm theme check")


def _report(found: checking.Report, id: str, category: str, command: str) -> checkup.Check:
    told = tuple((name, lines) for name, lines in (("problems", found.problems), ("remarks", found.remarks)) if lines)
    if found.problems:
        summary = f"{found.what}: {some(len(found.problems), 'problem')}"
        return checkup.Check(id, category, "warning", summary, told, f"`{command}` shows all.")
    return checkup.Check(id, category, "ok", found.what, told)


def extensions(host: Any) -> checkup.Check:
    """Extensions and `init.py` that did not load."""
    known = host.extensions.known.values()
    own = tuple(one.name for one in known if one.kind != "bundled")
    failed = tuple(one.name for one in known if one.state == "failed")
    said = tuple(f"{one.where}: {one.text}" if one.where else one.text for one in host.messages if one.level == "error")
    lines = tuple(text.partition("\n")[0] for text in said)
    told = (
        ("bundled", str(sum(one.kind == "bundled" for one in known))),
        ("others", own),
        *((("did not load", failed),) if failed else ()),
        *((("errors", lines),) if lines else ()),
    )
    if failed or lines:
        summary = f"{', '.join(failed)} did not load" if failed else lines[0]
        return checkup.Check("extensions.load", "extensions", "warning", summary, told, "`csm --clean` starts without.")
    return checkup.Check(
        "extensions.load", "extensions", "ok", some(len(own), "other than csm's own", "other than csm's own"), told
    )


CHECKS = {
    "config.load": config,
    "auth.credentials": auth,
    "sandbox.helpers": sandbox,
    "rules.files": rules,
    "mcp.config": servers,
    "keymap.bindings": keymap,
    "theme.styles": theme,
    "extensions.load": extensions,
}
