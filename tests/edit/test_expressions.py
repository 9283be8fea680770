"""Patterns that people type and Python will not take: refused in words where they are asked for, else taken as text."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import pytest

from csm.edit import expressions, patterns, scan
from csm.edit.editor import Editor
from csm.edit.replacing import Replacing

HOSTILE = ["a{99999999999}", "(" * 5_000 + ")" * 5_000, "(?P<1>a)", "(?<=a+)b", "x{1,2}{3}", "(?(2)a|b)", "\\u12", "*"]


@pytest.mark.parametrize("pattern", HOSTILE, ids=range(len(HOSTILE)))
def test_they_are_text_or_refused(pattern: str) -> None:
    assert scan.pattern(f"b {pattern}", 0, pattern, 1, back=False) == 2
    with pytest.raises(expressions.ExpressionError):
        expressions.compiled(pattern)
    with pytest.raises(ValueError, match=r"."):
        Replacing(Editor("abc"), pattern, "x", regexp=True)


def test_vims_are_refused() -> None:
    with pytest.raises(patterns.PatternError):
        patterns.compiled(r"a\{99999999999}")
    with pytest.raises(patterns.PatternError):
        patterns.compiled(r"\(" * 5_000 + r"\)" * 5_000)


@pytest.mark.parametrize(
    "call",
    [
        lambda: expressions.compiled("[[a]"),
        lambda: expressions.lenient("[a--b]|[b||c]"),
        lambda: patterns.compiled("[a||b]"),
    ],
)
def test_nothing_is_printed_about_them(call: Callable[[], Any]) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        call()
    assert told == []
