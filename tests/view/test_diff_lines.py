"""Diffs: numbers, words that differ, summaries."""

from __future__ import annotations

import pytest

from csm.protocol.items import PatchChange
from csm.view.lines import line_width, plain
from csm.view.render.patch import change_lines, counts, diff_rows, file_name, parse_diff, summary


def shown(diff, width=60):
    return [plain(row) for row in diff_rows(parse_diff(diff), width)]


@pytest.mark.parametrize(
    ("diff", "rows"),
    [
        ("", []),
        ("no hunk\n+++ b", []),
        ("@@ -1,2 +1,2 @@\n a\n-b\n+c\n", [" 1   a", " 2 - b", " 2 + c"]),
        ("@@ -1 +1 @@ def f\n-b\n", [" ⋮ def f", " 1 - b"]),
        ("@@ -9 +9 @@\n-b\n@@ -200 +199,2 @@\n a\n+x", ["  9 - b", "  ⋮ ", "199   a", "200 + x"]),
        ("@@\n-b\n+c\n", ["   - b", "   + c"]),
        ("@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n", [" 1 - a", "     No newline at end of file", " 1 + a"]),
        ("@@ -1 +1 @@\n-\ta\n", [" 1 -     a"]),
        ("@@ -1,0 +2 @@\n--- sql comment\n+++ x\n", [" 1 - -- sql comment", " 2 + ++ x"]),
    ],
)
def test_rows(diff, rows):
    assert shown(diff) == rows


def test_words_that_differ_are_marked():
    rows = diff_rows(parse_diff("@@ -1 +1 @@\n-    return a + b\n+    return a - b\n"), 60)
    assert ("diff.removed.word", "+") in rows[0] and ("diff.added.word", "-") in rows[1]
    whole = diff_rows(parse_diff("@@ -1 +1 @@\n-nothing alike\n+quite another 7\n"), 60)
    assert all("word" not in role for row in whole for role, _ in row)


@pytest.mark.parametrize("width", [8, 20, 33])
def test_long_lines_go_on_below(width):
    text = "word " * 30
    rows = diff_rows(parse_diff(f"@@ -1 +1 @@\n-{text}\n+{text}x\n"), width)
    assert all(line_width(row) <= width for row in rows)
    if width > 10:
        assert "".join(plain(row)[5:] for row in rows).count("word") == 60


def test_summaries():
    one = PatchChange("/w/a.py", "update", "@@ -1 +1 @@\n-a\n+b\n+c\n")
    new = PatchChange("/w/b.py", "add", "x\ny")
    gone = PatchChange("/other/c.py", "delete", "x\n")
    sizes = [counts(change_lines(change)) for change in (one, new, gone)]
    assert sizes == [(2, 1), (2, 0), (0, 1)]
    assert plain(summary((one, new, gone), sizes, "/w")) == "Edited 3 files (+4 -2)"
    assert plain(summary((one,), sizes[:1], "/w")) == "Edited a.py (+2 -1)"
    assert plain(summary((new,), sizes[1:2], "/w")) == "Added b.py (+2)"
    assert plain(summary((gone,), sizes[2:], "/w")) == "Deleted /other/c.py (-1)"
    assert file_name(PatchChange("/w/a", "update", "", "/w/b"), "/w") == "a → b"
    assert file_name(PatchChange("/works/a", "update"), "/w") == "/works/a"
