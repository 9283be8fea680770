"""Hooks as the shell shows them: what they keep from the model comes back, and `/hooks` lets one look and trust."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace

from csm.host.hooks import hook
from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]


def test_a_prompt_that_does_not_pass_is_the_draft_again(drive: Drive) -> None:
    def before_prompt(prompt: str) -> str | None:
        return "not that word" if "bad" in prompt else None

    driver = drive({"text": "fine"})
    driver.shell.host.hooks.register(SimpleNamespace(before_prompt=hook(before_prompt)), "censor")
    driver.type("a bad word\n")
    driver.wait_for("not that word")
    driver.wait(lambda: driver.shell.composer.editor.text == "a bad word")
    driver.keys("C-a C-k")
    driver.type("a good word\n")
    driver.wait_for("fine")
    assert driver.shell.composer.editor.text == ""


def test_hooks_are_looked_at_and_trusted(drive: Drive) -> None:
    driver = drive({"text": "fine"}, columns=100)
    settings = driver.shell.host.settings
    command = {"type": "command", "command": "cat > /dev/null; touch \x1b[31mran"}
    settings.codex_home.mkdir(parents=True, exist_ok=True)
    (settings.codex_home / "hooks.json").write_text(
        json.dumps({"hooks": {"Stop": [{"hooks": [command]}], "PreToolUse": [{"matcher": "Bash", "hooks": [command]}]}})
    )
    driver.type("/hooks\n")
    screen = driver.wait_for("PreToolUse Bash")
    assert "untrusted" in screen
    assert "touch ^[[31mran" in screen
    driver.type("Stop\n")
    driver.wait_for("run this command from the next turn on")
    driver.type("trust\n")
    driver.wait_for("Stop hook trusted")
    text = (settings.codex_home / "config.toml").read_text()
    assert f'[hooks.state."{settings.codex_home}/hooks.json:stop:0:0"]\ntrusted_hash = "sha256:' in text
    driver.type("/hooks\n")
    driver.wait_for("PreToolUse Bash")


def test_there_are_no_hooks(drive: Drive) -> None:
    driver = drive({"text": "fine"})
    driver.type("/hooks\n")
    driver.wait_for("No hooks are set up")
