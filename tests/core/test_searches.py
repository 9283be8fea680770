"""Searches of the provider in the words of Codex: as recorded with 0.169."""

import pytest

from csm.core import searches

SEARCH = {"type": "search"}
OTHER = {"type": "other"}


@pytest.mark.parametrize(
    ("given", "known", "words"),
    [
        ({**SEARCH, "query": "cats"}, {**SEARCH, "query": "cats"}, "cats"),
        ({**SEARCH, "query": "a", "queries": ["a", "b"]}, {**SEARCH, "query": "a", "queries": ["a", "b"]}, "a"),
        ({**SEARCH, "queries": ["a", "b"]}, {**SEARCH, "queries": ["a", "b"]}, "a ..."),
        ({**SEARCH, "queries": ["a"]}, {**SEARCH, "queries": ["a"]}, "a"),
        ({**SEARCH, "queries": []}, {**SEARCH, "queries": []}, ""),
        ({**SEARCH, "queries": "a", "query": 3}, SEARCH, ""),
        ({**SEARCH, "query": "q", "sources": [{"url": "u"}]}, {**SEARCH, "query": "q"}, "q"),
        ({"type": "open_page", "url": "http://a"}, {"type": "open_page", "url": "http://a"}, "http://a"),
        ({"type": "open_page"}, {"type": "open_page"}, ""),
        (
            {"type": "find_in_page", "url": "http://a", "pattern": "x"},
            {"type": "find_in_page", "url": "http://a", "pattern": "x"},
            "'x' in http://a",
        ),
        ({"type": "find_in_page", "pattern": "x"}, {"type": "find_in_page", "pattern": "x"}, "'x'"),
        ({"type": "find_in_page", "url": "u"}, {"type": "find_in_page", "url": "u"}, "u"),
        ({"type": "dance", "z": 1}, OTHER, ""),
        ({}, OTHER, ""),
        (None, OTHER, ""),
        ([1], OTHER, ""),
        ({"type": ["search"]}, OTHER, ""),
    ],
)
def test_actions(given, known, words):
    assert searches.action(given) == known
    assert searches.words(known) == words
