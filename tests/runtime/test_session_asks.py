"""Questions to the user, and the extensions that answer, guard and change in their place."""

import msgspec
import pytest

from csm.core.fold import fold
from csm.host.hooks import hook
from csm.protocol import events as ev
from csm.protocol import ops
from csm.protocol.items import PatchChange
from csm.protocol.tools import Ask, ToolResult


def bodies(events, kind):
    return [event.body for event in events if isinstance(event.body, kind)]


def same_when_read_again(bench, thread):
    live = bench.port.attach(thread).snapshot
    stored = fold(bench.store.read(thread))
    assert stored.state_hash() == live.state_hash()
    return stored


def asks(decisions=("accept", "accept_session", "accept_rule", "decline", "cancel"), **more):
    async def run(call, cx):
        ask = Ask(f"q-{call.call_id}", call.call_id, "command", "Run?", decisions=decisions, **more)
        answer = await cx.ask(ask)
        return f"{answer.decision} {answer.text}".strip()

    return run


def asked(made, thread, decision, text="", **answer):
    watcher = made.port.attach(thread)
    made.submit(thread, ops.Submit("go"))
    ask = made.until(watcher, ev.Asked)[-1].body.ask
    assert list(made.port.attach(thread).snapshot.asks) == [ask.id]
    ack = made.submit(thread, ops.AnswerAsk(ask.id, decision, text))
    assert ack.accepted
    return made.until(watcher, (ev.TurnCompleted, ev.TurnInterrupted))


@pytest.mark.parametrize("decision", ["accept", "decline"])
def test_a_question_and_its_answer(bench, does, decision):
    made = bench({"call": ("one", {})}, {"text": "ok"}, tools=[does("one", asks(command="ls"))])
    thread = made.start()
    asked(made, thread, decision, "because")
    assert made.outputs() == [f"{decision} because"]
    same_when_read_again(made, thread)
    assert made.submit(thread, ops.AnswerAsk("q", "accept")) == ops.Ack(False, "this question is no longer open")


@pytest.mark.parametrize(("decision", "more"), [("accept_session", {}), ("accept_rule", {"prefix": ("git", "x")})])
def test_what_is_allowed_for_the_session_is_not_asked_again(bench, does, decision, more):
    tool = does("one", asks(command="git x", argv=("git", "x"), **more))
    made = bench({"call": ("one", {})}, {"text": "ok"}, {"call": ("one", {})}, {"text": "ok"}, tools=[tool])
    thread = made.start()
    asked(made, thread, decision)
    events = made.turn(thread, "again")
    assert bodies(events, ev.Asked) == []
    assert made.outputs() == [decision, "accept_session"]


def test_cancelling_a_question_interrupts(bench, does):
    made = bench({"call": ("one", {})}, {"text": "ok"}, tools=[does("one", asks())])
    thread = made.start()
    events = asked(made, thread, "cancel")
    assert isinstance(events[-1].body, ev.TurnInterrupted)
    made.turn(thread, "next")
    assert made.outputs()[0].startswith("aborted by user after")
    same_when_read_again(made, thread)


def test_an_answer_that_was_not_offered_is_refused(bench, does):
    made = bench({"call": ("one", {})}, {"text": "ok"}, tools=[does("one", asks(decisions=("accept",)))])
    thread = made.start()
    watcher = made.port.attach(thread)
    made.submit(thread, ops.Submit("go"))
    ask = made.until(watcher, ev.Asked)[-1].body.ask
    assert not made.submit(thread, ops.AnswerAsk(ask.id, "accept_rule")).accepted
    assert made.submit(thread, ops.AnswerAsk(ask.id, "decline")).accepted


CHANGES = (
    PatchChange("/a", "update", "@@ -1 +1 @@\n-a\n+b\n@@ -9 +9 @@\n-c\n+d\n"),
    PatchChange("/b", "add", "x\n"),
)


