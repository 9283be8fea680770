"""Rules while a session runs: questions they raise, rules that an answer adds, and who else they answer."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from csm.api.testing import Bench
from csm.host import roots
from csm.protocol import events as ev
from csm.protocol import items, ops
from csm.protocol.tools import Ask, Decision, ToolCall, ToolResult, ToolSpec

OUT = {"sandbox_permissions": "require_escalated", "justification": "J"}


def spec(name: str) -> ToolSpec:
    return ToolSpec(name, msgspec.Raw(b'{"type":"function"}'))


class Asker:
    """Another extension's tool that asks before it runs a command."""

    def __init__(self, *argv: str) -> None:
        self.spec, self.argv = spec("asker"), argv

    async def run(self, call: ToolCall, cx: Any) -> ToolResult:
        answer = await cx.ask(Ask(f"q-{call.call_id}", call.call_id, "command", "Run?", argv=self.argv))
        return ToolResult(f"{answer.decision} {answer.text}".strip())


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Any]:
    """A session with the real tool, the real sandbox and the real rules."""

    @contextmanager
    def open_(calls: list[dict[str, Any]], tool: Any = None, **settings: Any) -> Iterator[Bench]:
        from csm_extensions import rules
        from csm_extensions.bubblewrap.sandbox import Bubblewrap
        from csm_extensions.shell.exec_command import ExecCommand

        roots.mount(roots.find(config_dir=Path(os.devnull)))
        work = tmp_path / "work"
        work.mkdir(exist_ok=True)
        sandbox = Bubblewrap(env=os.environ, cwd=work)
        if reason := sandbox.unavailable():
            pytest.skip(f"bubblewrap: {reason}")
        name = tool.spec.name if tool else "exec_command"
        script = [turn for call in calls for turn in ({"call": (name, call)}, {"text": "ok"})]
        tools = [tool or ExecCommand(setting={}, login=False)]
        more = {"sandbox_mode": "read-only", "approval_policy": "on-request", **settings}
        with Bench(tmp_path, script, tools=tools, sandboxes=[sandbox], plugins=[rules], settings=more) as bench:
            yield bench

    return open_


def answered(bench: Bench, thread: str, decision: Decision) -> tuple[Ask, list[ev.Event]]:
    """A turn whose one question is answered so."""
    watcher = bench.port.attach(thread)
    bench.submit(thread, ops.Submit("go"))
    found = bench.until(watcher, ev.Asked)
    ask = found[-1].body.ask
    assert bench.submit(thread, ops.AnswerAsk(ask.id, decision)).accepted
    found += bench.until(watcher, (ev.TurnCompleted, ev.TurnInterrupted, ev.TurnFailed))
    watcher.detach()
    return ask, found


def questions(events: list[ev.Event]) -> list[Ask]:
    return [event.body.ask for event in events if isinstance(event.body, ev.Asked)]


def notices(events: list[ev.Event]) -> list[str]:
    bodies = [event.body for event in events if isinstance(event.body, ev.ItemCompleted)]
    return [body.item.message for body in bodies if isinstance(body.item, items.Notice)]


def test_always_keeps_a_rule_for_this_session_and_the_next(made: Any, tmp_path: Path) -> None:
    path = tmp_path / "home/.codex/rules/default.rules"
    calls = [{"cmd": "touch one", **OUT}, {"cmd": "touch one"}, {"cmd": "touch two", **OUT}]
    with made(calls) as bench:
        thread = bench.start()
        ask, events = answered(bench, thread, "accept_rule")
        assert (ask.prefix, ask.sandbox) == (("touch", "one"), "none")
        assert path.read_text() == 'prefix_rule(pattern=["touch", "one"], decision="allow")\n'
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert notices(events) == [f'Kept in {path}: prefix_rule(pattern=["touch", "one"], decision="allow")']
        (bench.work / "one").unlink()
        assert questions(bench.turn(thread, "again")) == []
        assert (bench.work / "one").exists()
        answered(bench, thread, "decline")
    with made([{"cmd": "touch one && touch one"}, {"cmd": "touch one x"}, {"cmd": "touch x"}]) as bench:
        thread = bench.start()
        for text in ("a", "b", "c"):
            assert questions(bench.turn(thread, text)) == []
        assert "exited with code 0" in bench.outputs()[0]
        assert "exited with code 0" in bench.outputs()[1]
        assert "Read-only file system" in bench.outputs()[2]


@pytest.mark.parametrize(
    ("call", "prefix"),
    [
        ({"cmd": "touch a b", "prefix_rule": ["touch"]}, ("touch",)),
        ({"cmd": "touch a && touch b", "prefix_rule": ["touch"]}, ("touch",)),
        ({"cmd": "touch a && touch b"}, ()),
        ({"cmd": "touch a && ls", "prefix_rule": ["touch"]}, ()),
        ({"cmd": "touch a > b", "prefix_rule": ["touch"]}, ()),
        ({"cmd": "touch a", "prefix_rule": ["ls"]}, ("touch", "a")),
        ({"cmd": "git push", "prefix_rule": ["git"]}, ("git", "push")),
        ({"cmd": "python3 -c pass", "prefix_rule": ["python3", "-c"]}, ("python3", "-c", "pass")),
        ({"cmd": "./touch a"}, ("./touch", "a")),
        ({"cmd": "bash", "prefix_rule": ["bash"]}, ()),
        ({"cmd": "rm -rf x", "prefix_rule": ["rm"]}, ()),
    ],
)
def test_the_rule_that_is_offered_would_free_the_command(
    made: Any, call: dict[str, Any], prefix: tuple[str, ...]
) -> None:
    with made([{**call, **OUT}]) as bench:
        ask, _ = answered(bench, bench.start(), "decline")
    assert ask.prefix == prefix
    assert ("accept_rule" in ask.decisions) is bool(prefix)


