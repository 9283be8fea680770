"""Where hooks are set up, which of them count, and when they are trusted."""

import json
import os
import subprocess
import sys

import pytest

from csm.host.settings import Skipped, load
from csm_extensions.hooks import handlers, sources, trust

CMD = {"type": "command", "command": "true"}


@pytest.fixture
def setup(env, worktree):
    """Writes files and reads what is set up: `(handlers, warnings)`."""

    class Setup:
        home = worktree.parent / "home" / ".codex"
        work = worktree

        def __init__(self):
            self.files = {}
            self.settings = None

        def put(self, path, value):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(value if isinstance(value, str) else json.dumps({"hooks": value}))

        def read(self, trusted=True, **more):
            config = self.home / "config.toml"
            text = config.read_text() if config.exists() else ""
            if trusted and "[projects" not in text:
                config.write_text(f'{text}\n[projects."{self.work}"]\ntrust_level = "trusted"\n')
            system = self.work.parent / "etc"
            self.settings = load(cwd=self.work, env=env, system_dir=system, **more)
            return handlers.find(sources.read(self.settings, env))

    return Setup()


def group(*hooks, **more):
    return [{"hooks": list(hooks) or [CMD], **more}]


def test_hooks_that_the_machine_requires(setup):
    etc = setup.work.parent / "etc"
    setup.put(etc / "requirements.toml", '[[hooks.Stop]]\nhooks = [{type = "command", command = "required"}]\n')
    setup.put(etc / "hooks.json", {"Stop": group()})
    setup.put(setup.home / "hooks.json", {"Stop": group()})
    found, warnings = setup.read()
    assert [(one.command, one.origin, one.trusted, one.source) for one in found] == [
        ("required", "system", True, str(etc / "requirements.toml")),
        ("true", "system", True, str(etc / "hooks.json")),
        ("true", "user", False, str(setup.home / "hooks.json")),
    ]
    assert warnings == [] and setup.settings.holds("hooks")


def test_the_machine_may_allow_no_other_hooks(setup):
    setup.put(setup.work.parent / "etc/requirements.toml", "allow_managed_hooks_only = true\n")
    setup.put(setup.work.parent / "etc/hooks.json", {"Stop": group()})
    setup.put(setup.home / "hooks.json", {"Stop": group(), "PreToolUse": group()})
    setup.put(setup.work / ".codex/hooks.json", {"Stop": group()})
    assert [one.origin for one in setup.read(skipped=Skipped(hook_trust=True))[0]] == ["system"]


def test_every_layer_in_order(setup):
    setup.put(setup.work.parent / "etc/hooks.json", {"Stop": group()})
    setup.put(setup.home / "hooks.json", {"Stop": group(), "PreToolUse": group()})
    setup.put(setup.home / "mine.config.toml", '[[hooks.Stop]]\nhooks = [{type = "command", command = "profile"}]\n')
    setup.put(setup.work / ".codex/hooks.json", {"Stop": group()})
    flag = {"hooks.Stop": [{"hooks": [{"type": "command", "command": "flag"}]}]}
    found, warnings = setup.read(profile="mine", overrides=flag)
    assert [(one.kind.name, one.origin, one.order) for one in found] == [
        ("Stop", "system", 0),
        ("PreToolUse", "user", 1),
        ("Stop", "user", 2),
        ("Stop", "user", 3),
        ("Stop", "project", 4),
        ("Stop", "flags", 5),
    ]
    assert [one.key for one in found[-2:]] == [
        f"{setup.work}/.codex/hooks.json:stop:0:0",
        "/<session-flags>/config.toml:stop:0:0",
    ]
    assert [one.trust for one in found] == ["managed", *["untrusted"] * 5]
    assert warnings == []


def test_a_project_that_is_not_trusted_has_no_say(setup):
    setup.put(setup.work / ".codex/hooks.json", {"Stop": group()})
    assert setup.read(trusted=False) == ([], [])


def test_a_switch_turns_all_off(setup):
    setup.put(setup.home / "hooks.json", {"Stop": group()})
    assert setup.read(overrides={"features.hooks": False}) == ([], [])


def test_the_users_settings_may_be_left_out(setup):
    setup.put(setup.home / "hooks.json", {"Stop": group()})
    found, _ = setup.read(skipped=Skipped(user_config=True))
    assert found == []


