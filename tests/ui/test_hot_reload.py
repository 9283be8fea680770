"""What changes on the disk while the shell runs is taken up at once, whole or not at all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]
Write = Callable[[str, str], Path]

INIT = """
from csm.api import command
state = "{word}"
@command("mine.{word}")
def word(cx):
    cx.screen.message("{word}")
def configure(csm):
    csm.bind("f8", "mine.{word}")
"""

EXTENSION = """
from csm.api import command, hook
@hook
def activate(host): host.state["lamp"]["is"] = "{word}"
@hook
def deactivate(host): host.state.setdefault("test", {{}}).setdefault("gone", []).append("{word}")
@hook
def configure(csm):
    csm.bind("f9", "lamp.light")
    csm.status("lamp", lambda thread: "lamp-{word}")
@command("lamp.light")
def light(cx):
    cx.screen.message("light {word}")
"""


@pytest.fixture
def write(home: Path) -> Write:
    """Write a file into csm's own folder."""

    def write_file(name: str, text: str) -> Path:
        path = home / ".config/csm" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return write_file


@pytest.fixture
def watched(drive: Drive) -> Iterator[Callable[..., ScreenDriver]]:
    """A shell whose files are watched."""

    def start(*turns: object, **more: object) -> ScreenDriver:
        driver = drive(*turns, **more)
        driver.shell.scripts.follow()
        watcher = driver.shell.scripts._watcher  # pyright: ignore[reportPrivateUsage]
        assert watcher is not None
        driver.wait(watcher.ready.is_set)
        return driver

    yield start


def press(driver: ScreenDriver, key: str) -> str:
    driver.keys(key)
    return driver.shell.message.text


def test_a_script_is_run_anew(watched: Drive, write: Write) -> None:
    write("init.py", INIT.format(word="one"))
    driver = watched()
    assert press(driver, "f8") == "one"
    write("init.py", INIT.format(word="two"))
    driver.wait_for("reloaded init.py")
    assert press(driver, "f8") == "two"
    assert "mine.one" not in driver.shell.host.commands


def test_a_broken_script_changes_nothing_and_is_taken_when_it_is_mended(watched: Drive, write: Write) -> None:
    write("init.py", INIT.format(word="one"))
    driver = watched()
    write("init.py", INIT.format(word="two") + "    csm.bind('C-qq', 'help.open')\n")
    driver.wait_for("Nothing was reloaded")
    assert press(driver, "f8") == "one"
    assert any("init.py:9" in message.where for message in driver.shell.host.messages)
    write("init.py", INIT.format(word="three"))
    driver.wait_for("reloaded init.py")
    assert press(driver, "f8") == "three"


def test_a_bad_line_in_a_keymap_leaves_the_last_good_one(watched: Drive, write: Write) -> None:
    write("keymaps/user.toml", '[bind.global]\n"f8" = "help.open"\n')
    driver = watched()
    keymap = driver.shell.host.keymap
    write("keymaps/user.toml", '[bind.global]\n"f8" = "message.show"\n"f9" = "hlep.open"\n')
    driver.wait_for("Nothing was reloaded")
    assert driver.shell.host.keymap is keymap
    assert "did you mean help.open" in "\n".join(driver.messages)
    write("keymaps/user.toml", '[bind.global]\n"f8" = "message.show"\n')
    driver.wait_for("reloaded keys")
    press(driver, "f8")
    assert driver.shell.place == "messages"


def test_many_files_change_together_or_not_at_all(watched: Drive, write: Write) -> None:
    write("init.py", INIT.format(word="one"))
    driver = watched()
    write("keymaps/user.toml", '[bind.global]\n"f9" = "mine.two"\n')
    driver.wait_for("Nothing was reloaded")
    write("init.py", INIT.format(word="two"))
    driver.wait_for("reloaded init.py, keys")
    assert press(driver, "f9") == "two"


def test_a_theme_and_the_choice_of_one(watched: Drive, write: Write) -> None:
    write("themes/mine.toml", 'name = "mine"\ninherits = "dark"\n[style]\nstatus = "#112233"\n')
    driver = watched(csm__theme="mine")
    assert driver.shell.host.theme.style("status").fg == "#112233"
    write("themes/mine.toml", 'name = "mine"\ninherits = "dark"\n[style]\nstatus = "#445566"\n')
    driver.wait(lambda: driver.shell.host.theme.style("status").fg == "#445566")
    write("themes/mine.toml", "= broken")
    driver.wait_for("Nothing was reloaded")
    assert driver.shell.host.theme.style("status").fg == "#445566"


