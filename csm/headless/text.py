"""Events of a thread as text for people: progress for stderr, the answer for stdout.

Does not: write anywhere. Everything of a model or a tool passes through `csm.headless.visible`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csm import __version__
from csm.core import response_items
from csm.headless import git_diff
from csm.headless.visible import one_line, visible
from csm.host.settings import Settings
from csm.protocol import events, items
from csm.protocol.events import Event
from csm.protocol.model import Usage
from csm.protocol.tools import SandboxPolicy

_RULE = "--------"
_MARKS = {"pending": "•", "in_progress": "→", "completed": "✓"}
_BEGIN, _RESET = "\x1b[", "\x1b[0m"
_STYLES = {
    "label": "\x1b[1m",
    "user": "\x1b[36m",
    "agent": "\x1b[35m\x1b[3m",
    "dim": "\x1b[2m",
    "good": "\x1b[32m",
    "bad": "\x1b[31m",
    "error": "\x1b[1m\x1b[31m",
    "warning": "\x1b[1m\x1b[33m",
}


class Text:
    """Turns events into pieces of text for stderr. `usage` is what the thread has used so far."""

    def __init__(self, settings: Settings, usage: Usage, prompt: str, *, color: bool) -> None:
        self.settings = settings
        self.usage = usage
        self.prompt = prompt
        self.color = color
        self.last_message: str | None = None
        self._open = ""
        self._told: items.Plan | None = None
        self._reported = False
        self._take: dict[type, Callable[[Any], str]] = {
            events.ItemStarted: self._started,
            events.ItemUpdated: self._updated,
            events.ItemCompleted: self._completed,
            events.HistoryAppended: self._history,
            events.UsageReported: self._usage,
            events.Reconnecting: lambda body: self._error(f"Reconnecting... {body.attempt}/{body.limit}"),
            events.TurnCompleted: lambda body: self._tokens(),
            events.TurnFailed: lambda body: self._error(body.message) + self._tokens(),
            events.TurnInterrupted: lambda body: self._style("bad", "interrupted") + "\n",
        }
        self._items: dict[type, Callable[[Any], str]] = {
            items.AgentMessage: self._message,
            items.Reasoning: self._reasoning,
            items.CommandExecution: self._command,
            items.FileChange: self._patch,
            items.McpToolCall: self._server_call,
            items.ToolUse: lambda item: self._tool(item.tool, item.status, item.output),
            items.CollabToolCall: lambda item: self._tool(item.tool, item.status, _agents(item)),
            items.WebSearch: lambda item: self._style("label", "web search:") + " " + one_line(item.query) + "\n",
            items.Plan: self._plan,
            items.Notice: self._notice,
            items.HookRun: self._hook,
            items.Compaction: lambda item: self._style("dim", "context compacted") + "\n",
        }

    def open(self, thread_id: str) -> str:
        """The banner and the prompt."""
        settings = self.settings
        rows = (
            ("workdir", str(settings.cwd)),
            ("model", settings.model),
            ("provider", settings.model_provider),
            ("approval", settings.approval_policy),
            ("sandbox", sandbox_line(settings.sandbox_policy)),
            ("reasoning effort", settings.effort or "none"),
            ("reasoning summaries", settings.summary or "none"),
            ("session id", thread_id),
        )
        lines = [f"csm v{__version__}", _RULE]
        lines += [f"{self._style('label', name + ':')} {one_line(value)}" for name, value in rows]
        return "\n".join([*lines, _RULE, self._style("user", "user"), visible(self.prompt)]) + "\n"

    def take(self, event: Event) -> str:
        """The text of one event; often empty."""
        take = self._take.get(type(event.body))
        return take(event.body) if take else ""

    def _started(self, body: events.ItemStarted) -> str:
        if isinstance(body.item, items.HookRun):
            return f"hook: {one_line(body.item.event)}\n"
        if isinstance(body.item, items.Plan):
            return self._plan(body.item)
        if isinstance(body.item, items.McpToolCall):
            return f"{self._server_tool(body.item)} {self._style('dim', 'started')}\n"
        if not isinstance(body.item, items.CommandExecution):
            return ""
        self._open = body.item.id
        return self._command_head(body.item)

    def _updated(self, body: events.ItemUpdated) -> str:
        return self._plan(body.item) if isinstance(body.item, items.Plan) else ""

    def _completed(self, body: events.ItemCompleted) -> str:
        shape = self._items.get(type(body.item))
        return shape(body.item) if shape else ""

    def _message(self, item: items.AgentMessage) -> str:
        if item.partial:
            return ""  # cut off; a whole one may follow
        self.last_message = item.text
        return f"{self._style('agent', 'csm')}\n{visible(item.text)}\n"

    def _reasoning(self, item: items.Reasoning) -> str:
        if self.settings.show_raw_agent_reasoning and not item.partial:
            return ""  # the response item that follows has the summary too
        return self._thought(item.text)

    def _history(self, body: events.HistoryAppended) -> str:
        if not self.settings.show_raw_agent_reasoning or b'"reasoning"' not in bytes(body.raw):
            return ""
        received = response_items.received(bytes(body.raw))
        if received.kind != "reasoning":
            return ""
        return self._thought(response_items.raw_reasoning(received) or response_items.reasoning_text(received))

    def _thought(self, text: str) -> str:
        return "" if self.settings.hide_agent_reasoning or not text else self._style("dim", visible(text)) + "\n"

    def _command_head(self, item: items.CommandExecution) -> str:
        where = f" in {one_line(item.cwd)}" if item.cwd else ""
        return f"{self._style('agent', 'exec')}\n{self._style('label', visible(item.command))}{where}\n"

    def _command(self, item: items.CommandExecution) -> str:
        # Commands that run side by side end in any order: say again whose end this is.
        head = "" if self._open == item.id else self._command_head(item)
        self._open = ""
        took = "" if item.duration_ms is None else f" in {duration(item.duration_ms)}"
        if item.status == "declined":
            told = self._style("bad", " declined:")
        elif item.exit_code == 0:
            told = self._style("good", f" succeeded{took}:")
        else:
            told = self._style("bad", f" exited {item.exit_code}{took}:")
        output = visible(item.output)
        if not output:
            return f"{head}{told}\n"
        return f"{head}{told}\n{output}\n"

    def _patch(self, item: items.FileChange) -> str:
        told = f"{self._style('label', 'patch:')} {item.status}"
        paths = (self._style("dim", one_line(change.path)) for change in item.changes)
        lines = [self._style("label", "apply patch"), told, *paths]
        if item.status == "completed":
            lines += [one_line(line) for change in item.changes for line in self._section(change)]
        elif item.stderr:
            lines.append(visible(item.stderr.rstrip("\n")))
        return "\n".join(lines) + "\n\n"

    def _server_tool(self, item: items.McpToolCall) -> str:
        return f"{self._style('label', 'mcp:')} {self._style('user', one_line(f'{item.server}/{item.tool}'))}"

    def _server_call(self, item: items.McpToolCall) -> str:
        well = item.status == "completed"
        status = self._style("good" if well else "bad", "completed" if well else "failed")
        told = f"{self._server_tool(item)} {self._style('dim', f'({status})')}\n"
        return told + (self._style("bad", visible(item.error)) + "\n" if item.error else "")

    def _section(self, change: items.PatchChange) -> list[str]:
        return git_diff.section(change, str(self.settings.cwd), git_diff.now(change))

    def _tool(self, name: str, status: str, output: str) -> str:
        lines = [f"{self._style('user', 'tool')} {one_line(name)} {status}"]
        if status != "completed" and output:
            lines.append(visible(output))
        return "\n".join(lines) + "\n"

    def _plan(self, item: items.Plan) -> str:
        steps = "".join(f"  {_MARKS[step.status]} {one_line(step.step)}\n" for step in item.steps)
        if self._told == item:
            return ""
        self._told = item
        return (visible(item.explanation) + "\n" if item.explanation else "") + steps

    def _hook(self, item: items.HookRun) -> str:
        said = f": {one_line(item.said)}" if item.said else ""
        return f"hook: {one_line(item.event)} {item.status.capitalize()}{said}\n"

    def _notice(self, item: items.Notice) -> str:
        if item.level == "error":
            return self._error(item.message)
        return (
            self._style("warning", "warning:" if item.level == "warning" else "note:") + f" {visible(item.message)}\n"
        )

    def _error(self, message: str) -> str:
        return self._style("error", "ERROR:") + f" {visible(message)}\n"

    def _usage(self, body: events.UsageReported) -> str:
        self.usage = body.total
        self._reported = True
        return ""

    def _tokens(self) -> str:
        used = max(0, self.usage.input - self.usage.cached) + self.usage.output
        if not (used or self._reported):
            return ""  # as after a review
        return f"{self._style('dim', 'tokens used')}\n{used:,}\n"

    def _style(self, name: str, text: str) -> str:
        if not self.color:
            return text
        style = _STYLES[name]
        return f"{style}{text}{_RESET * style.count(_BEGIN)}"


def _agents(item: items.CollabToolCall) -> str:
    """How the agents of a failed call stand."""
    named = {agent: item.names.get(agent, agent) for agent in item.agents}
    return "\n".join(f"{named[agent]}: {state.message or state.status}" for agent, state in item.agents.items())


def sandbox_line(policy: SandboxPolicy) -> str:
    """A sandbox policy in one line, as the banner shows it."""
    if policy.mode != "workspace-write":
        return policy.mode
    places = ["workdir"]
    places += [] if policy.exclude_slash_tmp else ["/tmp"]
    places += [] if policy.exclude_tmpdir_env_var else ["$TMPDIR"]
    network = " (network access enabled)" if policy.network_access else ""
    return f"workspace-write [{', '.join([*places, *policy.writable_roots])}]{network}"


def duration(ms: int) -> str:
    """`28ms`, `1.50s`, `2m 05s`."""
    if ms < 1000:
        return f"{ms}ms"
    if ms < 60_000:
        return f"{ms / 1000:.2f}s"
    return f"{ms // 60_000}m {ms % 60_000 // 1000:02d}s"
