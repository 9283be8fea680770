"""Options that change where and with what a run happens: work trees, local models, trust, features."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from csm.api.testing import ResponsesServer
from csm.cli import opening, worktree
from csm.cli.arguments import UsageError, parse
from csm.cli.table import ROOT
from csm.host import config_file
from csm.host.settings import Settings, reload
from csm.protocol.errors import CsmError, SettingError
from csm.protocol.tools import SandboxPolicy


def asked(env: dict[str, str], work: Path, line: str) -> Settings:
    """The settings that an `exec` line asks for in a folder."""
    parsed = parse(ROOT, ["exec", "-C", str(work), *line.split(), "words"])
    return opening.settings(parsed, env, headless=True)


FLAGS = {
    "--enable goals --disable apps": {"features.goals": True, "features.apps": False},
    "--enable goals --disable goals": {"features.goals": False},
    "--full-auto": {"sandbox_mode": "workspace-write"},
    "-s read-only --full-auto": {"sandbox_mode": "read-only"},
    "--yolo -s read-only": {"approval_policy": "never", "sandbox_mode": "danger-full-access"},
    "-m x -c model=y": {"model": "x"},
}


@pytest.mark.parametrize("line", FLAGS)
def test_flags_are_settings(line: str, env: dict[str, str], worktree: Path) -> None:
    assert asked(env, worktree, line).overrides == FLAGS[line]


def test_more_folders_may_be_written_once_the_folder_is_trusted(env: dict[str, str], worktree: Path) -> None:
    config = Path(env["CODEX_HOME"], "config.toml")
    config.write_text('[sandbox_workspace_write]\nwritable_roots = ["/opt"]\n')
    (worktree / "more").mkdir()
    settings = asked(env, worktree, f"--add-dir {worktree}/more --add-dir {worktree}/later")
    assert settings.sandbox_policy == SandboxPolicy("read-only")
    config_file.trust(settings.codex_home, worktree)
    after = reload(settings, env=env, fresh=True)
    assert after.sandbox_policy.writable_roots == ("/opt", f"{worktree}/more", f"{worktree}/later")
    parsed = parse(ROOT, ["exec", "--add-dir", f"{worktree}/more", "--add-dir", f"{worktree}/later", "x"])
    assert opening.warnings(parsed) == [f"`--add-dir {worktree}/later`: there is no such folder."]


def test_search_is_asked_for_above_exec() -> None:
    assert opening.overrides(parse(ROOT, ["--search", "exec", "x"])) == {"web_search": "live"}


@pytest.mark.parametrize(
    "line", ["-c sandbox_mode=bogus -s workspace-write", "-c sandbox_mode=bogus --yolo", "-c model=5 -m x"]
)
def test_a_bad_value_is_refused_also_below_a_flag(line: str, env: dict[str, str], worktree: Path) -> None:
    with pytest.raises(SettingError, match=r"in `(sandbox_mode|model)`"):
        asked(env, worktree, line)


@pytest.mark.parametrize("flag", ["--enable", "--disable"])
def test_unknown_features_are_refused(flag: str, env: dict[str, str], worktree: Path) -> None:
    with pytest.raises(SettingError, match=r"^Error: Unknown feature flag: nosuch$"):
        asked(env, worktree, f"{flag} nosuch")


def test_a_work_tree_of_its_own(env: dict[str, str], worktree: Path) -> None:
    home = Path(env["CODEX_HOME"])
    (home / "config.toml").write_text(f'[projects."{worktree}"]\ntrust_level = "trusted"\n')
    (worktree / "inner").mkdir()
    (worktree / "inner/b.txt").write_text("b")
    for words in (["add", "-A"], ["commit", "-q", "-m", "more"]):
        subprocess.run(["git", *words], cwd=worktree, check=True)
    settings = asked(env, worktree / "inner", "--worktree")
    assert settings.cwd.parts[-3:-1] == (settings.cwd.parts[-3], "work")
    assert settings.cwd.is_relative_to(home / "worktrees")
    assert (settings.cwd / "b.txt").read_text() == "b"
    assert settings.trusted is True
    assert settings.git_root == settings.cwd.parent
    head = subprocess.run(["git", "status", "--short", "--branch"], cwd=settings.cwd, capture_output=True, text=True)
    assert head.stdout == "## HEAD (no branch)\n"


def test_a_work_tree_needs_a_repository_with_a_commit(env: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(CsmError, match="needs a git repository"):
        worktree.create(tmp_path, tmp_path / "home", env)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    with pytest.raises(CsmError, match="git made no work tree"):
        worktree.create(tmp_path, tmp_path / "home", env)


def test_a_model_on_this_machine(env: dict[str, str], worktree: Path) -> None:
    with ResponsesServer([]) as server:
        env = {**env, "CODEX_OSS_BASE_URL": server.url}
        found = asked(env, worktree, "--oss --local-provider lmstudio")
        assert (found.model_provider, found.model) == ("lmstudio", "openai/gpt-oss-20b")
        found = asked(env, worktree, "--oss -c oss_provider=ollama -m mine")
        assert (found.model_provider, found.model) == ("ollama", "mine")
    assert asked(env, worktree, "--local-provider lmstudio").model_provider == "openai"
    with pytest.raises(CsmError, match="Ollama does not answer at"):
        asked(env, worktree, "--oss --local-provider ollama")


@pytest.mark.parametrize("line", ["--oss", "--oss --local-provider nosuch", "--oss -c oss_provider=nosuch"])
def test_a_local_provider_has_to_be_named(line: str, env: dict[str, str], worktree: Path) -> None:
    with pytest.raises(CsmError, match="`lmstudio` or `ollama`"):
        asked(env, worktree, line)


def test_trust_is_written_for_the_repository(env: dict[str, str], worktree: Path) -> None:
    path = Path(env["CODEX_HOME"], "config.toml")
    path.write_text("# mine\n")
    inner = worktree / "inner"
    inner.mkdir()
    before = asked(env, inner, "")
    assert (before.trusted, before.sandbox_policy.mode) == (None, "read-only")
    after = opening.trusted(before, env)
    assert (after.trusted, after.sandbox_policy.mode) == (True, "workspace-write")
    assert path.read_text() == f'# mine\n\n[projects."{worktree}"]\ntrust_level = "trusted"\n'
    assert opening.trusted(after, env) is after


def test_options_that_mean_less_here_are_told() -> None:
    said = opening.warnings(parse(ROOT, ["exec", "--full-auto", "x"]))
    assert len(said) == 1
    assert opening.warnings(parse(ROOT, ["exec", "x"])) == []


@pytest.mark.parametrize(
    ("words", "approval", "mode"),
    [
        (["--approve-for-me"], "on-request", "workspace-write"),
        (
            ["--approve-for-me", "-c", "approval_policy=never", "-c", "sandbox_mode=read-only"],
            "on-request",
            "workspace-write",
        ),
        (["-c", "approvals_reviewer=auto_review"], "on-request", "read-only"),
        (["-c", "approvals_reviewer=guardian_subagent"], "on-request", "read-only"),
        (["-c", "approvals_reviewer=auto_review", "-c", "approval_policy=never"], "never", "read-only"),
        (["-c", "approvals_reviewer=user"], "never", "read-only"),
        ([], "never", "read-only"),
    ],
)
def test_a_reviewer_is_asked_where_nobody_else_can_be(
    words: list[str], approval: str, mode: str, env: dict[str, str], worktree: Path
) -> None:
    found = opening.settings(parse(ROOT, ["exec", "-C", str(worktree), *words, "x"]), env, headless=True)
    assert (found.approval_policy, found.sandbox_policy.mode) == (approval, mode)


@pytest.mark.parametrize(
    "words",
    [
        ["exec", "--approve-for-me", "-s", "read-only", "x"],
        ["exec", "--approve-for-me", "--dangerously-bypass-approvals-and-sandbox", "x"],
        ["exec", "--approve-for-me", "resume", "--last", "-s", "read-only"],
        ["--approve-for-me", "-a", "never"],
    ],
)
def test_a_reviewer_goes_with_no_other_policy(words: list[str]) -> None:
    with pytest.raises(UsageError, match=r"the argument '.*' cannot be used with '.*'"):
        parse(ROOT, words)


def test_gits_own_variables_do_not_lead_elsewhere(env: dict[str, str], worktree: Path) -> None:
    """As a hook of git sets them."""
    made = asked({**env, "GIT_DIR": "/nowhere", "GIT_INDEX_FILE": "/nowhere"}, worktree, "--worktree").cwd
    assert (made / "a.txt").read_text() == "hello\n"
