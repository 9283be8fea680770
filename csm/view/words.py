"""A thing of the transcript in plain lines: words where the screen has marks, boxes and colours.

Lines are visible text, whatever a model or a program wrote, in characters that any terminal has.

Does not: know what was told before (`csm.view.telling`), or wrap: terminals and readers do that.
"""

from __future__ import annotations

from collections.abc import Iterator

from csm.core.fold import Entry, Turn
from csm.protocol.items import (
    AgentMessage,
    CommandExecution,
    FileChange,
    Item,
    McpToolCall,
    Notice,
    Plan,
    Reasoning,
    ToolUse,
    UserMessage,
)
from csm.view.lines import StyledLine, clean, plain
from csm.view.render import ansi
from csm.view.render.commands import script_of
from csm.view.render.items import reasoning_title, render_item
from csm.view.render.kit import Kit
from csm.view.render.look import View, duration
from csm.view.render.patch import change_lines, counts, relative

#: Lines of an output or a change that are told: of the beginning and of the end.
HEAD, TAIL = 3, 10
_ENDLESS = 100_000
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("─━═╌┄┈▔▁", "-"), **dict.fromkeys("│┃║╎┊▏▕↳", " "), **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╯╰", "+"),
        "…": "...", "›": ">", "‹": "<", "•": "*", "◦": "*", "▪": "*", "·": ",", "✓": "ok:", "✗": "failed:",
        "⊘": "stopped:", "☑": "[x]", "☐": "[ ]", "→": "->", "←": "<-", "↑": "up", "↓": "down", "–": "-", "—": "-",
        "◐": "*", "◓": "*", "◑": "*", "◒": "*", "█": "#", "░": "-", "▒": "-", "■": "stopped:", "↪": " ",
    }
)  # fmt: skip
#: Commands faster than this do not say how long they took.
_QUICK_MS = 1000
_STATUS = {"completed": "done", "failed": "failed", "declined": "declined", "in_progress": "stopped"}
_STEPS = {"completed": "done", "in_progress": "in work", "pending": "to do"}


def worded(line: StyledLine | str) -> str:
    """A line of csm's own screens without its signs."""
    text = line if isinstance(line, str) else plain(line)
    return (text if text.isascii() else text.translate(_SIGNS)).rstrip()


def source(text: str) -> list[str]:
    """Lines of someone's text as they were written, visible."""
    return [clean(line.removesuffix("\r"), 4) for line in text.split("\n")]


def labelled(label: str, text: str) -> list[str]:
    """Lines of a text with a word for who said it before the first."""
    first, *rest = source(text.strip("\n"))
    return [f"{label}: {first}".rstrip(), *rest]


def counted(lines: int) -> str:
    """So many lines."""
    return f"{lines} line{'s' * (lines != 1)}"


def begun(item: Item) -> list[str]:
    """What is told of an item when it begins, for those that take a while; empty for all others."""
    if isinstance(item, CommandExecution):
        return labelled("Command", script_of(item.command, item.argv))
    if isinstance(item, McpToolCall):
        arguments = bytes(item.arguments).decode("utf-8", "replace")
        return [f"Tool: {clean(item.server)}.{clean(item.tool)} {_one(arguments)}".rstrip()]
    if isinstance(item, ToolUse):
        return [f"Tool: {clean(item.tool)} {_one(item.arguments)}".rstrip()]
    return []


def ended(entry: Entry, cwd: str, *, last: bool, whole: bool = False) -> list[str]:
    """What is told of an entry that is over. `last`: nothing was told since it began. `whole`: all of its output."""
    item = entry.item
    if isinstance(item, UserMessage):
        images = [f"Image: {clean(one) if not one.startswith('data:') else 'pasted'}" for one in item.images]
        return [*labelled("You", item.text), *images]
    if isinstance(item, AgentMessage):
        return labelled("Assistant", entry.text())
    if isinstance(item, Reasoning):
        return labelled("Thinking", entry.text()) if whole else [f"Thinking: {clean(_title(entry))}"]
    if isinstance(item, CommandExecution):
        return _command(item, entry.text(), last=last, whole=whole)
    if isinstance(item, ToolUse):
        return _tool(item, entry.text(), last=last, whole=whole)
    if isinstance(item, FileChange):
        return list(_change(item, cwd, whole=whole))
    if isinstance(item, Plan):
        return ["Plan:", *(f"  {_STEPS.get(step.status, step.status)}: {clean(step.step)}" for step in item.steps)]
    if isinstance(item, Notice):
        return labelled(item.level.capitalize() if item.level != "info" else "Notice", item.message)
    return _otherwise(item, cwd)


