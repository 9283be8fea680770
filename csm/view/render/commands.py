"""Commands and tool calls: one title line, then as much of the output as is wanted.

Does not: read colours itself (`ansi`) or run anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from csm.protocol import codec
from csm.protocol.items import OWN_COMMAND, OWN_TERMINAL, CommandExecution, McpToolCall, ToolUse
from csm.view import links
from csm.view.lines import StyledLine, clean, clip, fold, segments, wrap
from csm.view.render.ansi import parse_lines
from csm.view.render.exploring import explores
from csm.view.render.leaves import Leaf
from csm.view.render.look import CHUNK_ROWS, MARKS, Look, Rows, View, duration, more

#: Lines of output that are shown folded: at the start, and at the end by how it went.
HEAD = 2
TAILS = {"completed": 2, "failed": 8, "in_progress": 6, "declined": 3}
#: Only shells from here are left out where a command is shown: one from elsewhere is worth seeing.
_SHELL_PLACES = ("", "/bin", "/usr/bin", "/usr/local/bin", "/opt/homebrew/bin")
_SHELLS = ("bash", "sh", "zsh", "dash")
_SHELL = re.compile(r"\S*sh -l?c ")
#: Lines longer than this may be cut where output is folded.
_WIDE = 76
#: Of a longer output only a start and an end are ever laid out.
_MOST_OUTPUT = 400_000
_KEPT_START, _KEPT_END = 20_000, 200_000
#: Where a command's output was cut: when it came in, and when it was stored (bytes left out, bytes in all).
_CUT = re.compile(r"^\.\.\. (?:(\d+) bytes omitted|the middle of (\d+) bytes of output is not kept) \.\.\.$", re.M)
_CUT_ENDS = ("bytes omitted ...\n", "is not kept ...\n")
#: Commands faster than this do not say how long they took.
_QUICK_MS = 1000


def render_command(item: CommandExecution, view: View) -> Look:
    """`$ command`, how it ended, and its output."""
    failed = item.status == "failed" or bool(item.exit_code)
    status = "failed" if failed else item.status
    if view.done and status == "in_progress" and item.process is None:
        status = "declined"
    quiet = view.folded and looked_around(item, status)
    title, hidden = _title(item, status, view, quiet=quiet)
    if status == "in_progress" and item.id.startswith(OWN_TERMINAL):
        return Look([title], MARKS[status], foldable=False)  # its window shows what it draws
    if quiet:
        return Look([title], MARKS[status], hidden or bool(view.text.strip()), quiet=True)
    output, folded_away = output_leaves(view.text, view.folded, status)
    return Look([title, *output], MARKS[status], hidden or folded_away or looked_around(item, status))


def looked_around(item: CommandExecution, status: str) -> bool:
    """Whether a command that went well only looked at files."""
    return status == "completed" and explores(script_of(item.command, item.argv))


def _title(item: CommandExecution, status: str, view: View, *, quiet: bool = False) -> tuple[Leaf, bool]:
    lines = script_of(item.command, item.argv).strip("\n").split("\n")
    details = _details(item, status, view.done)
    if quiet:
        count = len(view.text.rstrip("\r\n").split("\n")) if view.text.strip("\r\n") else 0
        details = [("command.detail", f"  {count} line{'' if count == 1 else 's'}"), *details]
    shown = lines[:1] if view.folded else lines

    def make(width: int) -> list[StyledLine]:
        rows: list[StyledLine] = []
        for number, text in enumerate(shown):
            content = segments(clean_tabs(text), "command.title")
            mark = "! " if item.id.startswith(OWN_COMMAND) else "$ "
            first: StyledLine = [("command.mark", mark)] if not number else [("", "  ")]
            if number == len(shown) - 1:
                hidden = len(lines) - len(shown)
                content += [("fold", " "), *more(hidden)] if hidden else []
                content += details
            rows += wrap(content, width, first, [("", "    ")])
        return _at_most(rows, 4 if view.folded else 1000)

    return Rows(make, item.command, "command"), len(lines) > 1


def script_of(command: str, argv: Sequence[str]) -> str:
    """What a shell was given to run, without the words that start the shell; other commands as they are."""
    if not argv and _SHELL.match(command):
        import shlex

        try:
            argv = shlex.split(command)
        except ValueError:
            return command
    if len(argv) != 3 or argv[1] not in ("-c", "-lc") or not argv[2].strip():
        return command
    folder, _, name = argv[0].rpartition("/")
    return argv[2] if name in _SHELLS and folder in _SHELL_PLACES else command


def clean_tabs(text: str) -> str:
    """Text whose tabs are spaces, all else as it came."""
    return text.replace("\t", "    ")


def _at_most(rows: list[StyledLine], limit: int) -> list[StyledLine]:
    return rows if len(rows) <= limit else [*rows[: limit - 1], more(len(rows) - limit + 1)]


def _details(item: CommandExecution, status: str, done: bool) -> StyledLine:
    out: StyledLine = []
    if item.exit_code:
        out.append(("command.failed", f"  exit {item.exit_code}"))
    elif status == "failed":
        out.append(("command.failed", "  failed"))
    elif status == "declined":
        out.append(("command.declined", "  declined" if item.status == "declined" else "  stopped"))
    if item.duration_ms is not None and item.duration_ms >= _QUICK_MS:
        out.append(("command.detail", f"  {duration(item.duration_ms)}"))
    if item.process is not None and status == "in_progress":
        out.append(("command.detail", "  left running" if done else f"  session {item.process}"))
    return out


def output_leaves(text: str, folded: bool, status: str, role: str = "command.output") -> tuple[list[Leaf], bool]:
    """Output as leaves, and whether folding it hides anything."""
    marks, gone = _cuts(text)
    text, passed = _bounded(text)
    lines = text.rstrip("\r\n").split("\n") if text.strip("\r\n") else []
    if not lines:
        return [], False
    tail = TAILS[status]
    head = 0 if status == "in_progress" else HEAD
    hidden = len(lines) - head - tail
    if hidden + passed <= 1:
        head, tail, hidden = len(lines), 0, 0
    if not folded:
        leaves = [_output(lines[at : at + CHUNK_ROWS], role) for at in range(0, len(lines), CHUNK_ROWS)]
    else:
        leaves = [_folded(lines, head, tail, _left_out(hidden + passed - marks, gone), role, text)]
    return leaves, hidden > 0 or max(map(len, lines)) > _WIDE


def _cuts(text: str) -> tuple[int, int]:
    """How many lines of an output tell that something is not in it, and how many bytes that is."""
    if not any(end in text for end in _CUT_ENDS):
        return 0, 0
    found = _CUT.findall(text)
    return len(found), sum(int(omitted) if omitted else max(0, int(total) - len(text)) for omitted, total in found)


def _bounded(text: str) -> tuple[str, int]:
    """As much of a text as is laid out, and how many lines more than that it has."""
    if len(text) <= _MOST_OUTPUT:
        return text, 0
    start, stop = _KEPT_START, len(text) - _KEPT_END
    passed = text.count("\n", start, stop)
    mark = f"… {passed} lines" if passed else f"… {stop - start} characters"
    # Parts of the two lines that were cut into are there, and the mark takes the place of one more.
    return f"{text[:start]}\n{mark}\n{text[stop:]}", passed - 2


def _left_out(lines: int, gone: int) -> StyledLine:
    """The hint that lines are folded away, with what was not even kept."""
    if not gone:
        return more(lines)
    size = f"{gone / 1e6:.0f} MB" if gone >= 1e7 else f"{gone / 1e6:.1f} MB" if gone >= 1e6 else f"{gone:,} bytes"
    return [("fold", f"… {lines} line{'' if lines == 1 else 's'}, and {size} that were not kept")]


def _output(lines: list[str], role: str) -> Leaf:
    def make(width: int) -> list[StyledLine]:
        rows: list[StyledLine] = []
        for styled in map(links.found, parse_lines(lines, role)):
            rows += [[("", "  "), *row] for row in fold(styled, max(1, width - 2))] if styled else [[]]
        return rows

    return Rows(make, "\n".join(lines), "output")


def _folded(lines: list[str], head: int, tail: int, left_out: StyledLine, role: str, text: str) -> Leaf:
    def make(width: int) -> list[StyledLine]:
        room = max(1, width - 2)
        rows = [clip(links.found(styled), room) for styled in parse_lines(lines[:head], role)]
        if tail:
            rows.append(left_out)
            rows += [clip(links.found(styled), room) for styled in parse_lines(lines[-tail:], role)]
        return [[("", "  "), *row] if row else [] for row in rows]

    return Rows(make, text.rstrip("\r\n"), "output")


def render_tool(item: ToolUse, view: View) -> Look:
    """A call of a tool without a look of its own."""
    return _call(item.tool, item.arguments, item.status, view.text or item.output, view, None)


def render_mcp(item: McpToolCall, view: View) -> Look:
    """A call of an MCP server's tool."""
    output = item.error or (_result_text(bytes(item.result)) if item.result is not None else "")
    name = f"{item.server}.{item.tool}"
    return _call(name, bytes(item.arguments).decode("utf-8", "replace"), item.status, output, view, item.duration_ms)


