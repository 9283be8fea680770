"""tool_search: what is found, in which order, and how the model gets it."""

import asyncio

import msgspec
import pytest

from csm.api import Offer, ToolError, codec, model, tools
from csm.api.testing import Bench, FakeToolContext, bundled
from csm.core import models

TOOLS = {
    "create_issue": ("Create a new issue in a repository", {"title": "Title of the issue", "body": "Markdown body"}),
    "createCalendarEvent": ("Add an event to the calendar", {"start": "Start time"}),
    "currency": ("Convert currencies", {"amount": "Amount"}),
    "delete_file": ("Delete a file from storage", {"path": "Path of the file"}),
    "get_weather": ("Current weather for a city", {"city": "City name"}),
    "list_issues": ("List open issues of a repository", {"state": "open or closed"}),
    "search_calendar": ("Find events in the calendar", {"query": "Words to look for"}),
    "send_email": ("Send an email message to somebody", {"to": "Address", "subject": "Subject line"}),
    "translate": ("Translate text between languages", {"text": "Text", "language": "Target language"}),
    "upload_file": ("Upload a file to storage", {"path": "Path of the file", "issue": "issue number"}),
}


def raw(name, description, parameters):
    properties = {key: {"type": "string", "description": said} for key, said in parameters.items()}
    shape = {"type": "object", "properties": properties}
    return {"type": "function", "name": name, "description": description, "parameters": shape}


def spec(name, namespace="mcp__many"):
    return tools.ToolSpec(name, msgspec.Raw(codec.encode(raw(name, *TOOLS[name]))), namespace)


MANY = tuple(map(spec, TOOLS))


@pytest.fixture
def tool():
    return bundled("tool_search").tools()[0]


def found(tool, arguments, specs=MANY):
    cx = FakeToolContext(cwd=None, deferred=specs)
    return [
        one["name"] for space in asyncio.run(cx.call(tool, arguments)).output for one in space.get("tools", [space])
    ]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        # As 0.169 orders them.
        ("create issue", "create_issue list_issues upload_file"),
        ("calendar", "search_calendar createCalendarEvent"),
        ("file upload", "upload_file delete_file"),
        ("repository", "list_issues create_issue"),
        ("title of the issue", "create_issue list_issues upload_file"),
        ("calendar event start", "createCalendarEvent search_calendar"),
        ("city weather", "get_weather"),
        ("emails", "send_email"),
        ("converting currency", "currency"),
        ("the file from storage", "delete_file upload_file"),
        ("send Email message somebody", "send_email"),
        ("createCalendarEvent", "createCalendarEvent"),
        ("upload_file", "upload_file"),
        ("zzzz", ""),
        ("", ""),
        ("the of a", ""),
        # More than 0.169 finds: a name that no tool has is looked up by its parts.
        ("calendar_find", "search_calendar createCalendarEvent"),
        ("weatherForCity", "get_weather"),
    ],
)
def test_what_is_found(tool, query, names):
    assert found(tool, {"query": query}) == names.split()


def test_the_server_is_found_too_and_eight_are_enough(tool):
    assert len(found(tool, {"query": "many"})) == 8
    assert len(found(tool, {"query": "many", "limit": 100})) == 10
    assert found(tool, {"query": "calendar", "limit": 1}) == ["search_calendar"]
    assert found(tool, {"query": "calendar", "limit": 0}) == []
    assert found(tool, {"query": "calendar"}, ()) == []


def test_tools_come_by_their_servers_and_marked_as_late(tool):
    specs = (spec("upload_file", "mcp__a"), spec("delete_file", "mcp__b"), spec("get_weather", "mcp__a"))
    cx = FakeToolContext(cwd=None, deferred=specs)
    first, second = asyncio.run(cx.call(tool, {"query": "upload file weather"})).output
    assert [first["type"], first["name"], first["description"]] == [
        "namespace",
        "mcp__a",
        "Tools in the mcp__a namespace.",
    ]
    assert {one["name"] for one in first["tools"]} == {"upload_file", "get_weather"}
    assert second["name"] == "mcp__b"
    late = {**raw("delete_file", *TOOLS["delete_file"]), "defer_loading": True}
    assert second["tools"] == [late]


@pytest.mark.parametrize(
    "odd", [{}, {"parameters": None}, {"parameters": {"properties": {"a": True}}}, {"description": 5}]
)
def test_odd_tools_do_no_harm(tool, odd):
    one = tools.ToolSpec("odd_one", msgspec.Raw(codec.encode({"name": "odd_one", **odd})))
    assert found(tool, {"query": "odd"}, (one,)) == ["odd_one"]


@pytest.mark.parametrize(
    "arguments", ["{}", "[]", "5", '{"query":"issue","limit":-1}', '{"query":"issue","limit":2.5}', "{"]
)
def test_bad_arguments_find_nothing(tool, tmp_path, arguments):
    with pytest.raises(ToolError, match="failed to parse tool_search arguments"):
        found(tool, arguments)
    search = {"type": "tool_search_call", "call_id": "s", "execution": "client", "arguments": arguments}
    with_late = [tool, Late()]
    with _bench(tmp_path, [{"item": search}, {"text": "ok"}], with_late) as bench:
        bench.turn(bench.start(), "go")
        (answer,) = [codec.decode(one) for one in bench.model.requests[-1].input if b"_output" in one]
    assert answer["tools"] == []


class Late:
    """A tool that waits to be found."""

    deferred = True
    spec = spec("get_weather")

    async def run(self, call, cx):
        return tools.ToolResult("sunny")


def _bench(folder, script, offered):
    bench = Bench(folder, script, tools=offered, settings={"model": "gpt-5.5"})
    bench.model.info = models.info
    return bench


def test_a_turn_that_searches_and_calls(tool, tmp_path):
    search = {
        "type": "tool_search_call", "call_id": "s", "execution": "client", "status": "completed",
        "arguments": {"query": "weather"},
    }  # fmt: skip
    call = {"type": "function_call", "call_id": "c", "name": "get_weather", "namespace": "mcp__many", "arguments": "{}"}
    with _bench(tmp_path, [{"item": search}, {"item": call}, {"text": "sunny it is"}], [tool, Late()]) as bench:
        bench.turn(bench.start(), "go")
        first, second, third = bench.model.requests
    assert first.tools == second.tools == third.tools
    (told,) = [codec.decode(bytes(one.raw)) for one in first.tools]
    assert (told["type"], told["execution"]) == ("tool_search", "client")
    assert told["description"].endswith("Sources: mcp__many.")
    asked, answered = [codec.decode(one) for one in third.input if b"tool_search" in one]
    assert asked == search
    assert [one["name"] for one in answered["tools"][0]["tools"]] == ["get_weather"]
    assert codec.decode(third.input[-1]) == {"type": "function_call_output", "call_id": "c", "output": "sunny"}


def test_it_is_offered_where_there_is_something_to_find(tool):
    offer = Offer(model.ModelInfo("m", tool_search=True), None, tools.SandboxPolicy())
    assert tool.offered(offer) is None


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("issues", "issue"), ("calendars", "calendar"), ("currencies", "currency"), ("converting", "convert"),
        ("stopped", "stop"), ("uploads", "upload"), ("translation", "translate"), ("translated", "translate"),
        ("files", "file"), ("addresses", "address"), ("users", "user"), ("queries", "query"),
    ],
)  # fmt: skip
def test_endings(word, stem):
    from csm_extensions.tool_search.words import words

    bundled("tool_search")
    assert words(word) == words(stem)
    assert words("as is bus") == ["bus"]
