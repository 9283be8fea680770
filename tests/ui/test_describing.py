"""What csm says of keys, modes, hooks, settings, buffers, roles: with the file and line that it comes from."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]


@pytest.fixture
def own(home: Path) -> Path:
    """csm's own folder of settings."""
    folder = home / ".config/csm"
    folder.mkdir(parents=True)
    return folder


def page(driver: ScreenDriver) -> str:
    """All of the page that is shown, one line each."""
    buffer = driver.shell.screen.buffer
    return "\n".join("".join(text for _, text in line) for line in buffer.lines(0, buffer.line_count(400), 400))


def test_a_key_tells_file_line_and_what_it_hides(drive: Drive, own: Path) -> None:
    (own / "keymaps").mkdir()
    (own / "keymaps/user.toml").write_text('# mine\n[bind.composer]\n"C-t" = "help.open"\n')
    (own / "init.py").write_text('def configure(csm):\n    csm.bind("f8", "message.show")\n')
    driver = drive(columns=120)
    driver.shell.run("help.describe-key")
    driver.keys("C-t")
    text = page(driver)
    assert "C-t runs help.open" in text
    assert "keymaps/user.toml:3" in text
    assert re.search(r"hides \S+ of global, .*codex\.toml:\d+", text)
    driver.shell.screen.close()
    driver.shell.run("help.describe-key")
    driver.keys("f8")
    assert "init.py:2" in page(driver)


def test_keys_of_codex_settings_and_settings_of_a_script_know_their_lines(drive: Drive, own: Path) -> None:
    (own / "init.py").write_text('\n\ndef configure(csm):\n    csm.set("model_reasoning_effort", "high")\n')
    driver = drive(config='[tui.keymap]\n# mine\ncomposer.submit = "alt-enter"\n', columns=120)
    driver.shell.run("help.describe-key")
    driver.keys("M-enter")
    assert "bound for composer by [tui.keymap] " in page(driver)
    assert ".codex/config.toml:3" in page(driver)
    driver.shell.run("keymap.check")
    assert "config.toml:3: M-enter runs composer.submit in composer, not composer.newline of" in page(driver)
    driver.shell.run("help.describe-setting model_reasoning_effort")
    assert "init.py:4" in page(driver)


def test_every_bundled_binding_knows_its_line(drive: Drive) -> None:
    driver = drive()
    for one in driver.shell.host.keymap.bindings():
        file, _, line = one.source.line().rpartition(":")
        assert (
            one.chords[-1].rpartition("-")[2].lower()[:1] in Path(file).read_text().splitlines()[int(line) - 1].lower()
        )


def test_bindings_are_listed_with_their_layer_and_filtered(drive: Drive, own: Path) -> None:
    (own / "keymaps").mkdir()
    (own / "keymaps/user.toml").write_text('[bind.global]\n"f8" = "message.show"\n')
    driver = drive(columns=120)
    driver.shell.run("help.bindings --filter message.show")
    text = page(driver)
    assert re.search(r"f8 +message\.show +user", text)
    assert re.search(r"f2 +message\.show +base", text)
    assert "help.open" not in text
    driver.shell.run("help.bindings --filter nothing-like-it")
    assert "nothing is bound with nothing-like-it" in driver.screen()


def test_bindings_are_searched_as_one_types(drive: Drive) -> None:
    driver = drive(columns=120)
    driver.shell.run("help.search-bindings")
    driver.type("f2 message")
    assert "f2  message.show" in driver.screen()
    driver.keys("enter")
    assert "message.show" in page(driver)
    assert "Defined in" in page(driver)


def test_the_mode_tells_where_keys_are_looked_up(drive: Drive) -> None:
    driver = drive(columns=120, csm__keymap="vim")
    driver.keys("esc")
    driver.shell.run("help.describe-mode")
    text = page(driver)
    assert "composer" in text
    assert "normal in the keymap vim" in text
    assert "composer, then editor, then global" in text
    assert re.search(r"d +operator\.start delete +vim", text)


def test_a_hook_tells_who_has_it(drive: Drive, own: Path) -> None:
    (own / "init.py").write_text("from csm.api import hook\n\n@hook\ndef status(host):\n    return []\n")
    driver = drive(columns=120)
    driver.shell.run("help.describe-hook status")
    text = page(driver)
    assert "status(host)" in text
    assert "Contributions" in text
    assert "hookspecs.py:" in text
    assert re.search(r"init \(.*init\.py:[34]", text)
    driver.shell.run("help.describe-hook statsu")
    assert "did you mean status" in driver.screen()


def test_a_setting_tells_value_and_origin(drive: Drive, own: Path) -> None:
    (own / "settings.toml").write_text('# what I like\ntheme = "light"\n\n[attention]\ncommand = ["true"]\n')
    (own / "init.py").write_text('def configure(csm):\n    csm.set("model_verbosity", "low")\n')
    driver = drive(columns=120, config='model_reasoning_effort = "high"\n')
    for name, value, where in (
        ("csm.theme", '"light"', "settings.toml:2"),
        ("csm.attention.command", '["true"]', "settings.toml:5"),
        ("model_reasoning_effort", '"high"', "config.toml:1"),
        ("model_verbosity", '"low"', "init.py"),
        ("model_provider", "scripted", "the command line"),
        ("service_tier", "not set", ""),
    ):
        driver.shell.run(f"help.describe-setting {name}")
        text = page(driver)
        assert value in text, name
        assert where in text, name
    driver.shell.run("help.describe-setting csm.attention.command")
    assert "attention" in page(driver)
    assert "a list" in page(driver)


def test_a_role_and_the_theme(drive: Drive, own: Path) -> None:
    (own / "themes").mkdir()
    (own / "themes/mine.toml").write_text('inherits = "dark"\n\n[style]\n"diff.added" = "#112233"\n')
    driver = drive(columns=120, csm__theme="mine")
    driver.shell.run("help.describe-role diff.added.word")
    text = page(driver)
    assert "diff.added" in text
    driver.shell.run("help.describe-role diff.added")
    assert "#112233" in page(driver)
    assert "mine.toml:4" in page(driver)
    driver.shell.run("help.describe-theme")
    assert re.search(r"Inherits +.*themes/dark\.toml", page(driver))


def test_a_buffer_tells_its_place_and_its_keys(drive: Drive) -> None:
    driver = drive(columns=120)
    driver.shell.run("message.show")
    driver.shell.run("help.describe-buffer")
    text = page(driver)
    assert re.search(r"Place +messages", text)
    assert "TextBuffer" in text
    assert "buffers.py:" in text


def test_every_setting_hook_and_role_can_be_described(drive: Drive) -> None:
    from csm.host import describing

    host = drive().shell.host
    for name in describing.setting_names(host):
        assert describing.setting(host, name).facts
    for name in describing.hook_names():
        assert describing.hook(host, name).text
    for name in describing.role_names():
        assert describing.role(host, name).facts


def test_the_pickers_open_and_choose(drive: Drive) -> None:
    driver = drive(columns=100)
    for line, typed, found in (
        ("help.describe-hook", "before_tool", "before_tool(host"),
        ("help.describe-setting", "csm.keymap", "csm.keymap"),
        ("help.describe-role", "status.model", "Given by"),
    ):
        driver.shell.run(line)
        driver.type(typed)
        driver.keys("enter")
        assert found in page(driver), line
