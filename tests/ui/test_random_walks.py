"""A shell that is used by someone without a plan: keys, commands, sizes, the mouse, pastes, several sessions at work.

`CSM_WALK` is how many steps a walk has, `CSM_WALK_SEEDS` which walks there are (`0-50`); few of both by default.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from csm.edit.inputs import Key, Mouse
from csm.ui.driver import ScreenDriver
from csm.view.lines import line_width

Drive = Callable[..., ScreenDriver]
STEPS = int(os.environ.get("CSM_WALK", "60"))
FIRST, _, LAST = os.environ.get("CSM_WALK_SEEDS", "0-2").partition("-")
SEEDS = range(int(FIRST), int(LAST or FIRST) + 1)
#: What wants a terminal, another program or much time. What walks has no use for a shell of its own either.
LEFT_OUT = ("shell.suspend", "shell.quit", "ex.edit", "externally", "diff.edit", "log.benchmark", "mcp.login", "tutor")
SIZES = [(1, 1), (2, 3), (10, 8), (20, 5), (40, 12), (80, 24), (120, 40), (200, 50), (1, 30), (60, 1)]
TYPED = "abcxyz 0123/!@$#:;.,?*%'\"(){}[]<>+-=_~`^&|\\dwipPuGgjkhlvVnNoOAI漢é"
SAID = ["do it\n", "go on\n", "!echo own\n", "!cat\n", "draft ", "@f", "$s", ":w a b\n", "/ps\n", "/new\n"]
PASTED = ["pasted\ntext\r\n\x1b[31m\x00", "p" * 2_000, "漢字\t" * 30, "", "\n" * 200]
OFTEN = ["session.new", "session.beside", "session.next", "session.close", "window.split-right", "window.split-below",
         "window.close", "pane.open", "pane.run cat", "approval.open", "approval.focus", "approval.accept",
         "list.accept", "approval.decline", "approval.edit", "window.zoom",
         "config.reload", "focus.composer"]  # fmt: skip
ANSWERS = ["**Bold**\n\n- a\n- b\n", "```python\nx = 1\n```\n| a | b |\n|--|--|\n| 1 | 2 |\n",
           "漢字 👩‍👩‍👧 e\u0301\x1b[31m red\x07", "x" * 3_000, "\n".join(map(str, range(80)))]  # fmt: skip


def _ask(number: int) -> Any:
    given = {"sandbox_permissions": "require_escalated", "justification": "to see"}
    return ("exec_command", {"cmd": f"touch made{number}", "login": False, **given})


def _run(line: str, *, tty: bool = False) -> Any:
    return {"call": ("exec_command", {"cmd": line, "login": False, "tty": tty, "yield_time_ms": 250})}


def _turn(rng: random.Random, _: Any) -> Any:
    """What the model answers, whatever it is asked."""
    patch = f"*** Begin Patch\n*** Add File: f{rng.randrange(9)}\n+hello\n*** End Patch\n"
    choices = [{"label": "A", "description": "a"}, {"label": "B", "description": "b"}]
    question = {"id": "q", "header": "H", "question": "Which?", "options": choices}
    return rng.choice([
        *({"text": text} for text in ANSWERS), {"reasoning": "thinking **hard**", "text": "ok"},
        _run("seq 200"), _run("read x; echo $x", tty=True), _run("printf 'a\\tb\\r\\n'; false"), {"call": _ask(0)},
        {"call": [_ask(1), _ask(2), _ask(3)]}, {"custom": ("apply_patch", patch)}, {"hang": True},
        {"drop": 2, "text": "abc"},
        {"fail": {"message": "boom", "code": "server_error"}}, {"call": ("no_such_tool", {})},
        {"call": ("request_user_input", {"questions": [question]})},
    ])  # fmt: skip


class Walker:
    """Takes steps, and remembers them."""

    def __init__(self, driver: ScreenDriver, rng: random.Random) -> None:
        self.driver, self.rng = driver, rng
        self.steps: list[str] = []
        host = driver.shell.host
        self._chords = sorted({chord for bound in host.keymap.bindings() for chord in bound.chords} - {"C-z"})
        names = [command.name for command in host.commands.all()]
        self._names = [name for name in names if not any(part in name for part in LEFT_OUT)]

    def step(self) -> None:
        """Do something."""
        rng, driver = self.rng, self.driver
        ways: list[Callable[[], str]] = [self._key, self._type, self._command, self._often, self._say, self._resize]
        made = rng.choices([*ways, self._paste, self._mouse, self._wait], [45, 15, 12, 8, 6, 6, 3, 3, 4])[0]
        self.steps.append(made())
        driver.settle()

    def _press(self, chord: str) -> str:
        self.driver.shell.press(Key(chord, " " if chord == "space" else chord if len(chord) == 1 else ""))
        return f"key {chord}"

    def _key(self) -> str:
        return self._press(self.rng.choice(self._chords))

    def _type(self) -> str:
        char = self.rng.choice(TYPED)
        return self._press("space" if char == " " else char)

    def _command(self) -> str:
        line = self.rng.choice(self._names) + self.rng.choice(["", "", "", " 1", " a", " transcript", " -1", " '\0'"])
        self.driver.shell.run(line)
        return f"run {line!r}"

    def _often(self) -> str:
        line = self.rng.choice(OFTEN)
        self.driver.shell.run(line)
        return f"run {line}"

    def _say(self) -> str:
        if self.rng.random() < 0.5:
            self.driver.shell.focus("composer")
        text = self.rng.choice(SAID)
        self.driver.type(text)
        return f"type {text!r}"

    def _resize(self) -> str:
        drafts = self._drafts()
        size = self.rng.choice(SIZES)
        self.driver.resize(*size)
        self.driver.frame()
        assert self._drafts() == drafts
        return f"size {size}"

    def _paste(self) -> str:
        text = self.rng.choice(PASTED)
        self.driver.paste(text)
        return f"paste {text[:20]!r}"

    def _mouse(self) -> str:
        kind, button = self.rng.choice(["press", "release", "drag", "scroll"]), self.rng.choice(["left", "wheel-up"])
        given = Mouse(kind, button, self.rng.randrange(201), self.rng.randrange(51))
        self.driver.shell.mouse(given)
        return str(given)

    def _wait(self) -> str:
        self.driver.wait(lambda: True)
        return "wait"

    def _drafts(self) -> list[str]:
        return [seat.composer.editor.text for seat in self.driver.shell.seats.all]


def _hold(driver: ScreenDriver) -> None:
    """What is true of every frame, and of the shell behind it."""
    shell, frame = driver.shell, driver.frame()
    rows, size = frame.rows(), (driver.columns, driver.rows)
    assert len(rows) == size[1] if frame.full else len(rows) <= size[1]
    for row in rows:
        assert line_width(row) <= size[0], row
        assert not any(char in text for _, text in row for char in "\n\r\t\x1b\x07"), row
    if frame.cursor is not None:
        assert 0 <= frame.cursor[0] < size[0] and 0 <= frame.cursor[1] < len(rows), frame.cursor
    assert not [text for text in driver.messages if "Traceback" in text]
    assert shell.seats.current in shell.seats.all
    for window in shell.windows:
        assert all(shown.owner in shell.seats.all for shown in window.stack if shown.thread)
        told = getattr(window.top.buffer, "content", None) or [[("", "")]]
        assert not any(role == "notice.error" and "Error:" in text for role, text in told[0]), told


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_is_done_the_shell_goes_on(drive: Drive, seed: int) -> None:
    rng = random.Random(seed)
    settings = {
        "csm__keymap": ("codex", "emacs", "vim")[seed % 3],
        "csm__composer": rng.choice(["one", "each"]),
        "approval_policy": rng.choice(["on-request", "untrusted", "never"]),
        "sandbox_mode": rng.choice(["danger-full-access", "workspace-write"]),
    }
    turns = [partial(_turn, random.Random(seed + 1))] * (10 * STEPS)
    driver = drive(*turns, inline=rng.random() < 0.3, columns=100, rows=30, **settings)
    driver.shell.host.env["EDITOR"] = "true"  # type: ignore[index]
    walker = Walker(driver, rng)
    for _ in range(STEPS):
        try:
            walker.step()
            _hold(driver)
        except Exception as error:
            last = "\n".join(walker.steps[-15:])
            raise AssertionError(f"walk {seed}, {settings}, after\n{last}\nlast of all: {error!r}") from error
