"""A text gives the same leaves however it was divided, and old parts are never done again."""

from __future__ import annotations

import random

import pytest

from csm.view.lines import line_width
from csm.view.render import blocks, markdown, table
from csm.view.render.inline import close_open_marks
from csm.view.render.kit import Kit
from csm.view.render.markdown import Document

KIT = Kit()
WIDTH = 30
#: Lines that open, continue, close and confuse each other.
FRAGMENTS = [
    *("# H\n", "text here\n", "more *em* `c` **b**\n", "\n", "\n", "  \n", "a\r\n", "b\rc\n"),
    *("- a\n", "- b\n", "  - nested\n", "  para in item\n", "    deep\n", "* x\n", "+ y\n", "-\n", "- [ ] t\n"),
    *("1. one\n", "2. two\n", "   - sub\n", "   text\n", "10. ten\n", "- - d\n", "- > q in l\n", "  > more\n"),
    *("> q\n", "> - ql\n", ">   - qn\n", ">\n", "- ```\n", "-     code item\n", "- \tx\n", "\tcode\n"),
    *("```py\n", "x = 1\n", "```\n", "~~~\n", "    code\n", "<div>\n", "</div>\n", "<!-- c\n", "-->\n"),
    *("| a | b |\n", "|---|---|\n", "| 1 | 2 |\n", "1. | a | b |\n", "   |---|---|\n", "   | 3 | 4 |\n"),
    *("---\n", "===\n", "long " * 30 + "\n", "日本語 " * 9 + "\n"),
]


def rows(document):
    return [row for leaf in document.all() for row in leaf.rows(KIT, WIDTH)]


def whole(text):
    document = Document(KIT)
    document.feed(text)
    document.finish()
    return document


def streamed(text, dice):
    document, at = Document(KIT), 0
    while at < len(text):
        size = dice.choice([1, 2, 3, 7, 20, 60])
        document.feed(text[at : at + size])
        at += size
        if dice.random() < 0.7:
            for row in rows(document)[-5:]:
                assert line_width(row) <= WIDTH
    document.finish()
    return document


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("small_chunks", [False, True])
def test_streamed_equals_whole(seed, small_chunks, monkeypatch):
    if small_chunks:  # Listings and tables are cut after a few lines.
        monkeypatch.setattr(blocks, "CHUNK_LINES", 4)
        monkeypatch.setattr(blocks, "MEASURED", 4)
        monkeypatch.setattr(table, "MEASURED", 4)
    dice = random.Random(seed)
    for _ in range(25):
        text = "".join(dice.choice(FRAGMENTS) for _ in range(dice.randrange(1, 25)))
        text = text[:-1] if dice.random() < 0.3 else text
        expected, found = whole(text), streamed(text, dice)
        assert rows(found) == rows(expected), text
        if expected.frozen:
            assert "".join(leaf.source for leaf in expected.frozen) == text
            assert "".join(leaf.source for leaf in found.frozen) == text


LONG = {
    "list": "".join(f"- item {number} of a long list with `code`\n" for number in range(5000)),
    "numbered": "".join(f"{number}. item of a long list\n" for number in range(1, 5001)),
    "nested": "- all:\n" + "".join(f"  - item {number} of a long list\n" for number in range(5000)),
    "code": "```python\n" + "".join(f"value_{number} = {number}\n" for number in range(5000)) + "```\n",
    "paragraphs": "".join(f"Paragraph {number} of many.\n\n" for number in range(2500)),
}


@pytest.mark.parametrize("name", LONG)
def test_long_texts_stay_linear(name):
    document, text = Document(KIT), LONG[name]
    for at in range(0, len(text), 24):
        document.feed(text[at : at + 24])
        document.open()
    document.finish()
    lines = text.count("\n")
    # A listing is parsed again up to the length of a chunk, all else only at its last line.
    most = 2 * blocks.CHUNK_LINES if name == "code" else 12
    assert document.parsed_lines <= lines * most
    assert len(rows(document)) >= lines - 2


def test_frozen_leaves_are_never_made_again():
    document = Document(KIT)
    document.feed("# A\n\n- one\n- two\n")
    document.open()
    kept = list(document.frozen)
    assert len(kept) == 2
    document.feed("- three\n\nand text\n")
    document.open()
    document.finish()
    assert all(old is new for old, new in zip(kept, document.frozen, strict=False))
    assert len(document.frozen) == 5


def test_nothing_is_parsed_until_somebody_looks():
    document = Document(KIT)
    for _ in range(1000):
        document.feed("- a\n")
    assert document.parsed_lines == 0


def test_an_open_span_is_closed_for_show():
    document = Document(KIT)
    document.feed("some **bold te")
    assert document.open()[0].rows(KIT, 40) == [[("text", "some "), ("strong", "bold te")]]
    document.feed("xt** and `co")
    assert document.open()[0].rows(KIT, 40)[0][-1] == ("code.inline", "co")


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("plain", "plain"),
        ("a **b", "a **b**"),
        ("a **b ", "a **b**"),
        ("a **b*", "a **b**"),
        ("a **b**", "a **b**"),
        ("a **", "a "),
        ("2 ** 3", "2 ** 3"),
        ("a `b", "a `b`"),
        ("a `", "a "),
        ("a `b` `c", "a `b` `c`"),
        ("a ``b`", "a ``b`"),
        ("`a` **b", "`a` **b"),
    ],
)
def test_close_open_marks(text, closed):
    assert close_open_marks(text) == closed


def test_the_source_of_a_listing_is_its_code():
    document = whole("text\n\n```py\na = 1\n\n  b\n```\nmore")
    code = next(leaf for leaf in document.frozen if leaf.kind == "code")
    assert code.text() == "a = 1\n\n  b"
    assert document.frozen[0].text() == "text"


@pytest.mark.parametrize("seed", range(6))
def test_what_must_be_cut_anywhere_is_still_all_there(seed, monkeypatch):
    for name, size in (("MOST_OPEN", 60), ("MOST_LINE", 20), ("PLAIN_CHUNK", 30), ("MOST_MARKDOWN", 900)):
        monkeypatch.setattr(markdown, name, size)
    dice = random.Random(seed)
    for _ in range(25):
        text = "".join(dice.choice(FRAGMENTS) for _ in range(dice.randrange(1, 60)))
        found = streamed(text, dice)
        assert not found.frozen or "".join(leaf.source for leaf in found.frozen) == text


def test_a_listing_of_long_lines_stays_a_listing():
    text = "```\n" + ("x" * 900 + "\n") * 150 + "```\nafter\n"
    document = Document(KIT)
    for at in range(0, len(text), 500):
        document.feed(text[at : at + 500])
        document.open()
    document.finish()
    assert [row for leaf in document.all() for row in leaf.rows(KIT, 950)] == [
        row for leaf in whole(text).all() for row in leaf.rows(KIT, 950)
    ]
    assert document.parsed_lines < 150 * 150


def test_a_line_without_end_is_cut_while_it_grows():
    document = Document(KIT)
    for _ in range(2000):
        document.feed("words without end " * 4)
        assert len(document.open()) < 6
    document.finish()
    assert sum(len(leaf.source) for leaf in document.frozen) == 2000 * 72
