"""The examples that a rule gives for itself: those it must match, and those it must not.

Does not: take them apart (`values.py`).
"""

from __future__ import annotations

import posixpath
import shlex

import msgspec

from csm.api import rules as types


def problem(rule: types.Rule, good: list[list[str]], bad: list[list[str]], made: types.Rules) -> str:
    """What is wrong with the examples of a rule, in one line; empty if nothing."""
    alone = msgspec.structs.replace(made, rules=(rule,))
    for words in bad:
        if types.matches(alone, words, posixpath.normpath):
            return f"the rule for {_shown(rule)} matches an example in not_match: {shlex.join(words)}"
    missed = [shlex.join(words) for words in good if not types.matches(alone, words, posixpath.normpath)]
    return f"the rule for {_shown(rule)} does not match its example: {'; '.join(missed)}" if missed else ""


def _shown(rule: types.Rule) -> str:
    return f"`{' '.join('|'.join(words) for words in rule.pattern)}`"
