"""Rules that the user wants kept."""

from __future__ import annotations

import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from csm.api import SettingError
from csm.core import rules
from csm.host.settings import Skipped

TOUCH = 'prefix_rule(pattern=["touch", "c2"], decision="allow")\n'


def add(path: Path, *words: str) -> None:
    from csm_extensions.rules import writing

    writing.add(path, words)


def test_the_file_is_made_for_its_owner_and_read_back(settings: Any) -> None:
    from csm_extensions.rules.source import Files

    now, files = settings(), Files()
    path = now.codex_home / "rules" / "default.rules"
    assert files.add(now, ("touch", "c2")) == str(path)
    assert path.read_text() == TOUCH
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert files.current(now) == rules.Rules((rules.Rule((("touch",), ("c2",))),))


def test_what_is_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "default.rules"
    path.write_bytes(b"# mine\r\nx = 1 # no end")
    path.chmod(0o640)
    add(path, "touch", "c2")
    add(path, "touch", "c2")
    add(path, "ls")
    assert (
        path.read_bytes()
        == b"# mine\r\nx = 1 # no end\n" + TOUCH.encode() + b'prefix_rule(pattern=["ls"], decision="allow")\n'
    )
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").mkdir()
    path = tmp_path / "default.rules"
    path.symlink_to("dotfiles/mine.rules")
    add(path, "touch", "c2")
    assert path.is_symlink() and (tmp_path / "dotfiles/mine.rules").read_text() == TOUCH


def test_several_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "default.rules"
    threads = [threading.Thread(target=add, args=(path, f"word{number % 10}")) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(path.read_text().splitlines()) == [rules.text([f"word{number}"]) for number in range(10)]


@pytest.mark.parametrize("words", [("a b", "'", '"'), ("\\", "ü", "\n\t\x1b\x7f"), ("{x}", "%s", "#", "日本")])
def test_any_words_come_back(tmp_path: Path, words: tuple[str, ...]) -> None:
    from csm_extensions.rules import reading

    path = tmp_path / "default.rules"
    add(path, *words)
    assert reading.rules(path.read_text(), "x").rules == (rules.Rule(tuple((word,) for word in words)),)


def test_where_it_cannot_be_written(tmp_path: Path, settings: Any) -> None:
    from csm_extensions.rules.source import Files

    (tmp_path / "rules").write_text("a file")
    with pytest.raises(SettingError, match=r"could not be kept in .*: File exists"):
        add(tmp_path / "rules" / "default.rules", "touch")
    with pytest.raises(SettingError, match="its words are no text"):
        add(tmp_path / "default.rules", "\ud800")
    with pytest.raises(SettingError, match="rules are ignored"):
        Files().add(settings(skipped=Skipped(rules=True)), ("touch",))
