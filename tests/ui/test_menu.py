"""The menu over the composer, from keys: slash commands with arguments, files, what extensions complete."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from csm.api import hook
from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]


def menu(driver: ScreenDriver) -> list[str]:
    """The rows of the menu as shown."""
    region = driver.frame().region("menu")
    return ["".join(text for _, text in line).strip() for line in region.lines] if region else []


def chosen(driver: ScreenDriver) -> str:
    return driver.shell.menu.rows[driver.shell.menu.selected].label


@pytest.fixture
def work(home: Path) -> Path:
    folder = home / "work"
    for name in ("src/app.py", "src/cache.py", "docs/a b.md", "notes.txt", "build/out.o"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x\n")
    (folder / ".gitignore").write_text("build/\n")
    subprocess.run(["git", "init", "-q", "."], cwd=folder, check=True)
    (home / ".codex" / "config.toml").write_text(f'[projects."{folder}"]\ntrust_level = "trusted"\n')
    return folder


def test_slash_words_are_chosen_from_and_run(drive: Drive) -> None:
    driver = drive()
    driver.type("/")
    assert menu(driver)[-1].endswith("more")
    driver.type("stat")
    assert menu(driver)[0].split(maxsplit=1) == ["/status", "About the session"]
    driver.keys("enter")
    assert "About the session" in driver.screen() and driver.text == ""


def test_down_goes_round_and_tab_only_completes(drive: Drive) -> None:
    driver = drive()
    driver.type("/re")
    names = [row.label for row in driver.shell.menu.rows]
    driver.keys("down")
    assert chosen(driver) == names[1]
    driver.keys("up up")
    assert chosen(driver) == names[-1]
    driver.keys("C-n tab")
    assert driver.text == f"{names[0]} "


def test_a_whole_word_runs_though_longer_ones_are_shown(drive: Drive) -> None:
    driver = drive()
    driver.type("/new")
    assert driver.shell.menu.rows
    thread = driver.shell.session.thread_id
    driver.keys("enter")
    driver.wait(lambda: driver.shell.session.thread_id not in ("", thread))


def test_arguments_are_offered_and_taken(drive: Drive) -> None:
    driver = drive()
    driver.type("/theme li")
    assert chosen(driver) == "light"
    driver.keys("enter")
    assert driver.shell.host.theme.name == "light" and driver.text == ""


def test_without_an_argument_enter_runs_the_command_as_it_stands(drive: Drive) -> None:
    driver = drive()
    driver.type("/theme ")
    assert "ansi" in menu(driver)
    driver.keys("enter")
    assert driver.shell.place == "picker"


def test_esc_closes_the_menu_until_another_word_begins(drive: Drive, work: Path) -> None:
    driver = drive()
    driver.type("see @app")
    driver.wait(lambda: menu(driver) == ["src/app.py"])
    driver.keys("esc")
    driver.type("l")
    assert menu(driver) == []
    driver.type(" @app")
    driver.wait(lambda: menu(driver) == ["src/app.py"])


def test_a_file_is_put_in_as_its_path(drive: Drive, work: Path) -> None:
    driver = drive({"text": "Fine."})
    driver.type("look at @cach")
    driver.keys("tab")
    driver.wait(lambda: driver.text == "look at src/cache.py ")
    driver.type("and @a")
    driver.wait(lambda: "docs/a b.md" in menu(driver))
    driver.type(" b")
    assert menu(driver) == []
    driver.keys("backspace backspace")
    driver.wait(lambda: "docs/a b.md" in menu(driver))
    while chosen(driver) != "docs/a b.md":
        driver.keys("down")
    driver.keys("enter")
    assert driver.text == 'look at src/cache.py and "docs/a b.md" '


def test_folders_are_gone_into(drive: Drive, work: Path) -> None:
    driver = drive()
    driver.type("@sr")
    driver.wait(lambda: "src/" in menu(driver))
    while chosen(driver) != "src/":
        driver.keys("down")
    driver.keys("tab")
    assert driver.text == "@src/"
    driver.wait(lambda: [row.split()[0] for row in menu(driver)] == ["src/", "src/app.py", "src/cache.py"])
    driver.keys("down")
    assert chosen(driver) == "src/app.py"
    driver.keys("tab")
    driver.wait(lambda: driver.text == "src/app.py ")  # the rows may still be those of what was typed before


def test_what_git_ignores_and_git_itself_is_never_offered(drive: Drive, work: Path) -> None:
    driver = drive()
    for typed in ("@out", "@.git/", "@HEAD"):
        driver.type(typed)
        driver.wait(lambda: not driver.shell.menu.waiting)
        assert not [row for row in menu(driver) if row.startswith((".git/", "build/"))]
        driver.shell.composer.editor.set_text("")


def test_what_fits_nothing_is_sent_as_it_is(drive: Drive, work: Path) -> None:
    driver = drive({"text": "Fine."})
    driver.type("ask @nobody-of-this-name")
    driver.keys("enter")
    driver.wait_for("Fine.")
    assert "ask @nobody-of-this-name" in driver.screen()


def test_a_blank_that_is_there_is_not_doubled(drive: Drive, work: Path) -> None:
    driver = drive()
    driver.type("x  y")
    driver.keys("left left")
    driver.type("@note")
    driver.wait(lambda: menu(driver) == ["notes.txt"])
    driver.keys("tab")
    assert driver.text == "x notes.txt y" and driver.shell.composer.editor.cursor == len("x notes.txt ")


def test_symbols_are_found_where_ctags_is(drive: Drive, work: Path) -> None:
    driver = drive()
    from csm_extensions.files import symbols

    if symbols.program(driver.shell.host.env) is None:
        pytest.skip("Universal Ctags is not installed")
    (work / "src/app.py").write_text("\n\ndef clear_everything():\n    pass\n")
    driver.type("@@clear")
    driver.keys("tab")
    driver.wait(lambda: driver.text == "clear_everything (src/app.py:3) ")


def test_extensions_add_triggers_and_may_fail_or_take_their_time(drive: Drive) -> None:
    driver = drive()
    go, asked = threading.Event(), list[tuple[str, str]]()

    class Issues:
        @hook
        def completers(self) -> object:
            return [("#", self.issues), ("%", self.broken)]

        def issues(self, host: object, text: str, folder: str) -> list[tuple[str, str]]:
            asked.append((text, folder))
            assert go.wait(10)
            return [(f"#{text}1", "first"), (f"#{text}2", "second")]

        def broken(self, host: object, text: str, folder: str) -> list[str]:
            raise ValueError("no such luck")

    driver.shell.host.hooks.register(Issues(), "issues")
    driver.type("#4")
    driver.keys("tab")
    assert driver.text == "#4"
    go.set()
    driver.wait(lambda: driver.text == "#41 ")
    assert asked[-1] == ("4", driver.shell.session.cwd)
    driver.type("%x")
    driver.wait_for("completing % failed: ValueError: no such luck")
    driver.type("y")
    assert driver.text.endswith("%xy")


def test_a_key_that_waited_is_forgotten_with_the_next_one(drive: Drive) -> None:
    driver = drive()
    go = threading.Event()

    class Slow:
        @hook
        def completers(self) -> object:
            return [("#", lambda host, text, folder: [("#late", "")] if go.wait(10) else [])]

    driver.shell.host.hooks.register(Slow(), "slow")
    driver.type("#l")
    driver.keys("enter")
    driver.type("x")
    go.set()
    driver.wait(lambda: not driver.shell.menu.waiting)
    assert driver.text == "#lx"


def test_the_menu_fits_a_small_terminal_and_is_not_in_the_way_of_questions(drive: Drive) -> None:
    driver = drive(columns=40, rows=12)
    driver.type("/")
    assert len(menu(driver)) <= 8
    assert all(len(row) <= 40 for row in driver.screen().split("\n"))
    driver.shell.run("palette.open")
    assert menu(driver) == []


def test_mention_begins_a_name_of_a_file(drive: Drive, work: Path) -> None:
    driver = drive()
    driver.type("/mention\n")
    assert driver.text == "@"
    driver.type("cach")
    driver.keys("tab")
    driver.wait(lambda: driver.text == "src/cache.py ")


def test_short_slash_words_are_found_by_their_beginning_alone(drive: Drive) -> None:
    driver = drive()
    driver.type("/re")
    assert all(row.startswith("/re") for row in menu(driver)[:-1])
    driver.type("wi")
    assert menu(driver)[0].startswith("/rewind")
