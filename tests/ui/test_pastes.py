"""Pastes and images in a draft: as one character, opened, edited, undone, sent whole."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]
LONG = "\n".join(f"line {n}" for n in range(1, 501)) + "\n"


def content(driver: ScreenDriver) -> list[dict[str, Any]]:
    """What the user's last message is to the model."""
    body = json.loads(driver.server.requests[-1].body)  # type: ignore[attr-defined]
    return [item for item in body["input"] if item.get("role") == "user"][-1]["content"]


def test_a_long_paste_is_one_character_and_sent_whole(drive: Drive) -> None:
    driver = drive({"text": "Read."})
    driver.type("see ")
    driver.paste(LONG)
    driver.type(" ok")
    assert "› see [pasted 500 lines] ok" in driver.screen()
    assert len(driver.text) == len("see ") + 1 + len(" ok")
    driver.keys("enter")
    driver.wait_for("Read.")
    assert content(driver)[-1]["text"] == f"see {LONG} ok"


@pytest.mark.parametrize("text", ["short", "a\nb\nc", "x" * 1000, "wörter\tund\nzeilen"])
def test_a_short_paste_is_text(drive: Drive, text: str) -> None:
    driver = drive()
    driver.paste(text)
    assert driver.text == text


def test_it_is_removed_as_one_character_and_undo_brings_it_back(drive: Drive) -> None:
    driver = drive({"text": "Read."})
    driver.paste(LONG)
    driver.keys("backspace")
    assert driver.text == ""
    driver.keys("C-_")
    assert "[pasted 500 lines]" in driver.screen()
    driver.keys("C-c")
    assert driver.text == ""
    driver.keys("up")
    assert "[pasted 500 lines]" in driver.screen()
    driver.keys("enter")
    driver.wait_for("Read.")
    assert content(driver)[-1]["text"] == LONG


def test_words_before_it_stay_when_it_is_killed(drive: Drive) -> None:
    driver = drive()
    driver.type("keep this ")
    driver.paste(LONG)
    driver.keys("M-backspace")
    assert driver.text == "keep this "
    driver.keys("C-y C-y")
    assert driver.screen().count("[pasted 500 lines]") == 2


def test_two_alike_are_told_apart(drive: Drive) -> None:
    driver = drive()
    driver.paste(LONG)
    driver.paste(LONG)
    assert "[pasted 500 lines][pasted 500 lines #2]" in driver.screen()


def test_it_wraps_as_a_whole_and_the_cursor_steps_over_it(drive: Drive) -> None:
    driver = drive(columns=40)
    driver.type("words enough to fill a row nearly ")
    driver.paste(LONG)
    rows = driver.screen().split("\n")
    at = next(index for index, row in enumerate(rows) if row.startswith("› words"))
    assert rows[at + 1] == "  [pasted 500 lines]"
    driver.keys("left")
    assert driver.frame().cursor == (2, at + 1)
    driver.keys("right")
    assert driver.frame().cursor == (20, at + 1)


def test_it_opens_in_a_window_is_edited_and_undone(drive: Drive) -> None:
    driver = drive({"text": "Read."}, rows=24)
    driver.paste(LONG)
    driver.keys("M-o")
    assert (
        driver.shell.place == "paste" and "Pasted text · 500 lines" in driver.screen() and "line 1\n" in driver.screen()
    )
    driver.keys("page-down")
    assert "line 21\n" in driver.screen() and "line 1\n" not in driver.screen()
    driver.keys("C-end page-up C-home")
    driver.type("new\n")
    assert "\n  new\n" in driver.screen()
    driver.keys("esc")
    assert driver.shell.place == "composer" and "[pasted 501 lines]" in driver.screen()
    driver.keys("C-_")
    assert "[pasted 500 lines]" in driver.screen()
    driver.keys("M-_ enter")
    driver.wait_for("Read.")
    assert content(driver)[-1]["text"] == f"new\n{LONG}"


def test_what_was_edited_can_be_left_as_it_was(drive: Drive) -> None:
    driver = drive()
    driver.paste(LONG)
    driver.keys("M-o")
    driver.type("nonsense")
    driver.keys("C-c")
    assert driver.shell.place == "composer" and "[pasted 500 lines]" in driver.screen()
    driver.shell.run("paste.expand")
    assert driver.text == LONG


