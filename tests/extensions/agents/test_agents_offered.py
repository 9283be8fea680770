"""When the tools for agents are there, in which form the model sees them, and how it may call them."""

import json

import pytest

from csm.api import codec, features
from csm.api.testing import bundled

FIVE = {"spawn_agent", "send_input", "resume_agent", "wait_agent", "close_agent"}


def offered(play, bench):
    play.go(bench)
    return {tool.name: json.loads(bytes(tool.raw)) for tool in bench.cast.requests("parent")[0].tools}


def call(name, **arguments):
    raw = {"type": "function_call", "call_id": name, "name": name, "arguments": json.dumps(arguments)}
    return {"item": {**raw, "namespace": "multi_agent_v1"}}


def search(query):
    given = {"query": query}
    return {"item": {"type": "tool_search_call", "call_id": "s", "execution": "client", "arguments": given}}


@pytest.mark.parametrize("model", ["gpt-5.5", "strange"])
def test_they_stand_in_a_namespace_where_nothing_searches(play, model):
    given = offered(play, play({"parent": [{"text": "hi"}]}, settings={"model": model}))
    assert set(given) == {"multi_agent_v1"}
    space = given["multi_agent_v1"]["tools"]
    parameters = {
        tool["name"]: (set(tool["parameters"]["properties"]), tool["parameters"].get("required")) for tool in space
    }
    assert parameters == {
        "spawn_agent": ({"fork_context", "items", "message", "model", "reasoning_effort"}, None),
        "send_input": ({"interrupt", "items", "message", "target"}, ["target"]),
        "resume_agent": ({"id"}, ["id"]),
        "wait_agent": ({"targets", "timeout_ms"}, ["targets"]),
        "close_agent": ({"target"}, ["target"]),
    }
    assert not any(tool["parameters"]["additionalProperties"] for tool in space)


def test_a_model_that_can_search_finds_them(play):
    bench = play(
        {
            "parent": [search("spawn an agent"), call("spawn_agent", message="kid"), play.WAIT, {"text": "done"}],
            "kid": [{"text": "k"}],
        },
        plugins=[bundled("tool_search")],
    )
    given = offered(play, bench)
    assert set(given) == {"tool_search"} and given["tool_search"]["description"].endswith(" multi_agent_v1.")
    found = [codec.decode(raw) for raw in bench.cast.requests("parent")[1].input][-1]
    (space,) = found["tools"]
    assert {tool["name"] for tool in space["tools"]} == FIVE
    assert all(tool["defer_loading"] for tool in space["tools"])
    assert list(play.told(bench)[-1]["status"].values()) == [{"completed": "k"}]


def test_an_unknown_model_may_have_any_model_for_an_agent(play):
    def waiting(request):
        return call("wait_agent", targets=play.agents(request))

    bench = play(
        {
            "parent": [call("spawn_agent", message="kid", model="any"), waiting, {"text": "done"}],
            "kid": [{"text": "k"}],
        },
        settings={"model": "strange"},
    )
    play.go(bench)
    assert list(play.told(bench)[1]["status"].values()) == [{"completed": "k"}]
    assert bench.cast.requests("kid")[0].model == "any"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("features.multi_agent", False),
        ("features.collab", False),
        ("agents.enabled", False),
        ("agents.max_depth", 0),
    ],
)
def test_they_can_be_switched_off(play, name, value):
    bench = play({"parent": [play.SPAWN, {"text": "hm"}]}, settings={name: value})
    assert offered(play, bench) == {}
    assert play.told(bench) == ["unsupported call: spawn_agent"]
    assert features.known()["multi_agent"].default


def test_the_models_there_are_come_from_the_users_catalog(play, tmp_path):
    levels = [{"effort": "brief"}]
    entries = [{"slug": "mine", "supported_reasoning_levels": levels}, {"slug": "hid", "visibility": "hide"}]
    (tmp_path / "models.json").write_text(json.dumps({"models": entries}))
    spawns = [
        ("spawn_agent", {"message": "kid", **more})
        for more in ({"model": "gpt-5.4"}, {"reasoning_effort": "low"}, {"model": "mine"})
    ]
    bench = play(
        {
            "parent": [play.calls(spawns[0]), *[call(*one[:1], **one[1]) for one in spawns[1:]], {"text": "x"}],
            "kid": [],
        },
        settings={"model": "mine", "model_catalog_json": str(tmp_path / "models.json")},
    )
    space = offered(play, bench)["multi_agent_v1"]["tools"]
    (about,) = [tool["description"] for tool in space if tool["name"] == "spawn_agent"]
    assert about.endswith("Models there are: mine.")
    unknown, effort, begun = play.told(bench)
    assert unknown == "Unknown model `gpt-5.4` for spawn_agent. Available models: mine"
    assert effort == "Reasoning effort `low` is not supported for model `mine`. Supported reasoning efforts: brief"
    assert begun["agent_id"]


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        ({"reasoning_effort": "max"}, "Reasoning effort `max` is not supported for model `gpt-5.5`. Supported "),
        ({"reasoning_effort": "max", "model": "gpt-6.1-sol"}, None),
        ({"service_tier": "x"}, None),
        ({"fork_context": True, "model": "gpt-5.4"}, None),
        (
            {"fork_context": True, "agent_type": "worker"},
            "Full-history forked agents inherit the parent agent type; omit agent_type, or spawn without a",
        ),
    ],
)
def test_in_the_namespace_arguments_are_taken_as_the_newer_codex_takes_them(play, arguments, refusal):
    bench = play(
        {"parent": [call("spawn_agent", message="kid", **arguments), {"text": "x"}], "kid": [], "parent go": []}
    )
    play.go(bench)
    (told,) = play.told(bench)
    assert told.startswith(refusal) if refusal else told["agent_id"]
