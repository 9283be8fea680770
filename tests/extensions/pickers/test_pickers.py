"""Lists in the shell: permissions, features, settings, parts of the status line, models, themes; keys and mouse."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from csm.api.testing import ResponsesServer
from csm.edit.inputs import Mouse
from csm.host import settings
from csm.host.host import Host
from csm.runtime.local import LocalPort
from csm.runtime.port import Start
from csm.ui.driver import ScreenDriver

Shell = Callable[..., ScreenDriver]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / ".codex").mkdir()
    (tmp_path / "w").mkdir()
    return tmp_path


@pytest.fixture
def shell(home: Path) -> Iterator[Shell]:
    """`shell(config=, columns=, rows=, keymap=)`: a shell that has said nothing yet."""
    env = {"HOME": str(home), "CODEX_HOME": str(home / ".codex"), "PATH": os.environ["PATH"]}
    with contextlib.ExitStack() as stack:

        def start(config: str = "", columns: int = 100, rows: int = 30, keymap: str = "") -> ScreenDriver:
            server = stack.enter_context(ResponsesServer([{"text": "Done."}]))
            trusted = f'[projects."{home / "w"}"]\ntrust_level = "trusted"\n'
            (home / ".codex" / "config.toml").write_text(f"{config}\n{trusted}")
            more = {"csm.keymap": keymap} if keymap else {}
            found = settings.load(cwd=home / "w", env=env, overrides={**server.overrides(), **more})
            host = Host.open(found, env)
            stack.callback(host.close)
            port = LocalPort(host)
            stack.callback(port.close)
            begin = Start(cwd=str(home / "w"), overrides=found.overrides)
            driver = ScreenDriver(host, port, begin, columns=columns, rows=rows)
            stack.callback(driver.close)
            driver.wait(lambda: driver.shell.session.thread_id)
            driver.frame()
            return driver

        yield start


def config(home: Path) -> str:
    return (home / ".codex" / "config.toml").read_text()


def test_permissions_are_presets_and_halves(shell: Shell, home: Path) -> None:
    driver = shell()
    driver.type("/permissions")
    driver.keys("enter")
    screen = driver.wait_for("Full access")
    for word in ("Presets", "Read only", "Auto", "When to ask", "untrusted", "on-request: "):
        assert word in screen
    driver.type("full")
    assert "Nothing is asked and nothing is held back" in " ".join(driver.screen().split())
    driver.keys("enter")
    driver.wait(lambda: driver.shell.session.thread.sandbox.mode == "danger-full-access")
    assert driver.shell.session.thread.approval == "never"
    assert "danger-full-access" not in config(home)


def test_permissions_by_name_are_kept(shell: Shell, home: Path) -> None:
    driver = shell("# mine\n")
    driver.shell.run("permissions.choose read-only --save")
    driver.wait(lambda: 'sandbox_mode = "read-only"' in config(home))
    assert 'approval_policy = "on-request"' in config(home)
    assert config(home).startswith("# mine\n")
    driver.shell.run("permissions.choose nothing")
    assert "there is no preset nothing" in driver.screen()


def test_features_are_ticked_and_only_changes_are_written(shell: Shell, home: Path) -> None:
    driver = shell()
    driver.shell.run("features.choose")
    assert "Experimental" in driver.screen()
    driver.type("network_proxy")
    assert "[ ]" in driver.screen()
    driver.keys("space enter")
    assert "network_proxy on; kept in" in " ".join(driver.screen().split())
    assert "[features]\nnetwork_proxy = true" in config(home)
    driver.shell.run("features.choose")
    driver.keys("enter")
    assert "nothing was changed" in driver.screen()


def test_a_setting_is_found_changed_checked_and_taken_away(shell: Shell, home: Path) -> None:
    driver = shell('# mine\nmodel_verbosity = "low" # why\n')
    driver.type("/config")
    driver.keys("enter")
    driver.wait_for("Settings")
    driver.type("verbosity")
    screen = driver.screen()
    assert 'Value    "low"' in screen
    assert "~/.codex/config.toml" in screen
    driver.keys("enter down enter")
    assert '# mine\nmodel_verbosity = "medium" # why\n' in config(home)
    assert "model_verbosity" in driver.screen()
    driver.keys("M-r")
    assert "model_verbosity" not in config(home)
    driver.keys("esc")
    driver.shell.run("settings.choose tool_output_token_limit")
    driver.type("many")
    driver.keys("enter")
    assert "many is no value" in driver.screen()
    driver.shell.run("settings.choose tool_output_token_limit")
    driver.type("-5")
    driver.keys("enter")
    assert "a whole number" in driver.screen()
    driver.shell.run("settings.choose tool_output_token_limit")
    driver.type("500")
    driver.keys("enter")
    assert "tool_output_token_limit = 500" in config(home)
    assert driver.shell.host.settings.tool_output_token_limit == 500


def test_csm_settings_go_into_their_own_file(shell: Shell, home: Path) -> None:
    driver = shell()
    driver.shell.run("settings.choose csm.theme")
    driver.keys("C-u")
    driver.type("light")
    driver.keys("enter")
    assert (driver.shell.host.settings.config_dir / "settings.toml").read_text() == 'theme = "light"\n'
    assert driver.shell.host.theme.name == "light"


def test_the_status_line_is_put_together(shell: Shell, home: Path) -> None:
    driver = shell()
    driver.type("/statusline")
    driver.keys("enter")
    screen = driver.wait_for("[x]  model-with-reasoning")
    assert "[ ]  thread-id" in screen
    driver.keys("space right right")
    driver.frame()
    driver.keys("enter")
    assert 'status_line = ["current-dir", "git-branch", "permissions", "context-remaining"]' in config(home)
    assert any("~/w · " in row for row in driver.screen().split("\n")[-5:])
    driver.shell.run("status-line.choose --reset")
    assert "status_line =" not in config(home)


def test_the_theme_is_tried_on(shell: Shell) -> None:
    driver = shell()
    driver.shell.run("theme.use")
    before = driver.shell.host.theme.name
    driver.keys("down down")
    assert driver.shell.host.theme.name != before
    assert "return round(sum(prices), 2)" in driver.screen()
    driver.keys("esc")
    assert driver.shell.host.theme.name == before


def test_messages_are_looked_through(shell: Shell) -> None:
    driver = shell()
    driver.shell.host.report("warning", "first line\nsecond line")
    driver.shell.run("message.choose")
    assert "second line" in driver.screen()


@pytest.mark.parametrize(
    ("keymap", "down", "up", "end"),
    [("codex", "C-n", "C-p", "end"), ("emacs", "C-n", "C-p", "C-end"), ("vim", "C-n", "C-p", "C-end")],
)
def test_keys_of_every_keymap_move(shell: Shell, keymap: str, down: str, up: str, end: str) -> None:
    driver = shell(keymap=keymap)
    driver.shell.run("settings.choose")
    panel: Any = driver.shell.panels[-1]
    driver.keys(f"{down} {down} {up}")
    assert panel.selected == 1
    driver.keys("page-down")
    assert panel.selected == 11
    driver.keys(end)
    assert panel.selected == len(panel.rows()) - 1
    driver.keys("C-home")
    assert panel.selected == 0
    driver.keys("esc esc")
    assert not driver.shell.panels


def test_the_mouse_chooses_scrolls_and_takes(shell: Shell) -> None:
    driver = shell()
    driver.shell.run("permissions.choose")
    rows = driver.screen().split("\n")
    row = next(at for at, line in enumerate(rows) if "Full access" in line)
    panel: Any = driver.shell.panels[-1]
    driver.shell.mouse(Mouse("scroll", "wheel-down", 5, row))
    driver.shell.mouse(Mouse("press", "left", 5, row))
    driver.frame()
    assert panel.chosen().name == "full-access"
    driver.shell.mouse(Mouse("press", "left", 5, row))
    driver.wait(lambda: driver.shell.session.thread.approval == "never")


@pytest.mark.parametrize("command", ["permissions.choose", "features.choose", "settings.choose", "theme.use",
                                     "keymap.use", "model.choose", "status-line.choose"])  # fmt: skip
def test_every_list_fits_every_size(shell: Shell, command: str) -> None:
    driver = shell(columns=40, rows=12)
    driver.shell.run(command)
    driver.wait(lambda: driver.shell.panels)
    for columns, rows in ((40, 12), (1, 1), (80, 24), (20, 5), (200, 50)):
        driver.resize(columns, rows)
        driver.keys("down")
        assert len(driver.screen().split("\n")) == rows
    driver.keys("esc")
    assert not driver.shell.panels


def test_layouts_and_buffers_are_looked_at(shell: Shell) -> None:
    driver = shell()
    driver.shell.run("layout.open")
    driver.keys("down")
    assert "side by side" in driver.screen()
    driver.keys("esc")
    driver.shell.run("help.open")
    driver.keys("q")
    driver.shell.run("buffer.choose")
    driver.type("help")
    assert "Keymap codex" in driver.screen()
