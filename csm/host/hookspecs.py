"""Every hook an extension may implement, as pluggy specifications. The docs are made from these docstrings.

An implementation takes only the arguments it wants. Unless said otherwise it may be async.

Does not: call them (`csm.host.hooks`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csm.host.marks import spec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csm.host.contracts import ImageReader, ModelProvider, Sandbox, Tool
    from csm.host.delegation import Reviewer
    from csm.host.host import Host
    from csm.host.init_script import Configurator
    from csm.host.moments import Moment
    from csm.host.ruling import RuleSource
    from csm.host.settings import Settings
    from csm.host.storage import Store
    from csm.protocol.events import Event
    from csm.protocol.items import Item
    from csm.protocol.model import ModelRequest, Usage
    from csm.protocol.tools import Ask, ToolCall, ToolResult

#: Every hook by its kind, as the reference lists them.
KINDS = {
    "Lifecycle": ("activate", "deactivate", "configure", "open_thread", "begin_turn"),
    "Contributions": (
        "settings", "models", "tools", "sandboxes", "stores", "image_readers", "reviewers", "rules", "buffers",
        "completers", "instructions", "remarks", "status", "checks",
    ),
    "Pipelines": ("before_request", "before_call", "after_tool", "compact", "render_item"),
    "Guards": ("before_tool", "decide_approval"),
    "Moments": (
        "thread_started", "before_prompt", "before_stop", "idle", "before_compact", "after_compact", "request_begins",
        "request_ends", "interrupted", "thread_ended",
    ),
    "Observers": ("on_event", "happening"),
}  # fmt: skip


@spec
def activate(host: Host) -> None:
    """The extension was loaded. Called once for each host, before anything is asked of it. Not async.

    Having this hook makes the extension load at every start; leave it out where a contribution is enough.
    """


@spec
def deactivate(host: Host) -> None:
    """The extension is unloaded, or the host closes. Give back what `activate` took. Not async."""


@spec
def configure(csm: Configurator) -> None:
    """Bind keys, choose keymap and theme, set options, as `init.py` does. Not async. Loads at every start."""


@spec
def open_thread(host: Host, settings: Settings) -> None:
    """A thread is about to open, with these settings: begin what it will need, such as a server.

    Raising a CsmError keeps it from opening. Opening waits for this: leave to `begin_turn` what a turn can wait for.
    """


@spec
def begin_turn(host: Host, thread: Any) -> None:
    """A turn is about to begin: wait here for what it needs, such as tools that are still to come.

    Waiting ends when the user interrupts.
    """


@spec
def settings(host: Host) -> Sequence[Any]:
    """Settings the extension reads: `(name, kind, default, doc)` tuples, names dotted below its own name. Not async.

    `weather.place` is `place` in the table `[weather]` of `settings.toml`; `host.option("weather.place")` is its value,
    or the default where there is none or one that does not fit, which is told. `kind` is `str`, `int`, `float`,
    `bool`, `list`, `dict`, or the words that are allowed.
    """
    return ()


@spec
def models(host: Host) -> Sequence[ModelProvider]:
    """Model providers, chosen by the setting `model_provider`. A later extension wins an id. Not async."""
    return ()


@spec
def tools(host: Host) -> Sequence[Tool]:
    """Tools for the model. A later extension wins a name. Not async."""
    return ()


@spec
def sandboxes(host: Host) -> Sequence[Sandbox]:
    """Sandboxes; the one with the lowest `rank` that works here holds the commands. Not async."""
    return ()


@spec
def stores(host: Host) -> Sequence[Store]:
    """Where threads are kept. The last one is used. Not async."""
    return ()


@spec
def image_readers(host: Host) -> Sequence[ImageReader]:
    """Who makes the images of messages fit for a model. The last one is asked. Not async."""
    return ()


@spec
def reviewers(host: Host) -> Sequence[Reviewer]:
    """Who says how code is reviewed. The last one is asked. Not async."""
    return ()


@spec
def rules(host: Host) -> Sequence[RuleSource]:
    """Sources of rules on commands: which may run unasked and outside the sandbox, which ask, which never run.

    All of them count, and the strictest rule that matches wins. Each is asked before every command. Not async.
    """
    return ()


@spec
def buffers(host: Host) -> Sequence[Any]:
    """Buffers that can be shown by name (`buffer.choose`, layouts): `(name, callable(cx) -> Buffer)` pairs. Not async.

    The callable is asked whenever the name is; one that keeps its buffer gives the same again.
    """
    return ()


@spec
def completers(host: Host) -> Sequence[Any]:
    """What words of a draft may become, by how they begin: `(trigger, callable(host, text, folder) -> rows)` pairs.

    `text` follows the trigger, `folder` is the session's. A row is `(text, detail)`, or `(text, detail, label)`
    to show another label than the text that takes the place of the word, trigger and all. The best comes first. The
    callable runs in a thread of its own while the user types on, and one that fails is reported. Not async.
    """
    return ()


@spec
def instructions(host: Host) -> Sequence[str]:
    """Texts that join the developer instructions of every new thread, in order. Not async."""
    return ()


@spec
def remarks(host: Host, settings: Settings) -> Sequence[str | tuple[str, str]]:
    """Lines to tell the user when a thread opens with these settings: texts, or pairs of a level (`info`, `warning`,
    `error`) and a text. Not async.
    """
    return ()


@spec
def checks(host: Host) -> Sequence[Any]:
    """Checks for `csm doctor`: `checkup.Probe(id, call)`, where `call(host)` returns a `checkup.Check`. Not async."""
    return ()


@spec
def status(host: Host) -> Sequence[Any]:
    """Status line segments: `(name, callable(thread) -> str | [(role, text)])` pairs. Not async."""
    return ()


@spec
def before_request(host: Host, thread: Any, request: ModelRequest) -> ModelRequest | None:
    """Change a request before it is sent: return the one to send, or None to leave it.

    Keep the beginning of `input` as it is, or every request loses the provider's prompt cache.
    """


@spec
def before_call(host: Host, thread: Any, call: ToolCall, cx: Moment) -> ToolCall | ToolResult | None:
    """Change a call before it is judged and run: return the call to run in its place, or a result that is the answer
    so that nothing runs, or None to leave it.

    To forbid calls, `before_tool` is the better place: if it fails, the call is refused.
    """


@spec
def after_tool(host: Host, thread: Any, call: ToolCall, result: ToolResult, cx: Moment) -> ToolResult | None:
    """Change what a tool answered before the model reads it: return the result to use, or None to leave it.

    `call` is the one that ran. The item that the result brings is shown already; another one takes its place.
    """


@spec
def compact(host: Host, thread: Any) -> str | None:
    """Summarise a thread's history in place of the built-in way: the summary, or None to leave it to others."""


