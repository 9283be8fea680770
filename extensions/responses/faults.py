"""What a failing server means: which error, whether another try can help, and after how long.

The wordings are those that people and programs already match on. Text of a server is passed on as it came; whoever
shows it makes it safe.

Does not: retry. 5xx answers are tried again by `client`, the rest by the session.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from csm.api import ModelError
from csm.api import codec as json

from . import limits
from .limits import LocalTime

CLOSED = "stream disconnected before completion: stream closed before response.completed"
IDLE = "stream disconnected before completion: idle timeout waiting for SSE"
REDIRECTS = "stream disconnected before completion: too many redirects"
UNREACHABLE = "stream disconnected before completion: error sending request for url ({url})"
_CONTEXT = (
    "Codex ran out of room in the model's context window. Start a new thread or clear earlier history before retrying."
)
_QUOTA = "Quota exceeded. Check your plan and billing details."
_DEMAND = "We’re currently experiencing high demand, which may cause temporary errors."
_CAPACITY = "Selected model is at capacity. Please try a different model."
_AGAIN = r"try again in\s*(\d+(?:\.\d+)?)\s*(ms|seconds?|s)\b"
#: Codes that no second try can change, in the stream and as answers.
_FINAL = {
    "context_length_exceeded": _CONTEXT,
    "insufficient_quota": _QUOTA,
    "server_is_overloaded": _CAPACITY,
    "usage_not_included": limits.NOT_INCLUDED,
}
#: Where Python's words for a status are not those of the standard, or change between its versions.
_PHRASES = {
    413: "Payload Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    418: "I'm a teapot",
    422: "Unprocessable Entity",
}
#: Codes of refusals: the server's own words say why.
_POLICIES = ("invalid_prompt", "cyber_policy", "bio_policy", "model_not_found")
_REFUSED = (*_POLICIES, "max_output_tokens")


def closed() -> ModelError:
    """The stream ended too early."""
    return ModelError(CLOSED, code="stream_closed", retryable=True)


def idle() -> ModelError:
    """The stream said nothing for too long."""
    return ModelError(IDLE, code="idle_timeout", retryable=True)


def unreachable(url: str, why: str) -> ModelError:
    """No answer at all."""
    return ModelError(UNREACHABLE.format(url=url), why or None, code="connection_failed", retryable=True)


def redirects() -> ModelError:
    """The server sends us elsewhere, over and over."""
    return ModelError(REDIRECTS, code="too_many_redirects", retryable=True)


def stream_error(code: str, message: str | None) -> ModelError:
    """The error a stream ends with: `response.failed`, `error`, `response.incomplete`."""
    text = "response.failed event received" if message is None else message
    if code in _FINAL:
        return ModelError(_FINAL[code], code=code)
    if code in _REFUSED:
        return ModelError(text, code=code)
    if code in ("rate_limit_exceeded", "slow_down"):
        return ModelError(f"rate limit exceeded: {text}", code=code, retry_after=_wait(text), retryable=True)
    return ModelError(f"stream disconnected before completion: {text}", code=code or None, retryable=True)


def http_error(status: int, headers: Mapping[str, str], body: bytes, url: str, local: LocalTime) -> ModelError:
    """The error for an answer other than 200. `url` is shown; `local` gives local time."""
    text = body.decode("utf-8", "replace")
    error = _error(body)
    code = str(error.get("code") or error.get("type") or "") or None
    message = error.get("message")
    known = _known(status, code, error, headers, local)
    if known is not None:
        return ModelError(known, code=code, status=status)
    if status == 400 and text:
        return ModelError(text, code=code, status=status)
    wait = _retry_after(headers, local)
    if status == 429:  # without a word on when, trying again at once would only count against the limit
        said = f"exceeded retry limit, last status: {_named(status)}"
        return ModelError(said, code=code, status=status, retry_after=wait, retryable=wait is not None)
    said = f"unexpected status {_named(status)}: {message or text or 'Unknown error'}, url: {url}{_marks(headers)}"
    if status == 500:
        said = _DEMAND
    if status == 503 and code == "slow_down":
        said = f"rate limit exceeded: {message}"
    return ModelError(said, code=code, status=status, retry_after=wait, retryable=status != 400)


def _marks(headers: Mapping[str, str]) -> str:
    """Where a server would have us go, and what its people ask for when one reports an error."""
    named = (("moved to", "location"), ("cf-ray", "cf-ray"), ("request id", "x-request-id"))
    return "".join(f", {name}: {headers[header]}" for name, header in named if headers.get(header))


def _known(
    status: int, code: str | None, error: dict[str, Any], headers: Mapping[str, str], local: LocalTime
) -> str | None:
    if status == 400 and code == "context_length_exceeded":
        return _CONTEXT
    if (status, code) in (*((400, policy) for policy in _POLICIES), (404, "model_not_found")) and error.get("message"):
        return str(error["message"])
    if status == 429:
        return _limited(code, error, headers, local)
    return _CAPACITY if status == 503 and code == "server_is_overloaded" else None


def _limited(code: str | None, error: dict[str, Any], headers: Mapping[str, str], local: LocalTime) -> str | None:
    kind = error.get("type")
    if "insufficient_quota" in (code, kind):
        return _QUOTA
    if kind == "usage_not_included":
        return limits.NOT_INCLUDED
    return limits.reached(error, headers, local) if kind == "usage_limit_reached" else None


def _error(body: bytes) -> dict[str, Any]:
    try:
        error = json.decode(body)["error"]
    except (ValueError, TypeError, LookupError):
        return {}
    return error if isinstance(error, dict) else {"message": error if isinstance(error, str) else None}


def _named(status: int) -> str:
    from http import HTTPStatus

    try:
        return f"{status} {_PHRASES.get(status) or HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} <unknown status code>"


def _wait(message: str) -> float | None:
    found = re.search(_AGAIN, message, re.IGNORECASE)
    if found is None:
        return None
    return float(found[1]) / (1000 if found[2].lower() == "ms" else 1)


def _retry_after(headers: Mapping[str, str], local: LocalTime) -> float | None:
    """Seconds until another try is welcome: whole ones, or until a date."""
    given = headers.get("retry-after", "").strip()
    if given.isascii() and given.isdigit():
        return float(given)
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(given).timestamp() - local(None).timestamp())
    except (ValueError, OverflowError):
        return None
