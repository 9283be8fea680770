"""Tools, sandboxes and approvals as values.

Does not: run, judge or ask. See `csm.core.policy` and the extensions.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from csm.protocol.items import Item, PatchChange

SandboxMode = Literal["read-only", "workspace-write", "danger-full-access"]
ApprovalPolicy = Literal["untrusted", "on-failure", "on-request", "never"]
Decision = Literal["accept", "accept_session", "accept_rule", "decline", "cancel"]
#: How user and agent work together: `plan` is talking it over before anything is changed.
Collaboration = Literal["default", "plan"]


class ToolSpec(msgspec.Struct, frozen=True):
    """A tool as the model sees it: the JSON object of the request's `tools` array, and the name calls use.

    Tools of one `namespace` are sent together; `about` says what the namespace holds, in a line.
    """

    name: str
    raw: msgspec.Raw
    namespace: str | None = None
    about: str = ""


class ToolCall(msgspec.Struct, frozen=True):
    """A call the model made. `arguments` is JSON text, or free text where `custom`.

    `search` is a search for deferred tools: its output is the list of tools found, as the `tools` of a request.
    """

    call_id: str
    name: str
    arguments: str
    custom: bool = False
    namespace: str | None = None
    search: bool = False


class ToolResult(msgspec.Struct, frozen=True):
    """What the model reads. `output` is text, or a list of content items (JSON) for images and the like.

    `item`, if given, is the finished item to show; the session completes it.
    """

    output: str | list[dict[str, Any]]
    success: bool = True
    item: Item | None = None


class SandboxPolicy(msgspec.Struct, frozen=True):
    """What a command may touch. `writable_roots` are absolute paths beside the working directory."""

    mode: SandboxMode = "read-only"
    writable_roots: tuple[str, ...] = ()
    network_access: bool = False
    exclude_tmpdir_env_var: bool = False
    exclude_slash_tmp: bool = False


class Choice(msgspec.Struct, frozen=True):
    """One answer that a question offers, and what it would mean."""

    label: str
    description: str = ""


class Question(msgspec.Struct, frozen=True):
    """Something the model wants to know. `header` names it in a word or two; any other answer may be typed."""

    id: str
    header: str
    question: str
    choices: tuple[Choice, ...] = ()


class Ask(msgspec.Struct, frozen=True):
    """A question to the user before something is done, or (`questions`) what the model wants to know.

    `why` is the model's or csm's reason, `risk` a short word on what could go wrong, `prefix` the command words
    that "always" would allow, `decisions` what may be answered. Questions are accepted with answers to them. `by_rule`:
    a rule of the user's has it asked.
    """

    id: str
    call_id: str
    kind: Literal["command", "patch", "tool", "questions"]
    title: str
    command: str = ""
    argv: tuple[str, ...] = ()
    cwd: str = ""
    why: str = ""
    risk: str = ""
    sandbox: str = ""
    changes: tuple[PatchChange, ...] = ()
    prefix: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ("accept", "accept_session", "decline", "cancel")
    questions: tuple[Question, ...] = ()
    by_rule: bool = False
    #: What "for this session" means for a `tool`, where its title does not say it exactly.
    key: str = ""
    #: What may be accepted in place of the whole: `edited`, another command; `pieces`, some pieces of a patch.
    takes: tuple[Literal["edited", "pieces"], ...] = ()
    #: The agent whose question it is; empty for the thread's own.
    agent: str = ""
    agent_id: str = ""


class Answer(msgspec.Struct, frozen=True):
    """The answer to an `Ask`. `text` says what to do instead, for `decline`; `answers` are by the ids of questions.

    `by` is `user`, `policy` or the extension that decided; `text` then says why. With `accept`, `edited` is what runs
    in the place of a command, `pieces` are the numbers of what is allowed of a patch (`csm.core.patches.pieces`); None
    is all of it.
    """

    ask_id: str
    decision: Decision
    text: str = ""
    answers: dict[str, tuple[str, ...]] = {}
    by: str = "user"
    edited: str = ""
    pieces: tuple[int, ...] | None = None
