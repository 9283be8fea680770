"""Whole documents at three widths, against files."""

from __future__ import annotations

from pathlib import Path

import pytest

from csm.view.lines import plain
from csm.view.render.kit import Kit
from csm.view.render.markdown import Document

DATA = Path(__file__).parent / "data"


def rows(text: str, width: int):
    kit = Kit()
    document = Document(kit)
    document.feed(text)
    document.finish()
    return [row for leaf in document.all() for row in leaf.rows(kit, width)]


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("name", ["answer", "wide", "hostile"])
def test_document(snapshots, name, width):
    text = (DATA / f"{name}.md").read_text("utf-8")
    snapshots.check_rows(f"{name}-{width}.txt", rows(text, width), width)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("\n\n \n", []),
        ("one\ntwo", ["one two"]),
        ("one  \ntwo", ["one", "two"]),
        ("# A #\ntext", ["A", "text"]),
        ("text\n# A", ["text", "", "A"]),
        ("- a\n- b", ["• a", "• b"]),
        ("- a\n\n- b", ["• a", "", "• b"]),
        ("-", ["•"]),
        ("-\n  later", ["• later"]),
        ("- - a", ["• ◦ a"]),
        ("1. a\n1. b\n1. c", ["1. a", "2. b", "3. c"]),
        ("9. a\n10. b", ["9. a", "10. b"]),
        ("- a\n  1. b\n     - c", ["• a", "  1. b", "     ◦ c"]),
        ("> a\nlazy", ["│ a lazy"]),
        ("> > a", ["│ │ a"]),
        ("- > a\n  > b", ["• │ a b"]),
        ("```\na\n\nb\n```", ["  a", "", "  b"]),
        ("```py\nunclosed", ["py", "  unclosed"]),
        ("```\n```", [""]),
        ("[a]: http://x\n\n[a]", ["[a]: http://x", "", "[a]"]),
        ("a|b\n-|-", ["a │ b", "──┼──"]),
        ("| | |\n|-|-|\n| C-x | cut |", ["C-x │ cut"]),
        ("[y](http://x)", ["y (http://x)"]),
        ("[http://x](http://x)", ["http://x"]),
        ("[a.py](src/a.py)", ["a.py (src/a.py)"]),
        ("[x](javascript:alert(1))", ["[x](javascript:alert(1))"]),
        ("[x](http://x/%E2%82%AC%20)", ["x (http://x/%E2%82%AC%20)"]),
        ("[x](http://x/%C3%A4)", ["x (http://x/ä)"]),
        ("a\r\nb\rc", ["a b␍c"]),
        ("nul \0", ["nul ^@"]),
        ("![](i.png)", ["[image] (i.png)"]),
        ("`a  b` <br> c", ["a  b", " c"]),
    ],
)
def test_small(text, expected):
    assert [plain(row).rstrip() for row in rows(text, 40)] == expected


def test_tables_shrink_then_become_lists():
    text = "| Name | What it means |\n|---|--:|\n| first | a long explanation of many words |\n| x | y |"
    assert [plain(row) for row in rows(text, 30)] == [
        "Name  │          What it means",
        "──────┼───────────────────────",
        "first │  a long explanation of",
        "      │             many words",
        "──────┼───────────────────────",
        "x     │                      y",
    ]
    assert [plain(row) for row in rows(text, 12)] == [
        *("Name: first", "What it", "  means: a", "  long", "  explanatio", "  n of many", "  words"),
        *("", "Name: x", "What it", "  means: y"),
    ]


@pytest.mark.parametrize("depth", [70, 400])
def test_nesting_beyond_reason_loses_nothing(depth):
    shown = "".join(plain(row) for row in rows("before\n\n" + ">" * depth + " deep\n\nafter", 60))
    assert "before" in shown and "deep" in shown and "after" in shown


def test_a_text_beyond_reason_is_shown_as_it_stands():
    line = "word *in* a text that is much too long\n"
    text = line * (1_200_000 // len(line))
    document = Document(Kit())
    for at in range(0, len(text), 50_000):
        document.feed(text[at : at + 50_000])
        document.open()
    document.finish()
    assert "".join(leaf.source for leaf in document.frozen) == text
    assert document.frozen[-1].kind == "text"
    assert plain(document.frozen[-1].rows(document.kit, 80)[-1]) == line.strip()


def test_many_brackets_are_text():
    links = "[a](http://x) " * 65
    assert "".join(plain(row) for row in rows(links, 70)).replace(" ", "") == links.replace(" ", "")
