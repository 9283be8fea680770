"""Reviews as text: what is asked of the reviewer, the shape its answer must have, and how that is read and printed.

Does not: say how to review (the extension `review` does), run git, or ask a model.
"""

from __future__ import annotations

from typing import Any, cast

import msgspec

from csm.protocol import codec
from csm.protocol.ops import Review

#: How much of a commit's id names it.
_SHORT = 7
_PLACE = {
    "type": "object",
    "properties": {
        "absolute_file_path": {"type": "string"},
        "line_range": {
            "type": "object",
            "properties": {"start": {"type": "integer"}, "end": {"type": "integer"}},
            "required": ["start", "end"],
            "additionalProperties": False,
        },
    },
    "required": ["absolute_file_path", "line_range"],
    "additionalProperties": False,
}
_FINDING = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "body": {"type": "string"},
        "confidence_score": {"type": "number"},
        "priority": {"type": "integer"},
        "code_location": _PLACE,
    },
    "required": ["title", "body", "confidence_score", "priority", "code_location"],
    "additionalProperties": False,
}
_RESULT = {
    "type": "object",
    "properties": {
        "findings": {"type": "array", "items": _FINDING},
        "overall_correctness": {"type": "string", "enum": ["patch is correct", "patch is incorrect"]},
        "overall_explanation": {"type": "string"},
        "overall_confidence_score": {"type": "number"},
    },
    "required": ["findings", "overall_correctness", "overall_explanation", "overall_confidence_score"],
    "additionalProperties": False,
}
#: The JSON Schema of the reviewer's answer, every field required, as strict output wants it.
SCHEMA: bytes = codec.encode(_RESULT)
#: What is said where the reviewer says nothing.
NOTHING = "The reviewer gave no answer."


class Finding(msgspec.Struct, frozen=True):
    """One fault. Lines count from 1; `priority` is 0 (worst) to 3, None where the reviewer gave none."""

    title: str
    body: str
    path: str
    start: int
    end: int
    priority: int | None = None
    confidence: float | None = None


class Result(msgspec.Struct, frozen=True):
    """A reviewer's answer. `correct` is None where it did not say."""

    findings: tuple[Finding, ...]
    explanation: str
    correct: bool | None = None
    confidence: float | None = None


def label(review: Review) -> str:
    """What is reviewed, in the words the user sees as their own."""
    if review.target == "uncommitted":
        return "current changes"
    if review.target == "base":
        return f"changes against '{review.text}'"
    if review.target == "commit":
        short = review.text[:_SHORT]
        return f"commit {short}: {review.title}" if review.title else f"commit {short}"
    return review.text


def request(review: Review, merge_base: str | None = None) -> str:
    """What the reviewer is asked. `merge_base` is the commit where a branch left its base, if that is known."""
    if review.target == "uncommitted":
        return (
            "Please review everything in this work tree that is not committed yet: staged and unstaged changes, and "
            "files that git does not track. List what needs mending, the most urgent first."
        )
    if review.target == "base":
        return _against(review.text, merge_base)
    if review.target == "commit":
        title = f" ({codec.encode(review.title).decode()})" if review.title else ""
        return (
            f"Please review commit {review.text}{title}: only what this commit changes. `git show {review.text}` "
            "shows it. List what needs mending, the most urgent first."
        )
    return review.text


def _against(branch: str, merge_base: str | None) -> str:
    if merge_base is None:
        how = (
            f"Find the commit where they parted, with `git merge-base HEAD {branch}` or, where that names nothing, "
            f"with the upstream branch of {branch}, and look at `git diff` from there."
        )
    else:
        how = f"They parted at the merge base {merge_base}: `git diff {merge_base}` shows the changes."
    return (
        f"Please review what would come into the branch '{branch}' if the current work tree were merged into it. "
        f"{how} List what needs mending, the most urgent first."
    )


def parse(text: str) -> Result | None:
    """The result in a reviewer's answer, words around its JSON left out; None where there is none."""
    for part in (text, text[text.find("{") : text.rfind("}") + 1]):
        try:
            value = codec.decode(part.encode("utf-8", "replace"))
        except ValueError:
            continue
        found = _result(value)
        if found is not None:
            return found
    return None


def _result(value: Any) -> Result | None:
    if not isinstance(value, dict):
        return None
    fields = cast("dict[str, Any]", value)
    listed, explanation = fields.get("findings"), fields.get("overall_explanation")
    if not isinstance(listed, list) or not isinstance(explanation, str):
        return None
    findings = [_finding(one) for one in cast("list[Any]", listed)]
    if None in findings:
        return None
    said = {"patch is correct": True, "patch is incorrect": False}.get(str(fields.get("overall_correctness")))
    kept = tuple(one for one in findings if one is not None)
    return Result(kept, explanation, said, _number(fields.get("overall_confidence_score")))


def _finding(value: Any) -> Finding | None:
    if not isinstance(value, dict):
        return None
    fields = cast("dict[str, Any]", value)
    place = _table(fields.get("code_location"))
    lines = _table(place.get("line_range"))
    title, body, path = fields.get("title"), fields.get("body"), place.get("absolute_file_path")
    start, end = lines.get("start"), lines.get("end")
    if not (isinstance(title, str) and isinstance(body, str) and isinstance(path, str)):
        return None
    if not (isinstance(start, int) and isinstance(end, int)):
        return None
    priority = fields.get("priority")
    return Finding(
        title,
        body,
        path,
        start,
        end,
        priority if isinstance(priority, int) else None,
        _number(fields.get("confidence_score")),
    )


def _table(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def render(result: Result) -> str:
    """A result as people and scripts read it."""
    parts = [result.explanation.strip()] if result.explanation.strip() else []
    if result.findings:
        head = "Review comment:" if len(result.findings) == 1 else "Full review comments:"
        parts.append("\n\n".join([head, *map(_shown, result.findings)]))
    return "\n\n".join(parts) or NOTHING


def _shown(finding: Finding) -> str:
    head = f"- {finding.title} — {finding.path}:{finding.start}-{finding.end}"
    return "\n".join([head, *(f"  {line}" for line in finding.body.splitlines())])


def answer(text: str) -> str:
    """The reviewer's last message as it is shown: rendered where it holds a result, else as it is."""
    found = parse(text)
    if found is not None:
        return render(found)
    return text if text.strip() else NOTHING
