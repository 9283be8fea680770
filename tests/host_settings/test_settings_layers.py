"""Layers of settings, from real files in a real tree."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from csm.host import layers
from csm.host.layers import BadSetting
from csm.host.settings import Settings, load, reload
from csm.protocol.errors import SettingError


class Desk:
    """A home, a Codex home and a project to load settings in."""

    def __init__(self, root: Path) -> None:
        self.home = root / "home"
        self.codex = root / "codex"
        self.work = root / "work"
        for folder in (self.home, self.codex, self.work / ".git", self.work / "src"):
            folder.mkdir(parents=True)
        (self.work / ".git/HEAD").touch()
        self.env = {"HOME": str(self.home), "CODEX_HOME": str(self.codex)}

    def write(self, name: str, text: str) -> Path:
        path = {"config": self.codex / "config.toml", "own": self.home / ".config/csm/settings.toml"}.get(name)
        path = path or (self.codex / name if name.endswith(".config.toml") else self.work / name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def trust(self, level: str = "trusted", more: str = "") -> None:
        self.write("config", f'{more}\n[projects."{self.work}"]\ntrust_level = "{level}"\n')

    def load(self, cwd: str = "", **kwargs: Any) -> Settings:
        return load(cwd=self.work / cwd, env=self.env, **kwargs)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_nothing_set_gives_the_defaults(desk: Desk) -> None:
    settings = desk.load()
    assert (settings.model, settings.model_provider) == ("gpt-5.5", "openai")
    assert (settings.keymap, settings.theme) == ("codex", "dark")
    assert settings.sandbox_policy.mode == "read-only"
    assert settings.approval_policy == "on-request"
    assert settings.trusted is None
    assert sorted(settings.model_providers) == ["lmstudio", "ollama", "openai"]
    assert settings.model_providers["ollama"].base_url == "http://localhost:11434/v1"
    assert settings.model_providers["openai"].requires_openai_auth
    assert settings.config_dir == desk.home / ".config/csm"
    assert settings.state_dir == desk.home / ".local/state/csm"
    assert settings.git_root == desk.work
    assert settings.warnings == ()


def test_each_layer_is_above_the_one_before(desk: Desk) -> None:
    seen = []
    desk.trust()
    for name, text in (
        ("config", f'model = "user"\n[projects."{desk.work}"]\ntrust_level = "trusted"\n'),
        ("fast.config.toml", 'model = "profile"'),
        (".codex/config.toml", 'model = "root"'),
        ("src/.codex/config.toml", 'model = "folder"'),
    ):
        desk.write(name, text)
        seen.append(desk.load("src", profile="fast" if name != "config" else None).model)
    seen.append(desk.load("src", overrides={"model": "flag"}).model)
    assert seen == ["user", "profile", "root", "folder", "flag"]


def test_tables_merge_and_other_values_are_replaced(desk: Desk) -> None:
    desk.write("config", '[sandbox_workspace_write]\nnetwork_access = true\nwritable_roots = ["/a"]\n')
    overrides = {"sandbox_mode": "workspace-write", "sandbox_workspace_write.writable_roots": ["/b"]}
    policy = desk.load(overrides=overrides).sandbox_policy
    assert policy.network_access
    assert policy.writable_roots == ("/b",)


@pytest.mark.parametrize(
    ("level", "headless", "sandbox", "approval"),
    [
        ("trusted", False, "workspace-write", "on-request"),
        ("trusted", True, "workspace-write", "never"),
        ("untrusted", False, "workspace-write", "untrusted"),
        ("untrusted", True, "workspace-write", "never"),
        (None, False, "read-only", "on-request"),
        (None, True, "read-only", "never"),
    ],
)
def test_trust_decides_what_is_not_set(
    desk: Desk, level: str | None, headless: bool, sandbox: str, approval: str
) -> None:
    if level:
        desk.trust(level)
    settings = desk.load("src", headless=headless)
    assert (settings.sandbox_policy.mode, settings.approval_policy) == (sandbox, approval)


def test_exec_never_asks_whatever_is_set(desk: Desk) -> None:
    desk.write("config", 'approval_policy = "untrusted"')
    assert desk.load(headless=True, overrides={"approval_policy": "on-request"}).approval_policy == "never"


def test_an_untrusted_project_configures_nothing(desk: Desk) -> None:
    file = desk.write(".codex/config.toml", 'model = "evil"')
    settings = desk.load()
    assert settings.model == "gpt-5.5"
    assert settings.warnings == (f"{file} is not read: this folder is not trusted.",)


def test_a_broken_file_of_an_untrusted_project_is_not_even_read(desk: Desk) -> None:
    desk.write(".codex/config.toml", "[[[")
    assert desk.load().model == "gpt-5.5"


def test_a_project_may_not_say_where_requests_and_keys_go(desk: Desk) -> None:
    desk.trust()
    file = desk.write(
        ".codex/config.toml",
        'model = "ours"\nmodel_provider = "evil"\nnotify = ["x"]\n[model_providers.evil]\nbase_url = "http://evil"\n'
        '[projects."/"]\ntrust_level = "trusted"\n[csm]\nkeymap = "vim"\n',
    )
    settings = desk.load()
    assert (settings.model, settings.model_provider, settings.keymap) == ("ours", "openai", "codex")
    assert "evil" not in settings.model_providers
    assert settings.warnings == (
        f"Ignored unsupported project-local config keys in {file}: "
        "csm, model_provider, model_providers, notify, projects",
    )


def test_the_users_own_file_is_no_project_file(desk: Desk) -> None:
    desk.work = desk.home
    desk.codex = desk.home / ".codex"
    desk.codex.mkdir()
    desk.env = {"HOME": str(desk.home)}
    desk.write("config", 'model = "mine"\nnotify = ["beep"]\n')
    settings = desk.load()
    assert (settings.model, settings.notify, settings.warnings) == ("mine", ("beep",), ())


def test_a_profile_is_a_file_or_a_table(desk: Desk) -> None:
    desk.write("config", 'model = "user"\nprofile = "table"\n[profiles.table]\nmodel = "from table"\n')
    assert desk.load().model == "from table"
    desk.write("table.config.toml", 'model = "from file"')
    assert desk.load(profile="table").model == "from file"


def test_a_missing_profile_is_said(desk: Desk) -> None:
    assert "config profile `nope` not found" in desk.load(profile="nope").warnings[0]


@pytest.mark.parametrize("name", ["../x", "a/b", ".."])
def test_a_profile_is_a_plain_name(desk: Desk, name: str) -> None:
    with pytest.raises(SettingError, match="not a plain name"):
        desk.load(profile=name)


def test_csm_settings_have_a_file_of_their_own(desk: Desk) -> None:
    desk.write("own", 'keymap = "vim"\ntheme = "light"\n')
    settings = desk.load(overrides={"csm.theme": "ansi"})
    assert (settings.keymap, settings.theme) == ("vim", "ansi")
    assert settings.raw["csm"] == {"keymap": "vim", "theme": "ansi"}


def test_xdg_folders_are_followed(desk: Desk, tmp_path: Path) -> None:
    desk.env |= {"XDG_CONFIG_HOME": str(tmp_path / "c"), "XDG_STATE_HOME": "relative/is/ignored"}
    settings = desk.load()
    assert settings.config_dir == tmp_path / "c/csm"
    assert settings.state_dir == desk.home / ".local/state/csm"


def test_a_provider_is_read_whole(desk: Desk) -> None:
    desk.write(
        "config",
        'model_provider = "p"\n[model_providers.p]\nbase_url = "http://x/v1"\nenv_key = "K"\nrequest_max_retries = 1\n'
        'http_headers = { a = "b" }\nquery_params = { v = "1" }\nsupports_websockets = true\n',
    )
    provider = desk.load().model_providers["p"]
    assert (provider.name, provider.base_url, provider.env_key) == ("p", "http://x/v1", "K")
    assert (provider.request_max_retries, provider.stream_max_retries) == (1, 5)
    assert (provider.http_headers, provider.query_params) == ({"a": "b"}, {"v": "1"})


@pytest.mark.parametrize("where", ["config", "env"])
def test_the_url_of_openai_can_be_changed(desk: Desk, where: str) -> None:
    if where == "config":
        desk.write("config", 'openai_base_url = "http://mine/v1/"')
    else:
        desk.env["OPENAI_BASE_URL"] = "http://mine/v1"
    assert desk.load().model_providers["openai"].base_url == "http://mine/v1"


FAULTS = {
    'model = "a"\n  model = "b" # again\n': (2, 3, "duplicate key", '2 |   model = "b" # again\n  |   ^^^^^'),
    "model = 5\n": (1, 9, "expected a string, got an integer: `5` in `model`", "1 | model = 5\n  |         ^"),
    '\n\nsandbox_mode = "nah"': (
        3,
        16,
        "unknown variant `nah`, expected one of `read-only`, `workspace-write`, `danger-full-access` in `sandbox_mode`",
        '3 | sandbox_mode = "nah"\n  |                ^^^^^',
    ),
    '[projects."/x.y"]\ntrust_level = "maybe"': (
        2,
        15,
        'unknown variant `maybe`, expected `trusted` or `untrusted` in `projects."/x.y".trust_level`',
        "^^^^^^^",
    ),
    '[model_providers.f]\nenv_key = ["x"]': (2, 11, "expected a string, got an array", "^^^^^"),
    "model_providers = {f = {http_headers = {a = 1}}}": (1, 40, "expected a table of strings", "^"),
    "[sandbox_workspace_write]\nnetwork_access = 1": (2, 18, "expected true or false, got an integer: `1`", "^"),
    "project_doc_max_bytes = -1": (1, 25, "expected a whole number, not negative", "^^"),
    'approval_policy = "nah"': (1, 19, "unknown variant `nah`", "^^^^^"),
    "profiles.a = 1": (1, 14, "expected a table", "^"),
    '[model_providers.openai]\nname = "x"': (1, 1, "a built-in provider's id is taken", "^"),
    'model = "x\n': (1, 11, "", "^"),
    "a = 1\nb = = 2\n": (2, 5, "(at `b`)", "b = = 2"),
}


@pytest.mark.parametrize("text", FAULTS)
def test_faults_are_placed(desk: Desk, text: str) -> None:
    line, column, message, excerpt = FAULTS[text]
    path = desk.write("config", text)
    with pytest.raises(BadSetting) as caught:
        desk.load()
    assert caught.value.message.startswith(f"{path}:{line}:{column}: ")
    assert message in caught.value.message
    assert "\n" not in caught.value.message
    assert excerpt in caught.value.excerpt
    assert caught.value.report().startswith(f"Error loading config.toml:\n{path}:{line}:{column}: ")


def test_faults_are_placed_in_the_file_they_stand_in(desk: Desk) -> None:
    desk.write("config", 'model = "fine"\n')
    own = desk.write("own", "theme = 1")
    with pytest.raises(BadSetting, match=f"^{own}:1:9: ") as caught:
        desk.load()
    assert caught.value.report().startswith(f"Error loading settings.toml:\n{own}:1:9: ")
    own.write_text("theme = ", "utf-8")
    with pytest.raises(BadSetting) as caught:
        desk.load()
    assert caught.value.report().startswith(f"Error loading settings.toml:\n{own}:1:9: ")
    own.unlink()
    profile = desk.write("p.config.toml", "\nmodel = 1")
    with pytest.raises(BadSetting, match=f"^{profile}:2:9: "):
        desk.load(profile="p")
    user = desk.write("config", "[profiles.q]\nmodel = 1")
    with pytest.raises(BadSetting, match=f"^{user}:2:9: .* in `model`"):
        desk.load(profile="q")


def test_faults_of_the_command_line_say_so(desk: Desk) -> None:
    with pytest.raises(BadSetting) as caught:
        desk.load(overrides={"model_context_window": "abc"})
    assert caught.value.message == (
        "expected a whole number, not negative, got a string: `abc` in `model_context_window`"
    )
    assert caught.value.report().startswith("Error loading config.toml: expected")


def test_files_that_are_no_text_are_refused(desk: Desk) -> None:
    path = desk.codex / "config.toml"
    path.write_bytes(b'a = 1\nmodel = "\xff"')
    with pytest.raises(BadSetting, match=f"^{path}:2:10: not UTF-8"):
        desk.load()
    path.unlink()
    path.mkdir()
    with pytest.raises(BadSetting, match=f"^{path}: Is a directory"):
        desk.load()


def test_unknown_settings_are_kept_and_noted(desk: Desk) -> None:
    desk.write("config", "foo = 1\n[features]\nx = true\n[history]\nbar = 2\n")
    settings = desk.load()
    assert settings.unknown == ("foo", "history.bar", "features.x")
    assert settings.raw["foo"] == 1
    assert settings.warnings == ()


def test_strict_refuses_unknown_settings(desk: Desk) -> None:
    path = desk.write("config", 'model = "x"\nfoo = 1')
    with pytest.raises(BadSetting) as caught:
        desk.load(strict=True)
    assert caught.value.message == f"{path}:2:1: unknown configuration field `foo`"
    path.unlink()
    with pytest.raises(BadSetting) as caught:
        desk.load(strict=True, overrides={"bar": 1})
    assert caught.value.message == "unknown configuration field `bar` in -c/--config override"


def test_secrets_and_settings_do_not_show_in_a_repr(desk: Desk) -> None:
    desk.write(
        "config",
        '[model_providers.p]\nexperimental_bearer_token = "s3cret"\nhttp_headers = { k = "s3cret" }\n',
    )
    settings = desk.load()
    assert "s3cret" not in repr(settings) + repr(settings.model_providers)


def test_reload_is_the_same_object_until_something_differs(desk: Desk) -> None:
    settings = desk.load(overrides={"model": "a"}, headless=True)
    assert reload(settings, env=desk.env) is settings
    assert reload(settings, env=desk.env, overrides={"model": "a"}) is settings
    other = reload(settings, env=desk.env, overrides={"sandbox_mode": "danger-full-access"})
    assert (other.model, other.sandbox_policy.mode, other.approval_policy) == ("a", "danger-full-access", "never")


OVERRIDES = {
    "a=1": ("a", 1),
    "a = true": ("a", True),
    "a=low": ("a", "low"),
    "a=1.5": ("a", 1.5),
    'a="x y"': ("a", "x y"),
    "a=not toml": ("a", "not toml"),
    "a.b=[1, 2]": ("a.b", [1, 2]),
    "a={b = 1}": ("a", {"b": 1}),
    "a=": ("a", ""),
    "a=007": ("a", "007"),
    "a=x=y": ("a", "x=y"),
    "a=http://x": ("a", "http://x"),
    "a=nan-x": ("a", "nan-x"),
    "a=2024-05-13": ("a", "2024-05-13"),
    "a=2024-05-13T07:32:00Z # now": ("a", "2024-05-13T07:32:00Z"),
    "a=07:32:00": ("a", "07:32:00"),
}


@pytest.mark.parametrize("text", OVERRIDES)
def test_overrides_are_toml_or_text(text: str) -> None:
    assert layers.parse_override(text) == OVERRIDES[text]


@pytest.mark.parametrize("text", ["noequals", "=x", " =x"])
def test_overrides_need_a_key_and_a_value(text: str) -> None:
    with pytest.raises(SettingError, match="Error parsing -c overrides"):
        layers.parse_override(text)


def test_dotted_keys_nest_and_quotes_keep_dots() -> None:
    nested = layers.nest({"a.b": 1, 'projects."/x.y".trust_level': "trusted", "a.c": 2, "a.b.d": 3})
    assert nested == {"a": {"b": {"d": 3}, "c": 2}, "projects": {"/x.y": {"trust_level": "trusted"}}}


def test_trust_may_be_given_for_one_run(desk: Desk) -> None:
    override = {f'projects."{desk.work}".trust_level': "trusted"}
    assert desk.load(overrides=override).trusted is True
    assert desk.load(overrides={"projects": {str(desk.work): {"trust_level": "untrusted"}}}).trusted is False


def test_paths_are_relative_to_the_file_they_stand_in(desk: Desk) -> None:
    desk.write(
        "config",
        'model_instructions_file = "base.md"\nsandbox_mode = "workspace-write"\n'
        f'[sandbox_workspace_write]\nwritable_roots = ["out", "/abs", "~/x"]\n[projects."{desk.work}"]\n'
        'trust_level = "trusted"\n',
    )
    settings = desk.load()
    assert settings.instructions_file == desk.codex / "base.md"
    assert settings.sandbox_policy.writable_roots == (f"{desk.codex}/out", "/abs", str(Path("~/x").expanduser()))
    desk.write(".codex/config.toml", 'model_instructions_file = "ours.md"')
    assert desk.load("src").instructions_file == desk.work / ".codex/ours.md"
    override = {"sandbox_workspace_write.writable_roots": ["here"]}
    assert desk.load("src", overrides=override).sandbox_policy.writable_roots == (f"{desk.work}/src/here",)
