"""`csm keymap`, `csm theme`, `csm extension`: lists, single ones, and what is wrong in files of one's own."""

from __future__ import annotations

import os
import plistlib
from pathlib import Path

import pytest

from csm.cli.launch import launch


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """csm's own folder of a newcomer, who is in an empty folder."""
    for name in list(os.environ):
        if name.startswith(("CODEX", "CSM", "XDG", "OPENAI")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / ".config/csm"
    folder.mkdir(parents=True)
    return folder


def ran(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = launch(list(words))
    out, err = capsys.readouterr()
    return status, out, err


def test_keymaps_are_listed_and_shown(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = ran(capsys, "keymap")
    assert status == 0
    assert "*  codex" in out
    assert "vim" in out
    status, out, _ = ran(capsys, "keymap", "show", "emacs", "help.describe-key")
    lines = out.splitlines()
    assert {line.split()[2] for line in lines} == {"help.describe-key"}
    assert lines[0].split()[:3] == ["C-h", "k", "help.describe-key"]
    assert lines[0].rpartition(":")[0].endswith("keymaps/emacs.toml")


def test_a_file_is_checked_wherever_it_is(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = own.parent / "draft.toml"
    file.write_text(
        'inherits = "codex"\n[bind.global]\n"C-x" = "help.open"\n"f2" = "hlep.open"\n"f1" = "message.show"\n'
        '"C-qq" = "help.open"\n[bind.nowhere]\n"a" = "help.open"\n'
    )
    status, out, _ = ran(capsys, "keymap", "check", str(file))
    assert status == 1
    assert "there is no command hlep.open; did you mean help.open" in out
    assert "no key is called 'qq'" in out
    assert "there is no place nowhere" in out
    assert f"{file}:3: C-x waits for more keys before it runs help.open" in out
    assert f"note: {file}:5: f1 runs message.show in global, not help.open of " in out
    assert out.splitlines()[-1] == f"{file}: 3 problems"


def test_bundled_ones_are_good(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for kind in ("keymap", "theme"):
        for name in [line.split()[-2] for line in ran(capsys, kind)[1].splitlines()]:
            status, out, _ = ran(capsys, kind, "check", name)
            assert (status, out.splitlines()[-1]) == (0, f"{name}: good")


def test_what_is_no_toml_or_is_not_there(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (own / "keymaps").mkdir()
    (own / "keymaps/bad.toml").write_text("= nothing")
    status, out, _ = ran(capsys, "keymap", "check", "bad")
    assert (status, "bad.toml:1:" in out) == (1, True)
    status, out, _ = ran(capsys, "keymap", "check", "nothing-like-it")
    assert (status, "there is no keymap nothing-like-it" in out) == (1, True)
    status, _, err = ran(capsys, "keymap", "show", "nothing-like-it")
    assert (status, "there is no keymap" in err) == (1, True)


def test_themes(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (own / "themes").mkdir()
    (own / "themes/mine.toml").write_text('inherits = "dark"\n[style]\n"diff.addd" = "red"\nstatus = "reddish"\n')
    status, out, _ = ran(capsys, "theme", "check", "mine")
    assert status == 1
    assert "did you mean diff.added" in out
    assert "there is no colour reddish" in out
    status, out, _ = ran(capsys, "theme", "show", "dark")
    assert any(line.startswith("diff.added ") for line in out.splitlines())


def test_extensions(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (own / "extensions").mkdir()
    (own / "extensions/good.py").write_text('from csm.api import command\n@command("good.x")\ndef x(cx): ...\n')
    (own / "extensions/bad.py").write_text("from csm.api import hook\n@hook\ndef status(host): ...\n1 / 0\n")
    (own / "extensions/odd.py").write_text(
        'from csm.api import hook\n@hook\ndef settings(host): return [("odd.size", int, 3, "How large")]\n'
    )
    (own / "settings.toml").write_text('[odd]\nsize = "big"\n')
    status, out, _ = ran(capsys, "extension")
    assert status == 0
    assert any(line.split()[:2] == ["good", "user"] and "1 command" in line for line in out.splitlines())
    status, out, _ = ran(capsys, "extension", "check")
    assert status == 1
    assert "good: good" in out
    assert "ZeroDivisionError" in out
    assert "bad: 1 problem" in out
    assert "odd.size: a whole number is needed, not 'big'" in out
    status, out, _ = ran(capsys, "extension", "check", "good")
    assert (status, out) == (0, "good: good\n")
    status, _, err = ran(capsys, "extension", "check", "god")
    assert (status, "did you mean good" in err) == (1, True)


def test_themes_and_colours_of_code_are_checked_as_they_are_here(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (own / "themes").mkdir()
    (own / "themes/broken.toml").write_text("[style")
    (own / "settings.toml").write_text('theme = "auto"\ntheme_light = "linen"\n[themes.dark.style]\nstatsu = "red"\n')
    _, out, _ = ran(capsys, "theme")
    assert "*  auto" in out
    assert "dark|linen" in out
    assert "broken.toml:1:7" in out
    status, out, _ = ran(capsys, "theme", "check")
    assert (status, "csm.themes.dark: [style]: there is no role statsu; did you mean status" in out) == (1, True)
    (own / "x.tmTheme").write_text("<plist>")
    status, out, _ = ran(capsys, "theme", "check", str(own / "x.tmTheme"))
    assert (status, "x.tmTheme: is no property list" in out) == (1, True)
    (own / "x.tmTheme").write_bytes(plistlib.dumps({"settings": [{"settings": {"foreground": "#ccc"}}]}))
    status, out, _ = ran(capsys, "theme", "check", str(own / "x.tmTheme"))
    assert (status, "note: says nothing of code.keyword" in out) == (0, True)
