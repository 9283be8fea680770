"""A request's body and headers.

The body is put together from bytes that are already JSON, so that a known prefix of the history is sent the same to
the byte, and nothing is decoded to be encoded again.

Does not: send it, or look for keys.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from csm.api import ModelContext, ProviderSettings, model
from csm.api import codec as json


def body(request: model.ModelRequest) -> bytes:
    """The JSON of a request."""
    fields: dict[str, bytes | None] = {
        "model": json.encode(request.model),
        "instructions": json.encode(request.instructions) if request.instructions else None,
        "input": _array(request.input),
        "tools": _array(bytes(tool.raw) for tool in request.tools),
        "tool_choice": b'"auto"',
        "parallel_tool_calls": json.encode(request.parallel),
        "reasoning": _reasoning(request),
        "store": json.encode(request.store),
        "stream": b"true",
        "include": b'["reasoning.encrypted_content"]',
        "service_tier": json.encode(request.service_tier) if request.service_tier else None,
        "prompt_cache_key": json.encode(request.cache_key or request.thread_id) if request.cache_key else None,
        "text": _text(request),
        "client_metadata": _metadata(request),
        "previous_response_id": json.encode(request.previous_response_id) if request.previous_response_id else None,
    }
    return _object(fields)


def url(provider: ProviderSettings) -> str:
    """Where requests go, without the query."""
    return provider.base_url.rstrip("/") + "/responses"


def headers(
    request: model.ModelRequest, provider: ProviderSettings, key: str | None, cx: ModelContext
) -> dict[str, str]:
    """Names in lower case. The provider's own come first, so that they cannot undo what the request needs."""
    found = {name.lower(): value for name, value in provider.http_headers.items()}
    for name, variable in provider.env_http_headers.items():
        if value := cx.env.get(variable, "").strip():
            found[name.lower()] = value
    thread = request.thread_id or cx.thread_id
    found |= {
        "accept": "text/event-stream",
        "accept-encoding": "identity",
        "content-type": "application/json",
        "originator": cx.originator,
        "user-agent": _agent(cx),
        "session-id": request.session_id or thread,
        "thread-id": thread,
        "x-client-request-id": thread,
        "x-codex-window-id": f"{thread}:{request.window}" if thread else "",
        "x-codex-turn-metadata": json.encode(_ids(request)).decode() if request.turn_id else "",
    }
    if key is not None:
        found["authorization"] = f"Bearer {key}"
    if request.subagent:
        found["x-openai-subagent"] = request.subagent
    if request.parent_id:
        found["x-codex-parent-thread-id"] = request.parent_id
    return {name: value for name, value in found.items() if value}


def secrets(provider: ProviderSettings, env: Mapping[str, str]) -> list[str]:
    """Values of the provider's headers and query that must not be shown."""
    given = [env.get(name, "").strip() for name in provider.env_http_headers.values()]
    table = {**provider.http_headers, **provider.query_params}
    telling = ("auth", "key", "token", "secret", "cookie", "signature")
    given += [value for name, value in table.items() if any(word in name.lower() for word in telling)]
    return [value for value in given if value]


def _object(fields: Mapping[str, bytes | None]) -> bytes:
    return b"{" + b",".join(b'"%b":%b' % (name.encode(), value) for name, value in fields.items() if value) + b"}"


def _array(values: Any) -> bytes:
    return b"[" + b",".join(values) + b"]"


def _reasoning(request: model.ModelRequest) -> bytes:
    asked = {"effort": request.effort, "summary": request.summary if request.summary != "none" else None}
    return json.encode({name: value for name, value in asked.items() if value} or None)


def _text(request: model.ModelRequest) -> bytes | None:
    if request.schema is None:
        return json.encode({"verbosity": request.verbosity}) if request.verbosity else None
    wanted = _object(
        {"type": b'"json_schema"', "strict": b"true", "name": b'"codex_output_schema"', "schema": request.schema}
    )
    return _object({"verbosity": json.encode(request.verbosity) if request.verbosity else None, "format": wanted})


def _metadata(request: model.ModelRequest) -> bytes | None:
    given = _ids(request)
    return json.encode(given) if given else None


def _ids(request: model.ModelRequest) -> dict[str, str]:
    session = request.session_id or request.thread_id
    ids = {"thread_id": request.thread_id, "session_id": session, "turn_id": request.turn_id}
    return {name: value for name, value in ids.items() if value}


def _agent(cx: ModelContext) -> str:
    system = os.uname()
    agent = f"{cx.originator}/{cx.version} ({system.sysname} {system.release}; {system.machine})"
    terminal = cx.env.get("TERM", "")
    agent = f"{agent} {terminal}" if terminal else agent
    return "".join(char if " " <= char <= "~" else "_" for char in agent)
