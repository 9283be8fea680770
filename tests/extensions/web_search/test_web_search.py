"""web_search: what requests say, as recorded with 0.169, and what comes of searches."""

import pytest

from csm.api import SettingError, codec, events, items
from csm.api.testing import Bench, bundled

PLAIN = {"type": "web_search", "external_web_access": False, "search_content_types": ["text", "image"]}
PLACE = {"country": "DE", "region": "BE", "city": "Berlin", "timezone": "Europe/Berlin"}


@pytest.fixture
def tool():
    return bundled("web_search").tools()[0]


def asked(tmp_path, tool, settings, **start):
    with Bench(tmp_path, [{"text": "hi"}], tools=[tool], settings={"model": "gpt-5.5", **settings}) as bench:
        from csm.core import models

        bench.model.info = models.info
        bench.turn(bench.start(**start), "go")
        return [codec.decode(bytes(spec.raw)) for spec in bench.model.requests[-1].tools]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, PLAIN),
        ({"web_search": "cached"}, PLAIN),
        ({"web_search": "live"}, {**PLAIN, "external_web_access": True}),
        ({"web_search": "indexed"}, {**PLAIN, "external_web_access": True, "indexed_web_access": True}),
        ({"sandbox_mode": "danger-full-access"}, {**PLAIN, "external_web_access": True}),
        ({"sandbox_mode": "danger-full-access", "web_search": "cached"}, {**PLAIN, "external_web_access": True}),
        ({"tools.web_search": True}, PLAIN),
        ({"tools.web_search": False}, PLAIN),
        ({"model": "strange"}, {"type": "web_search", "external_web_access": False}),
        (
            {"tools.web_search": {"context_size": "high", "allowed_domains": ["a.com"], "location": PLACE}},
            {
                **PLAIN,
                "filters": {"allowed_domains": ["a.com"]},
                "user_location": {"type": "approximate", **PLACE},
                "search_context_size": "high",
            },
        ),
        (
            {"tools.web_search.location.city": "Berlin"},
            {**PLAIN, "user_location": {"type": "approximate", "city": "Berlin"}},
        ),
        ({"tools.web_search": {"location": {}}}, {**PLAIN, "user_location": {"type": "approximate"}}),
        ({"tools.web_search": {"allowed_domains": []}}, {**PLAIN, "filters": {"allowed_domains": []}}),
    ],
)
def test_what_requests_say(tmp_path, tool, settings, said):
    assert asked(tmp_path, tool, settings) == [said]


def test_searching_may_be_switched_off(tmp_path, tool):
    assert asked(tmp_path, tool, {"web_search": "disabled", "sandbox_mode": "danger-full-access"}) == []


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"web_search": "sometimes"}, "expected one of `disabled`, `cached`, `indexed`, `live`"),
        ({"tools.web_search.context_size": "huge"}, "expected one of `low`, `medium`, `high`"),
        ({"tools.web_search.allowed_domains": "a.com"}, "expected an array of strings"),
        ({"tools.web_search.location.city": 5}, "expected a string"),
    ],
)
def test_settings_that_cannot_be(tmp_path, tool, settings, complaint):
    with pytest.raises(SettingError, match=complaint):
        asked(tmp_path, tool, settings)


def test_a_search_is_an_item_and_stays_in_the_history(tmp_path, tool):
    done = {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "q"}}
    turns = [[{"item": done}, {"text": "found"}], {"text": "more"}]
    with Bench(tmp_path, turns, tools=[tool]) as bench:
        thread = bench.start()
        found = bench.turn(thread, "look it up")
        bench.turn(thread, "go on")
        sent = [codec.decode(raw) for raw in bench.model.requests[-1].input]
    shown = [event.body.item for event in found if isinstance(event.body, events.ItemCompleted)]
    (search,) = [item for item in shown if isinstance(item, items.WebSearch)]
    assert (search.call_id, search.query, codec.decode(search.action)) == ("ws_1", "q", done["action"])
    assert [item for item in sent if item["type"] == "web_search_call"] == [
        {"type": "web_search_call", "status": "completed", "action": done["action"]}
    ]


def test_the_tool_is_not_for_calling(tmp_path, tool):
    with Bench(tmp_path, [{"call": ("web_search", {})}, {"text": "oh"}], tools=[tool]) as bench:
        bench.turn(bench.start(), "go")
        assert bench.outputs() == ["unsupported call: web_search"]
