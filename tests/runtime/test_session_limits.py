"""Secrets, full disks, background processes, names, and what is stored when."""

import msgspec
import pytest

from csm.core.fold import fold
from csm.protocol import events as ev
from csm.protocol import ops
from csm.protocol.errors import StoreError
from csm.protocol.items import AgentMessage, CommandExecution
from csm.protocol.tools import ToolResult


def bodies(events, kind):
    return [event.body for event in events if isinstance(event.body, kind)]


def same_when_read_again(bench, thread):
    live = bench.port.attach(thread).snapshot
    stored = fold(bench.store.read(thread))
    assert stored.state_hash() == live.state_hash()
    return stored


SECRET = "sk-very-secret-1234"


def test_secrets_reach_neither_log_nor_screen_nor_model_nor_child(bench, does):
    def leak(call, cx):
        cx.started(CommandExecution("c", "env"))
        for piece in ("key=", SECRET[:7], SECRET[7:], " end"):
            cx.output("c", piece)
        item = CommandExecution("c", "env", output=f"key={SECRET}", status="completed")
        return ToolResult(f"env {dict(cx.env)} key={SECRET}", item=item)

    made = bench(
        {"call": ("one", {}, "c")},
        {"text": [f"it is {SECRET[:9]}", f"{SECRET[9:]}!"]},
        tools=[does("one", leak)],
        env={"CODEX_API_KEY": SECRET, "OTHER": "fine"},
    )
    thread = made.start()
    events = made.turn(thread, f"my own words with {SECRET}")
    mine = [body for body in bodies(events, ev.ItemCompleted) if body.item.id.endswith("-0")]
    assert SECRET in mine[0].item.text and SECRET.encode() in made.model.requests[0].input[-1]
    assert "CODEX_API_KEY" not in made.outputs()[0] and "'OTHER': 'fine'" in made.outputs()[0]
    deltas = "".join(body.text for body in bodies(events, ev.OutputDelta | ev.TextDelta))
    assert SECRET not in deltas and "key=[secret]" in deltas
    rest = [event for event in events if not (SECRET in repr(event.body) and event.body in mine)]
    told = msgspec.json.encode([event for event in rest if not isinstance(event.body, ev.HistoryAppended)])
    assert SECRET.encode() not in told
    history = [bytes(body.raw) for body in bodies(events, ev.HistoryAppended)]
    assert [SECRET.encode() in raw for raw in history].count(True) == 1
    same_when_read_again(made, thread)


def test_a_full_disk_ends_the_turn_and_loses_nothing(bench, does):
    def fill(call, cx):
        made.store.fail = "no space left"
        return "x"

    made = bench({"call": ("one", {})}, {"text": "never"}, {"text": "ok"}, tools=[does("one", fill)])
    thread = made.start()
    events = made.turn(thread, "go")
    failed = bodies(events, ev.TurnFailed)[-1]
    assert failed.code == "store" and "no space left" in failed.message
    assert not made.host.messages
    made.store.fail = None
    assert made.turn(thread, "again")[-1].body.last_message in ("never", "ok")
    same_when_read_again(made, thread)


def test_a_process_that_outlives_its_turn_is_still_logged(bench, does):
    kept = []

    def background(call, cx):
        cx.started(CommandExecution("bg", "server"))
        kept.append(cx)
        return "running"

    made = bench({"call": ("one", {})}, {"text": "ok"}, tools=[does("one", background)])
    thread = made.start()
    made.turn(thread, "go")
    same_when_read_again(made, thread)
    watcher = made.port.attach(thread)
    kept[0].output("bg", "late")
    kept[0].completed(CommandExecution("bg", "server", status="completed", output="late"))
    made.until(watcher, ev.ItemCompleted)
    stored = same_when_read_again(made, thread)
    assert stored.entries["bg"].done and stored.entries["bg"].turn_id == stored.turns[-1].id


def test_state_of_an_extension_is_closed_with_the_thread(bench, does):
    closed = []

    class Keeps:
        def __init__(self, name):
            self.name = name

        def close(self):
            closed.append(self.name)
            if self.name == "bad":
                raise OSError("stuck")

    class KeepsAsync(Keeps):
        async def close(self):
            closed.append(self.name)

    def keep(call, cx):
        cx.state.update(bad=Keeps("bad"), good=Keeps("good"), later=KeepsAsync("async"), plain=3)
        return "kept"

    made = bench({"call": ("one", {})}, {"text": "ok"}, tools=[does("one", keep)])
    made.turn(made.start(), "go")
    made.port.close()
    assert closed == ["bad", "good", "async"]
    assert any("stuck" in message.text for message in made.host.messages)


def test_names(bench):
    made = bench({"text": "ok"})
    thread = made.start()
    assert made.submit(thread, ops.Rename("  my \n name ")).accepted
    assert not made.submit(thread, ops.Rename(" ")).accepted
    with pytest.raises(StoreError):
        made.store.find("my name")
    made.turn(thread, "go")
    assert made.store.find("my name").thread_id == thread


def test_nothing_is_stored_before_the_first_turn(bench):
    made = bench({"text": "ok"})
    thread = made.start()
    with pytest.raises(StoreError):
        made.store.read(thread)
    made.port.close()
    assert list(made.store.list(non_interactive=True)) == []


def test_ephemeral_threads_leave_nothing(bench):
    made = bench({"text": "ok"})
    made.turn(made.start(ephemeral=True), "go")
    made.port.close()
    assert list(made.store.list(non_interactive=True)) == []


def test_an_agent_message_that_is_refused(bench):
    item = {"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "I will not"}]}
    made = bench({"item": item})
    events = made.turn(made.start(), "go")
    assert [body.item for body in bodies(events, ev.ItemCompleted)][-1] == AgentMessage(
        f"{events[0].body.turn_id}-1", "I will not"
    )
