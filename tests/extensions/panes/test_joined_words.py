"""Words of `pane.run` as a line for the shell: what was one word stays one, and lines stay lines."""

from __future__ import annotations

import subprocess

import pytest

from csm.api.testing import bundled
from csm.host import lines

joining = bundled("panes", "joining")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("printf '<%s>' 'a b' c", "<a b><c>"),
        ("printf '<%s>' \"it's\" 'say \"so\"' ''", '<it\'s><say "so"><>'),
        ("printf '%s' a|tr a b;printf '%s' c", "bc"),
        ("printf '%s' a | tr a b", "b"),
        ("printf x; printf y && printf z", "xyz"),
        ("printf '<%s>' $WORD 2>/dev/null", "<held>"),
        ("printf '<%s>' $(printf a) $((1+2))", "<a><3>"),
        ("printf 'a b' >&2 2>&1 | cat", ""),
        ('"printf one; printf two"', "onetwo"),
    ],
)
def test_the_shell_reads_what_was_typed(typed: str, said: str) -> None:
    (words,) = lines.split(typed)
    done = subprocess.run(
        ["/bin/sh", "-c", joining.joined(words)], env={"WORD": "held", "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout == said, joining.joined(words)


def test_nothing_is_nothing() -> None:
    assert joining.joined(()) == ""
