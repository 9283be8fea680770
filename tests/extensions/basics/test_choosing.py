"""Models, keymaps and themes to choose from: what is told of each, themes tried on while looking."""

from __future__ import annotations

from typing import Any

import pytest

from csm.view.lines import plain


def preview(desk: Any, value: str, columns: int = 60, rows: int = 40) -> str:
    return "\n".join(plain(line) for line in desk.how["preview"](value, columns, rows))


def test_themes_are_tried_on_and_the_one_before_comes_back(desk: Any) -> None:
    made = desk
    made.run("theme.use")
    title, _, done = made.picking
    assert (title, made.how["current"]) == ("Theme", "dark")
    made.how["moved"]("light")
    assert made.host.theme.name == "light"
    assert "return round(sum(prices), 2)" in preview(made, "light")
    made.how["cancel"]()
    assert made.host.theme.name == "dark"
    made.how["moved"]("contrast")
    done("contrast")
    assert made.host.theme.name == "contrast"
    made.how["actions"]["keep"][1]("light")
    assert 'theme = "light"' in (made.host.settings.config_dir / "settings.toml").read_text()


@pytest.mark.parametrize(("name", "words"), [("vim", "with modes"), ("emacs", "as in Emacs"), ("codex", "enter")])
def test_keymaps_tell_their_main_keys(desk: Any, name: str, words: str) -> None:
    made = desk
    made.run("keymap.use")
    text = preview(made, name)
    assert words in text
    assert "send" in text
    assert made.host.keymap.name == "codex"


def test_models_tell_their_facts_and_efforts(desk: Any) -> None:
    made = desk
    made.run("model.choose")
    title, rows, done = made.picking
    assert title == "Model"
    assert any(row.detail.endswith("k · in use") for row in rows)
    assert "Efforts      low, medium, high, xhigh" in preview(made, "gpt-5.5")
    assert "does not know this model" in preview(made, "my-own")
    done("gpt-5.6-luna")
    title, rows, _ = made.picking
    assert title == "Effort of gpt-5.6-luna"
    assert [row.value for row in rows] == [None, "low", "medium", "high", "xhigh", "max"]
    assert "usual for it" in next(row.detail for row in rows if row.value == "medium")
