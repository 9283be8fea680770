"""Themes and colours of code in the shell: tried on, taken, kept, given back; broken ones; sixteen colours."""

from __future__ import annotations

import plistlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from csm.host import theming
from csm.host.commands import Commands
from csm.host.completion import complete
from csm.host.context import Context
from csm.ui.driver import ScreenDriver
from csm.ui.styles import Styles, sixteen

Drive = Callable[..., ScreenDriver]


@pytest.fixture
def themes(home: Path) -> Path:
    """csm's own folder of themes, with a good and a broken file of each kind."""
    folder = home / ".config/csm/themes"
    folder.mkdir(parents=True)
    listed = [{"settings": {}}, {"scope": "keyword", "settings": {"foreground": "#ff8800"}}]
    (folder / "mine.tmTheme").write_bytes(plistlib.dumps({"settings": listed}))
    (folder / "torn.tmTheme").write_text("<plist>")
    (folder / "paper.toml").write_text('about = "of \\u001b[31mmine"\ninherits = "light"\n')
    (folder / "broken.toml").write_text("[style")
    return folder


def settings(driver: ScreenDriver) -> str:
    return (driver.shell.host.settings.config_dir / "settings.toml").read_text()


def test_moving_changes_the_screen_and_esc_brings_back_what_was(drive: Drive, themes: Path) -> None:
    driver = drive(columns=120, rows=40)
    host = driver.shell.host
    before = host.theme
    driver.shell.run("theme.use")
    screen = driver.wait_for("Any background")
    assert "in use · quiet: five hues, no" in screen
    assert "  Light" in screen
    names = list[str]()
    for _ in range(3):
        driver.keys("down")
        names.append(host.theme.name)
    assert len({*names, "dark"}) == 4
    driver.keys("esc")
    assert host.theme is before


def test_a_broken_theme_is_told_where_its_sample_would_be(drive: Drive, themes: Path) -> None:
    driver = drive(columns=120, rows=40)
    driver.shell.run("theme.use")
    assert "Cannot be read" in driver.wait_for("Any background")
    driver.type("broken")
    screen = driver.wait_for("broken.toml:1:7")
    assert "return round(sum" not in screen
    assert driver.shell.host.theme.name == "dark"
    driver.keys("enter")
    driver.wait_for("theme broken cannot be used; dark stays")
    driver.shell.run("theme.use")
    driver.type("paper")
    assert "of ^[[31mmine" in driver.wait_for("paper")
    driver.keys("enter")
    assert driver.shell.host.theme.name == "paper"


def test_themes_are_grouped_by_what_they_are_for(drive: Drive, themes: Path) -> None:
    driver = drive(columns=100, rows=50)
    driver.shell.run("theme.use")
    rows = [row.split()[:2] for row in driver.wait_for("Any background").split("\n")]
    order = [row[0] for row in rows if row and row[0] in ("Any", "Dark", "Light", "auto", "mono", "ember", "linen")]
    assert order == ["Any", "auto", "mono", "Dark", "ember", "Light", "linen"]


def test_auto_is_taken_and_kept(drive: Drive) -> None:
    driver = drive()
    driver.shell.host.tell_background(False)
    driver.shell.run("theme.use auto --save")
    assert "theme auto, now light, kept in" in driver.shell.message.text
    assert settings(driver) == 'theme = "auto"\n'
    driver.shell.host.tell_background(True)
    assert driver.shell.host.theme.name == "dark"


def test_the_terminal_changes_while_themes_are_looked_at(drive: Drive) -> None:
    driver = drive(csm__theme="auto")
    driver.shell.run("theme.use")
    driver.keys("down down")
    driver.shell.host.tell_background(False)
    driver.keys("esc")
    assert (driver.shell.host.theme.name, driver.shell.host.theme.asked) == ("light", "auto")


