"""What whoever runs this machine allows: `requirements.toml` beside the system's `config.toml`.

It holds against every layer, -c and flags: a value that is not allowed gives way to one that is, and that is said.

Does not: say what the settings mean (`csm.host.settings`), or what rules, hooks and tool servers a machine requires
(`csm.host.required`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from csm.host import layers, setting_keys
from csm.protocol.tools import ApprovalPolicy, SandboxPolicy

FILE = "requirements.toml"
_POLICIES = ("untrusted", "on-failure", "on-request", "granular", "never")
_MODES = ("read-only", "workspace-write", "danger-full-access", "external-sandbox")
_SEARCHES = ("disabled", "cached", "indexed", "live")
#: Lists of words, and the words that may stand in them.
_LISTS = {
    "allowed_approval_policies": _POLICIES,
    "allowed_approvals_reviewers": ("user", *setting_keys.REVIEWERS),
    "allowed_sandbox_modes": _MODES,
    "allowed_web_search_modes": _SEARCHES,
}
#: Lists that must not be empty: nothing would be left to fall back to.
_FULL = ("allowed_approval_policies", "allowed_approvals_reviewers", "allowed_sandbox_modes")
#: What asks for more than bounds on settings: see `csm.host.required`.
_REQUIRED = ("rules", "hooks", "mcp_servers", "allow_managed_hooks_only")
#: Other names that Codex knows. What they ask for is about things that csm has not, or is asked for elsewhere.
_OTHERS = frozenset(
    """
    additional_developer_instructions allow_appshots allow_browser_and_computer_use allow_remote_control
    allowed_chatgpt_workspaces allowed_login_methods allowed_permission_profiles allowed_permissions apps computer_use
    config_server default_permissions enforce_residency experimental_network features guardian_extra_policy
    guardian_policy_config models network new_thread otel permissions plugins remote_sandbox_config
    unsafe_enforce_sqlite_journal_mode
    """.split()
)


class Requirements(msgspec.Struct, frozen=True):
    """The file's `values`, checked, for the machine called `host`. Without a file everything is allowed."""

    path: Path | None = None
    values: dict[str, Any] = {}
    host: str = ""

    def words(self, name: str) -> tuple[str, ...] | None:
        """The words of a list; None where the file has none."""
        found = self.values.get(name)
        return tuple(found) if isinstance(found, list) else None

    def modes(self) -> tuple[str, ...] | None:
        """The sandbox modes allowed on this machine; None for all."""
        from fnmatch import fnmatchcase

        for entry in self.values.get("remote_sandbox_config", ()):
            if any(fnmatchcase(self.host.lower(), pattern.lower()) for pattern in entry["hostname_patterns"]):
                return tuple(entry["allowed_sandbox_modes"])
        return self.words("allowed_sandbox_modes")


def read(folder: Path, host: str) -> Requirements:
    """What the file in `folder` says. Raises BadSetting for one that is broken or asks for the impossible."""
    layer = layers.read(folder / FILE)
    if layer is None:
        return Requirements()
    for path, fault in _faults(layer.values):
        raise layers.refuse([layer], path, fault)
    return Requirements(layer.path, layer.values, host)


def unknown(required: Requirements, *, strict: bool) -> list[str]:
    """A line on the names that nobody knows, if there are any. With `strict` they are refused."""
    names = [name for name in required.values if name not in _LISTS and name not in _OTHERS and name not in _REQUIRED]
    if names and strict:
        raise layers.BadSetting(f"{required.path}: unknown configuration field `{names[0]}`", path=required.path)
    return [f"{required.path}: nobody knows {', '.join(f'`{name}`' for name in names)}."] if names else []


def bound(raw: dict[str, Any], required: Requirements, warnings: list[str]) -> dict[str, Any]:
    """The merged settings with what is required of them in place of what is not allowed."""
    raw = _features(raw, required, warnings)
    searches = required.words("allowed_web_search_modes")
    if searches is not None:
        searches = ("disabled", *searches)
        best = next(word for word in ("cached", "indexed", "live", "disabled") if word in searches)
        raw = _chosen(raw, "web_search", "cached", searches, best, warnings)
    reviewers = required.words("allowed_approvals_reviewers")
    if reviewers is not None:
        raw = _chosen(raw, "approvals_reviewer", "user", reviewers, reviewers[0], warnings)
    told = required.values.get("additional_developer_instructions")
    if told:
        own = raw.get("developer_instructions")
        managed = f"<managed_developer_instructions>\n{told}\n</managed_developer_instructions>"
        raw = {**raw, "developer_instructions": f"{own}\n\n{managed}" if own else managed}
    return raw


