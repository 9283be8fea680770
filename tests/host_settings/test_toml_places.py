"""Where keys and values stand: as an editor would count lines and columns."""

from __future__ import annotations

import pytest

from csm.host.toml_places import key_place, value_place

TEXT = """\
model = "x"  # comment with = and [brackets]
a.b = { c = 1, "d e" = [1, 2] }

[table]   # = no key
multi = \"\"\"
[not.a.table]
fake = 1
\"\"\"
list = [
  "one", # = 3
  { deep = true },
]

[table."in.ner"]
  key   =    'v' # after

[[many]]
n = 1
[[many]]
n = 2
when = 2020-01-01 10:00:00
"""

VALUES = {
    ("model",): (1, 9, 3),
    ("a", "b"): (2, 7, 25),
    ("a", "b", "c"): (2, 13, 1),
    ("a", "b", "d e"): (2, 24, 6),
    ("a", "b", "d e", "1"): (2, 28, 1),
    ("table",): (4, 1, 7),
    ("table", "multi"): (5, 9, 3),
    ("table", "list", "0"): (10, 3, 5),
    ("table", "list", "1", "deep"): (11, 12, 4),
    ("table", "in.ner", "key"): (15, 14, 3),
    ("many", "1", "n"): (20, 5, 1),
    ("many", "1", "when"): (21, 8, 19),
}


@pytest.mark.parametrize("path", VALUES, ids=".".join)
def test_values_are_found(path: tuple[str, ...]) -> None:
    assert value_place(TEXT, path) == VALUES[path]


def test_names_are_found() -> None:
    assert key_place(TEXT, ("table", "in.ner", "key")) == (15, 3, 3)
    assert key_place(TEXT, ("a",)) == (2, 1, 3)


@pytest.mark.parametrize("path", [("fake",), ("table", "fake"), ("not", "a", "table"), ("nothing",)])
def test_what_is_not_there_has_no_place(path: tuple[str, ...]) -> None:
    assert value_place(TEXT, path) is None


@pytest.mark.parametrize("text", ["", "=", "a", "a =", "[", "[[a]", "a = [1,", 'a = "x', "a = {b = 1", "\x00", "]]"])
def test_broken_text_does_not_hang_or_raise(text: str) -> None:
    assert value_place(text, ("zz",)) is None


def test_crlf_and_tabs_count_as_one_column() -> None:
    assert value_place("a = 1\r\n\tb = 2\r\n", ("b",)) == (2, 6, 1)
