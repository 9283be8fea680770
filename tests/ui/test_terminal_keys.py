"""What terminals really send for keys, read by the shell's keyboard, and the commands that run: with the kitty
protocol, xterm's modifyOtherKeys, in tmux, on the Linux console; and chords of any length.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from csm.edit.inputs import Key, Paste
from csm.ui.driver import ScreenDriver
from csm.ui.keyboard import Keyboard

Drive = Callable[..., ScreenDriver]


def send(driver: ScreenDriver, data: bytes, *, enhanced: bool) -> list[str]:
    """Send bytes through a pipe to the shell's keyboard; the lines that ran."""
    shell, ran = driver.shell, list[str]()
    shell.host.tell_keys(enhanced)
    run = shell.run
    shell.run = lambda line, count=None: (ran.append(line), run(line, count))[1]  # type: ignore[method-assign]

    def sink(given: Any) -> None:
        if isinstance(given, Key):
            shell.press(given)
        elif isinstance(given, Paste):
            shell.paste(given.text)

    reader, writer = os.pipe()
    keyboard = Keyboard(reader, driver._loop, sink, lambda: None)
    keyboard.open()
    os.write(writer, data)
    heard = 0

    def quiet() -> bool:
        nonlocal heard
        heard = heard + 1 if keyboard._timer is None and not shell.dispatcher.pending else 0
        return heard > 3

    driver.wait(quiet)
    keyboard.close()
    os.close(reader)
    os.close(writer)
    shell.run = run  # type: ignore[method-assign]
    return ran


KITTY, PLAIN = True, False
TABLE = [
    # kitty (and all that speak its protocol: foot, ghostty, wezterm, alacritty, Windows Terminal)
    ("kitty shift-enter", KITTY, b"\x1b[13;2u", ["composer.newline"]),
    ("kitty alt-enter", KITTY, b"\x1b[13;3u", ["composer.newline"]),
    ("kitty ctrl-j", KITTY, b"\x1b[106;5u", ["composer.newline"]),
    ("kitty ctrl-i is tab where it means nothing else", KITTY, b"\x1b[105;5u", ["composer.queue"]),
    ("kitty tab", KITTY, b"\t", ["composer.queue"]),
    ("kitty ctrl-m is enter where it means nothing else", KITTY, b"\x1b[109;5u", ["composer.submit"]),
    ("kitty ctrl-[ is esc", KITTY, b"\x1b[91;5u", ["turn.interrupt"]),
    ("kitty ctrl-enter is enter where it means nothing else", KITTY, b"\x1b[13;5u", ["composer.submit"]),
    ("kitty shift-tab", KITTY, b"\x1b[9;2u", ["mode.toggle-plan"]),
    ("kitty super-left", KITTY, b"\x1b[1;9D", ["move.line-start"]),
    ("kitty super-right", KITTY, b"\x1b[1;9C", ["move.line-end"]),
    ("kitty super-backspace", KITTY, b"\x1b[127;9u", ["kill.line-start"]),
    ("kitty ctrl-shift-backspace", KITTY, b"\x1b[127;6u", ["kill.word-left"]),
    ("kitty shift-backspace", KITTY, b"\x1b[127;2u", ["delete.char-backward"]),
    ("kitty ctrl-backspace", KITTY, b"\x1b[127;5u", ["kill.word-left"]),
    ("kitty ctrl-delete", KITTY, b"\x1b[3;5~", ["kill.word-right"]),
    ("kitty ctrl-h is no backspace there", KITTY, b"\x1b[104;5u", ["delete.char-backward"]),
    ("kitty esc", KITTY, b"\x1b[27u", ["turn.interrupt"]),
    ("kitty ctrl-slash", KITTY, b"\x1b[47;5u", ["edit.undo"]),
    ("kitty alt-full-stop", KITTY, b"\x1b[46;3u", ["effort.raise"]),
    ("kitty press and release run once", KITTY, b"\x1b[97;5:1u\x1b[97;5:3u", ["move.line-start"]),
    ("kitty russian layout ctrl-a", KITTY, b"\x1b[1092::97;5u", ["move.line-start"]),
    ("kitty caps lock counts for nothing", KITTY, b"\x1b[97;69u", ["move.line-start"]),
    ("kitty chord of three", KITTY, b"\x1b[120;5u\x1b[119;1uv", ["window.split-right"]),
    # xterm with modifyOtherKeys
    ("xterm shift-enter", KITTY, b"\x1b[27;2;13~", ["composer.newline"]),
    ("xterm ctrl-i", KITTY, b"\x1b[27;5;105~", ["composer.queue"]),
    ("xterm ctrl-[", KITTY, b"\x1b[27;5;91~", ["turn.interrupt"]),
    ("xterm ctrl-a", KITTY, b"\x1b[27;5;97~", ["move.line-start"]),
    ("xterm alt-shift-comma is alt-<", KITTY, b"\x1b[27;4;60~", ["move.buffer-start"]),
    ("xterm ctrl-shift-backspace", KITTY, b"\x1b[27;6;127~", ["kill.word-left"]),
    ("xterm ctrl-backspace", KITTY, b"\x1b[27;5;127~", ["kill.word-left"]),
    ("xterm alt-comma", KITTY, b"\x1b[27;3;44~", ["effort.lower"]),
    ("xterm alt-left", PLAIN, b"\x1b[1;3D", ["move.word-left"]),
    ("xterm shift-up", PLAIN, b"\x1b[1;2A", ["effort.raise"]),
    ("xterm f3", PLAIN, b"\x1bOR", ["search.transcript"]),
    # tmux, which sends what plain terminals send
    ("tmux alt-enter", PLAIN, b"\x1b\r", ["composer.newline"]),
    ("tmux ctrl-j", PLAIN, b"\n", ["composer.newline"]),
    ("tmux shift-tab", PLAIN, b"\x1b[Z", ["mode.toggle-plan"]),
    ("tmux alt-b", PLAIN, b"\x1bb", ["move.word-left"]),
    ("tmux alt-backspace", PLAIN, b"\x1b\x7f", ["kill.word-left"]),
    ("tmux ctrl-underscore", PLAIN, b"\x1f", ["edit.undo"]),
    ("tmux ctrl-space", PLAIN, b"\x00", ["mark.set"]),
    ("tmux home and end", PLAIN, b"\x1b[1~\x1b[4~", ["move.line-start", "move.line-end"]),
    ("tmux leader chord", PLAIN, b"\x18wv", ["window.split-right"]),
    ("tmux csi-u shift-enter", KITTY, b"\x1b[13;2u", ["composer.newline"]),
    ("tmux esc alone", PLAIN, b"\x1b", ["turn.interrupt"]),
    ("screen alt arrows", PLAIN, b"\x1b\x1b[D", ["move.word-left"]),
    # rxvt
    ("rxvt ctrl-left", PLAIN, b"\x1bOd", ["move.word-left"]),
    ("rxvt shift-up", PLAIN, b"\x1b[a", ["effort.raise"]),
    ("rxvt ctrl-delete", PLAIN, b"\x1b[3^", ["kill.word-right"]),
    # the Linux console
    ("console f1", PLAIN, b"\x1b[[A", ["help.open"]),
    ("console f3", PLAIN, b"\x1b[[C", ["search.transcript"]),
    ("console home", PLAIN, b"\x1b[1~", ["move.line-start"]),
    ("console delete", PLAIN, b"\x1b[3~", ["delete.char-forward"]),
    ("console backspace", PLAIN, b"\x7f", ["delete.char-backward"]),
    ("console alt-d", PLAIN, b"\x1bd", ["kill.word-right"]),
    # what nobody knows does nothing, and what follows is read
    ("unknown sequence", PLAIN, b"\x1b[99;99;99y\x01", ["move.line-start"]),
    ("mouse report of nobody", PLAIN, b"\x1b[<0;1;1M\x05", ["move.line-end"]),
]


