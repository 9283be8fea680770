"""Prompt history: walking with the draft kept, prefixes."""

from __future__ import annotations

from csm.edit.history import History

ENTRIES = ["fix the test", "run it", "Fix the docs", "run it again"]


def test_walk_keeps_the_draft() -> None:
    history = History(ENTRIES)
    assert history.older("draft") == "run it again"
    assert history.walking
    assert history.older("run it again") == "Fix the docs"
    assert history.newer("Fix the docs") == "run it again"
    assert history.newer("run it again") == "draft"
    assert not history.walking
    assert history.newer("draft") is None


def test_the_oldest_stays() -> None:
    history = History(["one"])
    assert history.older("") == "one"
    assert history.older("one") is None
    assert history.newer("one") == ""


def test_empty_history() -> None:
    history = History()
    assert history.older("draft") is None
    assert history.newer("draft") is None


def test_prefix() -> None:
    history = History(ENTRIES)
    assert history.older("run", "run") == "run it again"
    assert history.older("run it again", "run") == "run it"
    assert history.older("run it", "run") is None
    assert history.newer("run it", "run") == "run it again"
    assert history.newer("run it again", "run") == "run"


def test_an_edited_entry_is_passed() -> None:
    history = History(ENTRIES)
    history.older("")
    assert history.older("run it again, changed") == "Fix the docs"


def test_neighbours_that_are_equal_are_kept_once_and_blanks_not_at_all() -> None:
    history = History(["a", "a", "b", "a", "  ", ""])
    assert history.entries == ["a", "b", "a"]


def test_limit() -> None:
    history = History([str(n) for n in range(30)], limit=10)
    assert history.entries == [str(n) for n in range(20, 30)]


def test_adding_ends_the_walk() -> None:
    history = History(ENTRIES)
    history.older("draft")
    history.add("new")
    assert history.older("") == "new"