def _call(name: str, arguments: str, status: str, output: str, view: View, took: int | None) -> Look:
    if view.done and status == "in_progress":
        status = "declined"
    shown = _arguments(arguments)

    def make(width: int) -> list[StyledLine]:
        content = segments(name, "tool.title")
        if shown:
            content += [("tool.arguments", " "), *segments(clean_tabs(shown), "tool.arguments")]
        if took is not None and took >= _QUICK_MS:
            content.append(("command.detail", f"  {duration(took)}"))
        return _at_most(wrap(content, width, None, [("", "  ")]), 2 if view.folded else 200)

    leaves, hides = output_leaves(output, view.folded, status, "tool.output")
    return Look([Rows(make, f"{name} {arguments}".strip(), "tool"), *leaves], MARKS[status], hides or len(shown) > 100)


def _arguments(text: str) -> str:
    """JSON arguments as `name=value` words; other text on one line."""
    try:
        value = codec.decode(text) if text.strip() else {}
    except ValueError:
        value = text
    if not isinstance(value, dict):
        return " ".join(str(value).split())
    return " ".join(f"{key}={_value(part)}" for key, part in value.items())


def _value(part: object) -> str:
    text = part if isinstance(part, str) and part and " " not in part else codec.encode(part).decode("utf-8", "replace")
    return clean(" ".join(text.split("\n")))


def _result_text(raw: bytes) -> str:
    """The text of an MCP result, else its JSON."""
    try:
        value = codec.decode(raw)
    except ValueError:
        return raw.decode("utf-8", "replace")
    content = value.get("content") if isinstance(value, dict) else None
    if not isinstance(content, list):
        return codec.encode(value).decode("utf-8", "replace")
    parts = [part.get("text") or f"[{part.get('type', 'content')}]" for part in content if isinstance(part, dict)]
    return "\n".join(str(part) for part in parts)
