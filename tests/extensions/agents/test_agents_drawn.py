"""Calls for agents in the transcript: one line folded, whole answers unfolded, nothing raw."""

import pytest

from csm.protocol.items import AgentState, CollabToolCall
from csm.view.lines import line_width
from csm.view.render.items import render_item
from csm.view.render.kit import Kit
from csm.view.render.look import View

LONG = "It is in the cellar, behind the third barrel from the left, where nobody looks.\nTake a lamp."


def rows(item, *, folded=True, width=60, done=True):
    look = render_item(item, View(done=done, folded=folded))
    found = [row for leaf in look.leaves for row in leaf.body(Kit(), width)]
    assert all(line_width(row) <= width for row in found)
    return look, ["".join(text for _, text in row) for row in found]


def call(tool, prompt=None, status="completed", names=None, **agents):
    states = {key: AgentState(*value) for key, value in agents.items()}
    return CollabToolCall("c", tool, "parent", tuple(states), prompt, states, names or {"k": "Wren"}, status)


def test_a_call_under_way_says_what_is_done():
    item = CollabToolCall("c", "wait_agent", "p", ("k", "l"), names={"k": "Wren", "l": "Robin"})
    look, shown = rows(item, done=False)
    assert (look.mark[1], shown) == ("•", ["Waiting for Wren, Robin"])


@pytest.mark.parametrize(
    ("item", "mark", "wanted"),
    [
        (call("spawn_agent", "find\nit", k=("pending_init",)), "✓", ["Began the agent Wren  find it"]),
        (call("spawn_agent", "find it", "failed"), "✗", ["Could not begin an agent  find it"]),
        (call("send_input", "go", k=("running",)), "✓", ["Told Wren  go"]),
        (call("wait_agent", k=("completed", "Found.")), "✓", ["Waited for Wren", "  Wren: done  Found."]),
        (
            call("wait_agent", status="failed", k=("errored", "no\nkey")),
            "✗",
            ["Waited for Wren", "  Wren: failed  no key"],
        ),
        (call("wait_agent"), "✓", ["Waited in vain"]),
        (
            CollabToolCall("c", "wait_agent", "p", ("k",), names={"k": "Wren"}, status="failed"),
            "✗",
            ["Stopped waiting for Wren"],
        ),
        (call("close_agent", k=("running",)), "✓", ["Closed Wren"]),
        (
            call("close_agent", status="failed", names={"x": ""}, abcdefghijkl=("not_found",)),
            "✗",
            ["Could not close efghijkl", "  efghijkl: not open"],
        ),
        (call("resume_agent", k=("pending_init",)), "✓", ["Reopened Wren", "  Wren: about to start"]),
    ],
)
def test_a_finished_call_says_how_it_went(item, mark, wanted):
    look, shown = rows(item)
    assert (look.mark[1], shown) == (mark, wanted)


def test_unfolded_it_shows_task_and_answer_whole():
    look, shown = rows(call("wait_agent", k=("completed", LONG)), folded=False)
    assert look.foldable and shown[1] == "  Wren: done" and shown[-1] == "  Take a lamp."
    _, shown = rows(call("spawn_agent", LONG, k=("pending_init",)), folded=False, width=30)
    assert shown[0] == "Began the agent Wren" and shown[-1] == "  Take a lamp."


def test_what_agents_say_reaches_no_terminal_raw():
    item = call("wait_agent", "\x1b[31mred", names={"k": "W\x1b]0;x\x07"}, k=("completed", "\x1b[2Jgone"))
    for folded in (True, False):
        _, shown = rows(item, folded=folded)
        assert all(text.isprintable() for text in shown)
