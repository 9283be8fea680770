"""What a machine requires, against every layer: from real files in a real tree."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from csm.core.rules import Rule
from csm.host import required, requirements
from csm.host.layers import BadSetting
from csm.host.requirements import Requirements
from csm.host.settings import Settings, load, reload
from csm.protocol.tools import SandboxPolicy

RULE = 'rules.prefix_rules = [{pattern = [{token = "a"}], decision = "prompt"}]'
GRANULAR = {"granular": {"sandbox_approval": True, "rules": False, "mcp_elicitations": False}}


class Machine:
    """A machine's folder, a home and a trusted project."""

    def __init__(self, root: Path) -> None:
        self.system, self.codex, self.work = root / "etc", root / "codex", root / "work"
        for folder in (self.system, self.codex, self.work / ".git"):
            folder.mkdir(parents=True)
        (self.work / ".git/HEAD").touch()
        (self.codex / "config.toml").write_text(f'[projects."{self.work}"]\ntrust_level = "trusted"\n')
        self.env = {"HOME": str(root), "CODEX_HOME": str(self.codex)}

    def requires(self, text: str) -> None:
        (self.system / "requirements.toml").write_text(text)

    def load(self, **how: Any) -> Settings:
        return load(cwd=self.work, env=self.env, system_dir=self.system, **how)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize(
    ("allowed", "given", "headless", "used", "told"),
    [
        (["never"], None, True, "never", False),
        (["on-request"], None, True, "on-request", True),
        (["untrusted", "on-request"], None, True, "untrusted", True),
        (["on-request", "untrusted"], "never", False, "on-request", True),
        (["on-request"], None, False, "on-request", False),
        (["granular"], GRANULAR, False, "on-request", False),
        (["never"], GRANULAR, False, "never", True),
        (["granular", "on-request"], "never", False, "on-request", True),
        (["granular"], "never", False, "untrusted", True),
        (["on-request"], GRANULAR, False, "on-request", True),
    ],
)
def test_approval_policies(
    machine: Machine, allowed: list[str], given: Any, headless: bool, used: str, told: bool
) -> None:
    machine.requires(f"allowed_approval_policies = {allowed}\n")
    overrides = {} if given is None else {"approval_policy": given}
    settings = machine.load(overrides=overrides, headless=headless)
    assert settings.approval_policy == used
    assert bool(settings.warnings) is told
    assert (settings.granular is not None) is (given == GRANULAR and not told)


@pytest.mark.parametrize(
    ("allowed", "given", "used"),
    [
        (["read-only"], None, "read-only"),
        (["read-only", "workspace-write"], None, "workspace-write"),
        (["read-only", "workspace-write"], "danger-full-access", "read-only"),
        (["read-only", "danger-full-access"], None, "read-only"),
        (["external-sandbox", "read-only"], "workspace-write", "read-only"),
    ],
)
def test_sandbox_modes(machine: Machine, allowed: list[str], given: str | None, used: str) -> None:
    machine.requires(f"allowed_sandbox_modes = {allowed}\n")
    overrides = {"sandbox_mode": given} if given else {}
    settings = machine.load(overrides=overrides)
    assert settings.sandbox_policy.mode == used
    assert settings.sandbox_policy.network_access is False
    asked = given or "workspace-write"
    words = ", ".join(f"`{word}`" for word in allowed)
    told = (
        f"requirements.toml of this machine does not allow sandbox_mode `{asked}`, only {words}: `read-only` is used."
    )
    assert settings.warnings == (() if asked == used else (told,))
    assert reload(settings, env=machine.env, fresh=True) == settings


@pytest.mark.parametrize(
    ("allowed", "given", "used", "told"),
    [
        ([], None, "disabled", False),
        (["cached"], None, None, False),
        (["live"], None, "live", False),
        (["live"], "cached", "live", True),
        (["live"], "disabled", "disabled", False),
        (["cached", "live"], "live", "live", False),
        (["cached"], "live", "cached", True),
    ],
)
def test_searches(machine: Machine, allowed: list[str], given: str | None, used: str | None, told: bool) -> None:
    machine.requires(f"allowed_web_search_modes = {allowed}\n")
    settings = machine.load(overrides={"web_search": given} if given else {})
    assert settings.raw.get("web_search") == used
    assert bool(settings.warnings) is told


