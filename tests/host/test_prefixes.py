"""Prefixes lead on wherever one is, unless a place has the key for itself; their popup shows all that follows."""

from __future__ import annotations

from pathlib import Path

import pytest

from csm.host import keymaps, roots
from csm.host.bindings import Next
from csm.ui import whichkey
from csm.view.lines import plain

OWN = roots.find(config_dir=Path("/nonexistent"))
WHERE = [
    (["composer"], "insert"), (["transcript"], "normal"), (["reading", "transcript"], "normal"), (["help"], "normal"),
    (["reading", "transcript"], "insert"), (["picker"], "insert"), (["palette"], "insert"), (["line"], "insert"),
    (["diff"], "insert"), (["approval"], "normal"),
]  # fmt: skip
#: Keys that are something else there: C-w kills a word while one writes in Vim, C-c refuses.
ITS_OWN = {("vim", "insert", "C-w"), ("emacs", "normal", "C-c")}


@pytest.mark.parametrize("name", ["codex", "emacs", "vim"])
def test_prefixes_lead_on_everywhere(name: str) -> None:
    keymap = keymaps.load(name, OWN)
    prefixes = [chord for chord, node in keymap.trie("global").children.items() if node.children]
    assert prefixes
    lost = [
        (places, mode, chord)
        for places, mode in WHERE
        for chord in prefixes
        if not keymap.lookup(places, mode, (chord,)).prefix and (name, mode, chord) not in ITS_OWN
    ]
    assert lost == []


@pytest.mark.parametrize(("columns", "height"), [(40, 6), (80, 9), (120, 13), (20, 3), (200, 13), (8, 2)])
def test_pages_show_every_key_once(columns: int, height: int) -> None:
    following = [Next(f"f{number}", "a.b", "", False) for number in range(1, 36)]
    seen: list[str] = []
    first = whichkey.popup(["C-x"], following, columns, height, lambda line: "does it", "leader")
    for page in range(40):
        lines = whichkey.popup(["C-x"], following, columns, height, lambda line: "does it", "leader", page)
        assert len(lines) <= height
        if page and lines == first:
            break
        seen += [word for line in lines[1:] for word in plain(line).split() if word.startswith("f")]
    assert sorted(seen) == sorted(one.chord for one in following)
