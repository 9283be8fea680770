"""The session behind the screen: slow to open, refused, gone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from csm.protocol.errors import StoreError
from csm.ui.driver import ScreenDriver

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
