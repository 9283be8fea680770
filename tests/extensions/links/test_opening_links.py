"""Links from keys: opened by the desktop's program, copied over ssh, files opened at their line."""

from __future__ import annotations

import base64
import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from csm.api.testing import ResponsesServer
from csm.host import settings
from csm.host.host import Host
from csm.runtime.local import LocalPort
from csm.runtime.port import Start
from csm.ui.driver import ScreenDriver

ANSWER = (
    "See [the docs](https://docs.example/a?b=1) and src/app.py:2, then [the code](src/app.py#L3).\n\n"
    "Not [this](javascript:alert(1)) and not missing.py:3.\n\nMail <mailto:me@b.example>."
)


class _Terminal:
    def __init__(self) -> None:
        self.copied: list[str] = []

    def send(self, data: str) -> None:
        if data.startswith("\x1b]52;c;"):
            self.copied.append(base64.b64decode(data[7:-1]).decode())

    def outside(self, call: Callable[[], None]) -> None:
        call()


@pytest.fixture
def read(tmp_path: Path) -> Iterator[Callable[..., ScreenDriver]]:
    """A shell with an answer full of links behind it, a file in its folder."""
    (tmp_path / "work" / "src").mkdir(parents=True)
    (tmp_path / "work" / "src" / "app.py").write_text("one\ntwo\nthree\n")
    (tmp_path / ".codex").mkdir()
    script = tmp_path / "vi"
    script.write_text(f'#!/bin/sh\nprintf "%s|" "$@" >> {tmp_path}/ran\n')
    script.chmod(0o755)
    with contextlib.ExitStack() as stack:

        def start(keymap: str = "vim", **more: str) -> ScreenDriver:
            env = {"HOME": str(tmp_path), "CODEX_HOME": str(tmp_path / ".codex"), "PATH": os.environ["PATH"], **more}
            env["EDITOR"] = str(script)
            server = stack.enter_context(ResponsesServer([{"text": ANSWER}]))
            found = settings.load(
                cwd=tmp_path / "work", env=env, overrides={**server.overrides(), "csm.keymap": keymap}
            )
            host = Host.open(found, env)
            stack.callback(host.close)
            port = LocalPort(host)
            stack.callback(port.close)
            driver = ScreenDriver(host, port, Start(cwd=str(tmp_path / "work"), overrides=found.overrides))
            stack.callback(driver.close)
            driver.shell.screen.terminal = _Terminal()
            while driver.shell.panels:
                driver.keys("enter")
            driver.type("go\n")
            driver.wait_for("Mail")
            driver.wait(lambda: driver.shell.session.thread.running is None)
            driver.frame()
            return driver

        yield start


def _ran(driver: ScreenDriver) -> Path:
    return Path(driver.shell.host.env["HOME"]) / "ran"


def _copied(driver: ScreenDriver) -> list[str]:
    return driver.shell.screen.terminal.copied


def _go_to(driver: ScreenDriver, text: str) -> None:
    driver.shell.focus("transcript")
    driver.frame()
    driver.keys("/")
    driver.type(f"{text}\n")
    driver.frame()


def test_the_link_under_the_cursor_is_opened_with_the_browser(read: Callable[..., ScreenDriver]) -> None:
    driver = read()
    driver.shell.host.env["BROWSER"] = driver.shell.host.env["EDITOR"]  # type: ignore[index]
    _go_to(driver, "the docs")
    driver.keys("g x")
    assert driver.wait(lambda: _ran(driver).exists() and _ran(driver).read_text()) == "https://docs.example/a?b=1|"


@pytest.mark.parametrize(
    ("keymap", "keys"), [("codex", "C-x v"), ("codex", "enter"), ("emacs", "C-c enter"), ("emacs", "enter")]
)
def test_keys_open_it_in_each_keymap(read: Callable[..., ScreenDriver], keymap: str, keys: str) -> None:
    driver = read(keymap)
    driver.shell.host.env["BROWSER"] = driver.shell.host.env["EDITOR"]  # type: ignore[index]
    driver.shell.focus("transcript")
    if keymap == "codex":
        driver.shell.run("view.cursor")
    driver.shell.run("search.start")
    driver.type("the docs\n")
    driver.keys(keys)
    assert driver.wait(lambda: _ran(driver).exists() and _ran(driver).read_text()) == "https://docs.example/a?b=1|"


def test_enter_beside_a_link_folds_as_ever(read: Callable[..., ScreenDriver]) -> None:
    driver = read("vim")
    folded: list[str] = []
    _go_to(driver, "the docs")
    driver.shell.screen.fold = folded.append  # type: ignore[method-assign]
    driver.keys("0")
    driver.shell.run("link.open-or-fold")
    assert (folded, _ran(driver).exists(), _copied(driver)) == (["block"], False, [])


@pytest.mark.parametrize(("keymap", "keys"), [("codex", "C-x V"), ("emacs", "C-c M-w")])
def test_keys_copy_it_from_a_list(read: Callable[..., ScreenDriver], keymap: str, keys: str) -> None:
    driver = read(keymap)
    driver.keys(keys)
    assert "docs.example" in driver.screen()
    driver.type("docs\n")
    assert _copied(driver) == ["https://docs.example/a?b=1"]


def test_over_ssh_it_is_copied(read: Callable[..., ScreenDriver]) -> None:
    driver = read(SSH_CONNECTION="1 2 3 4", DISPLAY=":0")
    _go_to(driver, "the docs")
    driver.keys("g x")
    assert _copied(driver) == ["https://docs.example/a?b=1"]


def test_a_file_is_opened_at_its_line(read: Callable[..., ScreenDriver]) -> None:
    driver = read()
    path = Path(driver.shell.session.cwd) / "src/app.py"
    driver.shell.run("link.open src/app.py:2")
    driver.shell.run("link.open src/app.py#L3")
    driver.shell.run("link.open src/app.py")
    assert _ran(driver).read_text() == f"+2|{path}|+3|{path}|{path}|"
    driver.shell.run("link.open missing.py:3")
    assert "neither a file here" in driver.shell.message.text
    driver.shell.run("link.open javascript:alert(1)")
    assert "neither a file here" in driver.shell.message.text


@pytest.mark.parametrize("keymap", ["codex", "emacs"])
def test_one_is_chosen_from_a_list_of_what_is_named(read: Callable[..., ScreenDriver], keymap: str) -> None:
    driver = read(keymap)
    driver.shell.run("link.choose")
    shown = driver.screen()
    for label in ("mailto:me@b.example", "https://docs.example/a?b=1", "src/app.py:2", "src/app.py#L3"):
        assert label in shown
    rows = driver.shell.panels[-1].rows()
    assert [row.value for row in rows] == [
        "mailto:me@b.example", "src/app.py#L3", "src/app.py:2", "https://docs.example/a?b=1",
    ]  # fmt: skip
    driver.keys("enter")
    assert _copied(driver) == ["mailto:me@b.example"]


def test_the_key_of_the_keymap_codex_asks_which(read: Callable[..., ScreenDriver]) -> None:
    driver = read("codex")
    driver.keys("f4 o")
    assert driver.shell.place == "picker"
    driver.type("app")
    driver.keys("enter")
    assert _ran(driver).read_text().startswith("+3|")
