"""Which tools a turn offers: late ones, hidden ones, namespaces; and what tools hold of their thread."""

import json

import msgspec
import pytest

from csm.api.testing import Bench
from csm.core import models
from csm.protocol import ops
from csm.protocol.tools import ToolResult, ToolSpec


def spec(name, namespace=None, **more):
    raw = {"type": "function", "name": name, "description": name, "parameters": {"type": "object"}}
    return ToolSpec(name, msgspec.Raw(msgspec.json.encode(raw)), namespace, **more)


class Plain:
    def __init__(self, name, namespace=None, *, deferred=False, run=None, **more):
        self.spec = spec(name, namespace, **more)
        self.deferred = deferred
        self._run = run

    async def run(self, call, cx):
        return ToolResult(await self._run(cx) if self._run else f"{call.name} ran")


class Search(Plain):
    """Finds every tool that is deferred."""

    def __init__(self):
        super().__init__("tool_search")

    def offered(self, offer):
        return self.spec if offer.deferred else None

    async def run(self, call, cx):
        return ToolResult([{"found": one.name} for one in cx.deferred])


class Hidden(Plain):
    """Offered where the sandbox is off."""

    def offered(self, offer):
        return self.spec if offer.sandbox.mode == "danger-full-access" else None


class Broken(Plain):
    def offered(self, offer):
        raise RuntimeError("no")


def names(bench, number=-1):
    found = []
    for tool in bench.model.requests[number].tools:
        raw = msgspec.json.decode(tool.raw)
        inner = [one["name"] for one in raw.get("tools", ())]
        found.append(f"{raw['name']}: {' '.join(inner)}" if inner else raw["name"])
    return found


def late(name):
    return Plain(name, "many", deferred=True)


SEARCHED = {"item": {"type": "tool_search_call", "call_id": "s", "execution": "client", "arguments": {"query": "x"}}}


def test_late_tools_are_found_and_then_called(tmp_path):
    called = {"item": {"type": "function_call", "call_id": "c", "name": "b", "namespace": "many", "arguments": "{}"}}
    script = [SEARCHED, called, {"text": "done"}]
    with Bench(tmp_path, script, tools=[late("b"), Search(), late("a"), Plain("z")]) as bench:
        bench.turn(bench.start(), "go")
        assert [names(bench, number) for number in range(3)] == [["tool_search", "z"]] * 3
        answers = [json.loads(raw) for raw in bench.model.requests[-1].input if b"_output" in raw]
    assert answers == [
        {
            "type": "tool_search_output", "call_id": "s", "status": "completed", "execution": "client",
            "tools": [{"found": "a"}, {"found": "b"}],
        },
        {"type": "function_call_output", "call_id": "c", "output": "b ran"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("tools", "model", "shown"),
    [
        ([late("b"), late("a"), Search(), Plain("z")], "strange", ["z", "many: a b"]),
        ([late("b"), Plain("z")], "gpt-5.5", ["z", "many: b"]),
        ([Search(), Plain("z")], "gpt-5.5", ["z"]),
        ([Plain("x", "n", about="Xs."), Plain("y", "m"), Plain("a")], "gpt-5.5", ["a", "m: y", "n: x"]),
        ([Hidden("h"), Plain("z"), Broken("bad")], "gpt-5.5", ["z"]),
    ],
)
def test_what_is_shown(tmp_path, tools, model, shown):
    with Bench(tmp_path, [{"text": "done"}], tools=tools, settings={"model": model}) as bench:
        bench.model.info = models.info
        bench.turn(bench.start(), "go")
        assert names(bench) == shown
        spaces = [msgspec.json.decode(one.raw) for one in bench.model.requests[-1].tools if one.name in "nm"]
        told = [space["description"] for space in spaces if space["type"] == "namespace"]
        reports = [message.text for message in bench.host.messages if message.level == "error"]
    assert told == (["Tools in the m namespace.", "Xs."] if "n: x" in shown else [])
    assert reports == (["the tool bad cannot be offered: RuntimeError('no')"] if len(tools) == 3 and not told else [])


def test_a_tool_that_is_not_offered_cannot_be_called(tmp_path):
    with Bench(tmp_path, [{"call": ("h", {})}, {"text": "done"}], tools=[Hidden("h")]) as bench:
        bench.turn(bench.start(), "go")
        assert bench.outputs() == ["unsupported call: h"]
        thread = bench.start(overrides={"sandbox_mode": "danger-full-access"})
        bench.model.script = [{"text": "ok"}]
        bench.turn(thread, "go")
        assert names(bench) == ["h"]


def test_values_are_kept_with_the_thread_and_each_extension_has_its_own(tmp_path):
    async def count(cx):
        cx.keep("count", (cx.kept("count") or 0) + 1)
        return f"{cx.kept('count')} {cx.kept('other')}"

    script = [{"call": ("a", {})}, {"text": "one"}] * 3
    with Bench(tmp_path, script, tools=[Plain("a", run=count)]) as bench:
        thread = bench.start()
        bench.turn(thread, "go")
        bench.turn(thread, "go")
        bench.submit(thread, ops.Shutdown())
        resumed = bench.start(resume=thread)
        bench.turn(resumed, "go")
        assert bench.outputs() == ["1 None", "2 None", "3 None"]
        assert bench.port.attach(resumed).snapshot.kept == {"bench": {"count": b"3"}}


def test_what_was_spent_counts_the_response_that_calls_where_asked(tmp_path):
    async def spent(cx):
        whole, before = await cx.spent(), await cx.spent(whole=False)
        return f"{before.tokens.total} {whole.tokens.total} {whole.seconds >= 0} {whole.now > 0}"

    usage = {"usage": {"input": 10, "output": 1}}
    script = [{"call": ("a", {}), **usage}, {"call": ("a", {}), **usage}, {"text": "done"}]
    with Bench(tmp_path, script, tools=[Plain("a", run=spent)]) as bench:
        bench.turn(bench.start(), "go")
        assert bench.outputs() == ["0 11 True True", "11 22 True True"]


def test_the_mode_is_told_when_it_changes_and_kept_by_the_thread(tmp_path):
    async def mode(cx):
        return cx.collaboration

    turn = [{"call": ("a", {})}, {"text": "done"}]
    with Bench(tmp_path, turn * 4, tools=[Plain("a", run=mode)]) as bench:
        thread = bench.start()
        bench.turn(thread, "one")
        assert bench.submit(thread, ops.Configure(collaboration="plan")).accepted
        bench.turn(thread, "two")
        bench.submit(thread, ops.Shutdown())
        bench.turn(thread := bench.start(resume=thread), "three")
        bench.submit(thread, ops.Configure(collaboration="default"))
        bench.turn(thread, "four")
        assert bench.outputs() == ["default", "plan", "plan", "default"]
        said = [raw for raw in bench.model.requests[-1].input if b"<collaboration_mode>" in raw]
        assert [b"in plan mode" in raw for raw in said] == [True, False]
        bench.submit(thread, ops.Configure(collaboration="plan"))
        bench.submit(thread, ops.Shutdown())
        headless = bench.start(resume=thread, headless=True)
        assert bench.port.attach(headless).snapshot.collaboration == "default"


def test_a_thread_may_begin_in_plan_mode(tmp_path):
    with Bench(tmp_path, [{"text": "done"}], settings={"csm.collaboration": "plan"}) as bench:
        bench.turn(bench.start(), "go")
        assert any(b"in plan mode" in raw for raw in bench.model.requests[0].input)
