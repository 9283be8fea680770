"""Skills from the composer: completed, chosen, read by the model where a prompt names them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]
TEXT = "---\nname: greet\ndescription: Says hello nicely\n---\n\nSay hello.\n"


@pytest.fixture
def skill(home: Path) -> Path:
    path = home / "work/.agents/skills/greet/SKILL.md"
    path.parent.mkdir(parents=True)
    path.write_text(TEXT)
    return path


def messages(driver: ScreenDriver, role: str) -> list[str]:
    body: dict[str, Any] = json.loads(driver.server.requests[-1].body)  # type: ignore[attr-defined]
    found = [item for item in body["input"] if item.get("role") == role]
    return [part["text"] for item in found for part in item["content"] if "text" in part]


def test_a_named_skill_is_given_after_the_prompt(drive: Drive, skill: Path) -> None:
    driver = drive({"text": "Hello!"})
    driver.type("please $gr")
    driver.wait(lambda: driver.shell.menu.rows)
    assert "$greet  Says hello nicely" in driver.screen()
    driver.keys("tab")
    assert driver.text == "please $greet "
    driver.keys("enter")
    driver.wait_for("Hello!")
    said = messages(driver, "user")
    assert said[-2:] == [
        "please $greet ",
        f"<skill>\n<name>greet</name>\n<path>{skill}</path>\n{TEXT}\n</skill>",
    ]
    told = next(text for text in messages(driver, "developer") if text.startswith("<skills_instructions>"))
    assert f"- greet: Says hello nicely (file: {skill})" in told


def test_nothing_is_told_where_there_are_none(drive: Drive) -> None:
    driver = drive({"text": "Hello!"})
    driver.type("pay $5 to $greet\n")
    driver.wait_for("Hello!")
    assert not [text for text in messages(driver, "developer") if "skills_instructions" in text]
    assert not [text for text in messages(driver, "user") if text.startswith("<skill>")]
    driver.shell.run("skill.choose")
    assert "there are no skills" in driver.screen()


def test_the_list_of_skills_names_one(drive: Drive, skill: Path) -> None:
    driver = drive()
    driver.type("use")
    driver.shell.run("skill.choose")
    assert "greet" in driver.screen()
    driver.keys("enter")
    assert driver.text == "use $greet "


def test_one_that_cannot_be_read_is_told(drive: Drive, skill: Path) -> None:
    skill.write_text("no head")
    driver = drive({"text": "Hello!"})
    driver.wait_for("missing YAML frontmatter")
