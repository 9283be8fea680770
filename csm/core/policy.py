"""Whether a command may run: in the sandbox, outside it, after asking, or not at all.

Does not: ask, run, or look at the system. What a command may do is judged from its words (`csm.core.risk`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from csm.core import risk
from csm.protocol.tools import ApprovalPolicy, SandboxPolicy

NO_ESCALATION = (
    "approval policy is Never; reject command — you cannot ask for escalated permissions "
    "if the approval policy is Never"
)
FORCED_REMOVAL = "rm -f style commands are not permitted. Use a safer approach"


class Verdict(msgspec.Struct, frozen=True):
    """`kind` says what to do. `escalated`: once accepted, it runs outside the sandbox. `reason` is for the model
    (`deny`) or the user (`ask`), `risk` a short word on what could go wrong.
    """

    kind: Literal["run", "run_unsandboxed", "ask", "deny"]
    reason: str = ""
    risk: str = ""
    escalated: bool = False


def judge(
    command: str | Sequence[str],
    approval: ApprovalPolicy,
    sandbox: SandboxPolicy,
    *,
    escalate: bool = False,
    allowed: bool = False,
) -> Verdict:
    """Judge a shell script, or a command as its words.

    `escalate`: the model asks to leave the sandbox. `allowed`: the user has said yes to such commands before.
    """
    free = sandbox.mode == "danger-full-access"
    run = Verdict("run_unsandboxed" if free or (allowed and escalate) else "run")
    if escalate and not free and approval == "never":
        return Verdict("deny", NO_ESCALATION)
    if allowed:
        return run
    danger = risk.danger(command)
    if danger:
        if approval == "never":
            return Verdict("deny", FORCED_REMOVAL, danger)
        return Verdict("ask", "this cannot be undone", danger, escalated=escalate or free)
    if escalate and not free:
        return Verdict("ask", "it runs outside the sandbox", "outside the sandbox", escalated=True)
    if approval == "untrusted" and not risk.only_reads(command):
        return Verdict("ask", "it does more than read", escalated=free)
    return run