def test_emptied_it_is_gone(drive: Drive) -> None:
    driver = drive()
    driver.type("a")
    driver.paste(LONG)
    driver.type("b")
    driver.keys("left M-o")
    driver.shell.editor.set_text("")
    driver.keys("esc")
    assert driver.text == "ab"


def test_the_nearest_is_opened(drive: Drive) -> None:
    driver = drive()
    driver.paste(LONG)
    driver.type(" and then ")
    driver.paste("x\n" * 40)
    driver.keys("left left left M-o")
    assert "Pasted text · 40 lines" in driver.screen()
    driver.keys("esc C-a right right right M-o")
    assert "Pasted text · 500 lines" in driver.screen()


def test_where_there_is_none_that_is_said(drive: Drive) -> None:
    driver = drive()
    driver.type("words")
    driver.keys("M-o")
    assert "there is no pasted text in the draft" in driver.screen()


@pytest.mark.parametrize("keymap", ["vim", "emacs"])
def test_other_keymaps_open_and_keep_it(drive: Drive, keymap: str) -> None:
    driver = drive(csm__keymap=keymap)
    driver.paste(LONG)
    if keymap == "vim":
        driver.keys("esc g o d d Z Z")
        assert "[pasted 499 lines]" in driver.screen()
    else:
        driver.keys("C-c C-o C-k C-k C-c C-c")
        assert "[pasted 499 lines]" in driver.screen()


def test_binary_is_made_harmless(drive: Drive) -> None:
    driver = drive({"text": "Read."})
    driver.paste("a\x00b\x1b[2Jc\x7f\u202e")
    assert driver.text == "a␀b␛[2Jc␡\u202e"
    assert "\x1b" not in driver.screen() and "<U+202E>" in driver.screen()
    driver.keys("enter")
    driver.wait_for("Read.")
    assert "\x00" not in content(driver)[-1]["text"]


def test_characters_that_look_like_chips_are_none(drive: Drive) -> None:
    driver = drive({"text": "Read."})
    driver.paste("\U00100000 and \U00100001")
    driver.paste(LONG)
    driver.keys("enter")
    driver.wait_for("Read.")
    assert content(driver)[-1]["text"] == f"\U00100000 and \U00100001{LONG}"


def test_ten_megabytes_are_one_character_opened_and_sent(drive: Drive) -> None:
    driver = drive({"text": "Read."})
    big = "0123456789abcde\n" * 655_360
    driver.paste(big)
    assert "[pasted 655,360 lines]" in driver.screen() and len(driver.text) == 1
    driver.keys("M-o x backspace C-c enter")
    driver.wait_for("Read.", 30)
    assert content(driver)[-1]["text"] == big


def test_what_is_queued_comes_back_with_its_pastes(drive: Drive) -> None:
    driver = drive({"call": ("exec_command", {"cmd": "sleep 1000", "yield_time_ms": 30000})}, {"text": "End."})
    driver.type("go\n")
    driver.wait_for("sleep 1000")
    driver.type("later ")
    driver.paste(LONG)
    driver.keys("tab")
    driver.wait(lambda: driver.shell.session.thread.queued)
    assert driver.shell.session.thread.queued == (f"later {LONG}",)
    driver.keys("M-up")
    driver.wait(lambda: driver.text)
    assert "later [pasted 500 lines]" in driver.screen()


def test_the_external_editor_sees_labels_and_they_stay_chips(drive: Drive, home: Path) -> None:
    script, seen = home / "edit", home / "seen"
    script.write_text(f'#!/bin/sh\ncp "$2" {seen}\nprintf \'edited \' | cat - {seen} > "$2"\n')
    script.chmod(0o755)
    driver = drive({"text": "Read."})
    driver.shell.host.env["EDITOR"] = f"'{script}' --wait"  # type: ignore[index]
    driver.paste(LONG)
    driver.keys("C-g")
    assert "› edited [pasted 500 lines]" in driver.screen()
    assert seen.read_text().rstrip() == "[pasted 500 lines]"
    driver.keys("enter")
    driver.wait_for("Read.")
    assert content(driver)[-1]["text"] == f"edited {LONG}"


