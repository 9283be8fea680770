"""The settings in force, from every layer.

Low to high: defaults, `/etc/codex/config.toml`, `$CODEX_HOME/config.toml` with `~/.config/csm/settings.toml` beside it
(below `csm.`), the profile, `.codex/config.toml` of a trusted project from its root down to the working directory, and
the overrides (-c and flags).

Does not: write settings, ask for trust, or read keys (`csm.host.credentials`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from csm.host import layers, setting_keys, trust
from csm.host.layers import Layer
from csm.host.provider_settings import ProviderSettings as ProviderSettings
from csm.host.provider_settings import providers
from csm.protocol.errors import SettingError
from csm.protocol.tools import ApprovalPolicy, Collaboration, SandboxPolicy

#: The folder of what holds for everyone on this machine.
SYSTEM = Path("/etc/codex")


class Granular(msgspec.Struct, frozen=True):
    """What may be asked where `approval_policy` is a table: all else is declined unasked."""

    sandbox_approval: bool
    rules: bool
    mcp_elicitations: bool
    skill_approval: bool = False
    request_permissions: bool = False

    def allows(self, kind: str) -> bool:
        """Whether a question of this kind (`command`, `patch`, `tool`) may be asked."""
        return self.mcp_elicitations if kind == "tool" else self.sandbox_approval


class Skipped(msgspec.Struct, frozen=True):
    """What the command line has left out of account: --ignore-user-config, --ignore-rules, and the trust of hooks."""

    user_config: bool = False
    rules: bool = False
    hook_trust: bool = False


class Settings(msgspec.Struct, frozen=True):
    """What csm does, for one working directory.

    `trusted` is None where the user has not said. `raw` is the merged configuration as nested tables (csm's own
    settings below `csm`), `unknown` the dotted names in it that nobody knows. `warnings` are lines for the user.
    `granular` narrows the approval policy `on-request`.
    """

    cwd: Path
    codex_home: Path
    config_dir: Path
    state_dir: Path
    project_root: Path
    git_root: Path | None = None
    trusted: bool | None = None
    headless: bool = False
    model: str = "gpt-5.5"
    model_provider: str = "openai"
    model_providers: dict[str, ProviderSettings] = {}
    approval_policy: ApprovalPolicy = "on-request"
    granular: Granular | None = None
    sandbox_policy: SandboxPolicy = SandboxPolicy()
    effort: str | None = None
    summary: str | None = None
    verbosity: str | None = None
    service_tier: str | None = None
    context_window: int | None = None
    auto_compact_limit: int | None = None
    tool_output_token_limit: int | None = None
    developer_instructions: str | None = None
    instructions_file: Path | None = None
    project_doc_max_bytes: int = 32_768
    project_doc_fallback_filenames: tuple[str, ...] = ()
    project_root_markers: tuple[str, ...] = trust.MARKERS
    history_persistence: Literal["save-all", "none"] = "save-all"
    hide_agent_reasoning: bool = False
    show_raw_agent_reasoning: bool = False
    notify: tuple[str, ...] = ()
    keymap: str = "codex"
    theme: str = "dark"
    collaboration: Collaboration = "default"
    api_key_file: Path | None = None
    profile: str | None = None
    overrides: dict[str, Any] = {}
    raw: dict[str, Any] = {}
    unknown: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    skipped: Skipped = Skipped()
    system_dir: Path = SYSTEM

    def __repr__(self) -> str:
        return f"Settings(cwd={str(self.cwd)!r}, model={self.model!r}, model_provider={self.model_provider!r})"


def load(
    *,
    cwd: Path,
    env: Mapping[str, str],
    overrides: Mapping[str, Any] | None = None,
    headless: bool = False,
    provider: str | None = None,
    profile: str | None = None,
    api_key_file: Path | None = None,
    strict: bool = False,
    skipped: Skipped | None = None,
    system_dir: Path = SYSTEM,
) -> Settings:
    """Read every layer. `overrides` are dotted keys with values; `provider` is put above all of them.

    `headless` forces the approval policy `never`. Raises SettingError (`BadSetting` where it has a place).
    """
    above = {**(overrides or {}), **({"model_provider": provider} if provider else {})}
    skipped = skipped or Skipped()
    home = codex_home(env)
    if home.is_file():
        raise SettingError(f"CODEX_HOME is a file, not a folder: {home}")
    warnings: list[str] = []
    stack = _base_layers(system_dir, config_dir(env))
    stack += _user_layers(home, profile, nest := layers.nest(above), skipped, warnings)
    markers = _markers(stack, nest)
    trusted = trust.level(layers.merge(_merged(stack), nest).get("projects", {}), cwd, markers)
    stack += _project_layers(cwd, markers, home, trusted, warnings)
    stack.append(Layer(nest))
    unknown = _check(stack, strict)
    stack = [_rooted(layer, cwd) for layer in stack]
    raw = _merged(stack)
    return _settings(
        raw,
        cwd=cwd,
        codex_home=home,
        config_dir=config_dir(env),
        state_dir=state_dir(env),
        project_root=trust.project_root(cwd, markers),
        git_root=trust.git_root(cwd),
        trusted=trusted,
        headless=headless,
        model_providers=providers(stack, raw, env),
        api_key_file=api_key_file,
        profile=profile,
        overrides=dict(above),
        unknown=unknown,
        warnings=tuple(warnings),
        skipped=skipped,
        system_dir=system_dir,
    )


def reload(
    settings: Settings,
    *,
    env: Mapping[str, str],
    cwd: Path | None = None,
    overrides: Mapping[str, Any] | None = None,
    headless: bool | None = None,
    fresh: bool = False,
) -> Settings:
    """The same settings for another directory, or with more overrides on top; the same object if nothing differs.

    `fresh` reads the files anew in any case.
    """
    cwd = settings.cwd if cwd is None else cwd
    headless = settings.headless if headless is None else headless
    above = {**settings.overrides, **(overrides or {})}
    if not fresh and (cwd, headless, above) == (settings.cwd, settings.headless, settings.overrides):
        return settings
    return load(
        cwd=cwd,
        env=env,
        overrides=above,
        headless=headless,
        profile=settings.profile,
        api_key_file=settings.api_key_file,
        skipped=settings.skipped,
        system_dir=settings.system_dir,
    )


def config_dir(env: Mapping[str, str]) -> Path:
    """csm's own folder: `$XDG_CONFIG_HOME/csm`, else `~/.config/csm`."""
    return _xdg(env, "XDG_CONFIG_HOME", ".config")


