"""The reviewer: what git says of a base, what the instructions promise, and reviews as turns of a real session."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from csm.api import CommandError, Context, ReviewPlan, Session, events, hook, items, ops, review
from csm.api.testing import Bench, Gate, ResponsesServer
from csm.protocol.tools import ToolResult, ToolSpec
from csm_extensions.review.commands import start, target
from csm_extensions.review.guidelines import GUIDELINES
from csm_extensions.review.reviewer import GuidedReviewer, merge_base

GOOD = json.dumps(
    {
        "findings": [],
        "overall_correctness": "patch is correct",
        "overall_explanation": "All is well.",
        "overall_confidence_score": 1,
    }
)


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def test_the_merge_base_is_where_the_branch_left(worktree: Path) -> None:
    start = git(worktree, "rev-parse", "HEAD")
    git(worktree, "switch", "-q", "-c", "work")
    git(worktree, "commit", "-q", "--allow-empty", "-m", "more")
    assert merge_base(worktree, "main") == start
    plan = GuidedReviewer().prepare(ops.Review("base", "main"), worktree)
    assert start in plan.request


@pytest.mark.parametrize("branch", ["nowhere", "--all", "", "a b", "HEAD:a.txt"])
def test_what_is_no_branch_has_no_merge_base(branch: str, worktree: Path) -> None:
    assert merge_base(worktree, branch) is None


def test_a_folder_outside_git_has_no_merge_base(tmp_path: Path) -> None:
    assert merge_base(tmp_path, "main") is None


def test_the_instructions_name_every_field_of_the_answer() -> None:
    fields = json.loads(review.SCHEMA)["properties"]
    finding = fields["findings"]["items"]["properties"]
    for name in (*fields, *finding, *finding["code_location"]["properties"], "start", "end"):
        assert name in GUIDELINES
    example = GUIDELINES[GUIDELINES.index('{"findings"') : GUIDELINES.index("\n\n`overall_correctness`")]
    assert review.parse(example) is not None


WORDS = {
    (): ops.Review("uncommitted"),
    ("base", "main"): ops.Review("base", "main"),
    ("commit", "abc"): ops.Review("commit", "abc"),
    ("base",): ops.Review("custom", "base"),
    ("the", "error", "handling"): ops.Review("custom", "the error handling"),
}


@pytest.mark.parametrize("words", WORDS)
def test_words_after_the_command_name_a_target(words: tuple[str, ...]) -> None:
    assert target(words) == WORDS[words]


class Reviewers:
    """The bundled reviewer, on a bench that loads no extension."""

    @hook
    def reviewers(self) -> list[Any]:
        return [GuidedReviewer()]


class Refusing:
    @hook
    def reviewers(self) -> list[Any]:
        class No(GuidedReviewer):
            def prepare(self, asked: ops.Review, cwd: Path) -> ReviewPlan:
                raise CommandError("not today")

        return [No()]


class Named:
    """A tool of a name."""

    def __init__(self, name: str) -> None:
        self.spec = ToolSpec(name, b'{"type":"function","name":"%s"}' % name.encode())  # type: ignore[arg-type]

    async def run(self, call: Any, cx: Any) -> ToolResult:
        return ToolResult("done")


def reviewed(bench: Bench, thread: str, op: ops.Review | None = None) -> list[events.Event]:
    watcher = bench.port.attach(thread)
    assert bench.submit(thread, op or ops.Review("uncommitted")).accepted
    ends = (events.TurnCompleted, events.TurnFailed, events.TurnInterrupted)
    return bench.until(watcher, ends)


def test_a_review_sees_no_history_and_leaves_its_result(tmp_path: Path) -> None:
    script = [{"text": "first"}, {"text": "aside", "call": ("look", {})}, {"text": GOOD}, {"text": "last"}]
    tools = [Named("look"), Named("web_search"), Named("spawn_agent")]
    with Bench(tmp_path, script, plugins=[Reviewers()], tools=tools) as bench:
        thread = bench.start()
        bench.turn(thread, "before")
        shown = reviewed(bench, thread)
        bench.turn(thread, "after")
        requests = bench.model.requests
    said = [one.body.item.text for one in shown if isinstance(getattr(one.body, "item", None), items.AgentMessage)]
    assert said == ["All is well."]
    assert shown[-1].body.last_message == "All is well."
    first, second = requests[1], requests[2]
    assert [request.subagent for request in requests] == [None, "review", "review", None]
    assert [spec.name for spec in first.tools] == ["look"]
    assert (first.instructions, first.schema) == (GUIDELINES, review.SCHEMA)
    assert b"before" not in b"".join(first.input)
    assert first.thread_id == second.thread_id != thread
    history = b"".join(requests[3].input)
    assert b"All is well." in history
    assert b"aside" not in history
    assert b"not committed yet" in history


def test_the_reviewers_thread_has_a_log_of_its_own_that_no_list_shows(tmp_path: Path) -> None:
    with Bench(tmp_path, [{"text": GOOD}], plugins=[Reviewers()]) as bench:
        thread = bench.start(source="exec")
        reviewed(bench, thread)
        child = bench.model.requests[0].thread_id
        bench.port.close()
        started = next(body for _, body in bench.store.read(child) if isinstance(body, events.ThreadStarted))
        listed = [head.thread_id for head in bench.store.list(non_interactive=True)]
    assert (started.parent, started.source) == (thread, '{"subagent":"review"}')
    assert listed == [thread]


def test_another_model_may_review(tmp_path: Path) -> None:
    settings = {"review_model": "gpt-5.4", "model": "gpt-5.5"}
    with Bench(tmp_path, [{"text": GOOD}], plugins=[Reviewers()], settings=settings) as bench:
        reviewed(bench, bench.start())
        assert bench.model.requests[0].model == "gpt-5.4"


def test_a_reviewer_that_fails_fails_the_turn(tmp_path: Path) -> None:
    with Bench(tmp_path, [{"fail": {"message": "no more", "code": "x"}}], plugins=[Reviewers()]) as bench:
        end = reviewed(bench, bench.start())[-1].body
    assert isinstance(end, events.TurnFailed)
    assert end.message == "no more"


def test_an_interrupt_stops_the_reviewer(tmp_path: Path) -> None:
    gate = Gate()
    with Bench(tmp_path, [{"text": ["so", gate, "far"]}], plugins=[Reviewers()]) as bench:
        thread = bench.start()
        watcher = bench.port.attach(thread)
        assert bench.submit(thread, ops.Review("uncommitted")).accepted
        gate.wait_arrived()
        assert not bench.submit(thread, ops.Review("uncommitted")).accepted
        assert bench.submit(thread, ops.Interrupt()).accepted
        end = bench.until(watcher, events.TurnInterrupted)[-1]
        gate.open()
        child = bench.model.requests[0].thread_id
        bench.port.close()
        bodies = [body for _, body in bench.store.read(child)]
    assert isinstance(end.body, events.TurnInterrupted)
    assert isinstance(bodies[-1], events.TurnInterrupted)


def test_a_review_is_refused_where_nobody_reviews(tmp_path: Path) -> None:
    with Bench(tmp_path, []) as bench:
        ack = bench.submit(bench.start(), ops.Review("uncommitted"))
    assert (ack.accepted, ack.reason) == (False, "no extension reviews code")
    with Bench(tmp_path / "b", [], plugins=[Refusing()]) as bench:
        ack = bench.submit(bench.start(), ops.Review("uncommitted"))
    assert (ack.accepted, ack.reason) == (False, "not today")


class Shown:
    """As much of a screen as `/review` needs."""

    def __init__(self) -> None:
        self.submitted: list[Any] = []

    def session(self) -> Shown:
        return self

    def submit(self, op: Any) -> None:
        self.submitted.append(op)


def test_the_command_submits_a_review(tmp_path: Path) -> None:
    with Bench(tmp_path) as bench:
        screen = Shown()
        start(Context(host=bench.host, screen=screen), "base", "main")  # type: ignore[arg-type]
        with pytest.raises(CommandError, match="csm review"):
            start(Context(host=bench.host))
    assert screen.submitted == [ops.Review("base", "main")]


class Clumsy:
    @hook
    def reviewers(self) -> list[Any]:
        class Dropping(GuidedReviewer):
            def answer(self, text: str) -> str:
                raise RuntimeError("dropped it")

        return [Dropping()]


def test_a_reviewer_that_is_broken_does_not_hang_the_turn(tmp_path: Path) -> None:
    with Bench(tmp_path, [{"text": GOOD}, {"text": "on we go"}], plugins=[Clumsy()]) as bench:
        thread = bench.start()
        end = reviewed(bench, thread)[-1].body
        assert isinstance(end, events.TurnFailed)
        assert "dropped it" in end.message
        assert isinstance(bench.turn(thread, "go on")[-1].body, events.TurnCompleted)


def test_a_child_ends_before_the_thread_that_asked(env: dict[str, str], worktree: Path) -> None:
    """By whole seconds, so that Codex resumes the right one."""
    with (
        ResponsesServer([{"text": GOOD}]) as server,
        Session(worktree, env=env, settings=server.overrides()) as session,
    ):
        assert [event for event in session.review() if isinstance(event.body, events.TurnCompleted)]
    files = {path.name[-41:-6]: path.stat().st_mtime for path in Path(env["CODEX_HOME"]).rglob("rollout-*.jsonl")}
    assert len(files) == 2
    own = next(mtime for name, mtime in files.items() if session.thread_id.endswith(name))
    assert [mtime for mtime in files.values() if mtime > own - 0.9] == [own]
