"""The command behind `csm hooks`, and `/hooks` in the shell: what is set up, and whether it may run.

Does not: run hooks.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from csm.api import CommandError, Context, codec, command, lines

from . import handlers, sources, trust
from .handlers import Handler

_DONE = {"trust": "trusted", "untrust": "not trusted", "enable": "turned on", "disable": "turned off"}
_NONE = "No hooks are set up. docs/hooks.md says how."


@command("hook.list", title="Show command hooks, and say which to trust", cli="hooks", hidden=True)
def hooks(
    cx: Context,
    action: Literal["list", "trust", "untrust", "enable", "disable"] = "list",
    *which: str,
    all: bool = False,
    json: bool = False,
) -> int:
    """List the hooks that are set up for this folder, or decide about some of them.

    WHICH are numbers of the list, or keys; `--all` means every one. A hook runs once it is trusted and as long as
    nothing of it changes: look at its command first. `disable` keeps it from running even so. `--json` lists everything
    that is known.
    """
    found, warnings = _found(cx)
    if action == "list":
        sys.stdout.write(_json(found) if json else _list(found))
        sys.stderr.write("".join(f"warning: {_shown(text)}\n" for text in warnings))
    else:
        chosen = found if all else _chosen(found, which)
        _decide(cx, action, chosen)
        sys.stdout.write("".join(f"{_DONE[action]}: {one.kind.name}  {_shown(one.command)}\n" for one in chosen))
    return 0


@command("hook.review", title="Command hooks: look at them and trust them", slash="hooks")
def review(cx: Context) -> None:
    """Choose a hook to see what it is, then whether it is to run. It counts from the next turn on."""
    if cx.screen is None:
        raise CommandError("there is no screen here; use `csm hooks`")
    found, warnings = _found(cx)
    for text in warnings:
        cx.host.report("warning", text)
    if not found:
        raise CommandError(_NONE)
    rows = [_Row(one, f"{one.kind.name} {one.matcher or ''}".strip(), _detail(one)) for one in found]
    new = [one for one in found if not one.trusted]
    if len(new) > 1:
        rows.append(_Row(new, f"all {len(new)} that are not trusted", "look at each first"))
    cx.screen.pick("Hooks", rows, lambda chosen: _ask(cx, chosen), preview=_look)


def _look(chosen: Handler | list[Handler], columns: int, rows: int) -> list[list[tuple[str, str]]]:
    """All that is known of a hook."""
    made: list[list[tuple[str, str]]] = []
    for one in chosen if isinstance(chosen, list) else [chosen]:
        made.append([("help.title", one.kind.name), ("dim", f"  {_shown(one.matcher or 'every one')}")])
        made += lines.wrap([("command.mark", "$ "), ("command.title", _shown(one.command))], columns)
        facts = (one.trust, "" if one.enabled else "off", f"{one.timeout} s", "beside the thread" if one.beside else "")
        state = ", ".join(filter(None, facts))
        made += [[("help.text", state)], *lines.wrap([("dim", _shown(one.source))], columns), []]
    return made


class _Row:
    """A row of a picker."""

    def __init__(self, value: Any, label: str, detail: str) -> None:
        self.value, self.label, self.detail = value, label, detail


def _ask(cx: Context, chosen: Handler | list[Handler]) -> None:
    """What is to become of a hook, or of several."""
    some = chosen if isinstance(chosen, list) else [chosen]
    rows = [_Row(action, label, detail) for action, label, detail in _choices(some)]
    title = _shown(some[0].command) if len(some) == 1 else f"{len(some)} hooks"
    assert cx.screen is not None
    cx.screen.pick(title, rows, lambda action: _do(cx, action, some))


def _choices(some: Sequence[Handler]) -> Iterator[tuple[str, str, str]]:
    first = some[0]
    if first.trust == "managed":
        yield "", "leave it", "this machine's settings trust it"
        return
    where = _shown(first.source) if len(some) == 1 else ""
    if any(not one.trusted for one in some):
        yield "trust", "trust", f"run this command from the next turn on  {where}".rstrip()
    if any(one.trust in ("trusted", "modified") for one in some):
        yield "untrust", "do not trust", "it is not run"
    yield (
        ("disable", "turn off", "not run, trusted or not") if first.enabled else ("enable", "turn on", "run if trusted")
    )
    yield "", "leave it", "as it is"


def _do(cx: Context, action: str, some: Sequence[Handler]) -> None:
    if action and cx.screen is not None:
        _decide(cx, action, some)
        what = f"{some[0].kind.name} hook" if len(some) == 1 else f"{len(some)} hooks"
        cx.screen.message(f"{what} {_DONE[action]}; it counts from the next turn on")


def _found(cx: Context) -> tuple[list[Handler], list[str]]:
    return handlers.find(sources.read(cx.host.settings, cx.host.env))


def _decide(cx: Context, action: str, some: Sequence[Handler]) -> None:
    managed = next((one for one in some if one.trust == "managed"), None)
    if managed is not None:
        raise CommandError(f"{_shown(managed.key)} is managed", f"it stands in {_shown(managed.source)}")
    settings = cx.host.settings
    if action in ("trust", "untrust"):
        (trust.trust if action == "trust" else trust.untrust)(settings, some)
    else:
        trust.switch(settings, some, action == "enable")


def _chosen(found: Sequence[Handler], which: Sequence[str]) -> list[Handler]:
    if not which:
        raise CommandError("which hooks?", "give numbers of `csm hooks list`, keys, or --all")
    known = {one.key: one for one in found} | {str(number): one for number, one in enumerate(found, 1)}
    for word in which:
        if word not in known:
            raise CommandError(f"there is no hook {_shown(word)}", "`csm hooks list` shows them")
    return [known[word] for word in which]


def _list(found: Sequence[Handler]) -> str:
    if not found:
        return f"{_NONE}\n"
    parts = [f"{number:>3}  {_line(one)}\n     {_shown(one.command)}\n" for number, one in enumerate(found, 1)]
    return "".join(parts)


def _line(one: Handler) -> str:
    on = "" if one.enabled else ", off"
    more = ", beside the thread" if one.beside else ""
    matcher = f" {_shown(one.matcher)}" if one.matcher else ""
    return f"{one.kind.name}{matcher}  {one.trust}{on}{more}, {one.timeout} s  {_shown(one.source)}"


def _detail(one: Handler) -> str:
    return f"{one.trust}{'' if one.enabled else ', off'}  {_shown(one.command)}  {_shown(one.source)}"


def _shown(text: str) -> str:
    return lines.clean(text)


def _json(found: Sequence[Handler]) -> str:
    """Under the names that Codex's app-server has for it."""
    rows = [
        {
            "key": one.key,
            "eventName": one.kind.name[0].lower() + one.kind.name[1:],
            "handlerType": "command",
            "command": one.command,
            "async": one.beside,
            "matcher": one.matcher,
            "timeoutSec": one.timeout,
            "statusMessage": one.doing or None,
            "additionalContextLimit": one.limit,
            "sourcePath": one.source,
            "source": "sessionFlags" if one.origin == "flags" else one.origin,
            "displayOrder": one.order,
            "enabled": one.enabled,
            "isManaged": one.trust == "managed",
            "currentHash": one.hash,
            "trustStatus": one.trust,
        }
        for one in found
    ]
    return codec.encode(rows).decode() + "\n"
