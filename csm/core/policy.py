"""Whether a command may run: in the sandbox, outside it, after asking, or not at all.

Does not: ask, run, or look at the system. What a command may do is judged from its words (`csm.core.risk`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from csm.core import reading, risk
from csm.core.rules import Judgement
from csm.protocol.tools import ApprovalPolicy, SandboxPolicy

NO_ESCALATION = (
    "approval policy is Never; reject command — you cannot ask for escalated permissions "
    "if the approval policy is Never"
)
FORCED_REMOVAL = "rm -f style commands are not permitted. Use a safer approach"


class Verdict(msgspec.Struct, frozen=True):
    """`kind` says what to do. `escalated`: once accepted, it runs outside the sandbox. `reason` is for the model
    (`deny`) or the user (`ask`), `risk` a short word on what could go wrong. `by_rule`: a rule of the user's asks.
    `lasting`: the user may be offered a rule that allows it from now on.
    """

    kind: Literal["run", "run_unsandboxed", "ask", "deny"]
    reason: str = ""
    risk: str = ""
    escalated: bool = False
    by_rule: bool = False
    lasting: bool = False


#: What rules say where there are none.
UNRULED = Judgement()


def judge(
    command: str | Sequence[str],
    approval: ApprovalPolicy,
    sandbox: SandboxPolicy,
    *,
    escalate: bool = False,
    allowed: bool = False,
    ruled: Judgement = UNRULED,
) -> Verdict:
    """Judge a shell script, or a command as its words.

    `escalate`: the model asks to leave the sandbox. `allowed`: the user has said yes to such commands before. `ruled`
    is what the user's rules say: they come before all else, but nobody can be asked under `never`.
    """
    free = sandbox.mode == "danger-full-access"
    run = Verdict("run_unsandboxed" if free or (allowed and escalate) else "run")
    if escalate and not free and approval == "never":
        return Verdict("deny", NO_ESCALATION)
    if ruled.decision == "forbidden":
        return Verdict("deny", ruled.reason)
    if ruled.decision == "prompt" and not allowed:
        return Verdict("ask", ruled.reason, escalated=escalate or free, by_rule=True)
    if ruled.decision == "allow":
        return Verdict("run_unsandboxed")
    if allowed:
        return run
    danger = _danger(command, ruled)
    if danger:
        if approval == "never":
            return Verdict("deny", FORCED_REMOVAL, danger)
        return Verdict("ask", "this cannot be undone", danger, escalated=escalate or free)
    if escalate and not free:
        return Verdict("ask", "it runs outside the sandbox", "outside the sandbox", escalated=True, lasting=True)
    if approval == "untrusted" and not _only_reads(command, ruled):
        return Verdict("ask", "it does more than read", escalated=free, lasting=True)
    return run


def _danger(command: str | Sequence[str], ruled: Judgement) -> str:
    """The danger of what no rule allows."""
    if ruled.rest is None:
        return risk.danger(command)
    return next(filter(None, (risk.danger(words) for words in ruled.rest)), "")


def _only_reads(command: str | Sequence[str], ruled: Judgement) -> bool:
    return reading.only_reads(command) if ruled.rest is None else all(map(reading.only_reads, ruled.rest))