def state_dir(env: Mapping[str, str]) -> Path:
    """What csm may forget: `$XDG_STATE_HOME/csm`, else `~/.local/state/csm`."""
    return _xdg(env, "XDG_STATE_HOME", ".local/state")


def _xdg(env: Mapping[str, str], name: str, default: str) -> Path:
    value = env.get(name, "")
    return (Path(value) if value.startswith("/") else _home(env) / default) / "csm"


def _home(env: Mapping[str, str]) -> Path:
    return Path(env["HOME"]) if env.get("HOME") else Path.home()


def codex_home(env: Mapping[str, str]) -> Path:
    """Where Codex keeps its settings and sessions: `$CODEX_HOME`, else `~/.codex`."""
    return Path(env["CODEX_HOME"]).absolute() if env.get("CODEX_HOME") else _home(env) / ".codex"


def _base_layers(system_dir: Path, own: Path) -> list[Layer]:
    stack: list[Layer] = []
    system = layers.read(system_dir / "config.toml")
    if system is not None:
        stack.append(system)
    ours = layers.read(own / layers.OWN)
    if ours is not None:
        stack.append(Layer({"csm": ours.values}, ours.path, ours.text, drop=1))
    return stack


def _user_layers(
    home: Path, profile: str | None, nest: dict[str, Any], skipped: Skipped, warnings: list[str]
) -> list[Layer]:
    stack: list[Layer] = []
    user = None if skipped.user_config else layers.read(home / "config.toml")
    if user is not None:
        stack.append(user)
    named = profile or nest.get("profile") or (user.values.get("profile") if user else None)
    if isinstance(named, str) and named:
        stack += _profile(home, named, user, warnings)
    return stack


def _profile(home: Path, name: str, user: Layer | None, warnings: list[str]) -> list[Layer]:
    if "/" in name or name in (".", ".."):
        raise SettingError(f"config profile `{name}` is not a plain name")
    own = layers.read(home / f"{name}.config.toml")
    if own is not None:
        return [own]
    profiles = user.values.get("profiles") if user else None
    values = profiles.get(name) if isinstance(profiles, dict) else None
    if isinstance(values, dict) and user is not None:
        return [Layer(values, user.path, user.text, ("profiles", name))]
    warnings.append(f"config profile `{name}` not found: neither {home / name}.config.toml nor [profiles.{name}]")
    return []


def _markers(stack: list[Layer], nest: dict[str, Any]) -> tuple[str, ...]:
    value = layers.merge(_merged(stack), nest).get("project_root_markers")
    return tuple(value) if isinstance(value, list) and all(isinstance(one, str) for one in value) else trust.MARKERS


def _project_layers(
    cwd: Path, markers: tuple[str, ...], home: Path, trusted: bool | None, warnings: list[str]
) -> list[Layer]:
    files = [folder / ".codex" / "config.toml" for folder in trust.config_folders(cwd, markers)]
    present = [file for file in files if file.is_file() and file.parent != home and file.parent.resolve() != home]
    if present and not trusted:
        warnings.append(f"{present[0]} is not read: this folder is not trusted.")
        return []
    found = [layer for layer in map(layers.read, present) if layer is not None]
    return [_without_machine(layer, warnings) for layer in found]


def _without_machine(layer: Layer, warnings: list[str]) -> Layer:
    refused = sorted(setting_keys.MACHINE & layer.values.keys())
    if refused:
        warnings.append(f"Ignored unsupported project-local config keys in {layer.path}: {', '.join(refused)}")
    return layer._replace(values={k: v for k, v in layer.values.items() if k not in refused})


