"""Who is asked what before a command runs, and where it runs then."""

from __future__ import annotations

from typing import Any

import pytest

from csm.api import ToolError, rules
from csm.api import tools as types

NEVER = (
    "approval policy is Never; reject command — you cannot ask for escalated permissions"
    " if the approval policy is Never"
)


def test_without_anybody_to_ask_escalation_is_refused(held: Any, run: Any) -> None:
    with pytest.raises(ToolError) as error:
        run(held, lambda: held.run("echo hi", sandbox_permissions="require_escalated", justification="x"))
    assert error.value.message == NEVER
    assert held.log == []


def test_and_so_is_what_destroys(held: Any, run: Any) -> None:
    (held.cwd / "foo").mkdir()
    with pytest.raises(ToolError) as error:
        run(held, lambda: held.run('rm -rf foo "a b"'))
    shown = "`/bin/bash -lc 'rm -rf foo \\\\\\\"a b\\\\\\\"'`"
    assert error.value.message == (
        f'exec_command failed: CreateProcess {{ message: "Rejected(\\"{shown} rejected:'
        ' rm -f style commands are not permitted. Use a safer approach\\")" }'
    )
    assert (held.cwd / "foo").is_dir()
    assert held.log == []


def test_a_question_says_what_why_and_where(held: Any, run: Any) -> None:
    held.approval, held.answers = "on-request", ["accept"]
    script = f"cat /proc/self/status | grep -c 'Seccomp:.2'; echo x > {held.cwd.parent}/outside"
    asked = {"sandbox_permissions": "require_escalated", "justification": "May I?", "prefix_rule": ["cat"]}
    text = run(held, lambda: held.run(script, login=False, **asked))
    assert text.endswith("Output:\n0\n")
    assert (held.cwd.parent / "outside").exists()
    ask = held.asked[0]
    assert (ask.kind, ask.why, ask.cwd, ask.prefix, ask.sandbox) == (
        "command",
        "May I?",
        str(held.cwd),
        (),
        "none",
    )
    assert ask.argv == ("/bin/bash", "-c", script)
    assert "accept_rule" not in ask.decisions  # no rule for a beginning allows what goes into a file
    assert ask.call_id == "call-1"


def test_a_declined_command_is_shown_as_such(held: Any, run: Any) -> None:
    held.approval, held.answers = "on-request", ["decline"]
    text = run(held, lambda: held.run("touch x", sandbox_permissions="require_escalated"))
    assert text == 'exec_command failed: CreateProcess { message: "Rejected(\\"rejected by user\\")" }'
    assert held.kinds() == ["started", "completed"]
    assert held.item().status == "declined"
    assert not (held.cwd / "x").exists()


def test_what_the_user_made_of_a_command_runs_and_the_model_is_told(held: Any, run: Any) -> None:
    held.approval, held.answers = "untrusted", [types.Answer("", "accept", edited="echo mine; touch y")]
    text = run(held, lambda: held.run("touch x", login=False))
    assert "\nmine\n" in text
    assert text.endswith("\nNote: the user changed the command before allowing it, to:\necho mine; touch y\n")
    assert held.asked[0].takes == ("edited",)
    assert ((held.cwd / "x").exists(), (held.cwd / "y").exists()) == (False, True)
    assert held.item().argv == ("/bin/bash", "-c", "echo mine; touch y")


def test_but_not_what_a_rule_forbids(held: Any, run: Any) -> None:
    held.approval, held.answers = "untrusted", [types.Answer("", "accept", edited="touch y")]
    held.ruled = rules.Rules((rules.Rule((("touch",), ("y",)), "forbidden", "never y"),))
    with pytest.raises(ToolError) as error:
        run(held, lambda: held.run("touch x", login=False))
    assert "never y" in error.value.message
    assert not (held.cwd / "y").exists()


@pytest.mark.parametrize("answer", ["accept", "accept_session", "accept_rule"])
def test_untrusted_asks_but_stays_in_the_sandbox(held: Any, run: Any, answer: types.Decision) -> None:
    held.approval, held.answers = "untrusted", [answer]
    text = run(held, lambda: held.run("touch /usr/x; grep Seccomp: /proc/self/status", login=False))
    assert "Read-only file system" in text
    assert "\nSeccomp:\t2\n" in text
    assert len(held.asked) == 1


def test_reading_is_not_asked_about(held: Any, run: Any) -> None:
    held.approval = "untrusted"
    assert run(held, lambda: held.run("cat a.txt", login=False)).endswith("hello\n")
    assert held.asked == []


def test_on_failure_a_held_back_command_may_run_again_outside(held: Any, run: Any) -> None:
    held.approval, held.answers = "on-failure", ["accept"]
    target = held.cwd.parent / "outside"
    text = run(held, lambda: held.run(f"echo x > {target} && echo done", login=False))
    assert text.endswith("Output:\ndone\n")
    assert target.read_text() == "x\n"
    assert held.kinds() == ["started", "completed"]
    assert held.item().output == "done\n"


def test_or_not(held: Any, run: Any) -> None:
    held.approval, held.answers = "on-failure", ["decline"]
    target = held.cwd.parent / "outside"
    assert "Read-only file system" in run(held, lambda: held.run(f"echo x > {target}", login=False))
    assert not target.exists()
    assert (held.item().status, held.item().exit_code) == ("failed", 1)


def test_other_failures_are_just_failures(held: Any, run: Any) -> None:
    held.approval = "on-failure"
    assert "exited with code 3" in run(held, lambda: held.run("echo no; exit 3", login=False))
    assert held.asked == []
