"""`shell_command`, the tool without sessions: what it says, how it ends, and when it is offered."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from csm.api import Offer, ToolError, items, model
from csm.api import tools as types
from csm.host import settings


@pytest.fixture
def told(bench: Any, run: Any) -> Any:
    """Runs one command; what the model reads, with the seconds taken out."""
    from csm_extensions.shell.shell_command import ShellCommand

    bench.tools["shell_command"] = ShellCommand(setting={})

    def tell(command: str, **more: Any) -> str:
        text = run(bench, lambda: bench.call_text("shell_command", command=command, **more))
        return re.sub(r"(Wall time:|after) [0-9.]+", r"\1 N", text)

    return tell


@pytest.mark.parametrize(
    ("command", "code", "output"),
    [
        ("echo hi", 0, "hi\n"),
        ("echo out; echo err >&2; echo out2; exit 3", 3, "out\nout2\nerr\n"),
        ("printf a; printf b >&2", 0, "ab"),
        ("", 0, ""),
        ("kill -9 $$", 137, ""),
        ("cat; test -t 0 || echo no terminal", 0, "no terminal\n"),
        ("echo ${NO_COLOR-} ${PAGER-} ${CODEX_CI-}", 0, "\n"),
    ],
)
def test_output_then_errors_with_the_exit_code(told: Any, bench: Any, command: str, code: int, output: str) -> None:
    bench.env = {name: value for name, value in bench.env.items() if name not in ("NO_COLOR", "PAGER", "CODEX_CI")}
    assert told(command) == f"Exit code: {code}\nWall time: N seconds\nOutput:\n{output}"
    item = bench.item()
    assert (item.output, item.exit_code, item.process) == (output, code, None)
    assert item.status == ("completed" if code == 0 else "failed")


def test_a_command_that_takes_too_long_is_ended_and_its_output_kept(told: Any, bench: Any) -> None:
    text = told("echo before; (sleep 60; echo late) & sleep 60", timeout_ms=300)
    assert text == "Exit code: 124\nWall time: N seconds\nOutput:\ncommand timed out after N milliseconds\nbefore\n"
    assert (bench.item().exit_code, bench.item().output, bench.item().status) == (124, "before\n", "failed")
    assert bench.kinds() == ["started", "completed"]


def test_long_output_loses_its_middle_and_says_how_many_lines_there_were(told: Any, bench: Any) -> None:
    bench.limit = 10
    text = told("seq 1 1000")
    assert text == (
        "Exit code: 0\nWall time: N seconds\nTotal output lines: 1000\nOutput:\n"
        "1\n2\n3\n4\n5\n6\n7\n8\n9\n10…964 tokens truncated…96\n997\n998\n999\n1000\n"
    )
    assert told("head -c 100 /dev/zero | tr '\\0' a").count("Total output lines") == 0


def test_what_cannot_start_says_why_in_the_item_too(told: Any, bench: Any) -> None:
    text = told("pwd", workdir="nowhere")
    assert text == 'execution error: Io(Os { code: 2, kind: NotFound, message: "No such file or directory" })'
    assert (bench.item().output, bench.item().exit_code, bench.item().status) == (text, -1, "failed")


def test_refusals_are_words_without_a_wrapper(told: Any, bench: Any) -> None:
    bench.sandbox_policy = types.SandboxPolicy()
    text = told("rm -rf x")
    assert text == "`/bin/bash -lc 'rm -rf x'` rejected: rm -f style commands are not permitted. Use a safer approach"
    assert (bench.item().status, bench.item().output) == ("declined", text)
    with pytest.raises(ToolError, match="you should not ask for escalated permissions"):
        told("true", sandbox_permissions="require_escalated")


def test_the_user_may_say_no(told: Any, bench: Any) -> None:
    bench.approval, bench.answers = "untrusted", ["decline"]
    assert told("touch x") == "exec command rejected by user"
    assert bench.item().status == "declined"


def test_patches_are_told_as_the_patch_tool_tells_them(told: Any, bench: Any) -> None:
    text = told("apply_patch <<'EOF'\n*** Begin Patch\n*** Add File: new\n+x\n*** End Patch\nEOF")
    assert text.startswith("Exit code: 0\n")
    assert text.endswith("A new\n")
    assert isinstance(bench.item(), items.FileChange)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ("{}", "missing field `command` at line 1 column 2"),
        ('{"command": ["a"]}', "invalid type: sequence, expected a string at line 1 column 12"),
        ('{"command": "a", "timeout_ms": -1}', "invalid value: integer `-1`, expected u64 at line 1 column 33"),
    ],
)
def test_bad_arguments(told: Any, bench: Any, run: Any, arguments: str, complaint: str) -> None:
    with pytest.raises(ToolError) as error:
        run(bench, lambda: bench.call("shell_command", arguments))
    assert error.value.message == f"failed to parse function arguments: {complaint}"


def load(tmp_path: Path, **overrides: Any) -> Any:
    return settings.load(cwd=tmp_path, env={"HOME": str(tmp_path)}, overrides=overrides)


@pytest.mark.parametrize(
    ("features", "names"),
    [
        ({}, ["exec_command", "write_stdin"]),
        ({"features.unified_exec": False}, ["shell_command"]),
        ({"features.shell_tool": False}, []),
    ],
)
def test_which_tools_are_offered(tmp_path: Path, features: dict[str, Any], names: list[str]) -> None:
    from csm_extensions import shell

    given = load(tmp_path, **features)
    offer = Offer(model.ModelInfo("gpt-5.5"), given, types.SandboxPolicy())
    host = type("Host", (), {"settings": given})()
    assert [tool.spec.name for tool in shell.tools(host) if tool.offered(offer) is not None] == names


def test_login_shells_may_be_switched_off(tmp_path: Path, bench: Any, run: Any) -> None:
    from csm_extensions import shell

    host = type("Host", (), {"settings": load(tmp_path, allow_login_shell=False, background_terminal_max_timeout=1)})()
    bench.tools = {tool.spec.name: tool for tool in shell.tools(host)}
    for name in ("exec_command", "shell_command"):
        properties = json.loads(bytes(bench.tools[name].spec.raw))["parameters"]["properties"]
        assert "login" not in properties

    async def work() -> tuple[str, str]:
        with pytest.raises(ToolError) as error:
            await bench.run("true", login=True)
        return error.value.message, await bench.run("shopt login_shell")

    refused, answer = run(bench, work)
    assert refused == "login shell is disabled by config; omit `login` or set it to false."
    assert answer.endswith("off\n")
