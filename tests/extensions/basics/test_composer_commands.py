"""The composer: sending, slash words, queue, history and its file, the external editor."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path

import pytest

from csm.core.fold import Thread
from csm.protocol import events, ops
from csm.protocol.errors import CommandError
from csm.protocol.tools import Ask


def running(thread: Thread) -> None:
    thread.take(events.TurnStarted("turn"))


def test_enter_sends_and_empties_the_composer(desk) -> None:
    desk.type("do it")
    desk.press("enter")
    assert desk.talk.submitted == [ops.Submit("do it", busy="steer")]
    assert desk.composer.text == ""


@pytest.mark.parametrize("draft", ["", "  ", "\n"])
def test_nothing_is_not_sent(desk, draft: str) -> None:
    desk.composer.set_text(draft)
    desk.press("enter")
    assert desk.talk.submitted == []


def test_tab_queues(desk) -> None:
    desk.type("later")
    desk.press("tab")
    assert desk.talk.submitted == [ops.Submit("later", busy="queue")]


def test_a_refused_draft_comes_back_with_the_reason(desk) -> None:
    desk.talk.ack = ops.Ack(False, "the log cannot be written")
    desk.type("keep me")
    desk.press("enter")
    assert desk.composer.text == "keep me"
    assert desk.messages == ["the log cannot be written"]


def test_a_draft_answers_a_waiting_question_with_no_and_what_to_do(desk) -> None:
    desk.talk.thread.take(events.Asked("turn", Ask("ask-1", "call", "command", "Run it?")))
    desk.type("use make instead")
    desk.press("enter")
    assert desk.talk.submitted == [ops.AnswerAsk("ask-1", "decline", "use make instead")]


def test_a_slash_word_runs_its_command(desk) -> None:
    desk.type("/rename my work")
    desk.press("enter")
    assert desk.talk.submitted == [ops.Rename("my work")]
    assert desk.composer.text == ""


def test_an_unknown_slash_word_leaves_the_draft_and_names_the_nearest(desk) -> None:
    desk.type("/modle gpt")
    with pytest.raises(CommandError) as caught:
        desk.press("enter")
    assert caught.value.message == "there is no /modle" and caught.value.hint.startswith("did you mean /model")
    assert desk.composer.text == "/modle gpt"


@pytest.mark.parametrize("text", ["/usr/bin is empty", " /model is a word", "/ what", "/new\nand more"])
def test_not_everything_with_a_slash_is_a_command(desk, text: str) -> None:
    desk.composer.set_text(text)
    desk.press("enter")
    assert desk.talk.submitted == [ops.Submit(text, busy="steer")]


def test_tab_completes_the_beginning_of_a_slash_word(desk) -> None:
    desk.type("/mod")
    desk.press("tab")
    assert desk.done == [("complete",)]
    assert desk.talk.submitted == []


def test_queued_messages_are_taken_back(desk) -> None:
    with pytest.raises(CommandError, match="nothing is queued"):
        desk.press("M-up")
    desk.talk.thread.take(events.Queued(("next",)))
    desk.press("S-left")
    assert desk.talk.submitted == [ops.Unqueue()]


def test_up_and_down_walk_through_history_and_keep_the_draft(desk) -> None:
    for text in ("first", "second\nline"):
        desk.composer.set_text(text)
        desk.press("enter")
    desk.type("draft")
    desk.press("up")
    assert desk.composer.text == "second\nline"
    desk.press("up")
    assert desk.composer.text == "first"
    desk.press("up down")
    assert desk.composer.text == "second\nline"
    desk.press("down")
    assert desk.composer.text == "draft"


def test_up_moves_within_a_draft_of_several_lines_first(desk) -> None:
    desk.type("old")
    desk.press("enter")
    desk.composer.set_text("one\ntwo")
    desk.press("up")
    assert (desk.composer.text, desk.composer.cursor) == ("one\ntwo", 3)
    desk.press("up")
    assert desk.composer.text == "old"


def test_older_prompts_that_begin_so(desk) -> None:
    for text in ("fix a", "test", "fix b"):
        desk.type(text)
        desk.press("enter")
    desk.type("fix")
    desk.press("M-p")
    assert (desk.composer.text, desk.composer.cursor) == ("fix b", 3)
    desk.press("M-p")
    assert desk.composer.text == "fix a"
    with pytest.raises(CommandError, match="no older prompt"):
        desk.press("M-p")
    desk.press("M-n M-n")
    assert desk.composer.text == "fix"


def test_all_prompts_can_be_chosen_from(desk) -> None:
    with pytest.raises(CommandError, match="no earlier prompts"):
        desk.press("C-r")
    for text in ("a", "b", "a"):
        desk.type(text)
        desk.press("enter")
    desk.press("C-r")
    title, rows, done = desk.picking
    assert (title, [row.value for row in rows]) == ("History, this project", ["a", "b"])
    done("b")
    assert desk.composer.text == "b"


def test_prompts_are_kept_in_codex_form(desk, env: dict[str, str]) -> None:
    desk.type("remember ✓")
    desk.press("enter")
    path = Path(env["CODEX_HOME"], "history.jsonl")
    line = json.loads(path.read_text())
    assert line["text"] == "remember ✓"
    assert line["session_id"] == "0199-thread"
    assert isinstance(line["ts"], int)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_prompts_of_earlier_days_are_there_and_bad_lines_are_passed_over(desk_with, env: dict[str, str]) -> None:
    path = Path(env["CODEX_HOME"], "history.jsonl")
    path.write_bytes(b'{"text": "good", "ts": 1}\n\xff\xfe\n[]\n{"text": 3}\n{"te\n{"text": "newer"}\n')
    desk = desk_with()
    desk.press("up")
    assert desk.composer.text == "newer"
    desk.press("up")
    assert desk.composer.text == "good"


def test_only_the_end_of_a_huge_file_is_read(desk_with, env: dict[str, str]) -> None:
    path = Path(env["CODEX_HOME"], "history.jsonl")
    with path.open("w") as file:
        for number in range(40_000):
            file.write(json.dumps({"text": f"prompt {number} {'x' * 40}"}) + "\n")
    desk = desk_with()
    desk.run("composer.history-search")
    assert desk.picking is not None
    rows = desk.picking[1]
    assert rows[0].value.startswith("prompt 39999 ")
    assert len(rows) == 2_000


def test_nothing_is_kept_where_the_setting_says_so(desk_with, env: dict[str, str]) -> None:
    Path(env["CODEX_HOME"], "config.toml").write_text('[history]\npersistence = "none"\n')
    desk = desk_with()
    desk.type("secret")
    desk.press("enter up")
    assert desk.composer.text == "secret"
    assert not Path(env["CODEX_HOME"], "history.jsonl").exists()


def editor_script(tmp_path: Path, body: str) -> str:
    path = tmp_path / "my editor.py"
    path.write_text(f"import sys, pathlib\nfile = pathlib.Path(sys.argv[-1])\n{body}\n")
    return f"{sys.executable} '{path}' --wait"


def test_the_draft_goes_through_the_external_editor(desk_with, tmp_path: Path) -> None:
    body = "assert sys.argv[1] == '--wait'\nfile.write_text(file.read_text().upper() + '\\n')"
    desk = desk_with(EDITOR=editor_script(tmp_path, body))
    desk.composer.set_text("two\nlines ✓")
    desk.press("C-g")
    assert desk.composer.text == "TWO\nLINES ✓"
    assert desk.done == [("outside",)]
    desk.press("C-_")
    assert desk.composer.text == "two\nlines ✓"


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("{python} -c 'raise SystemExit(3)'", "ended with status 3"),
        ("/nothing/here", "No such file"),
        ("'", "cannot be read"),
    ],
)
def test_an_editor_that_fails_leaves_the_draft(desk_with, command: str, message: str) -> None:
    desk = desk_with(VISUAL=command.format(python=sys.executable), EDITOR="ignored")
    desk.composer.set_text("draft")
    with pytest.raises(CommandError, match=message):
        desk.press("C-g")
    assert desk.composer.text == "draft"
