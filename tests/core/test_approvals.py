"""What an answer allows for the rest of a session."""

import pytest

from csm.core.approvals import Allowed, covers, remember
from csm.protocol.items import PatchChange
from csm.protocol.tools import Ask


def command(script, cwd="/w", sandbox="none", prefix=()):
    argv = ("/bin/bash", "-lc", script)
    return Ask("q", "c", "command", "Run?", command=script, argv=argv, cwd=cwd, sandbox=sandbox, prefix=prefix)


def patch(*paths, move=None):
    return Ask("q", "c", "patch", "Change?", changes=tuple(PatchChange(path, "update", "", move) for path in paths))


def test_the_same_command_in_the_same_place():
    allowed = remember(Allowed(), command("make"), "accept_session")
    assert covers(allowed, command("make"))
    for other in (command("make x"), command("make", cwd="/x"), command("make", sandbox="read-only")):
        assert not covers(allowed, other)


@pytest.mark.parametrize("decision", ["accept", "decline", "cancel"])
def test_other_answers_hold_once(decision):
    assert remember(Allowed(), command("make", prefix=("make",)), decision) == Allowed()


def test_each_file_of_a_patch():
    allowed = remember(Allowed(), patch("/a", "/b"), "accept_session")
    assert covers(allowed, patch("/a")) and covers(allowed, patch("/b", "/a"))
    assert not covers(allowed, patch("/a", "/c")) and not covers(allowed, patch("/a", move="/c"))
    assert not covers(allowed, patch())


def test_a_tool():
    one, two = (Ask("q", "c", "tool", title) for title in ("Run x?", "Run y?"))
    allowed = remember(Allowed(), one, "accept_session")
    assert covers(allowed, one) and not covers(allowed, two)


@pytest.mark.parametrize(
    ("script", "covered"),
    [
        ("git push", True),
        ("git push --force origin main", True),
        ("git push && git push x", True),
        ("git pushy", False),
        ("git pull", False),
        ("git push; rm x", False),
        ("git push $(rm x)", False),
        ("git push > out", False),
        ("FOO=1 git push", False),
        ("'git' push", True),
        ("", False),
    ],
)
def test_a_rule_covers_what_begins_with_its_words(script, covered):
    allowed = remember(Allowed(), command("git push", prefix=("git", "push")), "accept_rule")
    assert covers(allowed, command(script)) is covered


def test_a_rule_for_inside_the_sandbox_does_not_lead_out():
    inside = remember(Allowed(), command("make x", sandbox="workspace-write", prefix=("make",)), "accept_rule")
    assert covers(inside, command("make y", sandbox="workspace-write")) and not covers(inside, command("make y"))
    outside = remember(Allowed(), command("make x", prefix=("make",)), "accept_rule")
    assert covers(outside, command("make y", sandbox="workspace-write"))


def test_rules_without_a_shell():
    ask = Ask("q", "c", "command", "Run?", argv=("git", "push"), sandbox="none", prefix=("git", "push"))
    allowed = remember(Allowed(), ask, "accept_rule")
    assert covers(allowed, ask)
    assert not covers(allowed, Ask("q", "c", "command", "Run?", argv=("git",), sandbox="none"))


@pytest.mark.parametrize("prefix", [(), ("bash",), ("/usr/bin/python3",), ("sudo",), ("env",)])
def test_rules_that_would_allow_everything_are_not_kept(prefix):
    assert remember(Allowed(), command("x", prefix=prefix), "accept_rule") == Allowed()
