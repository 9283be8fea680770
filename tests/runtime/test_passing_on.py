"""A tool that has another one do its work: whose state, whose guards, which folder, whose result."""

from csm.api import hook
from csm.protocol import events, items
from csm.protocol.errors import ToolError
from csm.protocol.tools import ToolCall, ToolResult


class Guard:
    """Refuses one tool and remembers which calls it was asked about."""

    def __init__(self, refused=""):
        self.refused, self.seen = refused, []

    @hook
    def before_tool(self, call):
        self.seen.append((call.name, call.arguments))
        return ("deny", "no") if call.name == self.refused else "allow"


def first(workdir=None):
    async def run(call, cx):
        done = await cx.pass_on(ToolCall(call.call_id, "second", "text", custom=True), workdir=workdir)
        return "nobody" if done is None else ToolResult(f"told: {done.output}", item=done.item)

    return run


def test_the_other_tool_does_it_in_a_folder_of_its_own(bench, does, tmp_path):
    def second(call, cx):
        cx.state["here"] = cx.state.get("here", 0) + 1
        item = items.ToolUse(call.call_id, "second", call.arguments, "completed", "")
        return ToolResult(f"{call.arguments} {cx.workdir} {cx.cwd == cx.workdir} {cx.state}", item=item)

    tools = [does("first", first(tmp_path)), does("second", second)]
    made = bench({"call": ("first", {})}, {"call": ("second", {})}, {"text": "ok"}, tools=tools)
    seen = made.turn(made.start(), "go")
    here, there = made.outputs()
    assert here == f"told: text {tmp_path} False {{'here': 1}}"
    assert there.endswith("True {'here': 2}"), "each call of the tool has the same state, whoever called"
    shown = [body.item.tool for event in seen if isinstance(body := event.body, events.ItemCompleted)
             and isinstance(body.item, items.ToolUse)]  # fmt: skip
    assert shown == ["second", "second"]


def test_guards_judge_both_calls(bench, does):
    ran = []
    tools = [does("first", first()), does("second", lambda call, cx: ran.append(1) or "ran")]
    guard = Guard(refused="second")
    made = bench({"call": ("first", {})}, {"text": "ok"}, tools=tools, plugins=[guard])
    made.turn(made.start(), "go")
    assert made.outputs() == ["second was blocked by plugin0: no"]
    assert guard.seen == [("first", "{}"), ("second", "text")]
    assert not ran


def test_a_tool_that_is_not_there_is_none(bench, does):
    made = bench({"call": ("first", {})}, {"text": "ok"}, tools=[does("first", first())])
    made.turn(made.start(), "go")
    assert made.outputs() == ["nobody"]


def test_what_the_other_tool_began_fails_with_it(bench, does):
    def second(call, cx):
        cx.started(items.ToolUse("made-1", "second"))
        raise ToolError("it broke")

    made = bench({"call": ("first", {})}, {"text": "ok"}, tools=[does("first", first()), does("second", second)])
    seen = made.turn(made.start(), "go")
    ended = [event.body.item for event in seen if isinstance(event.body, events.ItemCompleted)]
    assert made.outputs() == ["it broke"]
    assert [item.status for item in ended if isinstance(item, items.ToolUse)] == ["failed"]
