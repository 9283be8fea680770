"""The example extensions do what they say, loaded as a user's own."""

import asyncio
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from csm.api import Host, ToolError, model
from csm.api.testing import FakeModelContext, FakeToolContext, ResponsesServer
from csm.host.settings import load

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
def install(home):
    """Put an example where a user's extensions are."""

    def put(example, name):
        shutil.copytree(EXAMPLES / example, home / ".config/csm/extensions" / name)

    return put


@pytest.fixture
def opened(install, env, worktree):
    """A host in a worktree, after installing."""

    def open_(example, name):
        install(example, name)
        host = Host.open(load(cwd=worktree, env=env, headless=True), env)
        assert [message for message in host.messages if message.level == "error"] == []
        return host

    return open_


@pytest.mark.parametrize("example", ["tool", "model_provider"])
def test_they_are_short(example):
    assert len((EXAMPLES / example / "__init__.py").read_text().splitlines()) < 60


def test_the_tool_counts_and_refuses(opened, worktree):
    (tool,) = [tool for tool in opened("tool", "count_lines").provide("tools") if tool.spec.name == "count_lines"]
    cx = FakeToolContext(worktree)
    result = asyncio.run(cx.call(tool, {"path": "a.txt"}))
    assert result.output == "1 lines, 1 words" and result.item.status == "completed"
    assert [what for what, _ in cx.shown] == ["started"]
    for path in ("../../etc/passwd", "/etc/passwd", "missing", 5):
        with pytest.raises(ToolError):
            asyncio.run(cx.call(tool, {"path": path}))


def test_the_tool_is_offered_to_the_model(install, env, worktree, home):
    install("tool", "count_lines")
    script = [{"call": ("count_lines", {"path": "a.txt"}, "c1")}, {"text": "counted"}]
    with ResponsesServer(script) as server:
        (home / ".codex/config.toml").write_text(server.config_toml())
        done = run(["exec", "count"], env, worktree)
        assert done.stdout.strip() == "counted", done.stderr
        first, second = server.requests
    assert "count_lines" in [tool.get("name") for tool in first.json["tools"]]
    assert second.outputs() == {"c1": "1 lines, 1 words"}


def test_the_provider_echoes(opened):
    provider = opened("model_provider", "echo").model_provider("echo")
    said = json.dumps({"role": "user", "content": [{"type": "input_text", "text": "good morning"}]}).encode()
    request = model.ModelRequest("echo", "", (said,))

    async def read():
        return [part async for part in provider.stream(request, FakeModelContext())]

    parts = asyncio.run(read())
    assert "".join(part.text for part in parts if isinstance(part, model.PartText)) == "good morning "
    assert isinstance(parts[-1], model.PartCompleted)


def test_a_turn_with_the_provider(install, env, worktree):
    install("model_provider", "echo")
    done = run(["exec", "-c", "model_provider=echo", "good morning"], env, worktree)
    assert done.stdout.strip() == "good morning", done.stderr
    assert done.returncode == 0


def run(arguments, env, cwd):
    return subprocess.run(
        ["csm", *arguments], cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
    )
