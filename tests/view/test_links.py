"""Where segments lead: only harmless addresses, in printable ASCII, whatever a text holds."""

from __future__ import annotations

import pytest

from csm.view import links
from csm.view.lines import plain, wrap
from csm.view.render.inline import inline
from csm.view.render.kit import Kit
from csm.view.render.look import text_rows

KIT = Kit()


@pytest.mark.parametrize(
    ("address", "role"),
    [
        ("https://example.org/a?b=c&d#e", "url:https://example.org/a?b=c&d#e"),
        ("HTTP://example.org", "url:HTTP://example.org"),
        ("mailto:a@example.org", "url:mailto:a@example.org"),
        ("file:///srv/a.txt", "url:file:///srv/a.txt"),
        ("https://example.org/\x1b]8;;x\x07", "url:https://example.org/%1B]8;;x%07"),
        ("https://example.org/a b", "url:https://example.org/a%20b"),
        ("https://bücher.example", "url:https://b%C3%BCcher.example"),
        ("https://example.org/%20", "url:https://example.org/%20"),
        ("https://example.org/\udc80", "url:https://example.org/?"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("ssh://host", ""),
        ("vscode://x", ""),
        ("src/app.py", ""),
        ("https:", ""),
        ("", ""),
        ("https://" + "x" * 3000, ""),
        ("https://" + "é" * 400, ""),
    ],
)
def test_only_harmless_addresses_lead_anywhere(address: str, role: str) -> None:
    assert links.role(address) == role
    assert role.isascii()
    assert role.isprintable()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://a.example/x.", [("https://a.example/x", "https://a.example/x")]),
        ("[the **docs**](https://a.example)", [("https://a.example", "the docs (https://a.example)")]),
        ("<mailto:a@b.example>", [("mailto:a@b.example", "mailto:a@b.example")]),
        ("[it](javascript:alert(1))", []),
        ("[it](src/app.py:12)", []),
        ("![chart](https://a.example/c.png)", [("https://a.example/c.png", "[chart]")]),
        ("[x](file:///srv/a)", [("file:///srv/a", "x (file:///srv/a)")]),
        ("`https://a.example`", []),
    ],
)
def test_links_of_markdown(text: str, found: list[tuple[str, str]]) -> None:
    line = inline(KIT, text)
    assert [(link.address, link.text) for link in links.of_line(line)][: len(found)] == found
    assert bool(found) == bool(links.of_line(line))


def test_a_wrapped_link_leads_to_one_address_on_every_row() -> None:
    address = "https://example.org/" + "/".join(["part"] * 20)
    rows = wrap(inline(KIT, f"Look at {address} now."), 30)
    leads = [link.address for row in rows for link in links.of_line(row)]
    assert len(leads) > 2
    assert set(leads) == {address}
    assert "".join(map(plain, rows)).replace(" ", "") == f"Lookat{address}now."


def test_plain_text_leads_too() -> None:
    rows = text_rows("go to https://a.example/b, please", "user.text", 80)
    assert rows == [
        [
            ("user.text", "go to "),
            ("user.text url:https://a.example/b", "https://a.example/b"),
            ("user.text", ", please"),
        ]
    ]
    assert links.bare(rows[0][1][0]) == "user.text"


def test_the_link_at_a_column_or_the_next_one() -> None:
    line = links.found([("", "a http://one.example b http://two.example c")])
    told = [getattr(links.at(line, column), "address", "") for column in (0, 5, 20, 30, 43)]
    assert told == [f"http://{name}.example" for name in ("one", "one", "two", "two", "two")]
    assert links.at([("", "none")], 0) is None
