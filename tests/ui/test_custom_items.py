"""Items that an extension shows its own way: the hook `render_item`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]
NOTES = """
from csm.api import hook, items


@hook
def render_item(item, width):
    if isinstance(item, items.UserMessage):
        {body}
"""


@pytest.fixture
def said(drive: Drive, home: Path) -> Callable[..., ScreenDriver]:
    """A shell with an extension whose `render_item` has this body for what the user says; "hello" was said."""

    def start(body: str) -> ScreenDriver:
        folder = home / ".config" / "csm" / "extensions"
        folder.mkdir(parents=True)
        (folder / "notes.py").write_text(NOTES.format(body=body))
        driver = drive({"text": "Hello."}, {"text": "Again."}, columns=60)
        driver.type("hello\n")
        driver.wait_for("Hello.")
        return driver

    return start


def test_an_extension_shows_an_item_at_every_width(said: Callable[..., ScreenDriver]) -> None:
    driver = said('return [[("strong", f"{item.text}, {width} wide\\x1b[2J")], [("dim", "=" * 200)]]')
    assert "hello, 57 wide^[[2J" in driver.screen()
    driver.resize(40, 20)
    assert "hello, 37 wide^[[2J" in driver.screen()
    assert max(len(line) for line in driver.screen().splitlines()) <= 40


@pytest.mark.parametrize(
    "body", ["raise RuntimeError('broken')", "return 'text'", "return [['a']]", "return [[(1, 'a')]]", "return 7"]
)
def test_one_that_fails_is_named_and_muted_and_our_own_look_stands_in(
    said: Callable[..., ScreenDriver], body: str
) -> None:
    driver = said(body)
    assert "› hello" in driver.screen()
    for columns in range(50, 40, -1):
        driver.resize(columns, 20)
        driver.frame()
        driver.shell.screen.fold("all")
    failures = [text for text in driver.messages if text.startswith("notes: render_item failed")]
    assert len(failures) == 3
    assert failures[-1].endswith("it is not called again")