def test_two_files_of_one_layer_are_remarked_upon(setup):
    setup.put(setup.home / "hooks.json", {"Stop": group()})
    setup.put(setup.home / "config.toml", '[[hooks.Stop]]\nhooks = [{type = "command", command = "x"}]\n')
    found, (warning,) = setup.read()
    assert len(found) == 2
    assert "hooks.json and" in warning


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{nope", "is no JSON"),
        ("[]", "it is no object"),
        ('{"x": 1}', "`x` is unknown"),
        ('{"hooks": 1}', "`hooks` is no object"),
        ('{"hooks": {"Stop": [{"hooks": [{"command": "x"}]}]}}', "type"),
        ('{"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "x", "timeout": "a"}]}]}}', "timeout"),
        ('{"hooks": {"Stop": {}}}', "array"),
        ('{"hooks": {"Stop": [{"matcher": 5, "hooks": []}]}}', "matcher"),
        ('{"hooks": {"Stop": [{"hooks": [{"type": "command", "command": " "}]}]}}', "without a command"),
        ('{"hooks": {"Stop": [{"hooks": [{"type": "prompt"}]}]}}', "of the type prompt"),
        ('{"hooks": {"Stop": [{"hooks": [{"type": "http"}]}]}}', "unknown"),
        ('{"hooks": {"PreToolUse": [{"matcher": "[", "hooks": [{"type": "command", "command": "x"}]}]}}', "regular"),
    ],
)
def test_what_cannot_be_used_is_said_and_left_out(setup, text, said):
    setup.put(setup.home / "hooks.json", text)
    found, (warning,) = setup.read()
    assert found == []
    assert said in warning
    assert str(setup.home / "hooks.json") in warning


@pytest.mark.parametrize("value", [{"Nope": []}, {"Stop": []}, {}])
def test_what_nobody_knows_is_nothing(setup, value):
    setup.put(setup.home / "hooks.json", value)
    assert setup.read() == ([], [])


def test_a_table_in_place_of_a_list_is_said(setup):
    setup.put(setup.home / "config.toml", '[hooks.Stop]\ncommand = "x"\n')
    found, (warning,) = setup.read()
    assert found == []
    assert "config.toml are not used" in warning


def test_a_pipe_is_no_file_of_hooks(setup):
    setup.home.mkdir(parents=True, exist_ok=True)
    os.mkfifo(setup.home / "hooks.json")
    assert setup.read() == ([], [])


def test_one_folder_by_two_names_counts_once(setup, env):
    setup.put(setup.home / "hooks.json", {"Stop": group()})
    (setup.work / ".codex").symlink_to(setup.home)
    found, _ = setup.read()
    assert [one.origin for one in found] == ["user"]


def test_limits(setup):
    hook = {**CMD, "timeout": 0}
    end = {**CMD, "timeout": 60, "async": True}
    setup.put(setup.home / "hooks.json", {"Stop": group(hook, CMD), "SessionEnd": group(CMD, end)})
    found, warnings = setup.read()
    assert [(one.timeout, one.beside) for one in found] == [(1, False), (3, False), (1, False), (600, False)]
    assert [("3 s" in text, "waited for" in text) for text in warnings] == [(True, False), (False, True)]


#: Recorded from 0.169: what it calls the hash of such a hook.
RECORDED = [
    ("PreToolUse", "Bash", {**CMD, "command": 'echo ä\u2028 "q" \x01', "timeout": 5, "statusMessage": "Hm é"},
     "sha256:6933a889c411651994472257d05306f16cc36d10f925a5dbed637132847f3c0c"),
    ("PreToolUse", "Bash", {**CMD, "async": True},
     "sha256:f7ff3beb8a77cf8e805d0c33d0405c2deec20da48912c674bd618c2fab619162"),
    ("PreToolUse", "Bash", {**CMD, "timeout": 0},
     "sha256:c3c2f7f1d5c57f7159c7c8b74aa4a1f4246a17d61039b39b8b271fab54fdbeb1"),
    ("PreToolUse", "", {**CMD, "command": "x"},
     "sha256:b22089b130d882c1c73d1ff80b8d260c544274033f130ad1e1c72d6c40cacc38"),
    ("Stop", "zz", CMD, "sha256:2ba34c7a02841fada06b868a093d041fd3d9de81883c789a321916b0aa118851"),
    ("SessionEnd", "other", CMD, "sha256:82b66a11658792bbdfd4aafe23d8fa394cba287d004626ea091b0d8c13e9bfda"),
    ("SessionEnd", "other", {**CMD, "timeout": 60, "async": True},
     "sha256:218d003d450ac954f826307823453311b0721ca178b8f1c215d6d1785e7cf2d1"),
    ("Interrupt", "worker", CMD, "sha256:fb1ffe26e8dbd2e7fb8855d602d1545f7e1b53854ebfb71aead8f18db9e7607a"),
    ("UserPromptSubmit", "[", CMD, "sha256:0c5faf9b4c95d27d454f681f22931c6d071e6b0ab11bcbf2e461c464355de34d"),
    ("SessionStart", "startup|resume", CMD, "sha256:f1438b4e49909c9aa6ce9b767e398be76a6ad773d2f4847674aeb3a05f2e2d3e"),
    ("SubagentStop", "worker", CMD, "sha256:c4be454282c84dae3d0a7ebb81df233a539ad9382b0e969752d91dfb5582d1c4"),
    ("PreCompact", "auto", CMD, "sha256:a689b948c2ec9305e7e912aff6ffb75cfbc50b4399ad57e2e6720290038e78a4"),
]  # fmt: skip


