"""`init.py`: what it may do, and that nothing in it can keep a session from opening."""

from __future__ import annotations

import pytest

from csm.host.context import Context

KEY = """
from csm.api import command, hook

@command("my.{word}")
def word(cx): ...

@hook
def instructions(): return ["{word}"]

def configure(csm):
    csm.bind("{key}", "my.{word}")
"""


def test_it_chooses_binds_and_sets(write, open_host) -> None:
    write(
        "init.py",
        """
        from csm.api import command, hook

        @command("my.word")
        def word(cx):
            return "mine"

        @hook
        def instructions(host):
            return ["be brief"]

        def configure(csm):
            csm.use(keymap="vim", theme="light")
            csm.bind("C-c t", "my.word", place="transcript")
            csm.unbind("C-x")
            csm.set("model", "gpt-mine")
            csm.set("model", "gpt-mine-2")
            assert csm.get("model") == "gpt-mine-2"
        """,
    )
    host = open_host()
    assert host.messages == []
    assert (host.wishes.chosen("keymap"), host.wishes.chosen("theme")) == ("vim", "light")
    assert [(wish.keys, wish.line, wish.place) for wish in host.wishes.bindings] == [
        ("C-c t", "my.word", "transcript"),
        ("C-x", False, "global"),
    ]
    assert host.settings.model == "gpt-mine-2"
    assert host.commands.run("my.word", Context(host)) == "mine"
    assert host.provide("instructions") == ["be brief"]


def test_the_command_line_stays_above_it(write, open_host) -> None:
    write("init.py", "def configure(csm):\n    csm.set('model', 'a')\n    csm.use(theme='light')\n")
    host = open_host(overrides={"model": "b", "csm.theme": "dark"})
    assert host.settings.model == "b"
    assert host.wishes.chosen("theme") is None


@pytest.mark.parametrize(
    ("source", "text", "where"),
    [
        ("def configure(csm):\n    1 / 0\n", "ZeroDivisionError", "init.py:2"),
        ("def configure(csm)\n", "SyntaxError", "init.py:1"),
        ("import sys\nsys.exit(1)\n", "SystemExit", "init.py:2"),
        ("def configure(csm):\n    csm.bind('C-C-x', 'a.b')\n", "given twice", "init.py"),
        ("def configure(csm):\n    csm.set('nothing_like_this', 1)\n", "there is no setting", "init.py"),
        ("from csm.api import hook\n@hook\ndef toools(): ...\n", "there is no hook named toools", "init.py"),
        ("\0", "null bytes", "init.py"),
    ],
)
def test_a_broken_one_is_told_and_the_host_opens(write, open_host, source: str, text: str, where: str) -> None:
    write("init.py", source)
    host = open_host()
    (told,) = host.messages
    assert told.level == "error"
    assert text in told.text
    assert where in told.where or where in told.text


def test_what_csm_refuses_is_told_with_the_line_of_the_script_alone(write, open_host) -> None:
    write("init.py", "def configure(csm):\n    csm.bind('C-qq', 'help.open')\n")
    (told,) = open_host().messages
    assert "no key is called 'qq'" in told.text
    assert "csm/host" not in told.text
    assert told.where.endswith("init.py:2")


def test_one_that_does_not_end_can_be_interrupted(write, open_host) -> None:
    write("init.py", "raise KeyboardInterrupt\n")
    (told,) = open_host().messages
    assert "init.py was interrupted" in told.text
    assert told.where.endswith("init.py:1")


def test_it_can_be_left_out(write, open_host) -> None:
    write("init.py", "1 / 0")
    assert open_host(init=False).messages == []


def test_running_it_anew_replaces_what_it_did(write, open_host) -> None:
    write("init.py", KEY.format(key="f5", word="old") + "    csm.use(theme='light')\n")
    host = open_host()
    write("init.py", KEY.format(key="f6", word="new"))
    assert host.reload_init()
    assert [wish.keys for wish in host.wishes.bindings] == ["f6"]
    assert host.wishes.chosen("theme") is None
    assert [one.name for one in host.commands.all()] == ["my.new"]
    assert host.provide("instructions") == ["new"]


def test_where_it_then_fails_what_it_did_before_stays(write, open_host) -> None:
    write("init.py", KEY.format(key="f5", word="old"))
    host = open_host()
    assert host.provide("instructions") == ["old"]
    write("init.py", KEY.format(key="f6", word="new") + "    1 / 0\n")
    assert not host.reload_init()
    assert [wish.keys for wish in host.wishes.bindings] == ["f5"]
    assert [one.name for one in host.commands.all()] == ["my.old"]
    assert host.provide("instructions") == ["old"]
    assert "ZeroDivisionError" in host.messages[-1].text
