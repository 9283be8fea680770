"""Codex's keys: its defaults do the same in the keymap `codex`, and its `[tui.keymap]` is read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from csm.edit import chords
from csm.host import keymaps, settings
from csm.host.bindings import Keymap
from csm.host.codex_actions import ACTIONS
from csm.host.host import Host

DOCS = Path(__file__).resolve().parents[2] / "docs"
#: Where an action's keys are pressed, and in which modes.
FOCUS = {
    "global": ("composer", ("insert",)), "chat": ("composer", ("insert",)), "composer": ("composer", ("insert",)),
    "editor": ("composer", ("insert",)), "pager": ("help", ("normal",)), "list": ("picker", ("insert",)),
    "approval": ("approval", ("normal",)), "agents": ("help", ("normal",)), "vim_normal": ("composer", ("normal",)),
    "vim_search": ("composer", ("normal",)), "vim_operator": ("composer", ("operator", "normal")),
    "vim_text_object": ("composer", ("operator", "normal")),
}  # fmt: skip
#: Keys of Codex that do something else here on purpose, all of them told in the docs.
OTHERWISE = {
    ("editor", "insert_newline", "ctrl-m"), ("editor", "insert_newline", "enter"),
    ("list", "move_up", "k"), ("list", "move_down", "j"), ("approval", "decline", "esc"),
}  # fmt: skip
#: Esc forgets an operator as a part of what else it does.
ESC = {("vim_normal", "cancel_operator"), ("vim_operator", "cancel"), ("vim_text_object", "cancel")}


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    home = tmp_path_factory.mktemp("home")
    env = {"HOME": str(home), "PATH": os.environ["PATH"]}
    host = Host.open(settings.load(cwd=home, env=env), env)
    yield host
    host.close()


def made(host: Host, table: dict[str, Any], name: str = "codex") -> Keymap:
    return keymaps.load(name, host.roots, host.commands, codex=table)


def does(keymap: Keymap, context: str, keys: str) -> str | None:
    place, modes = FOCUS[context]
    return keymap.lookup([place], modes, chords.parse(keys)).command


DEFAULTS = [
    (context, name, key)
    for (context, name), action in ACTIONS.items()
    for key in action.keys
    if action.binds and name != "leader" and (context, name) not in ESC
]


@pytest.mark.parametrize(("context", "name", "key"), DEFAULTS, ids=lambda value: value.replace(" ", "_"))
def test_codex_keys_do_what_they_do_in_codex(host: Host, context: str, name: str, key: str) -> None:
    action = ACTIONS[context, name]
    keymap = made(host, {}, "vim" if action.keymap else "codex")
    before = "i " if context == "vim_text_object" else ""
    found = does(keymap, context, before + key.replace("leader", "C-x"))
    assert (found in [line for _, _, line in action.binds]) != ((context, name, key) in OTHERWISE)


def test_every_line_of_the_table_runs(host: Host) -> None:
    lines = {line.split()[0] for action in ACTIONS.values() for _, _, line in action.binds} - {"leader"}
    assert [line for line in lines if line not in host.commands] == []


def test_what_is_missing_is_told_in_the_docs() -> None:
    text = (DOCS / "compatibility.md").read_text("utf-8")
    missing = [f"{context}.{name}" for (context, name), action in ACTIONS.items() if action.why]
    assert [name for name in missing if f"`{name}`" not in text] == []


@pytest.mark.parametrize(
    ("table", "context", "keys", "line"),
    [
        ({"composer": {"queue": "ctrl-q"}}, "composer", "C-q", "composer.queue"),
        ({"composer": {"queue": "ctrl-q"}}, "composer", "tab", None),
        ({"composer": {"queue": ["ctrl-q", "tab"]}}, "composer", "tab", "composer.queue"),
        ({"composer": {"queue": []}}, "composer", "tab", None),
        (
            {"composer": {"submit": "alt-enter"}, "editor": {"insert_newline": "enter"}},
            "editor",
            "enter",
            "composer.newline",
        ),
        (
            {"composer": {"submit": "alt-enter"}, "editor": {"insert_newline": "enter"}},
            "editor",
            "M-enter",
            "composer.submit",
        ),
        ({"editor": {"move_up": "alt-k"}}, "editor", "M-k", "composer.line-up"),
        ({"editor": {"move_up": "alt-k"}}, "editor", "C-p", None),
        ({"editor": {"kill_whole_line": "ctrl-shift-k"}}, "editor", "C-S-k", "kill.line"),
        ({"global": {"copy": "leader c"}}, "global", "C-x c", "copy.answer"),
        ({"global": {"copy": "leader c", "leader": "ctrl-\\"}}, "global", "C-\\ c", "copy.answer"),
        ({"global": {"leader": "ctrl-\\"}}, "global", "C-\\ b", "buffer.choose"),
        ({"global": {"leader": "ctrl-\\"}}, "global", "C-x b", None),
        ({"global": {"leader": "ctrl-b"}}, "global", "C-b o", "window.next"),
        ({"global": {"copy": "ctrl-x ctrl-x c"}}, "global", "C-x C-x c", "copy.answer"),
        ({"pager": {"scroll_down": ["down", "n"]}}, "pager", "j", None),
        ({"pager": {"scroll_down": ["down", "n"]}}, "pager", "n", "view.scroll 1"),
        ({"list": {"accept": "ctrl-y"}}, "list", "C-y", "list.accept"),
        ({"approval": {"approve": "enter"}}, "approval", "enter", "approval.accept"),
        ({"approval": {"approve": "enter"}}, "approval", "y", None),
        ({"chat": {"increase_reasoning_effort": "super-up"}}, "chat", "s-up", "effort.raise"),
    ],
)
def test_an_action_has_just_the_keys_it_is_given(
    host: Host, table: dict[str, Any], context: str, keys: str, line: str | None
) -> None:
    keymap = made(host, table)
    assert keymap.problems == []
    assert does(keymap, context, keys) == line


@pytest.mark.parametrize(
    ("table", "context", "keys", "line"),
    [
        ({"vim_normal": {"undo": "U"}}, "vim_normal", "U", "edit.undo"),
        ({"vim_normal": {"undo": "shift-u"}}, "vim_normal", "u", None),
        ({"vim_normal": {"move_left": "m"}}, "vim_normal", "m", "move.char-left"),
        ({"vim_text_object": {"word": "x"}}, "vim_text_object", "i x", "object.select inner-word"),
        ({"vim_text_object": {"word": "x"}}, "vim_text_object", "a w", None),
        ({"global": {"copy": "f9"}}, "vim_normal", "f9", "copy.answer"),
    ],
)
def test_vims_actions_are_for_the_keymap_vim(
    host: Host, table: dict[str, Any], context: str, keys: str, line: str | None
) -> None:
    keymap = made(host, table, "vim")
    assert keymap.problems == []
    assert does(keymap, context, keys) == line
    plain = made(host, table)
    assert does(plain, "composer", "u") is None


def test_emacs_is_left_alone(host: Host) -> None:
    keymap = made(host, {"composer": {"queue": "ctrl-q"}}, "emacs")
    assert does(keymap, "composer", "tab") == "composer.queue"


def test_what_is_not_known_is_told_once_and_quietly(tmp_path: Path) -> None:
    (tmp_path / ".codex").mkdir()
    (tmp_path / ".codex" / "config.toml").write_text(
        '[tui.keymap]\nchat.toggle_voice = "f8"\nchat.fly = "f9"\n'
        'composer.queue = 3\ncomposer.submit = "ctrl-nonsense"\n'
    )
    env = {"HOME": str(tmp_path), "CODEX_HOME": str(tmp_path / ".codex"), "PATH": os.environ["PATH"]}
    host = Host.open(settings.load(cwd=tmp_path, env=env), env)
    assert does(host.keymap, "composer", "tab") == "composer.queue"
    host.reload_keymap()
    told = [(message.level, message.text) for message in host.messages]
    host.close()
    assert told == [
        ("error", "[tui.keymap] composer.queue: keys are text, or a list of texts"),
        ("error", "[tui.keymap] composer.submit \"ctrl-nonsense\": no key is called 'nonsense'"),
        ("info", "[tui.keymap]: there is no action chat.fly"),
        ("info", "[tui.keymap]: csm has nothing for chat.toggle_voice"),
    ]


@pytest.mark.parametrize(
    ("config", "own", "keymap"),
    [
        ("[tui]\nvim_mode_default = true\n", "", "vim"),
        ("[tui]\nvim_mode_default = false\n", "", "codex"),
        ("[tui]\nvim_mode_default = true\n", 'keymap = "emacs"\n', "emacs"),
    ],
)
def test_vim_mode_default_begins_with_vim(tmp_path: Path, config: str, own: str, keymap: str) -> None:
    (tmp_path / ".codex").mkdir()
    (tmp_path / ".codex" / "config.toml").write_text(config)
    (tmp_path / ".config" / "csm").mkdir(parents=True)
    (tmp_path / ".config" / "csm" / "settings.toml").write_text(own)
    env = {"HOME": str(tmp_path), "CODEX_HOME": str(tmp_path / ".codex"), "PATH": os.environ["PATH"]}
    assert settings.load(cwd=tmp_path, env=env).keymap == keymap
