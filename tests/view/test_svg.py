"""Screens as SVG: well-formed, every run at its cell, colours of the theme, the same bytes each time."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest

from csm.view import svg
from csm.view.shot import Shot

STYLES: dict[str, dict[str, Any]] = {
    "dim": {"fg": "#808080"},
    "strong": {"bold": True},
    "selection": {"reverse": True},
    "link": {"fg": "blue", "underline": True},
    "diff.added": {"bg": "#003300"},
    "ansi.dim": {"dim": True},
}
THEME = SimpleNamespace(dark=True, style=lambda name: SimpleNamespace(**STYLES.get(name, {})))
NS = "{http://www.w3.org/2000/svg}"


def drawn(*lines: list[tuple[str, str]], columns: int = 20, **more: Any) -> ElementTree.Element:
    """The picture of some lines, as a tree."""
    return ElementTree.fromstring(svg.render(Shot(columns, len(lines), list(lines), **more), THEME))


def runs(tree: ElementTree.Element) -> list[tuple[str | None, int, int]]:
    """Text, column and cells of each run."""
    return [(run.text, int(run.get("x", 0)) // 9, int(run.get("textLength", 0)) // 9) for run in tree.iter(f"{NS}text")]


def attributes(tree: ElementTree.Element, text: str) -> dict[str, str]:
    return next(dict(run.attrib) for run in tree.iter(f"{NS}text") if run.text == text)


TABLE: dict[str, tuple[str, list[tuple[str, int, int]]]] = {
    "plain": ("abc", [("abc", 0, 3)]),
    "blanks around": ("  a b ", [("a b", 2, 3)]),
    "only blanks": ("    ", []),
    "wide": ("a日本b", [("a", 0, 1), ("日", 1, 2), ("本", 3, 2), ("b", 5, 1)]),
    "marks": ("ae\u0301b", [("ae\u0301b", 0, 3)]),
    "wide with a mark": ("日\u0301x", [("日\u0301", 0, 2), ("x", 2, 1)]),
    "a family": ("👩\u200d👧!", [("👩\u200d", 0, 2), ("👧", 2, 2), ("!", 4, 1)]),
    "boxes": ("a│b", [("a", 0, 1), ("b", 2, 1)]),
    "markup": ('<a & "b">', [('<a & "b">', 0, 9)]),
}


@pytest.mark.parametrize("name", TABLE)
def test_every_run_has_its_cells(name: str) -> None:
    text, expected = TABLE[name]
    assert runs(drawn([("", text)])) == expected


def test_roles_are_colours_and_flags() -> None:
    tree = drawn([("dim", "a"), ("strong", "b"), ("link", "c"), ("ansi.dim", "d"), ("", "e"), ("fg:#ff8700", "f")])
    assert attributes(tree, "a")["fill"] == "#808080"
    assert attributes(tree, "b")["font-weight"] == "700"
    assert (attributes(tree, "c")["fill"], attributes(tree, "c")["text-decoration"]) == ("#0000ee", "underline")
    assert attributes(tree, "d")["fill-opacity"] == "0.6"
    assert "fill" not in attributes(tree, "e")
    assert attributes(tree, "f")["fill"] == "#ff8700"


def test_backgrounds_are_painted_below_blanks_too() -> None:
    tree = drawn([("diff.added", "+ a   "), ("selection", "b")])
    found = [(int(r.get("x", -1)), int(r.get("width", 0)), r.get("fill")) for r in tree.iter(f"{NS}rect")][1:]
    assert found == [(0, 54, "#003300"), (54, 9, "#d8dee9")]
    assert attributes(tree, "b")["fill"] == "#15181d"


def test_lines_of_boxes_meet() -> None:
    tree = drawn([("", "──┬─")], [("", "  │ ")])
    assert [path.get("d") for path in tree.iter(f"{NS}path")] == [
        "M0 10h18",
        "M22.5 10L18 10M22.5 10L27 10M22.5 10L22.5 20",
        "M27 10h9",
        "M22.5 30L22.5 20M22.5 30L22.5 40",
    ]


@pytest.mark.parametrize(("shape", "width"), [("beam", "2"), ("block", "9"), ("underline", "9")])
def test_the_cursor(shape: str, width: str) -> None:
    tree = drawn([("", "abc")], cursor=(2, 0), shape=shape)
    last = list(tree.iter(f"{NS}rect"))[-1]
    assert (last.get("x"), last.get("width")) == ("18", width)
    assert len(list(drawn([("", "abc")], cursor=None).iter(f"{NS}rect"))) == 1


def test_what_xml_does_not_know_is_marked() -> None:
    assert runs(drawn([("", "a\x00\x1b\ud800\uffffb")]))[0][0] == "a\ufffd\ufffd\ufffd\ufffdb"


def test_the_same_screen_gives_the_same_bytes() -> None:
    shot = Shot(20, 2, [[("dim", "a"), ("link", "日本")], [("diff.added", "x ─ y")]], (1, 1), title="a & b")
    assert svg.render(shot, THEME) == svg.render(shot, THEME)
    assert ElementTree.fromstring(svg.render(shot, THEME)).findtext(f"{NS}title") == "a & b"
