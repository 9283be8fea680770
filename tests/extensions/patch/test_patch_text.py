"""Finding lines and writing diffs, on text alone. git says whether a diff is right."""

import random
import subprocess

import pytest

from csm.api.testing import bundled

parse, seek = bundled("patch", "parse"), bundled("patch", "seek")
edit, diff = bundled("patch", "edit"), bundled("patch", "diff")


def chunk(*lines, places=(), at_end=False):
    return parse.Chunk(places, tuple(parse.Line(line[0], line[1:]) for line in lines), at_end)


@pytest.mark.parametrize(
    ("file", "wanted", "start", "at_end", "place"),
    [
        ("a b c", ["b"], 0, False, 1),
        ("a b a b", ["a", "b"], 1, False, 2),
        ("a b a b", ["a", "b"], 0, True, 2),
        ("a b c", ["b"], 0, True, None),
        ("a b c", ["b"], 2, False, None),
        ("a", ["a", "b"], 0, False, None),
        ("", ["a"], 0, True, None),
        ("a a b", ["a", "b"], 0, False, 1),
        ("a a", ["a"], 5, False, None),
    ],
)
def test_where_lines_are_found(file, wanted, start, at_end, place):
    assert seek.Text(file.split()).find(wanted, start, at_end=at_end) == place


def test_the_strictest_pass_that_finds_anything_wins():
    text = seek.Text(["“a”", " a ", "a ", "a"])
    assert [text.find([wanted], 0) for wanted in ("a", "a  ", '  "a"')] == [3, 2, 0]


@pytest.mark.parametrize(
    ("before", "chunks", "expected"),
    [
        ("a\nb\n", [chunk("-b", "+c")], "@@ -1,2 +1,2 @@\n a\n-b\n+c\n"),
        ("a\nb\n", [chunk("-a", "-b")], "@@ -1,2 +0,0 @@\n-a\n-b\n"),
        ("", [chunk("+a")], "@@ -0,0 +1 @@\n+a\n"),
        ("a\nb", [chunk("-b", "+c")], "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+c\n"),
        ("a\nb\nc", [chunk("-a", "+x")], "@@ -1,3 +1,3 @@\n-a\n+x\n b\n-c\n\\ No newline at end of file\n+c\n"),
        ("a\nb", [chunk("+c")], "@@ -1,2 +1,3 @@\n a\n-b\n\\ No newline at end of file\n+b\n+c\n"),
        ("a\nb\n", [chunk("-b", "+b")], ""),
        ("a\nb\nc\nd\ne\n", [chunk("-b", "+B"), chunk("-e", "+E")], "@@ -1,5 +1,5 @@\n a\n-b\n+B\n c\n d\n-e\n+E\n"),
        (
            "a\nb\nc\nd\ne\nf\n",
            [chunk("-a"), chunk("-f", "+F")],
            "@@ -1,2 +1 @@\n-a\n b\n@@ -5,2 +4,2 @@\n e\n-f\n+F\n",
        ),
        ("a\n\n\n", [chunk("+z"), chunk("-a", "+b")], "@@ -1,3 +1,4 @@\n-a\n+b\n \n \n+z\n"),
    ],
)
def test_diffs(before, chunks, expected):
    assert diff.unified(edit.edit(before, chunks, "f")) == expected


@pytest.mark.parametrize("seed", range(40))
def test_git_reads_the_diff_as_it_was_meant(seed, tmp_path):
    luck = random.Random(seed)
    lines = [luck.choice("abcdefgh") + str(at) for at in range(luck.randrange(1, 40))]
    before = "\n".join(lines) + luck.choice(["", "\n"])
    chunks, at = [], 0
    while at < len(lines):
        take = lines[at : at + luck.randrange(1, 6)]
        marked = [luck.choice(" -+ ") + line for line in take]
        marked = [mark if mark[0] != "+" else " " + mark[1:] for mark in marked]
        marked.insert(luck.randrange(len(marked) + 1), f"+new{at}")
        chunks.append(chunk(*marked))
        at += len(take) + luck.randrange(5)
    edited = edit.edit(before, chunks, "f")
    (tmp_path / "f").write_text(before)
    (tmp_path / "d.diff").write_text("--- a/f\n+++ b/f\n" + diff.unified(edited))
    subprocess.run(["git", "apply", "--unidiff-zero", "d.diff"], cwd=tmp_path, check=True)
    assert (tmp_path / "f").read_text() == edited.text
    assert sum(one.text.startswith("new") for part in chunks for one in part.lines) == edited.text.count("new")


def test_a_long_file_is_searched_fast_enough_to_be_counted():
    """Each line is prepared once a pass, however many chunks there are."""
    lines = [f"line {number}" for number in range(20_000)]
    chunks = [chunk(f"-  line {number}", f"+{number}") for number in range(0, 20_000, 40)]
    edited = edit.edit("\n".join(lines) + "\n", chunks, "f")
    assert len(edited.edits) == 500