def test_reviewers_features_and_words_for_the_model(machine: Machine) -> None:
    machine.requires(
        'allowed_approvals_reviewers = ["auto_review"]\nadditional_developer_instructions = "be kind"\n'
        "[features]\nunified_exec = false\nno_such = true\n"
    )
    settings = machine.load(overrides={"features.unified_exec": True, "developer_instructions": "be brief"})
    assert settings.raw["approvals_reviewer"] == "auto_review"
    assert settings.raw["features"] == {"unified_exec": False}
    assert settings.developer_instructions == (
        "be brief\n\n<managed_developer_instructions>\nbe kind\n</managed_developer_instructions>"
    )
    assert settings.warnings == (
        f"{machine.system}/requirements.toml: nobody knows the feature `no_such`.",
        "requirements.toml of this machine says `features.unified_exec = false`.",
    )
    assert machine.load(overrides={"approvals_reviewer": "auto_review"}).raw["approvals_reviewer"] == "auto_review"


@pytest.mark.parametrize(
    ("pattern", "mode"), [("*", "read-only"), ("build-[12].EXAMPLE.org", "read-only"), ("other", "workspace-write")]
)
def test_modes_of_some_machines(pattern: str, mode: str) -> None:
    entry = {"hostname_patterns": ["none", pattern], "allowed_sandbox_modes": ["read-only"]}
    values = {"allowed_sandbox_modes": ["read-only", "workspace-write"], "remote_sandbox_config": [entry]}
    required = Requirements(Path("r"), values, "Build-1.example.org")
    assert requirements.sandbox(SandboxPolicy(mode="workspace-write"), required, []).mode == mode


def test_without_a_file_all_is_allowed(machine: Machine) -> None:
    settings = machine.load(overrides={"sandbox_mode": "danger-full-access", "approval_policy": "never"})
    assert (settings.sandbox_policy.mode, settings.approval_policy) == ("danger-full-access", "never")
    assert settings.requirements == Requirements() and settings.warnings == ()


def test_names_that_nobody_knows(machine: Machine) -> None:
    machine.requires("zz = 1\nyy = 2\nallowed_login_methods = []\n")
    assert machine.load().warnings == (f"{machine.system}/requirements.toml: nobody knows `zz`, `yy`.",)
    with pytest.raises(BadSetting, match=r"requirements\.toml: unknown configuration field `zz`"):
        machine.load(strict=True)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("allowed_approval_policies = []", "must not be empty in `allowed_approval_policies`"),
        ('allowed_approval_policies = "never"', "expected an array of strings in `allowed_approval_policies`"),
        ('allowed_approval_policies = ["zz"]', "unknown variant `zz`, expected one of `untrusted`"),
        ("allowed_sandbox_modes = []", "must not be empty"),
        ('allowed_sandbox_modes = ["workspace-write"]', "must include `read-only` in `allowed_sandbox_modes`"),
        ("allowed_web_search_modes = [1]", "expected an array of strings"),
        ('features = ["a"]', "expected a table of true and false in `features`"),
        ("features.a = 1", "expected a table of true and false in `features`"),
        ("additional_developer_instructions = 1", "expected a string"),
        ("remote_sandbox_config = 1", "expected tables of `hostname_patterns` and `allowed_sandbox_modes`"),
        ("[[remote_sandbox_config]]\nhostname_patterns = []", "expected tables of `hostname_patterns`"),
        ("x = ", "requirements.toml:1:5: invalid value"),
        ("rules = 1", "expected a table with an array `prefix_rules` in `rules`"),
        ("[rules]", "expected a table with an array `prefix_rules` in `rules`"),
        ("rules.prefix_rules = []", "must not be empty in `rules.prefix_rules`"),
        ("rules.prefix_rules = [1]", "rule 1: expected a table with an array `pattern`"),
        ('rules.prefix_rules = [{pattern = [{token = "a"}]}]', "rule 1: expected a `decision`, one of `prompt`"),
        (RULE.replace("prompt", "allow"), "rule 1: expected a `decision`, one of `prompt`"),
        ('rules.prefix_rules = [{pattern = [], decision = "prompt"}]', "rule 1: an empty pattern"),
        ('rules.prefix_rules = [{pattern = ["a"], decision = "prompt"}]', "rule 1: each place of a pattern is a table"),
        (RULE.replace('token = "a"', 'token = "a", any_of = ["b"]'), "either `token` or `any_of`"),
        (RULE.replace('token = "a"', ""), "either `token` or `any_of`"),
        (RULE.replace('token = "a"', "any_of = []"), "words of a pattern must be texts"),
        (RULE.replace('token = "a"', 'any_of = [" "]'), "words of a pattern must be texts"),
        (RULE.replace("prompt", 'prompt", justification = " '), "rule 1: an empty justification"),
        ("hooks = 1", "expected a table in `hooks`"),
        ("[[hooks.Stop]]\nhooks = 1", "expected tables with an array `hooks` in `hooks.Stop`"),
        ('[[hooks.Stop]]\nhooks = [{type = "zz"}]', "unknown variant `zz`, expected one of `command`"),
        ("mcp_servers = 1", "expected a table in `mcp_servers`"),
        ("mcp_servers.a = 1", "expected a table `identity` with a `command` or a `url` in `mcp_servers.a`"),
        ("[mcp_servers.a.identity]\ncmd = 'x'", "expected a table `identity` with a `command` or a `url`"),
        ("allow_managed_hooks_only = 1", "expected true or false in `allow_managed_hooks_only`"),
    ],
)
def test_files_that_cannot_be(machine: Machine, text: str, fault: str) -> None:
    machine.requires(text + "\n")
    with pytest.raises(BadSetting) as caught:
        machine.load()
    assert fault in caught.value.message
    assert caught.value.message.startswith(f"{machine.system}/requirements.toml")


