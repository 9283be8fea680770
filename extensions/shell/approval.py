"""Whether a command may run, and inside or outside the sandbox: the policy's verdict, then the user's.

Does not: judge commands (`csm.core.policy`) or remember answers (the runtime does).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from csm.api import ToolContext, ToolError, items
from csm.api import tools as types

from . import refusals, ruling
from .session import Command

#: `judge(script, approval, sandbox_policy, escalate=...)` gives a verdict: `kind`, `reason`, `risk`, `escalated`.
Judge = Callable[..., Any]

_DENIED = (
    r"read-only file system|operation not permitted|permission denied|network is unreachable"
    r"|could not resolve|temporary failure in name resolution"
)


class Allowed(NamedTuple):
    """What may run, and whether inside the sandbox. `note` tells the model where it is not what it asked for."""

    command: Command
    inside: bool
    note: str = ""


class Declined(Exception):
    """The user said no. `answer` has what to do instead."""

    def __init__(self, answer: types.Answer) -> None:
        super().__init__(answer.text)
        self.answer = answer


def judge(script: str, *facts: Any, **more: Any) -> Any:
    """The core's verdict; the policy is loaded with the first command."""
    from csm.api import policy

    return policy.judge(script, *facts, **more)


def escalation(arguments: dict[str, Any], cx: ToolContext, judge_: Judge, must: str = "cannot") -> None:
    """Raises ToolError where a call asks to leave the sandbox and nobody can be asked for that."""
    if arguments.get("sandbox_permissions") == "require_escalated":
        verdict = judge_(":", cx.approval, cx.sandbox_policy, escalate=True)
        if verdict.kind == "deny":
            raise ToolError(verdict.reason.replace("you cannot ask", f"you {must} ask"))


async def sandboxed(
    command: Command,
    arguments: dict[str, Any],
    cx: ToolContext,
    judge_: Judge,
    words: Callable[[str], str] = refusals.rejected,
) -> Allowed:
    """What to run, and where. Raises ToolError where the policy says no, Declined where the user does.

    `words` makes what the model reads of a reason. What the user changed is held to the user's rules as well.
    """
    escalate = arguments.get("sandbox_permissions") == "require_escalated"
    ruled = ruling.ruled(command, arguments["cmd"], cx)
    verdict = judge_(arguments["cmd"], cx.approval, cx.sandbox_policy, escalate=escalate, **ruled)
    if verdict.kind == "deny":
        own_words = escalate and verdict.reason.startswith("approval policy is")
        raise ToolError(verdict.reason if own_words else words(_refusal(command, verdict.reason)))
    outside = verdict.kind == "run_unsandboxed" or cx.sandbox_policy.mode == "danger-full-access"
    if verdict.kind == "ask":
        if cx.approval == "never":
            raise ToolError(words(refusals.NEVER_ASKS))
        outside = outside or verdict.escalated
        prefix = ruling.prefix(command, arguments, cx) if verdict.lasting else ()
        why = _why(arguments.get("justification"), verdict)
        more = {"prefix": prefix, "risk": verdict.risk, "by_rule": verdict.by_rule, "edits": True}
        answer = await _ask(command, cx, why=why, outside=outside, **more)
        if answer.edited:
            command = command.of(answer.edited)
            found = ruling.ruled(command, answer.edited, cx).get("ruled")
            if found is not None and found.decision == "forbidden":
                raise ToolError(words(_refusal(command, found.reason)) + refusals.changed(answer.edited))
            return Allowed(command, not outside, refusals.changed(answer.edited))
    return Allowed(command, not outside)


async def again_outside(command: Command, item: items.CommandExecution, cx: ToolContext) -> bool:
    """With approval `on-failure`: whether to run a command again outside the sandbox that held it back."""
    if cx.approval != "on-failure" or item.exit_code == 0 or not re.search(_DENIED, item.output, re.IGNORECASE):
        return False
    why = "The command failed, it seems because of the sandbox. Run it again without?"
    try:
        await _ask(command, cx, why=why, outside=True)
    except Declined:
        return False
    return True


def _why(justification: str | None, verdict: Any) -> str:
    """The model's reason, but the user's own first where a rule of theirs asks."""
    if not verdict.by_rule:
        return justification or verdict.reason
    return f"{verdict.reason}\nThe agent says: {justification}" if justification else verdict.reason


def _refusal(command: Command, reason: str) -> str:
    return f"`{command.shown}` rejected: {reason}"


async def _ask(
    command: Command,
    cx: ToolContext,
    *,
    why: str,
    outside: bool,
    prefix: tuple[str, ...] = (),
    risk: str = "",
    by_rule: bool = False,
    edits: bool = False,
) -> types.Answer:
    rule: tuple[types.Decision, ...] = ("accept_rule",) if prefix else ()
    ask = types.Ask(
        id=f"{cx.call_id}-{'outside' if outside else 'run'}",
        call_id=cx.call_id,
        kind="command",
        title="Run outside the sandbox?" if outside else "Run this command?",
        command=command.shown,
        argv=command.argv,
        cwd=str(command.cwd),
        why=why,
        risk=risk,
        sandbox="none" if outside else cx.sandbox_policy.mode,
        prefix=prefix,
        decisions=("accept", "accept_session", *rule, "decline", "cancel"),
        by_rule=by_rule,
        takes=("edited",) if edits else (),
    )
    answer = await cx.ask(ask)
    if not answer.decision.startswith("accept"):
        raise Declined(answer)
    return answer
