"""Notifications while nobody looks, and what status line and title are made of when the user says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]


class Terminal:
    """Keeps what it is sent."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, data: str) -> None:
        self.sent.append(data)


def ready(driver: ScreenDriver, *, focused: bool = False, **env: str) -> Terminal:
    terminal = Terminal()
    driver.shell.screen.terminal = terminal
    driver.shell.focused = focused
    driver.shell.host.env.update(env)  # type: ignore[attr-defined]
    return terminal


def ask(driver: ScreenDriver) -> None:
    driver.type("go\n")
    driver.wait_for("All is done.")
    driver.wait(lambda: driver.shell.session.thread.running is None)


def test_the_end_of_a_turn_rings_where_nobody_looks(drive: Drive) -> None:
    driver = drive({"text": "All is done."})
    terminal = ready(driver)
    ask(driver)
    assert terminal.sent == ["\x07"]


def test_who_looks_is_not_told(drive: Drive) -> None:
    driver = drive({"text": "All is done."})
    terminal = ready(driver, focused=True)
    ask(driver)
    assert terminal.sent == []


@pytest.mark.parametrize(
    ("config", "env", "sent"),
    [
        ("notifications = false", {}, []),
        ('notifications = ["approval-requested"]', {}, []),
        ('notifications = ["agent-turn-complete"]\nnotification_method = "osc9"', {}, ["\x1b]9;All is done.\x07"]),
        ("", {"TERM_PROGRAM": "WezTerm"}, ["\x1b]9;All is done.\x07"]),
        ("", {"TERM_PROGRAM": "WezTerm", "TMUX": "x"}, ["\x07"]),
        ('notification_method = "osc9"', {"TMUX": "x"}, ["\x1bPtmux;\x1b\x1b]9;All is done.\x07\x1b\\"]),
        ('notification_method = "bel"', {"TERM_PROGRAM": "WezTerm"}, ["\x07"]),
    ],
)
def test_codexs_settings_are_read(drive: Drive, config: str, env: dict[str, str], sent: list[str]) -> None:
    driver = drive({"text": "All is done.\n\nMore."}, config=f"[tui]\n{config}\n")
    terminal = ready(driver, **env)
    ask(driver)
    assert terminal.sent == sent


def test_always_means_also_in_front(drive: Drive) -> None:
    driver = drive({"text": "All is done."}, config='[tui]\nnotification_condition = "always"\n')
    terminal = ready(driver, focused=True)
    ask(driver)
    assert terminal.sent == ["\x07"]


def test_what_a_model_says_cannot_control_the_terminal(drive: Drive) -> None:
    text = "\x1b]0;evil\x07 All is done."
    driver = drive({"text": text}, config='[tui]\nnotification_method = "osc9"\n')
    terminal = ready(driver)
    ask(driver)
    assert terminal.sent == ["\x1b]9;]0;evil All is done.\x07"]


def test_an_approval_is_told_and_a_program_is_run(drive: Drive, home: Path) -> None:
    own = home / ".config/csm"
    own.mkdir(parents=True)
    (own / "settings.toml").write_text(
        f'[attention]\ncommand = ["/bin/sh", "-c", "echo \\"$1\\" > {home}/told", "sh"]\n'
    )
    driver = drive({"call": ("exec_command", {"cmd": "rm -rf xyz"})}, approval_policy="untrusted")
    terminal = ready(driver)
    driver.type("go\n")
    driver.wait(lambda: driver.shell.ask)
    driver.wait(lambda: terminal.sent)
    driver.wait(lambda: (home / "told").is_file() and (home / "told").read_text())
    assert (home / "told").read_text().startswith("Approval wanted")


def test_the_test_notifies_at_once(drive: Drive) -> None:
    driver = drive()
    terminal = ready(driver, focused=True)
    driver.shell.run("attention.test")
    assert terminal.sent == ["\x07"]
    assert "the bell" in driver.shell.message.text


def test_a_setting_of_a_wrong_kind_is_told_and_not_taken(drive: Drive, home: Path) -> None:
    own = home / ".config/csm"
    own.mkdir(parents=True)
    (own / "settings.toml").write_text('[attention]\ncommand = "ring"\ncomand = []\n')
    driver = drive()
    driver.shell.run("config.reload")
    told = "\n".join(driver.messages)
    assert "attention.command: a list is needed, not 'ring'" in told
    assert "there is no setting attention.comand; did you mean attention.command" in told
    assert driver.shell.host.option("attention.command") == []


def test_parts_of_the_status_line_and_the_title(drive: Drive, home: Path) -> None:
    config = """
[tui]
status_line = ["model-with-reasoning", "run-state", "five-hour-limit", "nothing-like-it", "total-output-tokens", "mine"]
terminal_title = ["app-name", "run-state", "project-name"]
"""
    own = home / ".config/csm"
    own.mkdir(parents=True)
    (own / "init.py").write_text("def configure(csm):\n    csm.status('mine', lambda thread: 'my-own')\n")
    driver = drive({"text": "All is done."}, config=config, columns=100)
    ask(driver)
    line = next(line for line in driver.screen().splitlines() if "gpt-5.5" in line)
    assert "Ready" in line
    assert "out" in line
    assert line.count("my-own") == 1
    assert "work" not in line
    assert driver.frame().title == "csm · Ready · work"


def test_what_is_not_held_back_is_told_whatever_is_chosen(drive: Drive) -> None:
    driver = drive(config='[tui]\nstatus_line = ["current-dir"]\n', sandbox_mode="danger-full-access")
    assert "full access" in driver.screen()
