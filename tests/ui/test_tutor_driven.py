"""Every lesson of the tutor in every keymap, done by keys from the first to the last; left, gone on with, jumped to."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import csm_extensions.tutor.provider as provider
from csm.host import settings
from csm.host.host import Host
from csm.runtime.local import LocalPort
from csm.runtime.port import Start
from csm.ui.driver import ScreenDriver
from csm_extensions.tutor import folder, lessons

#: How one gets to the transcript, splits, closes, asks and records: keys, where the composer is empty.
KEYS: dict[str, dict[str, str]] = {
    "codex": {
        "newline": "C-j", "stop": "esc", "up": "f4", "search": "/", "back": "i", "split": "C-x w v", "close": "C-x w c",
        "record": "C-x ( l a C-x ) C-x @", "describe": "C-x d", "unfold": "C-t",
    },
    "emacs": {
        "newline": "C-j", "stop": "C-g", "up": "C-x [", "search": "C-s", "back": "i", "split": "C-x 3",
        "close": "C-x 0", "record": "C-x ( l a C-x ) C-x e", "describe": "C-h k", "unfold": "C-c C-t",
    },
    "vim": {
        "newline": "C-j", "stop": "esc esc", "up": "esc C-w k", "search": "/", "back": "i", "split": "esc C-w v i",
        "close": "esc C-w c i", "record": "esc q a A l a esc q @ a A",
        "describe": "esc : h e l p . d e s c r i b e - k e y enter", "unfold": "C-t",
    },
}  # fmt: skip
Begin = Callable[..., ScreenDriver]


@pytest.fixture
def tutor(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Begin]:
    """Opens the tutor's shell as `csm tutor` does, without pauses between words."""
    monkeypatch.setattr(provider, "PACE", 0.0)
    with contextlib.ExitStack() as stack:

        def begin(keymap: str, columns: int = 80, rows: int = 24) -> ScreenDriver:
            env = {"HOME": str(home), "CODEX_HOME": str(home / ".codex"), "PATH": os.environ["PATH"]}
            scratch = folder.create(home / ".local" / "state" / "csm")
            overrides = {
                "model_provider": "tutor",
                "model": "tutor",
                "csm.keymap": keymap,
                "projects": {str(scratch): {"trust_level": "trusted"}},
                "sandbox_mode": "workspace-write",
                "history.persistence": "none",
                "sandbox_workspace_write.exclude_slash_tmp": True,
                "sandbox_workspace_write.exclude_tmpdir_env_var": True,
            }
            found = settings.load(cwd=scratch, env=env, overrides=overrides)
            host = Host.open(found, env)
            stack.callback(host.close)
            port = LocalPort(host)
            stack.callback(port.close)
            start = Start(cwd=str(scratch), overrides=found.overrides, ephemeral=True)
            driver = ScreenDriver(host, port, start, columns=columns, rows=rows)
            stack.callback(driver.close)
            driver.wait(lambda: driver.shell.session.thread_id)
            return driver

        yield begin


def said(driver: ScreenDriver) -> str:
    """All that the tutor said so far."""
    turns = driver.shell.session.thread.turns
    return "\n".join(str(getattr(entry.item, "text", "")) for turn in turns for entry in turn.entries)


def quiet(driver: ScreenDriver) -> None:
    driver.wait(lambda: driver.shell.session.thread.running is None and not driver.shell.session.sending)


def send(driver: ScreenDriver, text: str) -> None:
    """Send a message and wait for the whole answer; questions are answered by yes."""
    begun = driver.shell.session.thread.begun
    driver.type(text)
    driver.keys("enter")
    driver.wait(lambda: driver.shell.session.thread.begun > begun)
    while driver.shell.session.thread.running is not None:
        driver.wait(lambda: driver.shell.ask is not None or driver.shell.session.thread.running is None)
        if driver.shell.ask is not None:
            driver.keys("y")
            driver.wait(lambda: driver.shell.ask is None)
    quiet(driver)


def at(driver: ScreenDriver, number: int) -> None:
    """Assert that the lesson told last is this one."""
    assert said(driver).rpartition("## Lesson ")[2].split(" ")[0] == str(number), said(driver)[-600:]