@pytest.mark.parametrize(
    ("takes", "decision", "given", "refused"),
    [
        (("edited",), "accept", {"edited": "ls"}, ""),
        (("edited",), "accept_session", {"edited": "ls"}, "accepted once"),
        ((), "accept", {"edited": "ls"}, "only as it is"),
        (("pieces",), "accept", {"pieces": (0, 2)}, ""),
        (("pieces",), "accept", {"pieces": ()}, "one at least"),
        (("pieces",), "accept", {"pieces": (3,)}, "from 0 to 2"),
        (("edited",), "accept", {"pieces": (0,)}, "only as it is"),
        (("pieces",), "decline", {"pieces": (0,)}, "accepted once"),
    ],
)
def test_part_of_it_or_something_else_can_be_allowed(bench, does, takes, decision, given, refused):
    async def run(call, cx):
        answer = await cx.ask(Ask("q", call.call_id, "patch", "Change?", changes=CHANGES, takes=takes))
        return f"{answer.decision} {answer.edited} {answer.pieces}"

    made = bench({"call": ("one", {})}, {"text": "ok"}, tools=[does("one", run)])
    thread = made.start()
    watcher = made.port.attach(thread)
    made.submit(thread, ops.Submit("go"))
    made.until(watcher, ev.Asked)
    ack = made.submit(thread, ops.AnswerAsk("q", decision, **given))
    assert ack.accepted == (not refused)
    assert refused in ack.reason
    if refused:
        made.submit(thread, ops.AnswerAsk("q", "accept"))
    answered = bodies(made.until(watcher, ev.TurnCompleted), ev.Answered)[-1]
    told = {} if refused else given
    assert (answered.edited, answered.pieces) == (told.get("edited", ""), told.get("pieces"))
    assert made.outputs() == [f"accept {told.get('edited', '')} {told.get('pieces')}"]
    same_when_read_again(made, thread)


@pytest.mark.parametrize("nobody", [{"headless": True}, {"overrides": {"approval_policy": "never"}}])
def test_where_nobody_can_be_asked_the_answer_is_no(bench, does, nobody):
    made = bench({"call": ("one", {})}, {"text": "ok"}, tools=[does("one", asks())])
    events = made.turn(made.start(**nobody), "go")
    assert bodies(events, ev.Answered)[0].by == "policy"
    assert made.outputs() == ["decline nobody can be asked here"]


class Plugin:
    """Hooks with what each was given."""

    def __init__(self, **answers):
        self.answers, self.seen = answers, []

    def _answer(self, name, *seen):
        self.seen.append((name, *seen))
        answer = self.answers.get(name)
        if isinstance(answer, Exception):
            raise answer
        return answer(*seen) if callable(answer) else answer

    @hook
    def before_tool(self, call):
        return self._answer("before_tool", call)

    @hook
    async def decide_approval(self, ask):
        return self._answer("decide_approval", ask)

    @hook
    def before_request(self, request):
        return self._answer("before_request", request)

    @hook
    def after_tool(self, call, result):
        return self._answer("after_tool", call, result)

    @hook
    def on_event(self, event):
        self.seen.append(("on_event", event))


@pytest.mark.parametrize(
    ("verdict", "output"),
    [
        ("allow", "ran"),
        (None, "ran"),
        (("deny", "not today"), "one was blocked by plugin0: not today"),
        (ValueError("oops"), "one was blocked by plugin0: the extension plugin0 failed: oops"),
    ],
)
def test_guards_of_tools(bench, does, verdict, output):
    ran = []
    tool = does("one", lambda call, cx: ran.append(1) or "ran")
    made = bench({"call": ("one", {})}, {"text": "ok"}, tools=[tool], plugins=[Plugin(before_tool=verdict)])
    made.turn(made.start(), "go")
    assert made.outputs() == [output]
    assert bool(ran) is (output == "ran")


