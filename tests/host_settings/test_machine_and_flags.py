"""The machine's layer, what the command line leaves out of account, granular approvals, features, local servers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from csm.host import features
from csm.host.layers import BadSetting
from csm.host.settings import Granular, Settings, Skipped, load, reload
from csm.protocol.errors import SettingError

GRANULAR = {"sandbox_approval": True, "rules": False, "mcp_elicitations": False}


class Desk:
    """A machine's folder, a home and a project."""

    def __init__(self, root: Path) -> None:
        self.system, self.codex, self.work = root / "etc", root / "codex", root / "work"
        for folder in (self.system, self.codex, self.work / ".git"):
            folder.mkdir(parents=True)
        (self.work / ".git/HEAD").touch()
        self.env = {"HOME": str(root), "CODEX_HOME": str(self.codex)}

    def load(self, **how: Any) -> Settings:
        return load(cwd=self.work, env=self.env, system_dir=self.system, **how)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_machines_file_is_the_lowest_layer(desk: Desk) -> None:
    (desk.system / "config.toml").write_text('model = "machine"\nmodel_verbosity = "high"\n')
    assert desk.load().model == "machine"
    (desk.codex / "config.toml").write_text('model = "user"\n')
    settings = desk.load()
    assert (settings.model, settings.verbosity) == ("user", "high")
    assert reload(settings, env=desk.env, fresh=True).verbosity == "high"


def test_the_machines_file_is_checked_like_any_other(desk: Desk) -> None:
    (desk.system / "config.toml").write_text("sandbox_mode = 1\n")
    with pytest.raises(BadSetting, match=r"etc/config\.toml:1:16"):
        desk.load()


def test_the_users_file_can_be_left_unread(desk: Desk) -> None:
    (desk.codex / "config.toml").write_text('model = "user"\n[profiles.p]\nmodel_verbosity = "low"\n')
    (desk.codex / "q.config.toml").write_text('model_verbosity = "high"\n')
    skipped = Skipped(user_config=True)
    settings = desk.load(skipped=skipped, profile="q")
    assert (settings.model, settings.verbosity) == ("gpt-5.5", "high")
    assert desk.load(skipped=skipped, profile="p").verbosity is None
    assert reload(settings, env=desk.env, fresh=True).model == "gpt-5.5"
    (desk.codex / "config.toml").write_text("= broken")
    assert desk.load(skipped=skipped).model == "gpt-5.5"


def test_a_home_that_is_a_file_is_named(desk: Desk) -> None:
    desk.codex.rmdir()
    desk.codex.write_text("")
    with pytest.raises(SettingError, match=f'CODEX_HOME points to "{desk.codex}", but that path is not a directory'):
        desk.load()


def test_a_granular_policy_is_on_request_with_limits(desk: Desk) -> None:
    settings = desk.load(overrides={"approval_policy": {"granular": GRANULAR}})
    assert settings.approval_policy == "on-request"
    assert settings.granular == Granular(sandbox_approval=True, rules=False, mcp_elicitations=False)
    assert [settings.granular.allows(kind) for kind in ("command", "patch", "tool")] == [True, True, False]
    assert desk.load(overrides={"approval_policy": {"granular": GRANULAR}}, headless=True).approval_policy == "never"
    assert desk.load(overrides={"approval_policy": "on-request"}).granular is None


BAD = {
    "nothing": ({}, "missing field `sandbox_approval`"),
    "one missing": ({"sandbox_approval": True, "mcp_elicitations": True}, "missing field `rules`"),
    "a word": ({**GRANULAR, "rules": "yes"}, "expected true or false, got a string: `yes`"),
    "a stranger": ({**GRANULAR, "moods": True}, "unknown field `moods`"),
    "no table": (True, "expected a table, got a boolean"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_granular_policies_are_refused(name: str, desk: Desk) -> None:
    value, message = BAD[name]
    with pytest.raises(BadSetting, match=message):
        desk.load(overrides={"approval_policy": {"granular": value}})


def test_every_feature_has_one_stage_and_default() -> None:
    known = features.known()
    assert len(known) == 217
    assert list(known) == sorted(known)
    assert {feature.stage for feature in known.values()} == {
        "stable", "experimental", "under development", "deprecated", "removed",
    }  # fmt: skip
    assert known["goals"] == ("stable", True)
    assert known["memories"] == ("stable", False)
    assert known["tool_search"].stage == "removed"


def test_features_are_switched_by_settings(desk: Desk) -> None:
    settings = desk.load(overrides={"features.goals": False, "features.memories": True})
    assert [features.on(settings.raw, name) for name in ("goals", "memories", "apps")] == [False, True, True]
    with pytest.raises(SettingError, match="Unknown feature flag: nosuch"):
        features.check("nosuch")


@pytest.mark.parametrize(
    ("env", "url"),
    [
        ({}, "http://localhost:1234/v1"),
        ({"CODEX_OSS_PORT": "99"}, "http://localhost:99/v1"),
        ({"CODEX_OSS_BASE_URL": "http://there/v1/", "CODEX_OSS_PORT": "99"}, "http://there/v1"),
    ],
)
def test_local_servers_may_be_elsewhere(env: dict[str, str], url: str, desk: Desk) -> None:
    desk.env.update(env)
    assert desk.load().model_providers["lmstudio"].base_url == url