def approval(
    value: ApprovalPolicy, required: Requirements, warnings: list[str], *, granular: bool
) -> tuple[ApprovalPolicy, bool]:
    """The policy, or the first that is allowed, and whether it is still as `granular` as it was."""
    allowed = required.words("allowed_approval_policies")
    word = "granular" if granular and value == "on-request" else value
    if allowed is None or word in allowed:
        return value, granular
    chosen: Any = next((one for one in allowed if one != "granular"), "untrusted")
    warnings.append(_told("approval_policy", word, allowed, chosen))
    return chosen, False


def sandbox(policy: SandboxPolicy, required: Requirements, warnings: list[str]) -> SandboxPolicy:
    """The sandbox, or the strictest one."""
    allowed = required.modes()
    if allowed is None or policy.mode in allowed:
        return policy
    warnings.append(_told("sandbox_mode", policy.mode, allowed, "read-only"))
    return SandboxPolicy(mode="read-only")


def refusal(required: Requirements, approval: ApprovalPolicy | None, sandbox: SandboxPolicy | None) -> str | None:
    """Why a choice made while csm runs is not allowed; None where it is."""
    policies, modes = required.words("allowed_approval_policies"), required.modes()
    if approval is not None and policies is not None and approval not in policies:
        return f"{FILE} of this machine does not allow the approval policy {approval}"
    if sandbox is not None and modes is not None and sandbox.mode not in modes:
        return f"{FILE} of this machine does not allow the sandbox mode {sandbox.mode}"
    return None


def _chosen(
    raw: dict[str, Any], name: str, usual: str, allowed: tuple[str, ...], best: str, warnings: list[str]
) -> dict[str, Any]:
    value = raw.get(name, usual)
    if value in allowed:
        return raw
    if name in raw:
        warnings.append(_told(name, value, allowed, best))
    return {**raw, name: best}


def _features(raw: dict[str, Any], required: Requirements, warnings: list[str]) -> dict[str, Any]:
    pinned = required.values.get("features")
    if not pinned:
        return raw
    from csm.host import features

    known = {name: value for name, value in pinned.items() if name in features.known()}
    strange = [name for name in pinned if name not in known]
    if strange:
        warnings.append(f"{required.path}: nobody knows the feature {', '.join(f'`{name}`' for name in strange)}.")
    table = raw.get("features", {})
    differing = [name for name, value in known.items() if table.get(name, value) != value]
    warnings += [f"{FILE} of this machine says `features.{name} = {str(known[name]).lower()}`." for name in differing]
    return {**raw, "features": {**table, **known}}


def _told(name: str, value: str, allowed: tuple[str, ...], chosen: str) -> str:
    words = ", ".join(f"`{word}`" for word in dict.fromkeys(allowed))
    return f"{FILE} of this machine does not allow {name} `{value}`, only {words}: `{chosen}` is used."


def _faults(values: Mapping[str, Any]) -> list[tuple[tuple[str, ...], str]]:
    """What cannot be, first things first."""
    found = [fault for name, words in _LISTS.items() if name in values for fault in _list_faults(name, values, words)]
    features = values.get("features", {})
    if not isinstance(features, dict) or any(not isinstance(value, bool) for value in features.values()):
        found.append((("features",), "expected a table of true and false"))
    if not isinstance(values.get("additional_developer_instructions", ""), str):
        found.append((("additional_developer_instructions",), "expected a string"))
    if any(name in values for name in _REQUIRED):
        from csm.host import required

        found += required.faults(values)
    if not _hosts(values.get("remote_sandbox_config", [])):
        found.append((("remote_sandbox_config",), "expected tables of `hostname_patterns` and `allowed_sandbox_modes`"))
    return found


def _list_faults(name: str, values: Mapping[str, Any], words: tuple[str, ...]) -> list[tuple[tuple[str, ...], str]]:
    value = values[name]
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        return [((name,), "expected an array of strings")]
    strange = [word for word in value if word not in words]
    if strange:
        listed = ", ".join(f"`{word}`" for word in words)
        return [((name,), f"unknown variant `{strange[0]}`, expected one of {listed}")]
    if not value and name in _FULL:
        return [((name,), "must not be empty")]
    if name == "allowed_sandbox_modes" and "read-only" not in value:
        return [((name,), "must include `read-only`")]
    return []


def _hosts(entries: Any) -> bool:
    return isinstance(entries, list) and all(
        isinstance(entry, dict)
        and isinstance(entry.get("hostname_patterns"), list)
        and all(isinstance(pattern, str) for pattern in entry["hostname_patterns"])
        and not _list_faults("allowed_sandbox_modes", {"allowed_sandbox_modes": None, **entry}, _MODES)
        for entry in entries
    )
