"""Lists of files, skills, MCP servers, drafts and buffers: looked at, several at once, in all sizes."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tomli

from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]


@pytest.fixture
def work(home: Path) -> Path:
    """A repository with a few files."""
    work = home / "work"
    subprocess.run(["git", "init", "-q", str(work)], check=True)
    (home / ".codex/config.toml").write_text(f'[projects."{work}"]\ntrust_level = "trusted"\n')
    (work / "src").mkdir()
    (work / "src/app.py").write_text("".join(f"line_{n} = {n}\n" for n in range(1, 200)))
    (work / "src/日本 語.txt").write_text("")
    (work / "data.bin").write_bytes(b"\0\1")
    (work / ".gitignore").write_text("build/\n")
    (work / "build").mkdir()
    (work / "build/app.js").write_text("x")
    return work


def places(driver: ScreenDriver) -> list[Any]:
    return [row.value for row in driver.shell.panels[-1].rows()]


@pytest.mark.parametrize(("keymap", "keys"), [("codex", "C-x C-f"), ("emacs", "C-c f"), ("vim", "C-w F")])
def test_files_are_looked_at_and_named_in_the_draft(drive: Drive, work: Path, keymap: str, keys: str) -> None:
    driver = drive(columns=120, rows=30, csm__keymap=keymap)
    if keymap == "vim":
        driver.keys("esc")
    driver.keys(keys)
    driver.wait_for("Files")
    assert set(places(driver)) == {"src/app.py", "src/日本 語.txt", "data.bin", ".gitignore"}
    driver.type("app")
    assert places(driver)[0] == "src/app.py" and all("build" not in one for one in places(driver))
    assert "line_3 = 3" in driver.screen()
    driver.keys("M-m")
    driver.shell.panels[-1].editor.set_text("txt")
    assert "empty" in driver.screen()
    driver.keys("M-m enter")
    assert driver.text == '"src/日本 語.txt" src/app.py ' or driver.text == 'src/app.py "src/日本 語.txt" '
    assert driver.shell.place == "composer"


def test_a_file_opens_at_the_line_that_is_typed(drive: Drive, work: Path, home: Path, monkeypatch: Any) -> None:
    editor = home / "editor"
    editor.write_text(f'#!/bin/sh\necho "$@" > {home}/called\n')
    editor.chmod(0o755)
    driver = drive(columns=120, rows=30)
    driver.shell.host.env["VISUAL"] = str(editor)  # type: ignore[index]
    driver.shell.run("file.choose app.py")
    driver.wait_for("line_1 = 1")
    driver.type(":150")
    assert "line_150 = 150" in driver.screen() and "line_1 = 1\n" not in driver.screen()
    driver.keys("M-e")
    driver.wait(lambda: (home / "called").exists())
    assert (home / "called").read_text() == f"+150 {work}/src/app.py\n"


def test_what_is_no_text_and_where_nothing_fits(drive: Drive, work: Path) -> None:
    driver = drive(columns=120, rows=30)
    driver.shell.run("file.choose data")
    driver.wait_for("not text, 2 bytes")
    driver.type("zzzz")
    assert "nothing fits" in driver.screen()
    driver.keys("enter M-e M-m")
    assert driver.shell.panels


def test_a_folder_without_files_says_so(drive: Drive) -> None:
    driver = drive()
    driver.shell.run("file.choose")
    driver.wait_for("there are no files in this folder")


@pytest.fixture
def skills(home: Path) -> Path:
    for name in ("alpha", "beta"):
        path = home / ".codex/skills" / name / "SKILL.md"
        path.parent.mkdir(parents=True)
        path.write_text(f"---\nname: {name}\ndescription: Does {name} things.\n---\n\n# How\n\nDo it {name}ly.\n")
    return home / ".codex/config.toml"


def test_skills_are_named_turned_off_and_on(drive: Drive, skills: Path) -> None:
    driver = drive(columns=120, rows=30)
    driver.shell.run("skill.choose")
    screen = driver.wait_for("Do it alphaly.")
    assert "Does beta things." in screen
    driver.keys("M-t")
    driver.wait_for("alpha off; kept in")
    assert "off · Does alpha things." in driver.screen()
    [rule] = tomli.loads(skills.read_text())["skills"]["config"]
    assert rule == {"path": str(skills.parent / "skills/alpha/SKILL.md"), "enabled": False}
    driver.keys("enter")
    driver.wait_for("alpha is turned off")
    driver.shell.run("skill.choose")
    driver.wait_for("Do it alphaly.")
    driver.keys("M-t")
    driver.wait_for("alpha on; kept in")
    assert "config" not in tomli.loads(skills.read_text()).get("skills", {})
    driver.keys("M-m M-m enter")
    assert driver.text == "$alpha $beta "


def test_servers_are_listed_and_turned_off_before_a_session_starts_them(drive: Drive, home: Path) -> None:
    config = home / ".codex/config.toml"
    config.write_text('[mcp_servers.one]\ncommand = "true"\n\n[mcp_servers.two]\nurl = "https://example.org/mcp"\n')
    driver = drive(columns=120, rows=30)
    driver.shell.run("mcp.choose")
    screen = driver.wait_for("MCP servers")
    assert "one" in screen and "https" not in screen.split("two")[0]
    driver.keys("M-t")
    driver.wait_for("one off; kept in")
    assert tomli.loads(config.read_text())["mcp_servers"]["one"]["enabled"] is False
    driver.keys("M-l")
    driver.wait_for("one is a program")


def test_drafts_are_looked_at_and_dropped(drive: Drive) -> None:
    driver = drive(columns=100, rows=30)
    for text in ("first draft", "second draft", "third draft"):
        driver.type(text)
        driver.shell.run("draft.stash")
    driver.shell.run("draft.list")
    driver.wait_for("third draft")
    driver.keys("M-m M-m M-d")
    driver.wait_for("dropped 2 drafts")
    driver.shell.run("draft.drop")
    driver.wait_for("dropped")
    driver.shell.run("draft.drop")
    driver.wait_for("no draft was put aside")


def test_buffers_are_closed_together(drive: Drive) -> None:
    driver = drive(columns=100, rows=30)
    for line in ("session.status", "message.show", "help.open"):
        driver.shell.run(line)
        driver.settle()
    driver.shell.run("focus.transcript")
    driver.shell.run("buffer.choose")
    driver.wait_for("Buffers")
    names = [name for name in places(driver) if any(str(one.name) == name for one in driver.shell.screen.buffers.all())]
    for name in names:
        driver.shell.panels[-1].editor.set_text(name)
        driver.shell.panels[-1].mark()
    driver.keys("M-d")
    assert not [one for one in driver.shell.screen.buffers.all() if str(one.name) in names]


@pytest.mark.parametrize("line", ["file.choose", "skill.choose", "buffer.choose", "draft.list"])
@pytest.mark.parametrize("size", [(40, 12), (80, 24), (200, 50), (12, 6)])
def test_every_size(drive: Drive, work: Path, skills: Path, line: str, size: tuple[int, int]) -> None:
    driver = drive(columns=size[0], rows=size[1])
    driver.type("a draft")
    driver.shell.run("draft.stash")
    driver.shell.run(line)
    driver.wait(lambda: driver.shell.panels)
    for keys in ("M-m", "M-s", "M-p", "S-down", "down", "page-down"):
        driver.keys(keys)
        assert len(driver.frame().rows()) == size[1]