def _rooted(layer: Layer, cwd: Path) -> Layer:
    """Paths in a file are relative to its folder, those of the command line to the working directory."""
    base = layer.path.parent if layer.path else cwd
    values = layer.values
    file, table = values.get("model_instructions_file"), values.get("sandbox_workspace_write", {})
    if file:
        values = {**values, "model_instructions_file": _path(file, base)}
    if table.get("writable_roots"):
        roots = [_path(root, base) for root in table["writable_roots"]]
        values = {**values, "sandbox_workspace_write": {**table, "writable_roots": roots}}
    if values.get("agents"):
        values = {**values, "agents": {name: _rooted_role(role, base) for name, role in values["agents"].items()}}
    return layer._replace(values=values)


def _rooted_role(role: Any, base: Path) -> Any:
    file = role.get("config_file") if isinstance(role, dict) else None
    return {**role, "config_file": _path(file, base)} if isinstance(file, str) else role


def _path(text: str, base: Path) -> str:
    return str(base / Path(text).expanduser())


def _merged(stack: list[Layer]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for layer in stack:
        merged = layers.merge(merged, layer.values)
    return merged


def check(layer: Layer) -> None:
    """Raise BadSetting for the first value of a layer that cannot be used."""
    for path, fault in setting_keys.problems(layer.values):
        raise layers.refuse([layer], path, fault)


def _check(stack: list[Layer], strict: bool) -> tuple[str, ...]:
    for layer in stack:
        check(layer)
    strangers = [(layer, path) for layer in stack for path in setting_keys.unknown(layer.values)]
    if strict and strangers:
        raise _stranger(*strangers[0])
    return tuple(dict.fromkeys(layers.join(path) for _, path in strangers))


def _stranger(layer: Layer, path: tuple[str, ...]) -> layers.BadSetting:
    if layer.path is None:
        return layers.BadSetting(f"unknown configuration field `{layers.join(path)}` in -c/--config override")
    error = layers.refuse([layer], path, "unknown configuration field", name=True)
    return layers.BadSetting(error.message.replace(" in `", " `"), excerpt=error.excerpt, path=error.path)


def _settings(raw: dict[str, Any], **known: Any) -> Settings:
    get = raw.get
    own = get("csm", {})
    file = get("model_instructions_file")
    optional = {
        "effort": get("model_reasoning_effort"),
        "summary": get("model_reasoning_summary"),
        "verbosity": get("model_verbosity"),
        "service_tier": get("service_tier"),
        "context_window": get("model_context_window"),
        "auto_compact_limit": get("model_auto_compact_token_limit"),
        "tool_output_token_limit": get("tool_output_token_limit"),
        "developer_instructions": get("developer_instructions"),
        "instructions_file": Path(file) if file else None,
        "project_doc_max_bytes": get("project_doc_max_bytes"),
        "project_doc_fallback_filenames": _tuple(get("project_doc_fallback_filenames")),
        "project_root_markers": _tuple(get("project_root_markers")),
        "history_persistence": get("history", {}).get("persistence"),
        "hide_agent_reasoning": get("hide_agent_reasoning"),
        "show_raw_agent_reasoning": get("show_raw_agent_reasoning"),
        "notify": _tuple(get("notify")),
        "model": get("model"),
        "model_provider": get("model_provider"),
        "keymap": own.get("keymap"),
        "theme": own.get("theme"),
        "collaboration": own.get("collaboration"),
    }
    given = {name: value for name, value in optional.items() if value is not None}
    trusted, headless = known["trusted"], known["headless"]
    return Settings(
        **known,
        **given,
        raw=raw,
        approval_policy=_approval(get("approval_policy"), trusted, headless),
        granular=_granular(get("approval_policy")),
        sandbox_policy=_sandbox(raw, trusted),
    )


def _tuple(value: list[str] | None) -> tuple[str, ...] | None:
    return None if value is None else tuple(value)


def _approval(value: Any, trusted: bool | None, headless: bool) -> ApprovalPolicy:
    if headless:
        return "never"
    if isinstance(value, str):
        return value  # pyright: ignore[reportReturnType]
    if isinstance(value, dict):
        return "on-request"
    return "untrusted" if trusted is False else "on-request"


def _granular(value: Any) -> Granular | None:
    return Granular(**value["granular"]) if isinstance(value, dict) else None


def _sandbox(raw: dict[str, Any], trusted: bool | None) -> SandboxPolicy:
    mode = raw.get("sandbox_mode") or ("read-only" if trusted is None else "workspace-write")
    if mode != "workspace-write":
        return SandboxPolicy(mode=mode, network_access=mode == "danger-full-access")
    table = raw.get("sandbox_workspace_write", {})
    return SandboxPolicy(
        mode=mode,
        writable_roots=tuple(table.get("writable_roots", ())),
        network_access=table.get("network_access", False),
        exclude_tmpdir_env_var=table.get("exclude_tmpdir_env_var", False),
        exclude_slash_tmp=table.get("exclude_slash_tmp", False),
    )
