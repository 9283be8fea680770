"""Commands as hooks, as Codex has them: `[hooks]` in every layer of settings, and `hooks.json` beside it.

A command that the user trusts is told of an event on its standard input, and may block, change or add to what happens.

Does not: anything where no hook is set up: this module is imported only where one is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from csm.api import Host, hook

if TYPE_CHECKING:
    from csm.api import Moment, Settings, Thread
    from csm.api import model as model_types
    from csm.api import tools as types

ONLY_WITH = ("hooks", "hooks.json")


@hook
def remarks(host: Host, settings: Settings) -> Iterable[tuple[str, str]]:
    """What is wrong with the hooks that are set up, and that some are not trusted."""
    from . import telling

    return telling.remarks(settings, host.env)


@hook
async def thread_started(source: str, cx: Moment) -> str | None:
    """SessionStart, or SubagentStart in an agent's thread."""
    from . import happening

    return await happening.started(cx, source)


@hook
async def before_prompt(prompt: str, cx: Moment) -> str | None:
    """UserPromptSubmit."""
    from . import happening

    return await happening.prompted(cx, prompt)


@hook
async def request_begins(cx: Moment) -> None:
    """PreModelRequest."""
    from . import happening

    await happening.requesting(cx)


@hook
async def request_ends(status: str, error: str | None, usage: model_types.Usage | None, cx: Moment) -> None:
    """PostModelRequest."""
    from . import happening

    await happening.requested(cx, status, error, usage)


@hook(tryfirst=True)
async def before_call(call: types.ToolCall, cx: Moment) -> types.ToolCall | types.ToolResult | None:
    """PreToolUse."""
    from . import tooling

    return await tooling.before(cx, call)


@hook(trylast=True)
async def after_tool(
    thread: Thread, call: types.ToolCall, result: types.ToolResult, cx: Moment
) -> types.ToolResult | None:
    """PostToolUse."""
    from . import tooling

    return await tooling.after(cx, thread, call, result)


@hook
async def decide_approval(cx: Moment) -> tuple[str, str] | None:
    """PermissionRequest."""
    from . import tooling

    return await tooling.permission(cx)


@hook
async def before_compact(trigger: str, cx: Moment) -> str | None:
    """PreCompact."""
    from . import happening

    return await happening.compacting(cx, "PreCompact", trigger)


@hook
async def after_compact(trigger: str, cx: Moment) -> str | None:
    """PostCompact."""
    from . import happening

    return await happening.compacting(cx, "PostCompact", trigger)


@hook
async def before_stop(host: Host, message: str, again: bool, cx: Moment) -> Sequence[str] | None:
    """Stop, or SubagentStop in an agent's thread."""
    from . import happening

    return await happening.stopping(host, cx, message, again)


@hook
async def interrupted(cx: Moment) -> None:
    """Interrupt."""
    from . import happening

    await happening.interrupted(cx)


@hook
async def thread_ended(cx: Moment) -> None:
    """SessionEnd."""
    from . import happening

    await happening.ended(cx)