def test_a_guard_may_ask_the_user(bench, does):
    plugin = Plugin(before_tool=("ask", "looks odd"))
    tool = does("one", lambda call, cx: "ran")
    made = bench({"call": ("one", {})}, {"text": "ok"}, tools=[tool], plugins=[plugin])
    asked(made, made.start(), "decline", "no")
    assert made.outputs() == ["one was declined by the user: no"]


@pytest.mark.parametrize(
    ("answer", "allowed", "output"),
    [
        (("decline", "never on Fridays"), False, "decline never on Fridays"),
        ("accept", True, "accept"),
        (RuntimeError("x"), True, "decline the extension plugin0 failed: x"),
    ],
)
def test_extensions_decide_in_the_users_place(bench, does, answer, allowed, output):
    plugin = Plugin(decide_approval=answer)
    settings = {"csm.extensions_may_approve": True} if allowed else {}
    tool = does("one", asks())
    made = bench({"call": ("one", {})}, {"text": "ok"}, tools=[tool], plugins=[plugin], settings=settings)
    events = made.turn(made.start(), "go")
    assert made.outputs() == [output]
    assert bodies(events, ev.Answered)[0].by == "plugin0"


def test_pipelines_change_requests_and_results(bench, does):
    plugin = Plugin(
        before_request=lambda request: msgspec.structs.replace(request, model="other"),
        after_tool=lambda call, result: ToolResult(result.output.upper()),
    )
    tool = does("one", lambda call, cx: "quiet")
    made = bench({"call": ("one", {})}, {"text": "ok"}, tools=[tool], plugins=[plugin])
    thread = made.start()
    made.turn(thread, "go")
    assert made.outputs() == ["QUIET"]
    assert made.model.requests[0].model == "other"
    made.port.close()
    seen = [given[0].seq for name, *given in plugin.seen if name == "on_event"]
    assert seen == list(range(1, len(seen) + 1))


@pytest.mark.parametrize(
    ("later", "again"),
    [
        ("git push origin", False),
        ("git push && git push --tags", False),
        ("git push && rm -rf x", True),
        ("git push $(rm x)", True),
        ("git pull", True),
    ],
)
def test_a_rule_allows_only_commands_that_begin_so(bench, does, later, again):
    scripts = iter(["git push", later])

    async def run(call, cx):
        argv = ("/bin/bash", "-lc", next(scripts))
        rule = {"prefix": ("git", "push"), "decisions": ("accept", "accept_rule", "cancel")}
        answer = await cx.ask(Ask(f"q-{call.call_id}", call.call_id, "command", "Run?", argv=argv, **rule))
        return answer.decision

    made = bench({"call": ("one", {})}, {"text": "ok"}, {"call": ("one", {})}, {"text": "ok"}, tools=[does("one", run)])
    thread = made.start()
    asked(made, thread, "accept_rule")
    watcher = made.port.attach(thread)
    made.submit(thread, ops.Submit("again"))
    events = made.until(watcher, (ev.Asked, ev.TurnCompleted))
    assert bool(bodies(events, ev.Asked)) is again
    made.submit(thread, ops.Interrupt())


def test_a_patch_allowed_for_the_session_does_not_allow_moving_the_file_away(bench, does):
    moves = iter([None, "/elsewhere/b"])

    async def run(call, cx):
        change = PatchChange("/x/a", "update", move_path=next(moves))
        answer = await cx.ask(Ask(f"q-{call.call_id}", call.call_id, "patch", "Change?", changes=(change,)))
        return answer.decision

    made = bench({"call": ("one", {})}, {"text": "ok"}, {"call": ("one", {})}, {"text": "ok"}, tools=[does("one", run)])
    thread = made.start()
    asked(made, thread, "accept_session")
    watcher = made.port.attach(thread)
    made.submit(thread, ops.Submit("again"))
    assert bodies(made.until(watcher, (ev.Asked, ev.TurnCompleted)), ev.Asked)
    made.submit(thread, ops.Interrupt())
