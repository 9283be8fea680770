"""Items: the things that happen in a turn, as a person sees them.

What the model reads and writes is a *response item*: JSON of the Responses API that travels through csm as bytes
(`HistoryAppended.raw`), so that a known prefix stays the same to the byte and unknown kinds lose nothing.

Does not: render anything.
"""

from __future__ import annotations

import re
from typing import Any, Literal, cast

import msgspec

from csm.protocol import codec

Status = Literal["in_progress", "completed", "failed", "declined"]


class UserMessage(msgspec.Struct, frozen=True, tag="user_message"):
    """What the user said. `images` are paths or data URLs; `steer` says it came while the turn ran."""

    id: str
    text: str
    images: tuple[str, ...] = ()
    steer: bool = False


class AgentMessage(msgspec.Struct, frozen=True, tag="agent_message"):
    """A message of the model. `phase` is `commentary` or `final_answer` where the model says so.

    `partial` says that it was cut short, by the user or a broken stream.
    """

    id: str
    text: str
    phase: str | None = None
    partial: bool = False


class Reasoning(msgspec.Struct, frozen=True, tag="reasoning"):
    """A summary of the model's thinking, its parts joined by a blank line. `partial` as for messages."""

    id: str
    text: str
    partial: bool = False


#: How much of a command's output is kept, in bytes.
STORED_BYTES = 65_536


#: How the ids of commands begin that the user ran.
OWN_COMMAND = "user:"
#: The same where they have a terminal, which the user types into.
OWN_TERMINAL = "user:tty:"


class CommandExecution(msgspec.Struct, frozen=True, tag="command_execution"):
    """A shell command. `process` is the number the model uses for a session that runs on.

    `output` is bounded: to 1 MiB in the event that ends the command, to `STORED_BYTES` in logs and threads (`stored`).
    """

    id: str
    command: str
    cwd: str = ""
    status: Status = "in_progress"
    output: str = ""
    exit_code: int | None = None
    duration_ms: int | None = None
    process: int | None = None
    argv: tuple[str, ...] = ()


class PatchChange(msgspec.Struct, frozen=True):
    """One file of a change. `path` is absolute; `diff` a unified diff (`update`), the whole text (`add`, `delete`)."""

    path: str
    kind: Literal["add", "delete", "update"]
    diff: str = ""
    move_path: str | None = None


class FileChange(msgspec.Struct, frozen=True, tag="file_change"):
    """Files the agent changed together."""

    id: str
    changes: tuple[PatchChange, ...]
    status: Status = "in_progress"
    stdout: str = ""
    stderr: str = ""


class PlanStep(msgspec.Struct, frozen=True):
    """One step of a plan."""

    step: str
    status: Literal["pending", "in_progress", "completed"] = "pending"


class Plan(msgspec.Struct, frozen=True, tag="plan"):
    """The agent's plan as it now stands. Later versions keep the id."""

    id: str
    steps: tuple[PlanStep, ...]
    explanation: str | None = None


class McpToolCall(msgspec.Struct, frozen=True, tag="mcp_tool_call"):
    """A call of an MCP server's tool. `arguments`, `result` and `error` are JSON."""

    id: str
    server: str
    tool: str
    arguments: msgspec.Raw = msgspec.Raw(b"{}")
    status: Status = "in_progress"
    result: msgspec.Raw | None = None
    error: str | None = None
    duration_ms: int | None = None


class ToolUse(msgspec.Struct, frozen=True, tag="tool_use"):
    """A call of a tool that has no item kind of its own (those of extensions). `arguments` is JSON text."""

    id: str
    tool: str
    arguments: str = ""
    status: Status = "in_progress"
    output: str = ""


class AgentState(msgspec.Struct, frozen=True):
    """How an agent stands. `message` is its last answer (`completed`), or what went wrong (`errored`)."""

    status: Literal["pending_init", "running", "interrupted", "completed", "errored", "shutdown", "not_found"]
    message: str | None = None


