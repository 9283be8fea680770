"""Colour themes of TextMate as looks of code: scopes, selectors, colours, and files that are none."""

from __future__ import annotations

import plistlib
import random
from typing import Any

import pytest

from csm.view.render import tmtheme
from csm.view.roles import ROLES

PLAIN = {"bold": False, "italic": False, "underline": False, "strike": False}


def made(*rules: tuple[str, dict[str, Any]], **page: Any) -> tmtheme.Read:
    listed: list[Any] = [{"settings": {"foreground": "#cccccc", "background": "#101010", **page}}]
    listed += [{"scope": scope, "settings": settings} for scope, settings in rules]
    return tmtheme.read(plistlib.dumps({"name": "mine", "settings": listed}))


def front(scope: str, role: str, *more: tuple[str, str]) -> str | None:
    """The colour of a role where one selector gives red and others give what is named."""
    named = [(scope, "#ff0000"), *more]
    return made(*((one, {"foreground": colour}) for one, colour in named)).looks.get(role, {}).get("fg")


def test_scopes_become_roles() -> None:
    found = made(
        ("comment", {"foreground": "#777777", "fontStyle": "italic"}),
        ("keyword, storage", {"foreground": "#AA00AA", "fontStyle": "bold underline"}),
        ("string", {"foreground": "#00aa00"}),
        ("entity.name.function", {"foreground": "#0000AA"}),
    )
    assert (found.name, found.problems) == ("mine", [])
    assert found.looks["code"] == {"fg": "#cccccc"}
    assert found.looks["code.comment"] == {"fg": "#777777", **PLAIN, "italic": True}
    assert found.looks["code.keyword"] == {"fg": "#aa00aa", **PLAIN, "bold": True, "underline": True}
    assert found.looks["code.string.escape"]["fg"] == "#00aa00"
    assert found.looks["code.function"]["fg"] == "#0000aa"
    assert "code.tag" not in found.looks
    assert found.looks.keys() <= ROLES.keys()


@pytest.mark.parametrize(
    ("selector", "role", "hit"),
    [
        ("keyword.control", "code.keyword", True),
        ("keyword.control.import", "code.keyword", False),
        ("key", "code.keyword", False),
        ("source keyword", "code.keyword", True),
        ("source > keyword", "code.keyword", True),
        ("text keyword", "code.keyword", False),
        ("comment, keyword", "code.keyword", True),
        ("(comment | keyword)", "code.keyword", True),
        ("keyword - source", "code.keyword", False),
        ("keyword - string", "code.keyword", True),
        ("string constant.character.escape", "code.string.escape", True),
        ("constant.character.escape string", "code.string.escape", False),
        ("meta.function-call", "code.function", True),
        ("source", "code.keyword", False),
        ("", "code.keyword", False),
        (" , - , ", "code.keyword", False),
    ],
)
def test_a_selector_fits(selector: str, role: str, hit: bool) -> None:
    assert (front(selector, role) == "#ff0000") is hit


@pytest.mark.parametrize(
    ("first", "second", "wins"),
    [
        ("keyword", "keyword.control", "second"),
        ("keyword.control", "keyword", "first"),
        ("keyword", "keyword", "second"),
        ("source keyword", "keyword", "first"),
        ("keyword", "source", "first"),
    ],
)
def test_the_better_fit_counts(first: str, second: str, wins: str) -> None:
    assert front(first, "code.keyword", (second, "#0000ff")) == {"first": "#ff0000", "second": "#0000ff"}[wins]


@pytest.mark.parametrize(
    ("colour", "told"),
    [
        ("#abc", "#aabbcc"),
        ("#AABBCC", "#aabbcc"),
        (" #AABBCC ", "#aabbcc"),
        ("#ffffffff", "#ffffff"),
        ("#ffffff80", "#888888"),
        ("white", "#ffffff"),
        ("#00000000", "black"),
        ("#0c000000", "bright-blue"),
        ("#c4000000", "#ff0000"),
        ("#e8000000", "#080808"),
        ("#00000001", "default"),
    ],
)
def test_colours(colour: str, told: str) -> None:
    assert made(("comment", {"foreground": colour})).looks["code.comment"]["fg"] == told


@pytest.mark.parametrize("colour", ["#12345", "red-ish", "#gggggg", 3, ["#fff"]])
def test_a_colour_that_is_none_is_left_out_and_told(colour: Any) -> None:
    found = made(("comment", {"foreground": colour, "fontStyle": "bold"}))
    assert found.looks["code.comment"] == {**PLAIN, "bold": True}
    assert found.problems == [f"entry 2: foreground: {colour} is no colour"]


def test_the_page_is_not_behind_every_word() -> None:
    found = made(
        ("comment", {"foreground": "#777777", "background": "#101010"}), ("invalid", {"background": "#400000"})
    )
    assert "bg" not in found.looks["code.comment"]
    assert found.looks["code.error"]["bg"] == "#400000"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no property list"),
        (b"{}", "no property list"),
        (b"<plist>", "no property list"),
        (b"bplist00", "no property list"),
        (plistlib.dumps([1]), "no list of settings"),
        (plistlib.dumps({"settings": {}}), "no list of settings"),
        (plistlib.dumps({"settings": []}), "no list of settings"),
        (b"x" * 1_000_001, "larger than 1 MB"),
        (b'<!DOCTYPE p [<!ENTITY a "b">]><plist><string>&a;</string></plist>', "no property list"),
    ],
)
def test_what_is_no_theme(data: bytes, why: str) -> None:
    with pytest.raises(tmtheme.Faulty, match=why):
        tmtheme.read(data)


def test_entries_that_are_none_are_told() -> None:
    data = plistlib.dumps({"settings": [1, {"scope": "comment"}, {"scope": 3, "settings": {"foreground": "#fff"}}]})
    found = tmtheme.read(data)
    assert found.problems == [f"entry {at}: there are no settings in it" for at in (1, 2)]


def test_a_file_with_far_too_many_entries_is_read_in_part() -> None:
    found = made(*[("comment", {"foreground": "#777777"})] * 6_000)
    assert found.problems == ["only the first 5000 entries count"]
    assert found.looks["code.comment"]["fg"] == "#777777"


def test_damaged_files_are_refused_or_read_but_never_break() -> None:
    whole = plistlib.dumps({"settings": [{"settings": {"foreground": "#ccc"}}, {"scope": "a", "settings": {}}]})
    chance = random.Random(7)
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            tmtheme.read(bytes(data[: chance.randint(1, len(data))]))
        except tmtheme.Faulty:
            continue
