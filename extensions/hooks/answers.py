"""What a hook's exit status, output and errors mean, event by event.

An answer that is not understood is a failed hook, which changes nothing: its owner reads why.

Does not: act on it.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import msgspec

from csm.api import codec

from .kinds import Kind
from .process import Ran

Status = Literal["completed", "failed", "blocked", "stopped"]
#: Events whose hooks may forbid something by exit status 2, with the reason as their errors.
_BLOCKING = ("PreToolUse", "PermissionRequest", "PostToolUse", "UserPromptSubmit", "Stop", "SubagentStop")
#: Events whose hooks are told, and not listened to.
_DEAF = ("SessionEnd", "Interrupt", "PreModelRequest", "PostModelRequest")
#: Events whose hooks cannot end the turn by `continue`.
_GOING_ON = ("PreToolUse", "PermissionRequest")


class Answer(NamedTuple):
    """What came of a hook. `reason` is why it blocks, stops or failed; `told` is for the model; `remark` for the user.

    `decision` is `allow` or `deny` of a permission; `changed` an input to use in place of the tool's.
    """

    status: Status = "completed"
    reason: str = ""
    told: str = ""
    remark: str = ""
    decision: str = ""
    changed: Any = None

    @property
    def said(self) -> str:
        """What the user is to know of it."""
        return "; ".join(text for text in (self.reason, self.remark) if text)


class _Decision(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    behavior: Literal["allow", "deny"]
    updated_input: Any = None
    updated_permissions: Any = None
    message: str | None = None
    interrupt: bool = False


class _Specific(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """What only some events know; which is looked at afterwards."""

    hook_event_name: str
    permission_decision: Literal["allow", "deny", "ask"] | None = None
    permission_decision_reason: str | None = None
    updated_input: Any = None
    additional_context: str | None = None
    decision: _Decision | None = None
    updated_tool_output: Any = None
    updated_m_c_p_tool_output: Any = msgspec.field(default=None, name="updatedMCPToolOutput")


class _Output(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    go_on: bool = msgspec.field(default=True, name="continue")
    stop_reason: str | None = None
    suppress_output: bool = False
    system_message: str | None = None
    decision: Literal["block", "approve"] | None = None
    reason: str | None = None
    hook_specific_output: _Specific | None = None


#: Which of the fields above an event knows.
_KNOWN = {
    "PreToolUse": ("permission_decision", "permission_decision_reason", "updated_input", "additional_context"),
    "PermissionRequest": ("decision",),
    "PostToolUse": ("additional_context", "updated_tool_output", "updated_m_c_p_tool_output"),
    "UserPromptSubmit": ("additional_context",),
    "SessionStart": ("additional_context",),
    "SubagentStart": ("additional_context",),
}
_DECIDING = ("PreToolUse", "PostToolUse", "UserPromptSubmit", "Stop", "SubagentStop")


class _Nonsense(Exception):
    """An answer that cannot be followed, and why."""


def read(kind: Kind, ran: Ran) -> Answer:
    """What a run means."""
    if ran.fault:
        return Answer("failed", ran.fault)
    if ran.code is None:
        return Answer("failed", "hook exited without a status code")
    if ran.code == 2 and kind.name in _BLOCKING:
        reason = ran.errors.strip()
        if not reason:
            why = f"{kind.name} hook exited with code 2 but did not write a blocking reason to stderr"
            return Answer("failed", why)
        return Answer("blocked", reason, decision="deny")
    if ran.code:
        line = ran.errors.strip().partition("\n")[0]
        return Answer("failed", f"hook exited with code {ran.code}" + (f": {line}" if line else ""))
    return Answer() if kind.name in _DEAF else _listened(kind, ran.out.strip())


def _listened(kind: Kind, text: str) -> Answer:
    if not text:
        return Answer()
    if text.startswith(("{", "[")):
        try:
            return _meant(kind, msgspec.convert(codec.decode(text), _Output, strict=True))
        except _Nonsense as error:
            return Answer("failed", str(error))
        except (ValueError, RecursionError) as error:
            return Answer("failed", f"hook returned invalid {kind.word} JSON output: {error}")
    if kind.plain == "wrong":
        return Answer("failed", f"hook returned invalid {kind.word} hook JSON output")
    return Answer(told=text) if kind.plain == "context" else Answer()


def _meant(kind: Kind, output: _Output) -> Answer:
    name, specific = kind.name, output.hook_specific_output
    if name in _GOING_ON:
        _refuse(name, "continue:false", not output.go_on)
        _refuse(name, "stopReason", output.stop_reason is not None)
    _refuse(name, "suppressOutput", output.suppress_output and name in (*_GOING_ON, "PostToolUse"))
    _refuse(name, "decision", (output.decision or output.reason) is not None and name not in _DECIDING)
    _refuse(name, "decision:approve", output.decision == "approve")
    if specific is not None:
        strange = [field for field in specific.__struct_fields__[1:] if field not in _KNOWN.get(name, ())]
        for field in strange:
            _refuse(name, _written(field), getattr(specific, field) not in (None, False))
    answer = _decided(kind, output)
    told = (specific.additional_context or "") if specific is not None else ""
    return answer._replace(told=told, remark=output.system_message or "")


def _decided(kind: Kind, output: _Output) -> Answer:
    if kind.name == "PreToolUse":
        return _before_tool(output)
    if kind.name == "PermissionRequest":
        return _permission(output)
    if not output.go_on:
        return Answer("stopped", output.stop_reason or "")
    if output.decision == "block":
        return Answer("blocked", _reason(kind.name, "decision:block", "reason", output.reason))
    if kind.name == "PostToolUse":
        _together(kind.name, "reason", "decision", output.reason is not None)
        specific = output.hook_specific_output
        for field in ("updated_tool_output", "updated_m_c_p_tool_output"):
            _refuse(kind.name, _written(field), specific is not None and getattr(specific, field) is not None)
    return Answer()


def _before_tool(output: _Output) -> Answer:
    name, own = "PreToolUse", output.hook_specific_output
    if own is None or not (own.permission_decision or own.permission_decision_reason or own.updated_input is not None):
        if output.decision == "block":
            return Answer("blocked", _reason(name, "decision:block", "reason", output.reason))
        _together(name, "reason", "decision", output.reason is not None)
        return Answer()
    if own.updated_input is not None and own.permission_decision != "allow":
        raise _Nonsense(f"{name} hook returned updatedInput without permissionDecision:allow")
    if own.permission_decision == "allow":
        _refuse(name, "permissionDecision:allow", own.updated_input is None)
        return Answer(changed=own.updated_input)
    _refuse(name, "permissionDecision:ask", own.permission_decision == "ask")
    if own.permission_decision is None:
        _together(name, "permissionDecisionReason", "permissionDecision", True)
    reason = own.permission_decision_reason
    return Answer("blocked", _reason(name, "permissionDecision:deny", "permissionDecisionReason", reason))


def _permission(output: _Output) -> Answer:
    name = "PermissionRequest"
    decision = output.hook_specific_output.decision if output.hook_specific_output is not None else None
    if decision is None:
        return Answer()
    _refuse(name, "updatedInput", decision.updated_input is not None)
    _refuse(name, "updatedPermissions", decision.updated_permissions is not None)
    _refuse(name, "interrupt:true", decision.interrupt)
    if decision.behavior == "allow":
        return Answer(decision="allow")
    reason = (decision.message or "").strip() or "PermissionRequest hook denied approval"
    return Answer("blocked", reason, decision="deny")


def _refuse(name: str, what: str, found: bool) -> None:
    if found:
        raise _Nonsense(f"{name} hook returned unsupported {what}")


def _together(name: str, this: str, that: str, found: bool) -> None:
    if found:
        raise _Nonsense(f"{name} hook returned {this} without {that}")


def _reason(name: str, decision: str, field: str, text: str | None) -> str:
    if text is None or not text.strip():
        raise _Nonsense(f"{name} hook returned {decision} without a non-empty {field}")
    return text.strip()


def _written(field: str) -> str:
    if field == "updated_m_c_p_tool_output":
        return "updatedMCPToolOutput"
    first, *rest = field.split("_")
    return first + "".join(word.capitalize() for word in rest)
