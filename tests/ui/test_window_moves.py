"""Moving windows as Vim and Emacs do: to an edge, round, exchanged, to a size, back to the one before."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from csm.ui.driver import ScreenDriver
from csm.view import windows as tree

Drive = Callable[..., ScreenDriver]
VIM, EMACS, CODEX = "vim", "emacs", "codex"


@pytest.fixture
def driver(drive: Drive) -> ScreenDriver:
    made = drive({"text": "An answer."}, columns=120, rows=40)
    made.type("hi\n")
    made.wait_for("An answer.")
    return made


def _three(driver: ScreenDriver, keymap: str) -> list[int]:
    """Window `a` on the left, `b` above `c` on the right; `c` has the keys."""
    driver.shell.run(f"keymap.use {keymap}")
    for line in ("focus.transcript", "window.split-right", "window.split-below"):
        driver.shell.run(line)
    driver.frame()
    return list(tree.leaves(driver.shell.windows.tree))


def _shape(driver: ScreenDriver, ids: list[int]) -> str:
    """The tree in letters: `|` beside, `/` below, the current window as a capital letter."""

    def told(node: tree.Node) -> str:
        if isinstance(node, tree.Leaf):
            letter = "abc"[ids.index(node.id)]
            return letter.upper() if node.id == driver.shell.windows.focused else letter
        return "(" + ("|" if node.how == "columns" else "/").join(told(part) for part in node.parts) + ")"

    return told(driver.shell.windows.tree)


@pytest.mark.parametrize(
    ("keymap", "keys", "shape"),
    [
        (VIM, "C-w H", "(C|a|b)"), (VIM, "C-w L", "(a|b|C)"), (VIM, "C-w J", "((a|b)/C)"), (VIM, "C-w K", "(C/(a|b))"),
        (VIM, "C-w r", "(a|(C/b))"), (VIM, "C-w R", "(a|(C/b))"), (VIM, "C-w x", "(a|(c/B))"),
        (VIM, "C-w t", "(A|(b/c))"), (VIM, "C-w k C-w b", "(a|(b/C))"), (VIM, "C-w t C-w p", "(a|(b/C))"),
        (VIM, "C-w p", "(a|(B/c))"), (VIM, "C-w k C-w k C-w k", "(a|(B/c))"), (VIM, "C-w t C-w C-w", "(a|(B/c))"),
        (VIM, "2 C-w w", "(a|(B/c))"), (VIM, "9 C-w W", "(a|(b/C))"), (VIM, "C-w W C-w W", "(A|(b/c))"),
        (VIM, "C-w k C-w x", "(a|(C/b))"), (VIM, "C-w o", "C"), (VIM, "C-w c", "(a|B)"), (VIM, "C-w h", "(A|(b/c))"),
        (CODEX, "C-x w H", "(C|a|b)"), (CODEX, "C-x w J", "((a|b)/C)"), (CODEX, "C-x w r", "(a|(C/b))"),
        (CODEX, "C-x w X", "(a|(c/B))"), (CODEX, "C-x w p", "(a|(B/c))"), (CODEX, "C-x w t", "(A|(b/c))"),
        (EMACS, "C-x w S-left", "(C|a|b)"), (EMACS, "C-x w S-up", "(C/(a|b))"), (EMACS, "C-x w r", "(a|(C/b))"),
        (EMACS, "C-x w s", "(a|(c/B))"), (EMACS, "C-x w o", "(a|(B/c))"), (EMACS, "C-x 0", "(a|B)"),
        (EMACS, "C-x 1", "C"),
    ],
)  # fmt: skip
def test_keys_move_windows(driver: ScreenDriver, keymap: str, keys: str, shape: str) -> None:
    ids = _three(driver, keymap)
    driver.keys(keys)
    assert _shape(driver, ids) == shape


@pytest.mark.parametrize(
    ("keymap", "keys", "width", "height"),
    [
        (VIM, "3 0 C-w |", 30, None), (VIM, "C-w |", 120 - 1 - tree.LEAST[0], None), (VIM, "5 C-w _", None, 5),
        (VIM, "C-w _", None, -tree.LEAST[1]), (VIM, "5 C-w _ C-w =", None, 0), (CODEX, "7 C-x w _", None, 7),
        (EMACS, "C-x w -", None, 2),
    ],
)  # fmt: skip
def test_windows_get_a_size(
    driver: ScreenDriver, keymap: str, keys: str, width: int | None, height: int | None
) -> None:
    _three(driver, keymap)
    windows = driver.shell.windows
    both = [windows.rects()[number].height for number in list(tree.leaves(windows.tree))[1:]]
    driver.keys(keys)
    rect = windows.rects()[windows.focused]
    if width is not None:
        assert rect.width == width
    if height is not None and height <= 0:
        assert rect.height == (sum(both) + height if height else both[1])
    elif height is not None:
        assert rect.height == height


def test_what_cannot_be_moved_is_said(driver: ScreenDriver) -> None:
    for line, said in (
        ("window.move-left", "there is no other window"), ("window.rotate", "there is no other window"),
        ("window.exchange", "no other window in this row"), ("window.back", None), ("window.exchange 7", "no other"),
    ):  # fmt: skip
        driver.shell.message.clear()
        driver.shell.run(line)
        assert (said or "") in driver.shell.message.text
    assert len(driver.shell.windows) == 1
    _three(driver, VIM)
    driver.keys("C-w t C-w x")
    assert "no other window in this row" in driver.shell.message.text


def test_no_window_is_made_too_small_by_a_move(drive: Drive) -> None:
    driver = drive(columns=17, rows=12)
    driver.frame()
    for line in ("focus.transcript", "window.split-right"):
        driver.shell.run(line)
    driver.frame()
    driver.shell.run("window.split-below")
    driver.frame()
    before = driver.shell.windows.tree
    driver.shell.run("window.move-right")
    assert driver.shell.windows.tree == before
    assert "no room" in driver.shell.message.text
