"""The example of a rule file does what it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[3] / "examples/rules/default.rules"


@pytest.mark.parametrize(
    ("words", "decision"),
    [
        ("git push --force", "forbidden"),
        ("git reset --hard", "prompt"),
        ("cargo test", "allow"),
        ("kubectl logs x", "allow"),
        ("kubectl delete x", None),
        ("git status", None),
        ("--resolve-host-executables /usr/bin/kubectl get x", "allow"),
        ("--resolve-host-executables /tmp/kubectl get x", None),
    ],
)
def test_the_example(words: str, decision: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    from csm_extensions.rules import checking

    assert checking.run(["check", "--rules", str(EXAMPLE), *words.split()]) == 0
    assert json.loads(capsys.readouterr().out).get("decision") == decision