@pytest.mark.parametrize(("event", "matcher", "hook", "hashed"), RECORDED)
def test_hashes_are_codexs(setup, event, matcher, hook, hashed):
    setup.put(setup.home / "hooks.json", {event: group(hook, matcher=matcher)})
    (found,), _ = setup.read()
    assert found.hash == hashed


def test_trust_lasts_as_long_as_nothing_changes(setup):
    setup.put(setup.home / "hooks.json", {"Stop": group()})
    (one,), _ = setup.read()
    assert not trust.may_run(one, setup.settings)
    trust.trust(setup.settings, [one])
    (one,), _ = setup.read()
    assert (one.trust, trust.may_run(one, setup.settings)) == ("trusted", True)
    setup.put(setup.home / "hooks.json", {"Stop": group({**CMD, "command": "false"})})
    (one,), _ = setup.read()
    assert (one.trust, trust.may_run(one, setup.settings)) == ("modified", False)
    trust.untrust(setup.settings, [one])
    (one,), _ = setup.read()
    assert one.trust == "untrusted"


def test_one_that_is_turned_off_does_not_run_even_where_trust_does_not_matter(setup):
    setup.put(setup.home / "hooks.json", {"Stop": group()})
    (one,), _ = setup.read(skipped=Skipped(hook_trust=True))
    assert trust.may_run(one, setup.settings)
    trust.switch(setup.settings, [one], False)
    (one,), _ = setup.read(skipped=Skipped(hook_trust=True))
    assert not trust.may_run(one, setup.settings)
    trust.switch(setup.settings, [one], True)
    (one,), _ = setup.read(skipped=Skipped(hook_trust=True))
    assert trust.may_run(one, setup.settings)


def test_a_project_cannot_trust_its_own_hooks(setup):
    path = setup.work / ".codex/hooks.json"
    setup.put(path, {"Stop": group()})
    (one,), _ = setup.read()
    state = f'[hooks.state."{one.key}"]\ntrusted_hash = "{one.hash}"\n'
    setup.put(setup.work / ".codex/config.toml", state)
    (one,), _ = setup.read()
    assert one.trust == "untrusted"


@pytest.mark.parametrize(
    ("matcher", "name", "fits"),
    [
        (None, "Bash", True),
        ("", "Bash", True),
        ("*", "Bash", True),
        ("Bash", "Bash", True),
        ("Bash", "BashOutput", False),
        ("Edit|Write", "Write", True),
        ("Edit|Write", "Bash", False),
        ("^Bash", "BashOutput", True),
        ("^Bash$", "BashOutput", False),
        ("mcp__memory", "mcp__memory__create", False),
        ("mcp__.*__write.*", "mcp__files__write_file", True),
        ("mcp__.*__write.*", "mcp__files__read_file", False),
    ],
)
def test_matchers(matcher, name, fits):
    assert handlers.matches(matcher, [name]) is fits


def csm(env, cwd, *words):
    command = [sys.executable, "-m", "csm", *words]
    return subprocess.run(command, capture_output=True, text=True, env=env, cwd=cwd, timeout=60)


def test_the_command_line_lists_and_decides(setup, env):
    setup.put(setup.home / "hooks.json", {"Stop": group(), "PreToolUse": group({**CMD, "command": "a\x1b[31m\nb"})})
    setup.read()
    listed = csm(env, setup.work, "hooks")
    assert listed.stdout.splitlines()[0].split() == [
        "1",
        "PreToolUse",
        "untrusted,",
        "600",
        "s",
        str(setup.home / "hooks.json"),
    ]
    assert "\x1b" not in listed.stdout
    assert csm(env, setup.work, "hooks", "trust", "2").returncode == 0
    rows = json.loads(csm(env, setup.work, "hooks", "list", "--json").stdout)
    assert [(row["eventName"], row["trustStatus"]) for row in rows] == [
        ("preToolUse", "untrusted"),
        ("stop", "trusted"),
    ]
    csm(env, setup.work, "hooks", "untrust", rows[1]["key"])
    csm(env, setup.work, "hooks", "disable", "--all")
    rows = json.loads(csm(env, setup.work, "hooks", "list", "--json").stdout)
    assert [(row["enabled"], row["trustStatus"]) for row in rows] == [(False, "untrusted")] * 2
    wrong = csm(env, setup.work, "hooks", "trust", "7")
    assert wrong.returncode == 1
    assert "there is no hook 7" in wrong.stderr


def test_nothing_is_set_up(setup, env):
    done = csm(env, setup.work, "hooks")
    assert (done.returncode, done.stdout.split(".")[0]) == (0, "No hooks are set up")


def test_what_the_machine_sets_up_is_not_the_users_to_decide(setup):
    setup.put(setup.work.parent / "etc/hooks.json", {"Stop": group()})
    (one,), _ = setup.read()
    assert trust.may_run(one, setup.settings)