class CollabToolCall(msgspec.Struct, frozen=True, tag="collab_tool_call"):
    """A call by which the thread `sender` began, told, awaited, resumed or closed agents, the threads `receivers`.

    `agents` says how they stand, `names` what they are called, each by thread id.
    """

    id: str
    tool: str
    sender: str
    receivers: tuple[str, ...] = ()
    prompt: str | None = None
    agents: dict[str, AgentState] = {}
    names: dict[str, str] = {}
    status: Status = "in_progress"


class WebSearch(msgspec.Struct, frozen=True, tag="web_search"):
    """A search the provider made. `action` is its JSON."""

    id: str
    call_id: str
    query: str = ""
    action: msgspec.Raw = msgspec.Raw(b"{}")
    status: Status = "completed"


class ImageView(msgspec.Struct, frozen=True, tag="image_view"):
    """The model looked at an image file. `path` is absolute."""

    id: str
    path: str


class Notice(msgspec.Struct, frozen=True, tag="notice"):
    """Something csm has to tell: a warning or an error that did not end the turn."""

    id: str
    message: str
    level: Literal["info", "warning", "error"] = "warning"


class HookRun(msgspec.Struct, frozen=True, tag="hook_run"):
    """A command that ran beside the thread because somebody set it up as a hook of `event`.

    `doing` is what it does, in its owner's words; `said` what came of it, for the user: why it `blocked` or `stopped`
    something or `failed`, or a remark.
    """

    id: str
    event: str
    status: Literal["running", "completed", "failed", "blocked", "stopped"] = "running"
    doing: str = ""
    said: str = ""
    command: str = ""
    source: str = ""
    duration_ms: int | None = None


class Compaction(msgspec.Struct, frozen=True, tag="compaction"):
    """The history was replaced by a shorter one."""

    id: str
    summary: str = ""


Item = (
    UserMessage
    | AgentMessage
    | Reasoning
    | CommandExecution
    | FileChange
    | Plan
    | McpToolCall
    | ToolUse
    | CollabToolCall
    | WebSearch
    | ImageView
    | Notice
    | HookRun
    | Compaction
)


def stored(item: Item) -> Item:
    """The item as logs and threads keep it: a command with the first and last bytes of its output, as the texts of what
    a server's tool answered.
    """
    if isinstance(item, McpToolCall) and item.result is not None and len(bytes(item.result)) > STORED_BYTES:
        return msgspec.structs.replace(item, result=_less(item.result))
    if not isinstance(item, CommandExecution) or len(item.output) <= STORED_BYTES // 4:
        return item
    data = item.output.encode("utf-8", "surrogatepass")
    if len(data) <= STORED_BYTES:
        return item
    total = len(data) + sum(map(int, re.findall(rb"\n\.\.\. (\d+) bytes omitted \.\.\.\n", data)))
    mark = f"\n... the middle of {total} bytes of output is not kept ...\n".encode()
    left = (STORED_BYTES - len(mark)) // 2
    output = data[:left].decode("utf-8", "ignore") + mark.decode() + data[-left:].decode("utf-8", "ignore")
    return msgspec.structs.replace(item, output=output)


def _less(result: msgspec.Raw) -> msgspec.Raw:
    """A server's answer whose parts share the room; what is no text goes where it is too long."""
    whole = codec.decode(result)
    given = cast("dict[str, Any]", whole) if isinstance(whole, dict) else {}
    content = given.get("content")
    parts = cast("list[Any]", content)[:100] if isinstance(content, list) else []
    room = STORED_BYTES // 2 // max(1, len(parts))
    kept: dict[str, Any] = {"content": [_part(part, room) for part in parts]}
    if given.get("isError"):
        kept["isError"] = True
    return msgspec.Raw(codec.encode(kept))


def _part(part: Any, room: int) -> Any:
    size = len(codec.encode(part))
    if size <= room:
        return part
    given = cast("dict[str, Any]", part) if isinstance(part, dict) else {}
    text = given.get("text")
    mark = f"\n... {size} bytes, of which this is kept ...\n"
    if not isinstance(text, str):
        return {"type": "text", "text": mark.strip()}
    half = max(0, room - len(mark)) // 8  # escaped, a character may take four times its bytes
    return {"type": "text", "text": text[:half] + mark + text[-half:]}
