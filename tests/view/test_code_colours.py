"""Listings: roles for tokens, every language plain or coloured, growth."""

from __future__ import annotations

import pytest

from csm.view.lines import plain
from csm.view.render.code import TOKEN_ROLES, GrowingCode, highlight, token_role
from csm.view.render.kit import Kit
from csm.view.roles import ROLES


def test_token_roles_exist():
    assert set(TOKEN_ROLES.values()) <= set(ROLES)
    assert token_role(("Name", "Function", "Magic")) == "code.function"
    assert token_role(("Text", "Whitespace")) == "code"
    assert token_role(()) == "code"


@pytest.mark.parametrize(
    "language", ["python", "js", "html", "sh", "diff", "json", "c", "nosuch", "", "x.py", "../../etc"]
)
def test_text_is_kept(language):
    source = ["def f(): # ünï", "", "\tx = '''", "<b>&amp;</b>", "- a", "+ b", "  }}}]]", "''' \x1b[31m"]
    found = highlight(Kit(), source, language)
    assert [plain(line) for line in found] == [*source[:2], "    x = '''", *source[3:7], "''' ^[[31m"]


def test_lines_too_long_are_plain():
    assert highlight(Kit(), ["x = 1" * 1000], "python") == [[("code", "x = 1" * 1000)]]


def test_a_growing_listing_ends_as_a_whole_one():
    kit, growing = Kit(), GrowingCode()
    source = [f"value_{number} = {number} # note" for number in range(90)]
    for size in range(1, len(source) + 1):
        assert [plain(line) for line in growing.lines(kit, source[:size], "python")] == source[:size]
    assert growing.lines(kit, source, "python") == highlight(kit, source, "python")
    assert growing.lines(kit, ["other"], "python") == highlight(kit, ["other"], "python")
