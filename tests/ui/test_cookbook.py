"""Every recipe of docs/init.md does what it says, in the shell."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from csm.host.happenings import HAPPENINGS
from csm.ui.driver import ScreenDriver

PAGE = Path(__file__).resolve().parents[2] / "docs/init.md"
RECIPES = {
    int(number): code
    for number, code in re.findall(r"^## (\d+)\. .*?```python\n(.*?)```", PAGE.read_text("utf-8"), re.M | re.S)
}

Cook = Callable[..., ScreenDriver]


@pytest.fixture
def cook(drive: Callable[..., ScreenDriver], home: Path) -> Cook:
    """A shell with one recipe; `swap` are texts of it to exchange, where a test cannot wait so long."""

    def start(number: int, *turns: object, swap: tuple[str, str] = ("", ""), **more: object) -> ScreenDriver:
        code = RECIPES[number]
        assert swap[0] in code
        folder = home / ".config/csm"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "init.py").write_text(code.replace(*swap) if swap[0] else code)
        driver = drive(*turns, **{"columns": 120, **more})
        assert [one.text for one in driver.shell.host.messages if one.level == "error"] == []
        return driver

    return start


def ask(driver: ScreenDriver, answer: str, prompt: str = "go") -> None:
    driver.type(f"{prompt}\n")
    driver.wait_for(answer)
    driver.wait(lambda: driver.shell.session.thread.running is None)


def test_there_are_twenty_and_each_has_a_test() -> None:
    assert sorted(RECIPES) == list(range(1, 23))
    tested = {int(name.split("_")[1]) for name in globals() if re.match(r"test_\d", name)}
    assert tested == set(RECIPES)


def test_the_page_lists_all_that_happens_and_every_call() -> None:
    from csm.host.configurator import Configurator

    text = PAGE.read_text("utf-8")
    table = text.split("<!-- begin happenings -->\n")[1].split("<!-- end happenings -->")[0]
    rows = "".join(f"| `{name}` | {about} |\n" for name, about in HAPPENINGS.items())
    assert table == f"| name | when |\n| --- | --- |\n{rows}"
    calls = [name for name in vars(Configurator) if not name.startswith("_")]
    assert [name for name in calls if f"csm.{name}(" not in text] == []


def test_1_a_key_for_a_command_line(cook: Cook) -> None:
    driver = cook(1)
    driver.shell.focus("transcript")
    driver.keys("f6")
    assert driver.shell.place == "composer"
    driver.keys("f5 t")
    assert "unbound" not in driver.shell.message.text


def test_2_a_prefix(cook: Cook) -> None:
    driver = cook(2)
    driver.keys("f5")
    driver.wait_for("f5 – mine")
    assert "Find a key binding" in driver.screen()
    driver.keys("m")
    assert driver.shell.place == "messages"


def test_3_a_command(cook: Cook) -> None:
    driver = cook(3)
    driver.type("/explain main.py deeply\n")
    assert driver.text == "Explain main.py deeply. Change nothing."
    driver.shell.run("mine.explain a.py loudly")
    assert "none of briefly, deeply" in driver.shell.message.text


def test_4_words(cook: Cook) -> None:
    driver = cook(4)
    driver.type("ok, tnx ")
    assert driver.text == "ok, Thanks. Now run the tests, and mend what fails. "


def test_5_keys(cook: Cook) -> None:
    driver = cook(5)
    driver.type("quoted")
    driver.keys("f5 q")
    assert driver.text == "> quoted"
    assert driver.shell.composer.editor.cursor == len("> quoted")


@pytest.mark.parametrize(("hour", "theme"), [("12", "light"), ("3", "dark")])
def test_6_looks(cook: Cook, hour: str, theme: str) -> None:
    assert cook(6, swap=("time.localtime().tm_hour", hour)).shell.host.theme.name == theme


def test_7_a_project(cook: Cook) -> None:
    driver = cook(7)
    assert driver.shell.host.settings.effort == "high"
    assert "gpt-5.5 high" in driver.screen()


def test_8_a_count(cook: Cook) -> None:
    driver = cook(8, {"text": "Fine."})
    assert " turns" not in driver.screen()
    ask(driver, "Fine.")
    driver.wait_for("1 turns")


def test_9_a_command_s_line(cook: Cook, home: Path) -> None:
    for name in ("a", "b", "c"):
        (home / "work" / name).touch()
    cook(9).wait_for("3 files")


def test_10_a_long_turn(cook: Cook) -> None:
    driver = cook(10, {"text": "Fine."}, swap=("> 60", ">= 0"))
    ask(driver, "Fine.")
    assert "done after 0 s" in driver.screen()
    assert "─ turn ─" in driver.screen()


@pytest.mark.parametrize(("code", "said"), [("x = 1", "compiles"), ("x = = 1", "SyntaxError: invalid syntax")])
def test_11_changed_files(cook: Cook, code: str, said: str) -> None:
    patch = f"*** Begin Patch\n*** Add File: made.py\n+{code}\n*** End Patch\n"
    driver = cook(11, {"custom": ("apply_patch", patch)}, {"text": "Fine."}, sandbox_mode="danger-full-access")
    ask(driver, "Fine.")
    driver.wait_for(said)


def test_12_a_failed_command(cook: Cook) -> None:
    driver = cook(12, {"call": ("exec_command", {"cmd": "exit 3"})}, {"text": "Oh."})
    ask(driver, "Oh.")
    assert driver.text == "`exit 3` failed. Why? "


def test_13_a_folder(cook: Cook) -> None:
    driver = cook(13, {"call": ("exec_command", {"cmd": "touch vendor/x"})}, {"text": "Oh."})
    ask(driver, "Oh.")
    assert "the folder vendor is not to be changed" in str(driver.server.requests[-1].body)  # type: ignore[attr-defined]


def test_14_instructions(cook: Cook) -> None:
    driver = cook(14, {"text": "Fine."})
    ask(driver, "Fine.")
    assert "Answer in short sentences." in str(driver.server.requests[0].body)  # type: ignore[attr-defined]


def test_15_drawing(cook: Cook) -> None:
    calls = [{"call": ("exec_command", {"cmd": cmd})} for cmd in ("true", "false")]
    driver = cook(15, *calls, {"text": "Fine."})
    ask(driver, "Fine.")
    assert "ok  true" in driver.screen()
    assert "bad false" in driver.screen()


def test_16_a_buffer(cook: Cook, home: Path) -> None:
    driver = cook(16)
    driver.keys("f5 d")
    assert "Nothing to do." in driver.screen()
    (home / "work/TODO.md").write_text("- sleep\n")
    driver.keys("f5 d")
    assert "- sleep" in driver.screen()


def test_17_people(cook: Cook) -> None:
    driver = cook(17)
    driver.type("ask ~gr")
    driver.wait_for("knows the build")
    driver.keys("tab")
    driver.wait(lambda: driver.text.startswith("ask @grace"))


def test_18_the_draft(cook: Cook) -> None:
    driver = cook(18, swap=("every(60", "every(0.05"))
    driver.type("half a thought")
    file = driver.shell.host.settings.state_dir / "draft.txt"
    driver.wait(lambda: file.is_file() and file.read_text() == "half a thought")


def test_19_the_background(cook: Cook, home: Path) -> None:
    driver = cook(19, swap=("sleep(2)", "sleep(0.02)"))
    (home / "work/build.log").write_text("all FAILED\n")
    driver.wait_for("the build failed")


def test_20_prompts(cook: Cook) -> None:
    driver = cook(20)
    driver.keys("f5 p")
    driver.type("commit")
    driver.keys("enter")
    assert driver.text == "Write a commit message for what is staged."


def test_21_a_rest(cook: Cook) -> None:
    driver = cook(21, swap=("seconds=300", "seconds=0.1"))
    driver.type("draft")
    driver.wait_for("Still there?")
    assert driver.text == "draft"


def test_22_the_terminal_s_look(cook: Cook) -> None:
    driver = cook(22)
    host = driver.shell.host
    assert (host.theme.name, host.theme.asked, host.theme.code) == ("dusk", "auto", "nord")
    host.tell_background(False)
    assert host.theme.name == "linen"
    driver.keys("f5 l")
    assert host.theme.name == "dusk"


def test_the_functions_of_the_script_are_gone_with_the_shell(cook: Cook) -> None:
    driver = cook(19, swap=("sleep(2)", "sleep(0.02)"))
    driver.close()
    driver.shell.host.close()
    assert driver.shell.host.standing.by("init") == []
    assert "csm_init" in sys.modules
