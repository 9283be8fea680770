"""The session behind the screen: slow to open, refused, gone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from csm.edit.inputs import Key
from csm.protocol import ops
from csm.protocol.errors import StoreError
from csm.ui import arrange
from csm.ui.driver import ScreenDriver
from csm.ui.shell import Shell

Drive = Callable[..., ScreenDriver]


class Held:
    """A port whose next `start` waits until it is let go."""

    def __init__(self, port: Any) -> None:
        self._port = port
        self.waiting: list[tuple[Any, Future[str]]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)

    def start(self, start: Any) -> Future[str]:
        future: Future[str] = Future()
        self.waiting.append((start, future))
        return future

    def let_go(self) -> None:
        """Really start what waits."""
        for start, future in self.waiting:
            future.set_result(self._port.start(start).result(10))
        self.waiting.clear()


@pytest.fixture
def held(drive: Drive) -> Callable[..., tuple[ScreenDriver, Held]]:
    """A shell that goes on to a new session which does not open yet."""

    def begin(*turns: Any) -> tuple[ScreenDriver, Held]:
        driver = drive(*turns)
        port = Held(driver.shell.port)
        driver.shell.session._port = port  # type: ignore[assignment]
        driver.shell.session.open()
        return driver, port

    return begin


def test_what_is_written_before_the_session_is_open_is_sent_then(held: Any) -> None:
    driver, port = held({"text": "At last."})
    assert "Opening the session…" in driver.screen()
    driver.type("hurry")
    assert "› hurry" in driver.screen()
    driver.keys("enter")
    assert driver.text == ""
    port.let_go()
    driver.wait_for("At last.")
    assert driver.screen().startswith("› hurry")


def test_what_is_sent_before_anything_is_opened_is_kept_for_it(drive: Drive) -> None:
    driver = drive({"text": "At last."})
    early = Shell(driver.shell.host, driver.shell.port, driver.shell.session.start, driver.clock)
    for key in ("h", "i", "enter"):
        early.press(Key(key, key if len(key) == 1 else ""))
    assert early.composer.editor.text == ""
    early.begin()
    driver.wait(lambda: early.session.thread.turns)
    early.session.close()


def test_a_session_that_cannot_be_opened_is_told_and_the_shell_stays(held: Any) -> None:
    driver, port = held()
    port.waiting[0][1].set_exception(StoreError("the disk is full", "make room"))
    driver.wait_for("the disk is full (make room)")
    driver.type("still here")
    assert driver.text == "still here"


def test_two_sessions_are_not_opened_at_once(held: Any) -> None:
    driver, port = held()
    driver.keys("C-x n")
    assert "a session is being opened" in driver.screen()
    assert len(port.waiting) == 1


def test_without_a_session_a_draft_is_given_back(drive: Drive) -> None:
    driver = drive(model_provider="nobody", bare=True)
    driver.keys("esc")
    driver.wait_for("Model provider `nobody` not found")
    driver.type("hello")
    driver.keys("enter")
    assert driver.text == "hello"
    assert "there is no session" in driver.screen()


def test_a_thread_that_is_not_there_is_told(drive: Drive) -> None:
    driver = drive({"text": "Hello."})
    before = driver.shell.session.thread_id
    driver.shell.run("session.resume 019a0000-0000-7000-8000-000000000000")
    driver.wait_for("019a0000")
    assert driver.shell.session.thread_id == before


def test_what_was_done_but_not_as_it_was_meant_is_told(drive: Drive) -> None:
    driver = drive({"text": "Hello."})
    driver.shell.submit(ops.Submit("look", ("/nowhere/picture.png",)))
    driver.wait_for("/nowhere/picture.png")
    driver.wait_for("Hello.")
    told = [one for one in driver.shell.host.messages if "/nowhere/picture.png" in one.text]
    assert [one.level for one in told] == ["warning"]


def test_of_a_long_session_gone_on_with_only_the_end_is_printed(drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrange, "_FIRST_PRINT", 20)
    turns = [{"text": "\n".join(f"- {turn} {number}" for number in range(15))} for turn in range(4)]
    driver = drive(*turns, {"text": "\n".join(f"- new {number}" for number in range(50))}, inline=True)
    for turn in range(4):
        driver.type("more\n")
        driver.wait_for(f"{turn} 14")
        driver.wait(lambda: driver.shell.session.thread.running is None)
    thread_id = driver.shell.session.thread_id
    driver.close()
    driver.shell.port.close()
    again = drive({"text": "\n".join(f"- new {number}" for number in range(50))}, inline=True, resume=thread_id)
    shown = again.wait_for("3 14")
    assert "earlier lines" in again.printed[0][0][1]
    assert "0 14" not in shown
    again.type("more\n")
    shown = again.wait_for("new 49")
    assert "new 0" in shown
    assert shown.count("earlier lines") == 1