@pytest.mark.parametrize(("enhanced", "data", "lines"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_keys_run_commands(drive: Drive, enhanced: bool, data: bytes, lines: list[str]) -> None:
    driver = drive()
    driver.type("some words here")
    assert send(driver, data, enhanced=enhanced) == lines


def test_a_key_that_plain_terminals_do_not_send_says_what_this_one_can(drive: Drive) -> None:
    driver = drive()
    driver.type("one")
    assert send(driver, b"\x1b[13;2u", enhanced=PLAIN) == ["composer.newline"]
    assert driver.shell.host.enhanced_keys


def test_a_key_that_does_nothing_by_wish_stays_so(drive: Drive, home: Any) -> None:
    keymaps = home / ".config" / "csm" / "keymaps"
    keymaps.mkdir(parents=True)
    (keymaps / "user.toml").write_text('[bind.composer]\n"C-enter" = false\n')
    assert send(drive(), b"\x1b[13;5u", enhanced=KITTY) == []


def test_a_chord_of_five_keys(drive: Drive, home: Any) -> None:
    keymaps = home / ".config" / "csm" / "keymaps"
    keymaps.mkdir(parents=True)
    (keymaps / "user.toml").write_text('[bind.global]\n"C-x C-y M-z left a" = "theme.use light"\n')
    driver = drive()
    assert send(driver, b"\x18\x19\x1bz\x1b[Da", enhanced=PLAIN) == ["theme.use light"]
    assert send(driver, b"\x1b[120;5u\x1b[121;5u\x1b[122;3u\x1b[Da", enhanced=KITTY) == ["theme.use light"]


def test_control_i_is_a_key_of_its_own_where_it_can_be(drive: Drive) -> None:
    driver = drive(csm__keymap="vim")
    driver.type("x")
    driver.keys("esc")
    assert send(driver, b"\x1b[105;5u", enhanced=KITTY) == ["jump.newer"]
    assert send(driver, b"\t", enhanced=PLAIN) == ["composer.queue"]


def test_a_paste_is_no_keys(drive: Drive) -> None:
    driver = drive()
    assert send(driver, b"\x1b[200~a\rb\x18\x1b[201~", enhanced=PLAIN) == []
    assert driver.text.startswith("a\nb")
