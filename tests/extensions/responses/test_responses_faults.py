"""What each answer of a failing server becomes."""

import datetime
import json

import pytest

from csm.api.testing import bundled

faults = bundled("responses", "faults")
URL = "http://127.0.0.1:1/v1/responses"
NOW = datetime.datetime(2026, 11, 20, 14, 5, tzinfo=datetime.UTC)


def error(status, body=b"", headers=None):
    def local(stamp):
        return NOW if stamp is None else NOW + datetime.timedelta(seconds=stamp)

    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return faults.http_error(status, headers or {}, data, URL, local)


def answer(code, message="boom", **more):
    return {"error": {"code": code, "type": "some_error", "message": message, **more}}


DEMAND = "We’re currently experiencing high demand, which may cause temporary errors."
BUSY = "Selected model is at capacity. Please try a different model."
ROOM = (
    "Codex ran out of room in the model's context window. Start a new thread or clear earlier history before retrying."
)
NOT_INCLUDED = "This needs a larger ChatGPT plan, Plus at least: https://chatgpt.com/explore/plus."
QUOTA = "Quota exceeded. Check your plan and billing details."
LIMIT = "exceeded retry limit, last status: 429 Too Many Requests"


@pytest.mark.parametrize(
    ("status", "body", "message", "retryable"),
    [
        (400, answer("x"), json.dumps(answer("x")), False),
        (400, b"plain <p>", "plain <p>", False),
        (400, b"", f"unexpected status 400 Bad Request: Unknown error, url: {URL}", False),
        (400, answer("context_length_exceeded"), ROOM, False),
        (400, answer("invalid_prompt"), "boom", False),
        (400, answer("cyber_policy"), "boom", False),
        (400, answer("bio_policy"), "boom", False),
        (400, answer("model_not_found"), "boom", False),
        (400, {"error": {"code": "cyber_policy"}}, '{"error": {"code": "cyber_policy"}}', False),
        (401, answer("invalid_api_key"), f"unexpected status 401 Unauthorized: boom, url: {URL}", True),
        (401, b"plain <b>", f"unexpected status 401 Unauthorized: plain <b>, url: {URL}", True),
        (403, answer(None), f"unexpected status 403 Forbidden: boom, url: {URL}", True),
        (404, answer("x"), f"unexpected status 404 Not Found: boom, url: {URL}", True),
        (404, {"detail": "no"}, f'unexpected status 404 Not Found: {{"detail": "no"}}, url: {URL}', True),
        (404, answer("model_not_found"), "boom", False),
        (418, b"", f"unexpected status 418 I'm a teapot: Unknown error, url: {URL}", True),
        (429, answer("rate_limit_exceeded"), LIMIT, False),
        (429, b"", LIMIT, False),
        (429, answer("insufficient_quota"), QUOTA, False),
        (429, {"error": {"type": "insufficient_quota"}}, QUOTA, False),
        (429, {"error": {"type": "usage_limit_reached"}}, "You’ve hit your usage limit. Try again later.", False),
        (429, {"error": {"type": "usage_not_included", "message": "no"}}, NOT_INCLUDED, False),
        (403, answer("usage_not_included"), f"unexpected status 403 Forbidden: boom, url: {URL}", True),
        (500, answer("x"), DEMAND, True),
        (502, b"<html>", f"unexpected status 502 Bad Gateway: <html>, url: {URL}", True),
        (503, answer("x"), f"unexpected status 503 Service Unavailable: boom, url: {URL}", True),
        (503, answer("server_is_overloaded"), BUSY, False),
        (503, answer("slow_down"), "rate limit exceeded: boom", True),
        (599, b"\xff", f"unexpected status 599 <unknown status code>: \ufffd, url: {URL}", True),
        (401, {"error": "text"}, f"unexpected status 401 Unauthorized: text, url: {URL}", True),
        (401, {"error": [1]}, f"unexpected status 401 Unauthorized: {json.dumps({'error': [1]})}, url: {URL}", True),
        (401, [], f"unexpected status 401 Unauthorized: [], url: {URL}", True),
    ],
)
def test_answers(status, body, message, retryable):
    found = error(status, body)
    assert (found.message, found.retryable, found.status) == (message, retryable, status)


@pytest.mark.parametrize(
    ("seconds", "when"),
    [
        (60, "2:06 PM"),
        (-2 * 3600 - 300, "12:00 PM"),
        (10 * 3600, "Nov 21st, 2026 12:05 AM"),
        (86400 * 2, "Nov 22nd, 2026 2:05 PM"),
        (86400 * 22, "Dec 12th, 2026 2:05 PM"),
    ],
)
def test_a_usage_limit_says_when_it_ends(seconds, when):
    found = error(429, {"error": {"type": "usage_limit_reached", "resets_at": seconds}})
    assert found.message == f"You’ve hit your usage limit. Try again at {when}."


@pytest.mark.parametrize(
    ("plan", "more"),
    [
        ("free", "Plus has more (https://chatgpt.com/explore/plus), or try again later."),
        ("go", "Plus has more"),
        ("plus", "Pro has more (https://chatgpt.com/explore/pro), and so have credits"),
        ("pro", "Credits are more (https://chatgpt.com/settings/usage), or try"),
        ("prolite", "Credits are more"),
        ("team", "An admin of yours can allow more, or try again later."),
        ("business", "An admin"),
        ("self_serve_business_usage_based", "An admin"),
        ("enterprise", "Try again later."),
        ("edu", "Try again later."),
        ("what comes next", "Try again later."),
        (None, "Try again later."),
        (5, "Try again later."),
    ],
)
def test_a_usage_limit_says_who_has_more(plan, more):
    found = error(429, {"error": {"type": "usage_limit_reached", "plan_type": plan}})
    assert found.message.startswith(f"You’ve hit your usage limit. {more}") and not found.retryable


def test_the_server_may_say_who_has_more():
    body = {"error": {"type": "usage_limit_reached", "plan_type": "free", "resets_at": 60}}
    found = error(429, body, {"x-codex-promo-message": " Ask Ann. "})
    assert found.message == "You’ve hit your usage limit. Ask Ann, or try again at 2:06 PM."


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("3", 3.0),
        (" 0 ", 0.0),
        ("1.5", None),
        ("-1", None),
        ("soon", None),
        ("nan", None),
        ("", None),
        ("\u00b2", None),
        ("Fri, 20 Nov 2026 14:06:00 GMT", 60.0),
        ("Fri, 20 Nov 2026 14:00:00 GMT", 0.0),
        ("Fri, 99 Nov 2026 14:00:00 GMT", None),
    ],
)
def test_the_server_says_how_long_to_wait(value, wait):
    found = error(429, b"", {"retry-after": value})
    assert (found.retry_after, found.retryable) == (wait, wait is not None)


def test_marks_of_the_server_are_shown():
    found = error(401, answer("x"), {"cf-ray": "ray", "x-request-id": "req"})
    assert found.message == f"unexpected status 401 Unauthorized: boom, url: {URL}, cf-ray: ray, request id: req"
