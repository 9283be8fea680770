"""What a reviewer is asked, and how its answer is read and shown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from csm.core import review
from csm.protocol.ops import Review

PLACE = {"absolute_file_path": "/x/a.py", "line_range": {"start": 3, "end": 5}}
FINDING = {"title": "T", "body": "one\n\ntwo", "confidence_score": 0.5, "priority": 1, "code_location": PLACE}
WHOLE = {
    "findings": [FINDING],
    "overall_correctness": "patch is incorrect",
    "overall_explanation": "Why.",
    "overall_confidence_score": 1,
}
SHOWN = "Why.\n\nReview comment:\n\n- T — /x/a.py:3-5\n  one\n  \n  two"


def result(**changes: Any) -> str:
    return json.dumps({**WHOLE, **changes})


def finding(**changes: Any) -> str:
    return result(findings=[{**FINDING, **changes}])


ANSWERS = {
    "plain": (result(), SHOWN),
    "words around it": (f"So:\n```json\n{result()}\n```\nDone {{.", SHOWN),
    "a fence": (f"```json\n{result()}\n```", SHOWN),
    "no priority": (finding(priority=None), SHOWN),
    "scores that are words": (finding(confidence_score="high"), SHOWN),
    "more fields": (finding(severity="bad"), SHOWN),
    "no findings": (result(findings=[], overall_explanation="Fine."), "Fine."),
    "nothing at all": (result(findings=[], overall_explanation=""), review.NOTHING),
    "only findings": (result(overall_explanation=" "), SHOWN.removeprefix("Why.\n\n")),
    "two findings": (
        result(findings=[FINDING, {**FINDING, "title": "U", "body": ""}]),
        SHOWN.replace("Review comment:", "Full review comments:") + "\n\n- U — /x/a.py:3-5",
    ),
    "empty": ("  ", review.NOTHING),
    "words": ("No JSON { here }", None),
    "a finding without a place": (finding(code_location=None), None),
    "a line that is no number": (finding(code_location={**PLACE, "line_range": {"start": "3", "end": 5}}), None),
    "no explanation": (json.dumps({"findings": []}), None),
    "another JSON": ("[1, 2]", None),
    "a lone surrogate": (finding(title="\ud800"), None),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_are_shown(name: str) -> None:
    text, shown = ANSWERS[name]
    if name == "a lone surrogate":
        assert "/x/a.py:3-5" in review.answer(text)
    else:
        assert review.answer(text) == (text if shown is None else shown)


def test_a_result_keeps_what_was_said() -> None:
    found = review.parse(result())
    assert found is not None
    assert (found.correct, found.confidence, found.findings[0].priority) == (False, 1.0, 1)


TARGETS = [
    (Review("uncommitted"), "current changes", "not committed yet"),
    (Review("base", "main"), "changes against 'main'", "git merge-base HEAD main"),
    (Review("commit", "0123456789abcdef"), "commit 0123456", "git show 0123456789abcdef"),
    (Review("commit", "0123456789abcdef", "A title"), "commit 0123456: A title", '("A title")'),
    (Review("custom", "look\nhere"), "look\nhere", "look\nhere"),
]


@pytest.mark.parametrize(("asked", "label", "part"), TARGETS)
def test_targets_are_named_and_asked_for(asked: Review, label: str, part: str) -> None:
    assert review.label(asked) == label
    assert part in review.request(asked)


def test_a_known_merge_base_is_told() -> None:
    text = review.request(Review("base", "main"), "abc123")
    assert "git diff abc123" in text
    assert "git merge-base" not in text


def test_the_schema_is_strict() -> None:
    def check(schema: dict[str, Any]) -> None:
        if schema.get("type") == "object":
            assert schema["additionalProperties"] is False
            assert set(schema["required"]) == set(schema["properties"])
            for inner in schema["properties"].values():
                check(inner)
        if schema.get("type") == "array":
            check(schema["items"])

    schema = json.loads(review.SCHEMA)
    check(schema)
    assert set(schema["properties"]) == set(WHOLE)
