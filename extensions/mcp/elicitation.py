"""What a server wants from the user while it works: a form, asked field by field, or a visit to an address.

Does not: let a server ask where nobody is there, or take what the form does not allow.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import msgspec

from csm.api import ToolContext, tools

Message = dict[str, Any]
#: What stands before an answer that the user typed.
_TYPED = "user_note: "
_SKIP = "Leave it out"
_YES, _NO = "Yes", "No"
_NOTHING = "Tell it nothing"
_OPEN, _MYSELF = "Open it", "I open it myself"
_FIELDS, _TRIES, _LONGEST = 20, 3, 2_000


def asker(server: str, cx: ToolContext) -> Callable[[Message], Awaitable[Message]]:
    """What answers a server's `elicitation/create` during a call, from another loop than the call's."""
    loop = asyncio.get_running_loop()
    numbers = iter(range(1, 1_000))

    async def answer(params: Message) -> Message:
        asked = _answer(server, params, cx, next(numbers))
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(asked, loop))

    return answer


async def _answer(server: str, params: Message, cx: ToolContext, number: int) -> Message:
    schema = params.get("requestedSchema")
    if params.get("mode") == "url":
        return {"action": "decline"} if cx.headless else await _visit(server, params, cx, number)
    if cx.headless or not isinstance(schema, dict):
        return {"action": "decline"}
    form = cast("Message", schema)
    fields = _object(form.get("properties"))
    required = form.get("required")
    needed = set(map(str, cast("list[Any]", required))) if isinstance(required, list) else set[str]()
    said = str(params.get("message", ""))[:_LONGEST]
    if len(fields) > _FIELDS:
        return {"action": "decline"}
    complaint = ""
    for again in range(_TRIES):
        answered = await cx.ask(_ask(server, said, fields, needed, complaint, f"{cx.call_id}:{number}:{again}", cx))
        if answered.decision != "accept":
            return {"action": "cancel" if answered.decision == "cancel" else "decline"}
        if any(_given(answered, name) == _NOTHING for name in fields):
            return {"action": "decline"}
        if not fields:
            return {"action": "accept", "content": {}} if _given(answered, "") == _YES else {"action": "decline"}
        content, complaint = _content(fields, needed, answered)
        if not complaint:
            return {"action": "accept", "content": content}
    return {"action": "decline"}


async def _visit(server: str, params: Message, cx: ToolContext, number: int) -> Message:
    """Ask whether the user goes to an address, which is shown whole; what they do there the server learns itself."""
    from . import browsing

    address = str(params.get("url", ""))
    host = browsing.host(address)
    if not host or len(address) > _LONGEST:
        return {"action": "decline"}
    said = str(params.get("message", ""))[:_LONGEST]
    choices = (tools.Choice(_OPEN, f"In a browser, at {host}"), tools.Choice(_MYSELF), tools.Choice(_NO))
    asked = tools.Question("", server, f"{said}\n\n{address}", choices)
    answered = await cx.ask(_questions(server, (asked,), f"{cx.call_id}:{number}", cx))
    if answered.decision != "accept":
        return {"action": "cancel" if answered.decision == "cancel" else "decline"}
    given = _given(answered, "")
    if given == _OPEN and not await asyncio.to_thread(browsing.browse, address):
        cx.warn(f"no browser could be started; open {address}")
    return {"action": "accept" if given in (_OPEN, _MYSELF) else "decline"}


def _ask(
    server: str, said: str, fields: Message, needed: set[str], complaint: str, ident: str, cx: ToolContext
) -> tools.Ask:
    asked = [_question(name, _object(field), name in needed, server) for name, field in fields.items()]
    asked = asked or [tools.Question("", server, "", (tools.Choice(_YES), tools.Choice(_NO)))]
    # What the server says stands above its first field, where all of it can be left unanswered.
    first = asked[0]
    choices = first.choices if not first.id else (*first.choices, tools.Choice(_NOTHING, "None of what it asks"))
    text = "\n\n".join(filter(None, (complaint, said, first.question)))
    asked[0] = msgspec.structs.replace(first, question=text, choices=choices)
    return _questions(server, tuple(asked), ident, cx)


def _questions(server: str, asked: tuple[tools.Question, ...], ident: str, cx: ToolContext) -> tools.Ask:
    title, decisions = f"The MCP server {server} asks", ("accept", "decline", "cancel")
    return tools.Ask(f"{cx.turn_id}:{ident}", cx.call_id, "questions", title, decisions=decisions, questions=asked)


def _question(name: str, field: Message, needed: bool, server: str) -> tools.Question:
    choices = [tools.Choice(label) for label, _ in _options(field)]
    if not needed:
        choices.append(tools.Choice(_SKIP))
    header = f"{server}: {field.get('title') or name}"
    return tools.Question(name, header[:60], str(field.get("description") or "")[:_LONGEST], tuple(choices))


def _options(field: Message) -> list[tuple[str, Any]]:
    """What may be answered, as shown and as sent; empty where anything may be typed."""
    if field.get("type") == "boolean":
        return [(_YES, True), (_NO, False)]
    items = _object(field.get("items")) if field.get("type") == "array" else field
    for key in ("oneOf", "anyOf"):
        if isinstance(items.get(key), list):
            titled = [_object(one) for one in cast("list[Any]", items[key])]
            return [(str(one.get("title") or one["const"]), one["const"]) for one in titled if "const" in one]
    values = items.get("enum")
    if not isinstance(values, list):
        return []
    known = cast("list[Any]", values)
    names = items.get("enumNames")
    labels = cast("list[Any]", names) if isinstance(names, list) else known
    return [(str(label), value) for label, value in zip(labels, known, strict=False)]


def _content(fields: Message, needed: set[str], answered: tools.Answer) -> tuple[Message, str]:
    """What the form holds, and what is wrong with it."""
    content: Message = {}
    for name, given in fields.items():
        text = _given(answered, name)
        if text in (_SKIP, "") and name not in needed:
            continue
        try:
            content[name] = _value(_object(given), text)
        except ValueError as error:
            return {}, f"{name}: {error}"
    return content, ""


def _given(answered: tools.Answer, name: str) -> str:
    said = answered.answers.get(name, ())
    return said[0].removeprefix(_TYPED).strip() if said else ""


def _value(field: Message, text: str) -> Any:
    options = dict(_options(field))
    if field.get("type") == "array":
        words = [word.strip() for word in text.split(",") if word.strip()]
        return [_chosen(options, word) for word in words] if options else words
    if options:
        return _chosen(options, text)
    if field.get("type") in ("number", "integer"):
        return _number(field, text)
    low, high = field.get("minLength"), field.get("maxLength")
    if isinstance(low, int) and len(text) < low:
        raise ValueError(f"at least {low} characters")
    if isinstance(high, int) and len(text) > high:
        raise ValueError(f"at most {high} characters")
    return text


def _chosen(options: dict[str, Any], text: str) -> Any:
    for label, value in options.items():
        if text.lower() in (label.lower(), str(value).lower()):
            return value
    raise ValueError(f"one of {', '.join(options)}")


def _number(field: Message, text: str) -> int | float:
    try:
        value = int(text) if field["type"] == "integer" else float(text)
    except ValueError:
        raise ValueError("a whole number" if field["type"] == "integer" else "a number") from None
    low, high = field.get("minimum"), field.get("maximum")
    if isinstance(low, int | float) and value < low:
        raise ValueError(f"at least {low}")
    if isinstance(high, int | float) and value > high:
        raise ValueError(f"at most {high}")
    return value


def _object(value: Any) -> Message:
    return cast("Message", value) if isinstance(value, dict) else {}
