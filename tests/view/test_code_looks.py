"""Looks of code from Pygments styles and palettes."""

from __future__ import annotations

import pytest

from csm.view.colours import contrast
from csm.view.render import code_looks
from csm.view.roles import ROLES

ALL = [*code_looks.PALETTES, *code_looks.ALIKE.values(), *code_looks.pygments_names()]
NAMED = {"default", *(f"{bright}{hue}" for bright in ("", "bright-") for hue in
         ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"))}  # fmt: skip


def looks(name: str) -> dict[str, dict[str, object]]:
    return code_looks.of_palette(name) if name in code_looks.PALETTES else code_looks.of_pygments(name)


def test_every_role_of_code_has_a_token() -> None:
    frames = {"code.inline", "code.label", "code.border"}
    assert code_looks.TOKENS.keys() == {role for role in ROLES if role.split(".")[0] == "code"} - frames
    assert code_looks.TOKENS["code.keyword"] == "Keyword"
    assert code_looks.TOKENS["code.string"] == "Literal.String"


def test_a_pygments_style() -> None:
    found = code_looks.of_pygments("monokai")
    assert found["code.keyword"] == {"fg": "#66d9ef", "bold": False, "italic": False, "underline": False}
    assert found["code"]["fg"] == "#f8f8f2"
    assert "bg" not in found["code"]


@pytest.mark.parametrize("name", ["monokia", "", "a b", "../x", "x" * 5000, "os.path"])
def test_no_such_style(name: str) -> None:
    with pytest.raises(KeyError):
        code_looks.of_pygments(name)


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("name", ALL)
def test_all_of_it_can_be_read_on_any_side(name: str, dark: bool) -> None:
    poor = []
    for role, given in code_looks.readable(looks(name), dark).items():
        colour, behind = str(given.get("fg", "")), str(given.get("bg") or code_looks.BEHIND[dark])
        assert colour == "" or colour in NAMED or len(colour) == 7
        if colour.startswith("#") and behind.startswith("#"):
            rate = contrast(colour, behind)
            poor += [(role, colour, behind, rate)] if rate < code_looks.LEAST else []
    assert poor == []


def test_what_can_be_read_is_left_as_it_is() -> None:
    found = code_looks.of_pygments("dracula")
    assert code_looks.readable(found, True)["code.keyword"] == found["code.keyword"]
    assert code_looks.readable(found, False)["code.string"] != found["code.string"]