def test_colours_of_code_are_tried_on(drive: Drive, themes: Path) -> None:
    driver = drive(columns=120, rows=40)
    host = driver.shell.host
    driver.shell.run("theme.code")
    screen = driver.wait_for("Colours of code")
    assert "def total(self" in screen
    assert "in use · the theme's own" in screen
    assert "mine" in screen and "a file" in screen
    driver.type("mine")
    assert host.theme.style("code.keyword").fg == "#ff8800"
    driver.keys("esc esc")
    assert host.theme.code == ""
    driver.shell.run("theme.code mine")
    assert driver.shell.message.text == "code in mine until csm ends; --save keeps it"
    driver.shell.run("theme.use light")
    assert (host.theme.name, host.theme.code) == ("light", "mine")
    driver.shell.run("theme.code own --save")
    assert (host.theme.code, settings(driver)) == ("", 'code_theme = "own"\n')


def test_a_broken_file_leaves_the_colours_there_are(drive: Drive, themes: Path) -> None:
    driver = drive()
    driver.shell.run("theme.code monokai")
    before = driver.shell.host.theme
    for name, told in [
        ("torn", "is no property list"),
        ("monokia", "did you mean monokai?"),
        ("./x.tmTheme", "no such file"),
    ]:
        driver.shell.run(f"theme.code {name}")
        assert told in driver.shell.message.text
        assert driver.shell.host.theme is before
    assert "is no property list" in "\n".join(driver.messages)


def test_a_file_is_taken_by_its_path(drive: Drive, home: Path, themes: Path) -> None:
    (themes / "mine.tmTheme").rename(home / "work/here.tmTheme")
    driver = drive()
    driver.shell.run("theme.code here.tmTheme --save")
    assert driver.shell.host.theme.style("code.keyword").fg == "#ff8800"
    chosen = home / "work" / "here.tmTheme"
    assert f'code_theme = "{chosen}"' in settings(driver)


def test_names_are_completed(drive: Drive, themes: Path) -> None:
    driver = drive()
    host = driver.shell.host
    commands: Commands = host.commands
    cx = Context(host, driver.shell.screen, driver.shell.port, state={})
    assert [one.text for one in complete(commands, "theme.code mon", cx)] == [
        "monokai"
    ]  # fmt: skip
    assert [one.text for one in complete(commands, "/code-theme min", cx)] == ["mine"]
    assert [one.text for one in complete(commands, "theme.use au", cx)] == ["auto"]


def test_dark_and_light_are_exchanged(drive: Drive) -> None:
    driver = drive(csm__theme_light="linen")
    driver.shell.run("theme.toggle")
    assert driver.shell.host.theme.name == "linen"
    driver.shell.run("theme.toggle")
    assert driver.shell.host.theme.name == "dark"


def test_without_colours_it_is_told(drive: Drive) -> None:
    driver = drive(csm__colors="none")
    driver.shell.run("theme.use light")
    assert "attributes only" in driver.shell.message.text
    assert driver.shell.host.theme.name == "mono"


def test_sixteen_colours_show_what_a_theme_means(drive: Drive, themes: Path) -> None:
    (themes / "half.toml").write_text('inherits = "dusk"\n[style]\nstatus = "bright-red"\n')
    host = drive(csm__theme="half").shell.host
    stand_in: Any = theming.sixteen(host)
    shown = sixteen(host.theme, stand_in)
    assert shown.style("status").fg == "bright-red"
    for role in ("diff.added", "picker.selected", "selection", "code.keyword", "diff.added.word"):
        assert shown.style(role) == stand_in.style(role)
    styles = Styles(shown, 4)
    assert styles.sgr("diff.added") == "\x1b[32m"
    assert "#" not in styles.renderer("fg:#ff8700 bg:#101010")


@pytest.mark.parametrize("colour", ["#8db4f0", "#15181d", "#ffffff", "#7f7f7f", "#123456"])
@pytest.mark.parametrize("bits", [4, 8])
def test_both_writers_show_the_same_colours(colour: str, bits: int) -> None:
    from prompt_toolkit.output.color_depth import ColorDepth
    from prompt_toolkit.output.vt100 import _EscapeCodeCache
    from prompt_toolkit.styles import Style

    styles = Styles(None, bits)
    depths = {4: ColorDepth.DEPTH_4_BIT, 8: ColorDepth.DEPTH_8_BIT}
    attributes = Style([]).get_attrs_for_style_str(styles.renderer(f"fg:{colour}"))
    assert _EscapeCodeCache(depths[bits])[attributes].replace("\x1b[0;", "\x1b[") == styles.sgr(f"fg:{colour}")