# Images


def png(path: Path) -> Path:
    """A picture of 7 by 5."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 7, 5, 8, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress((b"\0" + b"\x80" * 7) * 5))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b""))
    return path


@pytest.mark.parametrize("how", ["{}", "'{}'", "file://{}", "{}\n", "escaped"])
def test_a_pasted_path_of_an_image_is_the_image(drive: Drive, home: Path, how: str) -> None:
    path = str(png(home / "work/a shot.png"))
    given = path.replace(" ", "\\ ") if how == "escaped" else how.format(path)
    driver = drive({"text": "Seen."})
    driver.type("what is ")
    driver.paste(given)
    driver.type("?")
    shown = driver.screen()
    assert "› what is [image a shot.png] ?" in shown
    size = (home / "work/a shot.png").stat().st_size
    assert f"▣ 1  a shot.png  7×5, {size} bytes" in shown
    driver.keys("enter")
    driver.wait_for("Seen.")
    parts = content(driver)
    assert [part["type"] for part in parts] == ["input_text", "input_image", "input_text", "input_text"]
    assert parts[-1]["text"] == "what is [Image #1] ?" and "[Image #1]" in parts[0]["text"]


def test_several_at_once_keep_their_places_and_one_is_taken_out(drive: Drive, home: Path) -> None:
    one, two = png(home / "work/one.png"), png(home / "work/two.png")
    driver = drive({"text": "Seen."})
    driver.paste(f"{one} {two}")
    assert "▣ 1  one.png" in driver.screen() and "▣ 2  two.png" in driver.screen()
    driver.type("/detach")
    driver.shell.run("image.remove 1")
    assert "one.png" not in driver.screen() and "▣ 1  two.png" in driver.screen()
    driver.keys("C-_")
    assert "▣ 2  two.png" in driver.screen()
    driver.shell.run("image.remove 5")
    assert "there is no image 5: the draft has 2" in driver.screen()


def test_a_path_that_is_no_image_is_text(drive: Drive, home: Path) -> None:
    (home / "work/fake.png").write_text("no")
    driver = drive()
    for text in (str(home / "work/fake.png"), "/nowhere/x.png", "see shot.png please"):
        driver.paste(text)
        assert driver.text == text
        driver.keys("C-c")


def test_attached_by_command_and_sent_with_the_text(drive: Drive, home: Path) -> None:
    png(home / "work/x.png")
    driver = drive({"text": "Seen."})
    driver.type("look")
    driver.shell.run("image.attach x.png")
    assert "attached x.png" in driver.screen() and "› look [image x.png]" in driver.screen()
    driver.shell.run("image.attach missing.png")
    assert "missing.png cannot be read: No such file or directory" in driver.screen()
    driver.keys("enter")
    driver.wait_for("Seen.")
    assert content(driver)[1]["type"] == "input_image"


def test_an_image_comes_from_the_clipboard(drive: Drive, home: Path) -> None:
    png(home / "clip.png")
    tool = home / "bin/wl-paste"
    tool.parent.mkdir()
    tool.write_text(f"#!/bin/sh\nexec cat {home}/clip.png\n")
    (home / "bin/wl-copy").write_text("#!/bin/sh\ncat > /dev/null\n")
    for each in tool.parent.iterdir():
        each.chmod(0o755)
    driver = drive()
    driver.shell.run("image.paste")
    assert "images cannot be read from the clipboard here" in driver.screen()
    env = driver.shell.host.env
    env.update(PATH=f"{home}/bin:{env['PATH']}", WAYLAND_DISPLAY="wayland-0")  # type: ignore[attr-defined]
    driver.keys("M-i")
    kept = driver.shell.composer.editor.chips.images(driver.text)[0].chip.path
    assert Path(kept).read_bytes() == (home / "clip.png").read_bytes()
    assert Path(kept).stat().st_mode & 0o777 == 0o600
    (home / "clip.png").write_text("words")
    driver.shell.run("image.paste")
    assert "there is no image on the clipboard" in driver.screen()