@spec
def render_item(host: Host, item: Item, width: int) -> list[list[tuple[str, str]]] | None:
    """Lines of `(role, text)` pairs, none wider than `width` columns, for an item; None to leave it. Not async.

    Asked when the item is drawn and again when it changes or the width does, of all items but the agent's messages.
    The last answer given counts; wider lines are cut.
    """


@spec
def before_tool(host: Host, thread: Any, call: ToolCall, cx: Moment) -> str | tuple[str, str] | None:
    """Judge a call before it runs: `"allow"`, `"ask"` or `"deny"`, or a pair with the reason; None for no opinion.

    The strictest answer of all wins, and none can loosen what policy and sandbox demand. A guard that fails denies.
    """


@spec
def decide_approval(host: Host, thread: Any, ask: Ask, cx: Moment) -> str | tuple[str, str] | None:
    """Answer an approval in the user's place: a decision (`accept`, `accept_session`, `decline`, `cancel`), or
    `"ask"` to insist on the user, or a pair with the reason; None for no opinion.

    The strictest answer wins; accepting counts only where the setting `extensions_may_approve` lets it. A guard
    that fails declines.
    """


@spec
def thread_started(host: Host, thread: Any, source: str, cx: Moment) -> str | None:
    """The thread's first turn here begins. `source` is `startup`, `resume`, `fork`, `clear` (a new thread in place of
    another one), or `compact`: its history has given way to a summary, and what was told before may be told again.

    An answer ends the turn before the model is asked; a text is told to the user, an empty one is not.
    """


@spec
def before_prompt(host: Host, thread: Any, prompt: str, cx: Moment) -> str | None:
    """The user said something, which the model has not read yet and the log does not hold.

    An answer keeps it from both, and ends a turn that was to begin with it; a text is told to the user.
    """


@spec
def before_stop(host: Host, thread: Any, message: str, again: bool, cx: Moment) -> Sequence[str] | None:
    """The model is done; `message` is the last thing it said. Texts that are returned are said to it in the user's
    place, and it goes on. `again`: that has happened in this turn before. Who always sends it back never ends.
    """


@spec
def idle(host: Host, thread: Any, ended: str, code: str | None, cx: Moment) -> str | None:
    """The thread has nothing to do. `ended` is how its last turn did: `completed`, `failed` (`code` is then that of its
    error), `interrupted`; empty where a value was kept for an extension by the op `Keep`.

    A text begins a turn: the model reads it in the user's place, and nobody sees it. The user's own words go first.
    Not asked where nobody is there (`exec`). Who always answers never ends.
    """


@spec
def before_compact(host: Host, thread: Any, trigger: str, cx: Moment) -> str | None:
    """A summary is to take the place of the history; `trigger` is `manual` where the user wants it, else `auto`.

    An answer ends the turn instead; a text is told to the user.
    """


@spec
def after_compact(host: Host, thread: Any, trigger: str, cx: Moment) -> str | None:
    """A summary has taken the place of the history. An answer ends the turn; a text is told to the user."""


@spec
def request_begins(host: Host, thread: Any, cx: Moment) -> None:
    """A request of the turn is about to be sent, for the first time or again. Summaries are not told of."""


@spec
def request_ends(host: Host, thread: Any, status: str, error: str | None, usage: Usage | None, cx: Moment) -> None:
    """A request was answered (`status` is `completed`), `failed` with an `error`, or was `cancelled`."""


@spec
def interrupted(host: Host, thread: Any, cx: Moment) -> None:
    """The user stopped a turn. It does not wait for this; closing the thread does, a moment."""


@spec
def thread_ended(host: Host, thread: Any, cx: Moment) -> None:
    """The thread is about to be closed, in which a turn began. It waits for this, but not for long."""


@spec
def on_event(host: Host, event: Event) -> None:
    """See every event of every thread, in order, deltas included. What it returns is not used.

    It runs beside the session and cannot hold it up for long: an observer that fails three times is muted.
    """


@spec
def happening(host: Host, cx: Any, name: str, event: Event | None, item: Item | None) -> None:
    """Something happens in the shell, and `name` says what: see [init.py](../init.md#what-happens).

    `cx` is the context that commands get. Called on the shell's loop: be quick, or async.
    """