def last(driver: ScreenDriver) -> str:
    return said(driver).strip().rpartition("\n")[2]


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (40, 12)])
@pytest.mark.parametrize("keymap", ["codex", "emacs", "vim"])
def test_from_the_first_lesson_to_the_last(keymap: str, columns: int, rows: int, tutor: Begin) -> None:
    driver, keys = tutor(keymap, columns, rows), KEYS[keymap]
    send(driver, "Hello")
    at(driver, 1)
    send(driver, "go")
    at(driver, 2)
    driver.keys(keys["unfold"])
    send(driver, "done")  # lesson 3 asks for a commit, and has a yes
    at(driver, 3)
    assert "the commit is made" in said(driver)
    send(driver, "next")
    at(driver, 4)
    assert "Twelve." in said(driver)
    send(driver, "next")
    at(driver, 5)
    driver.type("one")
    driver.keys(keys["newline"])
    driver.type("two\n")
    driver.wait_for("1 2 3")
    driver.keys(keys["stop"])
    quiet(driver)
    if keymap == "vim":
        driver.keys("i")
    send(driver, "ok")
    at(driver, 7)
    driver.keys("M-x")
    driver.type("theme.use light")
    driver.keys("enter")
    send(driver, "done")
    at(driver, 8)
    further(driver, keys)
    kept = json.loads((driver.shell.host.settings.state_dir / "tutor.json").read_text())
    assert kept == {keymap: {"last": 13, "passed": list(range(1, 13))}}


def further(driver: ScreenDriver, keys: dict[str, str]) -> None:
    """The lessons after the first hour."""
    driver.keys(keys["up"])
    driver.keys(keys["search"])
    driver.type("composer\n")
    driver.keys(keys["back"])
    send(driver, "done")
    at(driver, 9)
    driver.keys(keys["split"])
    assert len(driver.shell.windows) == 2
    driver.keys(keys["close"])
    assert len(driver.shell.windows) == 1
    send(driver, "done")
    at(driver, 10)
    driver.keys(keys["record"])
    assert driver.text.startswith("lala"), driver.text
    send(driver, "")
    at(driver, 11)
    ask(driver, keys)
    send(driver, "done")
    at(driver, 12)
    assert "It is written" in said(driver)
    driver.wait(lambda: driver.shell.run("config.reload") or "greet.say" in driver.shell.host.commands)
    driver.type("/greet Ann")
    driver.keys("enter")
    driver.wait_for("Hello, Ann.")
    send(driver, "done")
    at(driver, 13)
    driver.type("lessons")
    driver.keys("enter")
    driver.wait(lambda: "12. a command of your own ✓" in said(driver))


def ask(driver: ScreenDriver, keys: dict[str, str]) -> None:
    """Ask what a key does, and close the answer."""
    driver.keys(keys["describe"])
    driver.keys("C-l")
    driver.wait(lambda: not driver.shell.windows.plain)
    driver.keys("q")
    driver.wait(lambda: driver.shell.windows.plain)
    assert driver.shell.place == "composer"


@pytest.mark.parametrize("keymap", ["codex", "emacs", "vim"])
def test_what_was_not_done_is_hinted_at_and_can_be_left(keymap: str, tutor: Begin) -> None:
    driver = tutor(keymap)
    for number in (8, 9, 10, 11):
        send(driver, f"lesson {number}")
        at(driver, number)
        before = said(driver)
        send(driver, "done")
        assert said(driver).count("## Lesson") == before.count("## Lesson")
        assert len(said(driver)) > len(before)
    send(driver, "again")
    at(driver, 11)
    send(driver, "skip")
    at(driver, 12)
    kept = json.loads((driver.shell.host.settings.state_dir / "tutor.json").read_text())
    assert kept == {keymap: {"last": 12, "passed": []}}


def test_the_next_time_it_goes_on_there(tutor: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    from csm.api import Context

    driver = tutor("codex")
    send(driver, "lesson 9")
    host: Any = driver.shell.host
    words: list[str] = []
    cx = Context(host=host, state={"launch": lambda given: words.extend(given) or 0})
    host.commands.call("tutor.start", (), cx)
    assert words[-1] == "lesson 9"
    host.commands.call("tutor.start", ("--keymap", "vim"), cx)
    assert words[-1] == "Hello"
    host.commands.call("tutor.start", ("2",), cx)
    assert words[-1] == "lesson 2"


def test_a_broken_file_of_progress_is_as_none(tmp_path: Path) -> None:
    from csm_extensions.tutor.progress import Progress

    for text in ("", "[]", '{"vim": 3}', '{"vim": {"last": "x", "passed": {}}}'):
        (tmp_path / "tutor.json").write_text(text)
        made = Progress(tmp_path, "vim")
        assert (made.last, made.passed) == (0, set())
        made.note(3, 2)
        assert Progress(tmp_path, "vim").passed == {2}
    assert len(lessons.LESSONS) == 13
