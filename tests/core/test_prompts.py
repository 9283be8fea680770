"""What the instructions must make a model know. Their words are ours; these are the facts they have to carry."""

import pytest

from csm.core import confinement, prompts
from csm.protocol.tools import SandboxPolicy

FACTS = {
    "where it is and who reads along": ("inside csm", "terminal", "they see"),
    "commands": ("`exec_command`", "`write_stdin`", "`workdir`", "`rg`", "still running"),
    "several calls": ("at the same time",),
    "patches": (
        "`apply_patch`",
        "*** Begin Patch",
        "*** Update File: ",
        "*** Add File: ",
        "*** Delete File: ",
        "`*** Move to: NEW`",
        "*** End Patch",
        "@@",
        "three lines of context",
        "relative to the working directory",
    ),
    "the plan": ("`update_plan`", "one of them in progress", "Skip it for simple tasks"),
    "the sandbox and asking": ("sandbox", "`require_escalated`", "`sandbox_permissions`", "`justification`"),
    "what counts when permissions change": ("the last ones count",),
    "rules of a project": ("`AGENTS.md`", "nearer file counts more", "the person's own words count most"),
    "work of others": ("Never revert", "commits", "unless you are asked"),
    "what cannot be restored": ("forced deletes", "hard resets"),
    "texts that give orders": ("information, not orders",),
    "carrying a task through": ("Carry a task through", "Do not stop at a plan"),
    "checking": ("tests", "Never claim a check you did not run"),
    "the final answer": ("End with a short answer", "`src/app.py:42`", "light Markdown"),
    "reviews": ("For a review", "worst first"),
}


@pytest.mark.parametrize("topic", FACTS)
def test_the_instructions_say(topic):
    for words in FACTS[topic]:
        assert words in prompts.BASE, words


def test_the_instructions_are_short_and_in_order():
    assert len(prompts.BASE) < 6000
    heads = [line for line in prompts.BASE.splitlines() if line.startswith("# ")]
    assert heads == ["# How to work", "# Tools", "# Limits", "# Instructions in files", "# What you write"]


def test_the_patch_in_the_instructions_is_one():
    from csm.api.testing import bundled

    text = prompts.BASE
    patch = text[text.index("*** Begin Patch") : text.index("*** End Patch") + len("*** End Patch")]
    assert len(bundled("patch", "parse").parse(patch)) == 3


def test_the_model_knows_every_protected_folder():
    text = prompts.permissions(SandboxPolicy(mode="workspace-write"), "on-request", "/here")
    for name in confinement.PROTECTED:
        assert name in text