def test_rules_that_a_machine_requires(machine: Machine) -> None:
    machine.requires(
        '[rules]\nprefix_rules = [\n{pattern = [{token = "rm"}, {any_of = ["-r", "-rf"]}], decision = "forbidden",'
        ' justification = "no"},\n{pattern = [{token = "git"}], decision = "prompt-user"}]\n'
    )
    assert required.rules(machine.load().requirements).rules == (
        Rule((("rm",), ("-r", "-rf")), "forbidden", "no"),
        Rule((("git",),), "prompt"),
    )
    assert required.rules(Requirements()).rules == ()


@pytest.mark.parametrize(
    ("identity", "command", "url", "fine"),
    [
        (None, "python3", None, False),
        ({"command": "python3"}, "python3", None, True),
        ({"command": "python3"}, "/usr/bin/python3", None, False),
        ({"command": "python3"}, None, "python3", False),
        ({"url": "http://a/mcp"}, None, "http://a/mcp", True),
        ({"url": "http://a/mcp"}, None, "http://b/mcp", False),
        ({"command": "python3", "url": "http://a/mcp"}, "python3", None, True),
    ],
)
def test_which_tool_servers_count(identity: Any, command: str | None, url: str | None, fine: bool) -> None:
    values = {"mcp_servers": {} if identity is None else {"one": {"identity": identity}}}
    why = required.refused_server(Requirements(Path("/etc/r"), values), "one", command, url)
    assert why == (None if fine else "requirements (/etc/r)")
    assert required.refused_server(Requirements(), "one", command, url) is None


@pytest.mark.parametrize(
    ("approval", "mode", "fine"),
    [
        ("never", None, False),
        ("on-request", None, True),
        (None, "danger-full-access", False),
        (None, "read-only", True),
    ],
)
def test_choices_made_later(approval: Any, mode: Any, fine: bool) -> None:
    values = {"allowed_approval_policies": ["on-request"], "allowed_sandbox_modes": ["read-only"]}
    sandbox = SandboxPolicy(mode=mode) if mode else None
    refused = requirements.refusal(Requirements(Path("r"), values), approval, sandbox)
    assert (refused is None) is fine
    assert fine or (refused is not None and "requirements.toml" in refused)