def test_settings_of_both_programs(watched: Drive, write: Write, home: Path) -> None:
    driver = watched()
    write("settings.toml", 'keymap = "vim"\ntheme = "light"\n')
    driver.wait(lambda: driver.shell.host.keymap.name == "vim")
    assert driver.shell.host.theme.name == "light"
    (home / ".codex/config.toml").write_text("[tui]\nnotifications = false\n")
    driver.wait(lambda: driver.shell.host.setting("tui.notifications") is False)
    (home / ".codex/config.toml").write_text("[tui\n")
    driver.wait_for("Nothing was reloaded")
    assert driver.shell.host.setting("tui.notifications") is False


def test_an_extension_comes_changes_breaks_and_goes(watched: Drive, write: Write) -> None:
    driver = watched(columns=120)
    host = driver.shell.host
    file = write("extensions/lamp/__init__.py", EXTENSION.format(word="one"))
    driver.wait(lambda: "lamp" in host.extensions.known)
    driver.wait_for("lamp-one")
    assert press(driver, "f9") == "light one"
    module = sys.modules[host.extensions.known["lamp"].module]

    file.write_text(EXTENSION.format(word="two") + "1 / 0\n")
    driver.wait_for("Nothing was reloaded")
    assert press(driver, "f9") == "light one"
    assert sys.modules[host.extensions.known["lamp"].module] is module
    assert host.state["lamp"] == {"is": "one"}
    assert "lamp-one" in driver.screen()

    file.write_text(EXTENSION.format(word="three"))
    driver.wait_for("lamp-three")
    assert press(driver, "f9") == "light three"
    assert [one.name for one in host.standing.by("lamp")] == ["lamp"]

    file.unlink()
    file.parent.rename(file.parent.with_name("0lamp"))
    driver.wait(lambda: "lamp" not in host.extensions.known)
    assert "lamp.light" not in host.commands
    assert "lamp-" not in driver.screen()
    assert "unbound" in press(driver, "f9")


def test_unloading_takes_everything_back(drive: Drive, write: Write) -> None:
    write("extensions/lamp/__init__.py", EXTENSION.format(word="one"))
    driver = drive(columns=120)
    host = driver.shell.host
    assert press(driver, "f9") == "light one"
    driver.shell.run("extension.unload lamp")
    assert host.state["test"]["gone"] == ["one"]
    assert (host.standing.by("lamp"), host.wishes.owners) == ([], set())
    assert "unbound" in press(driver, "f9")


def test_what_a_script_set_is_what_was_before_when_it_says_so_no_more(watched: Drive, write: Write) -> None:
    write("init.py", "def configure(csm):\n    csm.set('model_reasoning_effort', 'high')\n")
    driver = watched()
    host = driver.shell.host
    assert host.settings.effort == "high"
    write("init.py", "")
    driver.wait(lambda: host.settings.effort is None)


def test_twenty_broken_lines_open_a_session_with_a_list(drive: Drive, write: Write) -> None:
    write("keymaps/user.toml", "[bind.global]\n" + "".join(f'"f{n}" = "nothing.like-{n}"\n' for n in range(1, 21)))
    driver = drive()
    assert "20 problems (f2 shows more)" in driver.screen().replace("F2", "f2")
    driver.shell.run("message.show")
    assert len([text for text in driver.messages if "there is no command nothing.like-" in text]) == 20
    driver.type("i") if driver.shell.host.keymap.editing == "vi" else None
    driver.shell.screen.close()
    driver.type("works")
    assert driver.text == "works"


def test_the_mouse_and_the_colours(watched: Drive, write: Write) -> None:
    driver = watched()
    assert driver.shell.pointer.on and driver.shell.host.theme.name == "dark"
    write("settings.toml", 'mouse = false\ncolors = "none"\n')
    driver.wait(lambda: driver.shell.host.theme.name == "mono")
    assert not driver.shell.pointer.on
    driver.shell.pointer.switch(True)  # by hand, which other settings leave alone
    theme = driver.shell.host.theme
    write("settings.toml", 'mouse = false\ncolors = "256"\n')
    driver.wait(lambda: driver.shell.host.theme.name == "dark")
    assert driver.shell.pointer.on and driver.shell.host.theme is not theme
    write("settings.toml", "mouse = true\n")
    driver.wait(lambda: driver.shell.host.options.get("mouse") is True)
    write("settings.toml", "mouse = false\n")
    driver.wait(lambda: not driver.shell.pointer.on)
