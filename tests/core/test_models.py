"""Facts of models: the table, catalogs, and names that are near enough."""

import json

import pytest

from csm.core import catalogs, models
from csm.protocol.errors import SettingError


@pytest.mark.parametrize(
    ("slug", "window", "effort", "verbosity", "truncation", "summary"),
    [
        ("gpt-5.5", 272_000, "medium", "low", 10_000, None),
        ("gpt-5.4-mini", 272_000, "medium", "medium", 10_000, None),
        ("gpt-5.2", 272_000, "medium", "low", 2_500, "auto"),
        ("gpt-6.1-sol", 272_000, "low", "low", 10_000, None),
        ("gpt-6.1-terra", 500_000, "low", "low", 10_000, None),
        ("gpt-daybreak-red-latest", 372_000, "medium", "high", 10_000, None),
        ("mystery", 272_000, None, None, 2_500, None),
    ],
)
def test_the_table(slug, window, effort, verbosity, truncation, summary):
    found = models.info(slug)
    assert (found.slug, found.context_window, found.effort, found.verbosity) == (slug, window, effort, verbosity)
    assert (found.truncation, found.summary) == (truncation, summary)
    assert found.apply_patch is found.known is found.tool_search is (slug != "mystery")


@pytest.mark.parametrize(
    ("slug", "like"),
    [
        ("gpt-5.5-2026-04-01", "gpt-5.5"),
        ("gpt-5.5x", "gpt-5.5"),
        ("gpt-5.4-mini-latest", "gpt-5.4-mini"),
        ("gpt-5.2-codex-max", "gpt-5.2-codex"),
        ("openai/gpt-5.4-mini", "gpt-5.4-mini"),
        ("my-proxy/gpt-5.5", "gpt-5.5"),
        ("a/b/gpt-5.5", None),
        ("/gpt-5.5", None),
        ("x gpt-5.5", None),
        ("gpt-5", None),
        ("", None),
    ],
)
def test_names_that_are_near_enough(slug, like):
    found = models.info(slug)
    assert found.known is (like is not None)
    assert found.slug == slug
    if like:
        assert found.verbosity == models.info(like).verbosity
        assert found.truncation == models.info(like).truncation


def test_what_is_offered_to_choose_from():
    slugs = models.listed()
    assert slugs.index("gpt-6.1-sol") < slugs.index("gpt-5.5") < slugs.index("gpt-5.2")
    assert "codex-auto-review" not in slugs
    assert models.info("gpt-5.5").efforts == ("low", "medium", "high", "xhigh")
    assert models.info("gpt-6-sol").efforts[-1] == "ultra"


def entry(slug, **more):
    return {"slug": slug, "display_name": slug, "base_instructions": "unused", "shell_type": "unified_exec", **more}


def catalog(*entries):
    return catalogs.catalog(json.dumps({"models": entries, "more": 1}).encode())


def test_a_catalog_takes_the_place_of_the_table():
    found = catalog(
        entry("b", priority=2, visibility="hide"),
        entry(
            "a",
            priority=1,
            context_window=1000,
            truncation_policy={"mode": "bytes", "limit": 800},
            default_reasoning_level="high",
            supported_reasoning_levels=[{"effort": "high", "description": ""}],
            default_reasoning_summary="none",
            support_verbosity=True,
            default_verbosity="high",
            apply_patch_tool_type="freeform",
            supports_search_tool=True,
            supports_parallel_tool_calls=False,
        ),
    )
    a = models.info("a", found)
    assert (a.context_window, a.truncation, a.effort, a.efforts) == (1000, 200, "high", ("high",))
    assert (a.summary, a.verbosity, a.apply_patch, a.parallel, a.tool_search) == (None, "high", True, False, True)
    b = models.info("b", found)
    assert (b.known, b.effort, b.verbosity, b.apply_patch, b.truncation) == (True, None, None, False, 2_500)
    assert models.listed(found) == ("a",)
    assert models.info("gpt-5.5", found).known is False


@pytest.mark.parametrize(
    "data", [b"", b"[]", b'{"models":[]}', b'{"models":[{}]}', b'{"models":[{"slug":1}]}', b'{"models":"\xff"}']
)
def test_what_is_no_catalog(data):
    with pytest.raises(SettingError):
        catalogs.catalog(data)
