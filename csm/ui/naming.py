"""What the status line and the terminal's title can be made of, by Codex's names for the parts.

`tui.status_line` and `tui.terminal_title` of `config.toml` list such names. A part that there is nothing to say of is
left out; names of segments that extensions add may stand there too.

Does not: place them (`csm.ui.status`, `csm.ui.arrange`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from csm.protocol.items import Plan
from csm.ui import status
from csm.view.lines import single

if TYPE_CHECKING:
    from csm.ui.shell import Shell


def parts(shell: Shell, setting: str) -> list[tuple[str, str]] | None:
    """`(role, text)` of the parts that a setting lists; None where it is not set."""
    wanted = shell.host.setting(f"tui.{setting}")
    if not isinstance(wanted, list):
        return None
    found: list[tuple[str, str]] = []
    for name in wanted:
        known = PARTS.get(str(name))
        text = known[1](shell) if known else _added(shell, str(name))
        if text:
            found.append((known[0] if known else "status.extension", single(str(text))))
    return found


def all_parts(shell: Shell) -> list[tuple[str, str]]:
    """The names there are, each once, with what they tell now; extensions' segments last."""
    found = [(name, single(tell(shell))) for name, (_, tell) in PARTS.items() if name not in _HIDDEN]
    return [*found, *((name, single(_added(shell, name))) for name, _ in shell.segments.named)]


def title(shell: Shell) -> str:
    """The terminal's title: as the setting wants it, else what runs and what it is called."""
    chosen = parts(shell, "terminal_title")
    if chosen is not None:
        return " · ".join(text for _, text in chosen)
    name = shell.session.thread.name or _project(shell)
    mark = "? " if shell.ask else "• " if shell.session.thread.running else ""
    return f"{mark}{single(name)} · csm"


def _project(shell: Shell) -> str:
    return status.folder(shell.session.cwd, shell.host.env).rpartition("/")[2] or "/"


def _model(shell: Shell, *, effort: bool) -> str:
    thread, settings = shell.session.thread, shell.host.settings
    model, hard = (thread.model, thread.effort) if thread.model else (settings.model, settings.effort)
    return f"{model} {hard}" if effort and hard else model


def _left(shell: Shell) -> str:
    left = status.context_left(shell.session.thread)
    return "" if left is None else f"{left}% context left"


def _used(shell: Shell) -> str:
    left = status.context_left(shell.session.thread)
    return "" if left is None else f"{100 - left}% context used"


def _state(shell: Shell) -> str:
    if shell.ask is not None:
        return "Waiting"
    return "Working" if shell.session.thread.running else "Ready"


def _spent(shell: Shell, name: str, word: str) -> str:
    count = getattr(shell.session.thread.usage, name, 0)
    return f"{_short(count)} {word}" if count else ""


def _short(count: int) -> str:
    for size, mark in ((1_000_000, "M"), (1_000, "K")):
        if count >= size:
            return f"{count / size:.1f}".removesuffix(".0") + mark
    return str(count)


def _window(shell: Shell) -> str:
    window = shell.session.thread.context_window
    return f"{_short(window)} window" if window else ""


def _progress(shell: Shell) -> str:
    """How far the plan of the last turn is."""
    for turn in reversed(shell.session.thread.turns[-1:]):
        for entry in reversed(turn.entries):
            if isinstance(entry.item, Plan):
                steps = entry.item.steps
                return f"{sum(step.status == 'completed' for step in steps)}/{len(steps)}" if steps else ""
    return ""


def _policy(shell: Shell) -> str:
    thread, settings = shell.session.thread, shell.host.settings
    return thread.sandbox.mode if thread.model else settings.sandbox_policy.mode


def _version(shell: Shell) -> str:
    from csm import __version__

    return f"csm {__version__}"


def _added(shell: Shell, name: str) -> str:
    return next(("".join(text for _, text in line) for one, line in shell.segments.named if one == name), "")


#: Other names for the same, and what csm never knows.
_HIDDEN = (
    "model", "project", "session-id", "status", "five-hour-limit", "weekly-limit", "thread-credits",
    "estimated-thread-cost", "fast-mode",
)  # fmt: skip
#: The role of each part and how it is told. What only OpenAI's own service knows (limits, costs) is never there.
PARTS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "app-name": ("status.model", lambda shell: "csm"),
    "model": ("status.model", lambda shell: _model(shell, effort=False)),
    "model-name": ("status.model", lambda shell: _model(shell, effort=False)),
    "model-with-reasoning": ("status.model", lambda shell: _model(shell, effort=True)),
    "current-dir": ("status.path", lambda shell: status.folder(shell.session.cwd, shell.host.env)),
    "project-name": ("status.path", lambda shell: shell.host.settings.project_root.name or "/"),
    "project": ("status.path", lambda shell: shell.host.settings.project_root.name or "/"),
    "project-root": ("status.path", lambda shell: status.folder(str(shell.host.settings.project_root), shell.host.env)),
    "git-branch": ("status.path", lambda shell: shell.branch),
    "context-remaining": ("status.context", _left),
    "context-used": ("status.context", _used),
    "context-window-size": ("status.context", _window),
    "used-tokens": ("status.context", lambda shell: _spent(shell, "total", "used")),
    "total-input-tokens": ("status.context", lambda shell: _spent(shell, "input", "in")),
    "total-output-tokens": ("status.context", lambda shell: _spent(shell, "output", "out")),
    "thread-id": ("status.path", lambda shell: shell.session.thread_id),
    "session-id": ("status.path", lambda shell: shell.session.thread_id),
    "thread-title": ("status.model", lambda shell: shell.session.thread.name or ""),
    "run-state": ("status.running", _state),
    "status": ("status.running", _state),
    "spinner": ("status.running", lambda shell: "•" if shell.session.thread.running else ""),
    "task-progress": ("status.running", _progress),
    "permissions": ("status.policy", _policy),
    "codex-version": ("status.model", _version),
    **{name: ("status.context", lambda shell: "") for name in (
        "five-hour-limit", "weekly-limit", "thread-credits", "estimated-thread-cost", "fast-mode",
    )},
}  # fmt: skip
