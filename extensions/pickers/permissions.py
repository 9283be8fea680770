"""What the agent may do, and when it asks: presets, and each half by itself.

Does not: judge commands or hold them back.
"""

from __future__ import annotations

from typing import Any, NamedTuple, cast, get_args

from csm.api import CommandError, Context, command, ops, tools

from .place import Line, Row, keep, page, screen


class Preset(NamedTuple):
    """An approval policy with a sandbox."""

    name: str
    title: str
    approval: tools.ApprovalPolicy
    sandbox: tools.SandboxMode
    about: str


PRESETS = (
    Preset("read-only", "Read only", "on-request", "read-only",
           "Files can be read, and commands run that change nothing. Edits and the network are asked about."),
    Preset("auto", "Auto", "on-request", "workspace-write",
           "Files of this folder can be changed and commands run in it. Anything outside of it, and the network, is"
           " asked about."),
    Preset("full-access", "Full access", "never", "danger-full-access",
           "Every command runs at once, anywhere, with the network. Nothing is asked and nothing is held back: only"
           " where a mistake costs nothing."),
)  # fmt: skip
_APPROVALS = {
    "untrusted": "Every command is asked about but those known to read only.",
    "on-failure": "Commands run in the sandbox; one that it seems to have held back is asked about.",
    "on-request": "The agent asks where it wants to leave the sandbox.",
    "never": "Nothing is asked. What the sandbox holds back fails.",
}
_SANDBOXES = {
    "read-only": "Nothing can be written, and there is no network.",
    "workspace-write": "This folder and temporary files can be written; the network as the settings say.",
    "danger-full-access": "No sandbox: commands can do all that you can.",
}


def _names(cx: Context) -> list[str]:
    return [one.name for one in PRESETS]


@command(
    "permissions.choose",
    title="What the agent may do",
    slash=("permissions", "approvals"),
    complete={"name": _names},
)
def choose(cx: Context, name: str | None = None, *, save: bool = False) -> None:
    """Choose what the agent may do without asking: a preset by name, or from a list, in which approval and sandbox can
    be chosen by themselves too. It holds for this session, with `--save` for later ones as well.
    """
    if name is not None:
        found = next((one for one in PRESETS if one.name == name), None)
        if found is None:
            raise CommandError(f"there is no preset {name}", f"there are {', '.join(_names(cx))}")
        _use(cx, found.approval, found.sandbox, save)
        return
    approval, sandbox = _now(cx)
    rows = [Row(one, one.title, "in use" if (one.approval, one.sandbox) == (approval, sandbox) else "", "Presets")
            for one in PRESETS]  # fmt: skip
    rows += [Row(("approval", one), one, "in use" if one == approval else "", "When to ask") for one in _APPROVALS]
    rows += [Row(("sandbox", one), one, "in use" if one == sandbox else "", "Sandbox") for one in _SANDBOXES]
    screen(cx).pick(
        "Permissions",
        rows,
        lambda chosen: _take(cx, chosen, save),
        preview=lambda chosen, columns, rows: _look(cx, chosen, columns),
        actions={"keep": ("keep", lambda chosen: _take(cx, chosen, True))},
        current=next((one for one in PRESETS if (one.approval, one.sandbox) == (approval, sandbox)), None),
    )


def _now(cx: Context) -> tuple[str, str]:
    thread, settings = screen(cx).session().thread, cx.host.settings
    if thread.model:
        return thread.approval, thread.sandbox.mode
    return settings.approval_policy, settings.sandbox_policy.mode


def _look(cx: Context, chosen: Any, columns: int) -> list[Line]:
    if isinstance(chosen, Preset):
        facts = [("Asks", f"{chosen.approval}: {_APPROVALS[chosen.approval]}")]
        facts += [("Sandbox", f"{chosen.sandbox}: {_SANDBOXES[chosen.sandbox]}")]
        return page(chosen.title, facts, chosen.about, columns)
    what, word = chosen
    return page(word, [], (_APPROVALS if what == "approval" else _SANDBOXES)[word], columns)


def _take(cx: Context, chosen: Any, save: bool) -> None:
    if isinstance(chosen, Preset):
        _use(cx, chosen.approval, chosen.sandbox, save)
    elif chosen[0] == "approval":
        _use(cx, chosen[1], None, save)
    else:
        _use(cx, None, chosen[1], save)


def _use(cx: Context, approval: str | None, sandbox: str | None, save: bool) -> None:
    policy = None
    if sandbox is not None:
        assert sandbox in get_args(tools.SandboxMode)
        policy = _policy(cx, cast("tools.SandboxMode", sandbox))
    shown = screen(cx)

    def done(ack: ops.Ack) -> None:
        if not ack.accepted:
            shown.message(ack.reason, "message.error")
            return
        kept = ""
        if save:
            if approval is not None:
                kept = keep(cx, ("approval_policy",), approval)
            if sandbox is not None:
                kept = keep(cx, ("sandbox_mode",), sandbox)
        what = ", ".join(filter(None, (sandbox, f"asks {approval}" if approval else "")))
        shown.message(f"permissions: {what}" + (f", kept in {kept}" if kept else " for this session"))

    shown.session().submit(ops.Configure(approval=cast("Any", approval), sandbox=policy), done)


def _policy(cx: Context, mode: tools.SandboxMode) -> tools.SandboxPolicy:
    """The sandbox of a mode, with what the settings say of it."""
    set_up = cx.host.settings.sandbox_policy
    if set_up.mode == mode or mode != "workspace-write":
        return set_up if set_up.mode == mode else tools.SandboxPolicy(mode)
    table = cx.host.settings.raw.get("sandbox_workspace_write", {})
    return tools.SandboxPolicy(
        mode,
        tuple(table.get("writable_roots", ())),
        bool(table.get("network_access", False)),
        bool(table.get("exclude_tmpdir_env_var", False)),
        bool(table.get("exclude_slash_tmp", False)),
    )
