"""What is asked before the first session, and what the answers leave behind."""

from __future__ import annotations

import json
import stat
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from csm.edit.inputs import Key
from csm.host import config_file, credentials
from csm.protocol.errors import SettingError
from csm.ui.driver import ScreenDriver
from csm.ui.shell import Shell

Drive = Callable[..., ScreenDriver]


@pytest.fixture
def repository(home: Path) -> Path:
    """The folder to work in is a git repository."""
    (home / "work" / ".git").mkdir()
    (home / "work" / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    return home


def test_a_trusted_folder_may_be_edited_and_is_not_asked_about_again(drive: Drive, repository: Path) -> None:
    driver = drive({"text": "Hello."})
    assert f"Workin{repository / 'work'}?" in "".join(driver.screen().split())  # a long path goes over the line's end
    assert driver.shell.session.thread_id == ""
    driver.keys("enter")
    driver.wait(lambda: driver.shell.session.thread_id)
    assert "may edit here" in driver.screen()
    written = tomllib.loads((repository / ".codex" / "config.toml").read_text())
    assert written["projects"] == {str(repository / "work"): {"trust_level": "trusted"}}
    again = drive({"text": "Hello."})
    assert "Work in" not in again.screen()
    assert "may edit here" in again.screen()


def test_the_enter_of_a_prompt_that_was_being_written_trusts_nothing(drive: Drive, repository: Path) -> None:
    asked = drive({"text": "Hello."})
    early = Shell(asked.shell.host, asked.shell.port, asked.shell.session.start, asked.clock)
    early.composer.editor.set_text("hello")
    early.begin()
    early.press(Key("enter", ""))
    asked.wait(lambda: early.session.thread_id)
    assert not (repository / ".codex" / "config.toml").exists()
    assert early.composer.editor.text == "hello"
    early.session.close()


def test_trust_holds_at_once_for_all_that_the_folder_brings(drive: Drive, repository: Path) -> None:
    work = repository / "work"
    (work / ".codex").mkdir()
    (work / ".codex" / "config.toml").write_text('model = "of-the-project"\n')
    for kind in ("extensions", "keymaps"):
        (work / ".csm" / kind).mkdir(parents=True)
    (work / ".csm" / "keymaps" / "local.toml").write_text('name = "local"\ninherits = "codex"\n')
    (work / ".csm" / "extensions" / "greeting.py").write_text(
        "from csm.api import command\n\n\n"
        '@command("greet.all", title="Greet")\ndef greet(cx):\n    """Greet."""\n    cx.screen.message("hail")\n'
    )
    driver = drive(bare=True, rows=24)
    host = driver.shell.host
    assert (host.settings.trusted, host.settings.model) == (None, "gpt-5.5")
    driver.keys("enter")
    assert "Where does the model come from?" in driver.screen()
    assert "of-the-project · ~/work · main · may edit here" in driver.screen()
    assert host.settings.trusted is True
    assert "local" in host.names("keymaps")
    driver.keys("esc")
    driver.wait(lambda: driver.shell.session.thread_id)
    assert driver.shell.session.thread.model == "of-the-project"
    driver.shell.run("greet.all")
    assert "hail" in driver.screen()


def test_trust_that_cannot_be_kept_holds_for_this_time(drive: Drive, repository: Path) -> None:
    (repository / "file").write_text("")
    (repository / ".codex" / "config.toml").symlink_to(repository / "file" / "config.toml")
    driver = drive({"text": "Hello."})
    driver.keys("enter")
    driver.wait(lambda: driver.shell.session.thread_id)
    assert "may edit here" in driver.screen()
    assert any("File exists" in text for text in driver.messages)


@pytest.mark.parametrize("keys", ["down enter", "esc"])
def test_looking_only_leaves_nothing_behind(drive: Drive, repository: Path, keys: str) -> None:
    driver = drive({"text": "Hello."})
    driver.keys(keys)
    driver.wait(lambda: driver.shell.session.thread_id)
    assert "read only" in driver.screen()
    assert not (repository / ".codex" / "config.toml").exists()


def test_without_a_key_one_is_taken_unseen(drive: Drive, home: Path) -> None:
    driver = drive(bare=True, rows=24)
    assert "Where does the model come from?" in driver.screen()
    driver.keys("enter")
    driver.type("sk-very-secret")
    assert "secret" not in driver.screen()
    assert "••••••••••••••" in driver.screen()
    driver.keys("enter")
    driver.wait(lambda: driver.shell.session.thread_id)
    path = home / ".codex" / "auth.json"
    assert json.loads(path.read_text())["OPENAI_API_KEY"] == "sk-very-secret"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "secret" not in str(driver.messages)


def test_esc_goes_on_without_a_model(drive: Drive) -> None:
    driver = drive(bare=True)
    driver.keys("esc")
    driver.wait(lambda: driver.shell.session.thread_id)
    assert driver.shell.place == "composer"


def test_a_local_model_is_named(drive: Drive) -> None:
    driver = drive(bare=True, rows=24)
    driver.type("ollama")
    driver.keys("enter")
    assert "Model:" in driver.screen()
    driver.keys("enter")
    driver.wait(lambda: driver.shell.session.thread_id)
    assert driver.shell.session.thread.provider == "ollama"
    assert "gpt-oss:20b" in driver.screen()


@pytest.mark.parametrize(
    "before",
    [
        "",
        'model = "x"',
        '# mine\nmodel = "x"\n',
        '[projects."/else"]\ntrust_level = "untrusted"\n',
        "[[x]]\na = 1\n",
        '[projects."/a"]\nother = 1\n',
    ],
)
def test_trust_is_added_and_the_rest_stays(tmp_path: Path, before: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(before)
    config_file.trust(tmp_path, Path('/a "quoted" folder'))
    assert path.read_text().startswith(before)
    written = tomllib.loads(path.read_text())
    assert written["projects"]['/a "quoted" folder'] == {"trust_level": "trusted"}


@pytest.mark.parametrize(
    ("before", "projects"),
    [
        ('projects = { "/x" = { trust_level = "untrusted" } }', {"/x": {"trust_level": "untrusted"}}),
        ('[projects."/w"]\nother = 1  # mine\n', {}),
    ],
)
def test_trust_is_added_where_its_table_stands_already(
    tmp_path: Path, before: str, projects: dict[str, object]
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(before)
    config_file.trust(tmp_path, Path("/w"))
    written = tomllib.loads(path.read_text())["projects"]
    assert written.pop("/w")["trust_level"] == "trusted"
    assert written == projects
    assert ("# mine" in before) == ("# mine" in path.read_text())


@pytest.mark.parametrize("before", [b"broken =", b"projects = 1", b"\xff"])
def test_a_file_that_cannot_take_it_is_left_alone(tmp_path: Path, before: bytes) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(before)
    with pytest.raises(SettingError):
        config_file.trust(tmp_path, Path("/w"))
    assert path.read_bytes() == before


def test_a_key_joins_what_stands_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "auth.json"
    path.write_text('{"tokens": {"a": 1}}')
    credentials.save(tmp_path, "sk-1")
    assert json.loads(path.read_text()) == {"tokens": {"a": 1}, "auth_mode": "apikey", "OPENAI_API_KEY": "sk-1"}
    with pytest.raises(SettingError):
        credentials.save(tmp_path, "no key at all")


def test_a_file_behind_a_link_is_replaced_there(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "config.toml").write_text("")
    (tmp_path / "config.toml").symlink_to(tmp_path / "real" / "config.toml")
    config_file.trust(tmp_path, Path("/w"))
    assert (tmp_path / "config.toml").is_symlink()
    assert "trusted" in (tmp_path / "real" / "config.toml").read_text()