def test_a_rule_asks_inside_the_sandbox_and_offers_no_rule(made: Any, tmp_path: Path, put: Any) -> None:
    put(tmp_path / "home/.codex", "a", 'prefix_rule(["touch"], decision="prompt", justification="look first")')
    with made([{"cmd": "touch x"}, {"cmd": "touch x"}, {"cmd": "touch y", **OUT}]) as bench:
        thread = bench.start()
        ask, _ = answered(bench, thread, "accept_session")
        assert (ask.why, ask.sandbox, ask.by_rule) == ("a rule of yours asks: look first", "read-only", True)
        assert "accept_rule" not in ask.decisions
        assert questions(bench.turn(thread, "the same")) == []
        assert "Read-only file system" in bench.outputs()[0]
        ask, _ = answered(bench, thread, "accept")
        assert (ask.why, ask.sandbox) == ("a rule of yours asks: look first\nThe agent says: J", "none")
        assert (bench.work / "y").exists()


@pytest.mark.parametrize(
    ("granular", "asked"), [({"rules": True}, True), ({"rules": False}, False), ({"sandbox_approval": False}, True)]
)
def test_a_granular_policy_says_whether_rules_may_ask(
    made: Any, tmp_path: Path, put: Any, granular: dict[str, bool], asked: bool
) -> None:
    put(tmp_path / "home/.codex", "a", 'prefix_rule(["touch"], decision="prompt")')
    table = {"sandbox_approval": True, "rules": True, "mcp_elicitations": True, **granular}
    with made([{"cmd": "touch x"}], approval_policy={"granular": table}) as bench:
        thread = bench.start()
        if asked:
            answered(bench, thread, "accept")
        else:
            bench.turn(thread, "go")
        bench.turn(thread, "again")
        assert ("rejected by user" in bench.outputs()[0]) is not asked


def test_a_broken_file_has_everything_asked_until_it_is_mended(made: Any, tmp_path: Path, put: Any) -> None:
    path = put(tmp_path / "home/.codex", "a", "broken(")
    put(tmp_path / "home/.codex", "b", 'prefix_rule(["touch"])')
    with made([{"cmd": "touch x"}, {"cmd": "touch x"}]) as bench:
        thread = bench.start()
        ask, _ = answered(bench, thread, "decline")
        assert f"a rule file cannot be read, so nobody knows what it forbids: {path}:1: " in ask.why
        path.write_text("")
        assert questions(bench.turn(thread, "again")) == []
        assert (bench.work / "x").exists()


def test_where_it_cannot_be_kept_it_holds_for_the_session(made: Any, tmp_path: Path) -> None:
    with made([{"cmd": "touch one", **OUT}, {"cmd": "touch one", **OUT}]) as bench:
        thread = bench.start()
        (tmp_path / "home/.codex/rules").write_text("a file")
        _, events = answered(bench, thread, "accept_rule")
        (notice,) = notices(events)
        assert notice.startswith("This rule holds until the session ends only: ") and "File exists" in notice
        assert questions(bench.turn(thread, "again")) == []


@pytest.mark.parametrize(
    ("text", "answer"),
    [('prefix_rule(["ls"])', "accept"), ('prefix_rule(["ls"], "forbidden", justification="no")', "decline no")],
)
def test_rules_answer_whatever_tool_asks_about_a_command(
    made: Any, tmp_path: Path, put: Any, text: str, answer: str
) -> None:
    put(tmp_path / "home/.codex", "a", text)
    with made([{}], Asker("ls", "-l")) as bench:
        thread = bench.start()
        bench.turn(thread, "go")
        bench.turn(thread, "more")
        assert bench.outputs() == [answer]


def test_a_source_that_fails_frees_nothing(made: Any) -> None:
    from csm.api import hook

    class Broken:
        def current(self, settings: Any) -> Any:
            raise RuntimeError("no disk")

    class Plugin:
        @hook
        def rules(self) -> list[Any]:
            return [Broken()]

    with made([{"cmd": "ls"}]) as bench:
        bench.host.hooks.register(Plugin(), "mine")
        ask, _ = answered(bench, bench.start(), "decline")
        assert "mine: no disk" in ask.why
        assert any("its rules cannot be had" in message.text for message in bench.host.messages)


def test_a_session_tells_of_broken_files_when_it_opens(made: Any, tmp_path: Path, put: Any) -> None:
    path = put(tmp_path / "home/.codex", "a", "\nbroken(")
    put(tmp_path / "home/.codex", "b", 'network_rule("a.com", "https", "deny")\nnetwork_rule("b.com", "http", "allow")')

    def told(**settings: Any) -> list[str]:
        with made([], **settings) as bench:
            return [notice.message for notice in bench.port.attach(bench.start()).told]

    broken, unheld = told(sandbox_mode="danger-full-access")
    assert broken.startswith(f"This rule file cannot be read: {path}:2: ")
    assert unheld.startswith("Rules forbid or ask about a.com, and nothing holds commands to that")
    assert told() == [broken]
