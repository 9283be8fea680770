"""Buffers to read, and the complete list of roles."""

from __future__ import annotations

import re
from pathlib import Path

import csm.view
from csm.view.buffers import TextBuffer
from csm.view.roles import ROLES, is_role


def test_a_buffer_wraps_to_its_window():
    buffer = TextBuffer("help", "Help", [[("help.text", "one two three")], [], [("help.key", "C-x")]])
    assert buffer.line_count(80) == 3
    assert buffer.line_count(7) == 4
    assert buffer.lines(0, 2, 7) == [[("help.text", "one two")], [("help.text", "three")]]
    buffer.append([("help.text", "more")])
    assert buffer.line_count(7) == 5
    assert buffer.text() == "one two three\n\nC-x\nmore"


def test_what_stands_beside_a_label_stays_beside_it():
    row = [("help.key", "  C-g"), ("", "   "), ("help.text", "  edit the draft elsewhere")]
    about = [("help.key", "Keys     "), ("help.text", "C-x g d, and some more")]
    buffer = TextBuffer("help", "Help", [row, about])
    shown = ["".join(part for _, part in line) for line in buffer.lines(0, 9, 24)]
    assert shown == ["  C-g     edit the draft", "          elsewhere", "Keys     C-x g d, and", "         some more"]
    narrow = ["".join(part for _, part in line) for line in buffer.lines(0, 9, 12)]
    assert narrow[:2] == ["  C-g", "edit the"]


def test_roles():
    assert is_role("") and is_role("strong code.inline") and is_role("ansi.bold fg:#ff0000")
    assert not is_role("nosuch") and not is_role("fg:#xyz") and not is_role("strong  dim")
    assert all(doc.endswith(".") for doc in ROLES.values())


def test_every_role_that_is_written_down_is_listed():
    source = "".join(path.read_text("utf-8") for path in Path(csm.view.__file__).parent.rglob("*.py"))
    heads = {role.partition(".")[0] for role in ROLES} - {"text", "code", "link", "message", "approval"}
    for name in re.findall(r'"([a-z-]+\.[a-z.-]*[a-z])"', source):
        if name.partition(".")[0] in heads:
            assert name in ROLES, name
