"""The system's clipboard: by the terminal, by programs, by neither; over ssh; put from a register."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from csm.protocol.errors import CommandError
from csm.ui.clipboard import Clipboard
from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]
BIG = "x" * 100_000


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """Programs called as those of desktops, which keep what they are given in a file."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("wl-copy", "xclip", "xsel", "tmux"):
        (folder / name).write_text(
            f'#!/bin/sh\ncase "$*" in *out*|-b\\ -o) cat {tmp_path}/held;; *) cat > {tmp_path}/{name};; esac\n'
        )
    (folder / "wl-paste").write_text(f"#!/bin/sh\ncat {tmp_path}/held\n")
    for each in folder.iterdir():
        each.chmod(0o755)
    return folder


def board(tools: Path, way: str = "auto", **env: str) -> tuple[Clipboard, list[str]]:
    sent: list[str] = []
    return Clipboard({"PATH": f"{tools}:/usr/bin:/bin", **env}, sent.append, lambda: way), sent


def told(sent: list[str]) -> list[str]:
    return [base64.b64decode(each.removeprefix("\x1b]52;c;").removesuffix("\x07")).decode() for each in sent]


@pytest.mark.parametrize(
    ("env", "wrote"),
    [
        ({"WAYLAND_DISPLAY": "w"}, {"wl-copy"}),
        ({"DISPLAY": ":0"}, {"xclip"}),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "w"}, {"wl-copy"}),
        ({"DISPLAY": ":0", "SSH_TTY": "/dev/pts/1"}, set()),
        ({"DISPLAY": ":0", "SSH_CONNECTION": "a", "TMUX": "t"}, {"tmux"}),
        ({}, set()),
    ],
)
def test_what_is_there_is_used_beside_the_terminal(tools: Path, env: dict[str, str], wrote: set[str]) -> None:
    made, sent = board(tools, **env)
    made.copy("wörter")
    assert told(sent) == ["wörter"]
    files = {path.name for path in tools.parent.iterdir() if path.is_file()}
    assert files == wrote
    assert all((tools.parent / name).read_text() == "wörter" for name in wrote)


def test_big_texts_go_to_a_program_alone(tools: Path) -> None:
    made, sent = board(tools, DISPLAY=":0")
    made.copy(BIG)
    assert sent == [] and (tools.parent / "xclip").read_text() == BIG
    made, sent = board(tools)
    with pytest.raises(CommandError, match="more than a terminal's clipboard takes"):
        made.copy(BIG)


def test_the_setting_says_which_way(tools: Path) -> None:
    made, sent = board(tools, "osc52", DISPLAY=":0")
    made.copy("a")
    assert told(sent) == ["a"] and not (tools.parent / "xclip").exists()
    made, sent = board(tools, "command", DISPLAY=":0")
    made.copy("b")
    assert sent == [] and (tools.parent / "xclip").read_text() == "b"
    made, sent = board(tools, "off", DISPLAY=":0")
    made.copy("c")
    assert sent == [] and (tools.parent / "xclip").read_text() == "b"
    with pytest.raises(CommandError, match="no program for the clipboard works here"):
        board(tools, "command")[0].copy("d")
    with pytest.raises(CommandError, match=r"csm\.clipboard is auto, osc52, command, off, not loud"):
        board(tools, "loud")[0].copy("e")


def test_a_program_that_fails_leaves_it_to_the_next(tools: Path) -> None:
    (tools / "wl-copy").write_text("#!/bin/sh\nexit 1\n")
    made, sent = board(tools, "command", WAYLAND_DISPLAY="w", DISPLAY=":0")
    made.copy("x")
    assert (tools.parent / "xclip").read_text() == "x" and sent == []


def test_what_is_there_is_read(tools: Path) -> None:
    (tools.parent / "held").write_bytes("grüße\r\nzwei".encode())
    assert board(tools, WAYLAND_DISPLAY="w")[0].paste() == "grüße\nzwei"
    assert board(tools, DISPLAY=":0")[0].paste() == "grüße\nzwei"
    for made, _ in (board(tools), board(tools, "off", DISPLAY=":0"), board(tools, DISPLAY=":0", SSH_TTY="t")):
        with pytest.raises(CommandError, match="cannot be read here"):
            made.paste()


def test_vim_puts_and_yanks_the_clipboard(drive: Drive, tools: Path) -> None:
    driver = drive(csm__keymap="vim")
    env = driver.shell.host.env
    env.update(PATH=f"{tools}:{env['PATH']}", WAYLAND_DISPLAY="w")  # type: ignore[attr-defined]
    (tools.parent / "held").write_text("from elsewhere")
    driver.type("a")
    driver.keys('esc " + p')
    assert driver.text == "afrom elsewhere"
    driver.keys('" + y y')
    assert (tools.parent / "wl-copy").read_text() == "afrom elsewhere\n"


def test_a_paste_in_the_draft_is_copied_in_full(drive: Drive, tools: Path) -> None:
    driver = drive(csm__keymap="vim")
    env = driver.shell.host.env
    env.update(PATH=f"{tools}:{env['PATH']}", WAYLAND_DISPLAY="w")  # type: ignore[attr-defined]
    driver.paste("line\n" * 50)
    driver.keys('esc " + y y')
    assert (tools.parent / "wl-copy").read_text() == "line\n" * 50 + "\n"
