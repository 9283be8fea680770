"""Compaction: what is summed up, and the history that comes of it."""

import json

import msgspec
import pytest

from csm.core import compaction, prompts
from csm.core.response_items import Image, agent_message, call_output, message, user_message
from csm.protocol.tools import ToolCall

RULES = prompts.agents("/w", "", ["Be nice."])
HERE = prompts.environment("/w", "bash", "2026-01-02", "UTC")
CONTEXT = (message("developer", ["<permissions instructions>"]), message("user", [RULES, HERE]))
CODEX = "Another language model started to solve this problem and produced a summary of its thinking process. X:\nold"


def call(call_id):
    return json.dumps({"type": "function_call", "name": "ls", "arguments": "{}", "call_id": call_id}).encode()


def output(call_id, text="out"):
    return call_output(ToolCall(call_id, "ls", ""), text)


def texts(history):
    found = []
    for raw in history:
        value = json.loads(raw)
        content = value.get("content")
        found.append(content[0]["text"] if content else value.get("output", value["type"]))
    return found


SUMMARY = message("user", [compaction.marked("what was")])


@pytest.mark.parametrize(
    ("window", "wanted", "limit"),
    [(272_000, None, 244_800), (100_000, None, 90_000), (272_000, 500, 500), (272_000, 260_000, 244_800)],
)
def test_the_limit(window, wanted, limit):
    assert compaction.limit(window, wanted) == limit


@pytest.mark.parametrize(
    ("history", "worthwhile"),
    [
        ([], False),
        ([*CONTEXT], False),
        ([*CONTEXT, user_message("hi")], False),
        ([*CONTEXT, user_message("hi"), agent_message("yes")], True),
        ([user_message("hi"), agent_message("yes"), user_message("and?")], True),
        ([user_message("hi"), call("c"), output("c")], True),
        ([user_message("hi"), agent_message("yes"), SUMMARY], False),
        ([user_message("hi"), agent_message("yes"), message("user", [CODEX]), user_message("go")], False),
        ([SUMMARY, user_message("go"), agent_message("gone")], True),
        ([agent_message('"user"'), user_message("x")], True),
    ],
)
def test_whether_there_is_anything_to_sum_up(history, worthwhile):
    assert compaction.worthwhile(history) is worthwhile


def test_the_request_holds_everything_and_the_last_summary():
    history = [*CONTEXT, user_message("one"), SUMMARY, user_message("two"), call("c"), output("c"), agent_message("ok")]
    asked = compaction.span(history, "sum up")
    assert list(asked[:-1]) == history
    assert texts(asked[-1:]) == ["sum up"]


def test_a_request_that_does_not_fit_is_shortened_step_by_step():
    image = user_message("look", [Image("p.png", "data:image/png;base64," + "A" * 9000)])
    history = [SUMMARY, image, call("c1"), output("c1", "x" * 9000), user_message("go on"), call("c2"), output("c2")]
    sizes = [sum(map(len, compaction.span(history, "sum up", level))) for level in range(compaction.LEVELS + 1)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[1] < 6000
    for level in range(compaction.LEVELS + 1):
        found = [json.loads(raw) for raw in compaction.span(history, "sum up", level)]
        calls = {item["call_id"] for item in found if item["type"] == "function_call"}
        assert {item["call_id"] for item in found if item["type"] == "function_call_output"} <= calls
        assert found[0]["content"][0]["text"].endswith("what was"), "the last summary is never left out"


def test_a_cut_between_call_and_output_leaves_no_output_alone():
    history = [user_message("a"), call("c1"), output("c1"), agent_message("b")]
    assert texts(compaction.span(history, "sum up", 3)) == ["b", "sum up"]


def test_the_new_history_is_context_the_users_words_and_one_summary():
    history = [
        *CONTEXT,
        user_message("one"),
        agent_message("no"),
        SUMMARY,
        user_message("two", [Image("p.png", "data:x"), Image("q.png", problem="q.png cannot be read")]),
        message("user", ["<turn_aborted>\nstopped\n</turn_aborted>"]),
        message("user", [HERE]),
        message("user", [CODEX]),
        call("c"),
        output("c", '"user"'),
    ]
    new = compaction.replacement(history, CONTEXT, "all of it")
    assert new[:2] == CONTEXT
    assert texts(new[2:]) == [
        "one",
        "(an image was here)\nq.png cannot be read\ntwo",
        compaction.marked("all of it"),
    ]
    again = compaction.replacement([*new, user_message("three")], CONTEXT, "newer")
    assert texts(again[2:]) == [*texts(new[2:4]), "three", compaction.marked("newer")]


def test_earlier_messages_are_kept_as_far_as_they_fit():
    history = [user_message(f"{number} " + "x" * 29_998) for number in range(6)]
    kept = texts(compaction.replacement(history, (), "s"))[:-1]
    assert [text[0] for text in kept] == ["3", "4", "5"]
    assert sum(map(len, kept)) < compaction.SAID_BYTES + 60
    assert "tokens left out ...]" in kept[0] and kept[0].endswith("x")
    (whole,) = texts(compaction.replacement([user_message("é" * 79_999)], (), "s"))[:-1]
    assert len(whole.encode()) <= compaction.SAID_BYTES + 60


def test_content_of_any_shape_is_read():
    history = [b'{"type":"message","role":"user","content":"plain"}', b'{"role":"user","content":[1,{"text":2},null]}']
    assert texts(compaction.replacement(history, (), "\ud800s"))[0] == "plain"


def test_a_summary_of_codex_keeps_its_own_mark():
    assert compaction.marked(CODEX) == CODEX
    assert compaction.marked("plain").startswith(compaction.MARK)


def test_a_line_of_an_old_codex_names_no_history():
    from csm.core.fold import Thread
    from csm.protocol.events import HistoryAppended, HistoryReplaced

    thread = Thread()
    for raw in (*CONTEXT, user_message("one"), agent_message("no")):
        thread.take(HistoryAppended(msgspec.Raw(raw)))
    thread.take(HistoryReplaced(CODEX, ()))
    assert texts(thread.history) == ["one", CODEX]


def test_an_image_counts_for_what_it_is():
    image = user_message("look", [Image("p.png", "data:image/png;base64," + "A" * 900_000)])
    assert compaction.estimate([image], "") == 2000
    assert compaction.estimate([b"x" * 400], "y" * 40) == 110


def test_what_the_model_is_asked_for():
    for word in ("wants", "done", "found out", "decided", "next", "paths", "older summary", "no tool"):
        assert word in compaction.ASK, word
    for word in ("report", "same session", "do not repeat"):
        assert word in compaction.MARK, word