def turn_ended(turn: Turn) -> list[str]:
    """The end of a turn."""
    if turn.status == "failed":
        return labelled("The turn failed", turn.error or "it is not known why")
    return ["Interrupted." if turn.status == "interrupted" else f"Done in {duration(turn.duration_ms)}."]


def _command(item: CommandExecution, output: str, *, last: bool, whole: bool) -> list[str]:
    how = [f"exit {item.exit_code}" if item.exit_code is not None else _STATUS[item.status]]
    how += [duration(item.duration_ms)] if item.duration_ms and item.duration_ms >= _QUICK_MS else []
    name = "Command" if last else f"Command {_one(script_of(item.command, item.argv))}"
    return _with_output(f"{name}: {', '.join(how)}", output, whole=whole)


def _tool(item: ToolUse, output: str, *, last: bool, whole: bool) -> list[str]:
    name = "Tool" if last else f"Tool {clean(item.tool)}"
    return _with_output(f"{name}: {_STATUS[item.status]}", output or item.output, whole=whole)


def _with_output(told: str, output: str, *, whole: bool) -> list[str]:
    lines = output.rstrip("\r\n").split("\n") if output.strip("\r\n") else []
    if not lines:
        return [f"{told}, no output."]
    count = f"{counted(len(lines))} of output"
    return [f"{told}, {count}:", *_shortened(lines, whole=whole)]


def _shortened(lines: list[str], *, whole: bool) -> Iterator[str]:
    hidden = 0 if whole or len(lines) <= HEAD + TAIL + 1 else len(lines) - HEAD - TAIL
    head, tail = (lines[:HEAD], lines[-TAIL:]) if hidden else (lines, [])
    yield from (f"  {plain(line)}".rstrip() for line in ansi.parse_lines(head))
    if hidden:
        yield f"  ... {hidden} lines are left out; /unfold tells all."
        yield from (f"  {plain(line)}".rstrip() for line in ansi.parse_lines(tail))


def _change(item: FileChange, cwd: str, *, whole: bool) -> Iterator[str]:
    yield f"Change of {len(item.changes)} file{'s' * (len(item.changes) != 1)}: {_STATUS[item.status]}."
    for change in item.changes:
        lines = change_lines(change)
        added, removed = counts(lines)
        verb = {"add": "added", "delete": "deleted", "update": "edited"}[change.kind]
        to = f", moved to {relative(change.move_path, cwd)}" if change.move_path else ""
        yield f"  {relative(change.path, cwd)}: {verb}{to}, {counted(added)} added, {removed} removed"
        signs = {"added": "+", "removed": "-", "context": " "}
        rows = [f"  {line.number or ''} {signs[line.kind]}{line.text}" for line in lines if line.kind in signs]
        yield from _shortened(rows, whole=whole)
    if item.status == "failed" and item.stderr:
        yield from labelled("  Error", item.stderr)


def _otherwise(item: Item, cwd: str) -> list[str]:
    """What has no words of its own: as its look says it."""
    kit, look = Kit(), render_item(item, View(cwd=cwd))
    rows = [worded(row) for leaf in look.leaves for row in leaf.rows(kit, _ENDLESS)]
    return [row for row in rows if row]


def _title(entry: Entry) -> str:
    return reasoning_title(entry.text(), last=False)


def _one(text: str, most: int = 80) -> str:
    line = clean(" ".join(text.split()))
    return line if len(line) <= most else f"{line[: most - 3]}..."
