"""`/screenshot`: the screen in a file, as a picture, text or data; never over another file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]


def test_a_picture_without_a_name_gets_the_next_number(drive: Drive, home: Path) -> None:
    driver = drive({"text": "Here **it** is."})
    driver.type("hi\n")
    driver.wait_for("Here it is.")
    for number in (1, 2):
        driver.shell.run("screen.save")
        driver.wait_for(f"csm-screen-{number}.svg")
    tree = ElementTree.parse(home / "work" / "csm-screen-1.svg")
    assert any(text.text == "it" and text.get("font-weight") == "700" for text in tree.iter() if text.text)


@pytest.mark.parametrize("inline", [False, True])
def test_text_and_data_by_the_name_of_the_file(inline: bool, drive: Drive, home: Path) -> None:
    driver = drive({"text": "Here it is."}, inline=inline)
    driver.type("hi\n")
    driver.wait_for("Here it is.")
    driver.type("/screenshot a.txt\n")
    driver.wait_for("the screen is in a.txt")
    assert "\n  Here it is.\n" in (home / "work/a.txt").read_text()
    driver.type("/screenshot a.json\n")
    driver.wait_for("the screen is in a.json")
    assert json.loads((home / "work/a.json").read_text())["columns"] == 80


def test_a_file_that_is_there_stays_unless_forced(drive: Drive, home: Path) -> None:
    driver = drive()
    path = home / "work/a.txt"
    path.write_text("mine")
    driver.shell.run("screen.save a.txt")
    driver.wait_for("is there already")
    assert path.read_text() == "mine"
    driver.shell.run("screen.save a.txt --force")
    driver.wait_for("the screen is in a.txt")
    assert path.read_text() != "mine"
    driver.shell.run("screen.save no/such/folder.svg")
    driver.wait_for("cannot write")
