"""Where no hook is set up, `exec` pays nothing for hooks."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from csm.api.testing import ResponsesServer

CONFIG = """model_provider = "scripted"
[model_providers.scripted]
base_url = "{url}"
[projects."{work}"]
trust_level = "trusted"
"""


def imported(env: dict[str, str], work: Path, server: ResponsesServer) -> list[str]:
    """The modules of the extension that a turn imports."""
    Path(env["CODEX_HOME"], "config.toml").write_text(CONFIG.format(url=server.url, work=work))
    command = [sys.executable, "-X", "importtime", "-m", "csm", "exec", "hello"]
    done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=work, timeout=60)
    assert done.returncode == 0, done.stderr
    names = [line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")]
    assert any(name.startswith("csm_extensions.responses") for name in names)
    return [name for name in names if name.startswith("csm_extensions.hooks")]


def test_nothing_is_imported_without_hooks(env: dict[str, str], worktree: Path) -> None:
    with ResponsesServer([{"text": "a"}]) as server:
        assert imported(env, worktree, server) == []


@pytest.mark.parametrize("place", ["home", "project"])
def test_a_file_beside_the_settings_is_enough(place: str, env: dict[str, str], worktree: Path) -> None:
    folder = Path(env["CODEX_HOME"]) if place == "home" else worktree / ".codex"
    folder.mkdir(exist_ok=True)
    (folder / "hooks.json").write_text("{}")
    with ResponsesServer([{"text": "a"}]) as server:
        assert "csm_extensions.hooks.sources" in imported(env, worktree, server)


def test_what_runs_beside_a_session_ends_with_it(env: dict[str, str], worktree: Path) -> None:
    """Nothing that a hook began is left when its session is over."""
    left = worktree / "left"
    Path(env["CODEX_HOME"], "hooks.json").write_text(
        '{"hooks": {"Stop": [{"hooks": [{"type": "command", "async": true, '
        f'"command": "echo $$ > {left}.new; mv {left}.new {left}; sleep 60; true"}}]}}]}}}}'
    )
    with ResponsesServer([{"text": "a"}]) as server:
        Path(env["CODEX_HOME"], "config.toml").write_text(CONFIG.format(url=server.url, work=worktree))
        command = [sys.executable, "-m", "csm", "exec", "--dangerously-bypass-hook-trust", "hello"]
        done = subprocess.run(command, capture_output=True, text=True, env=env, cwd=worktree, timeout=60)
    assert (done.returncode, done.stdout) == (0, "a\n")
    if not left.exists():  # it may have been ended before it began
        return
    limit = time.monotonic() + 10
    with pytest.raises(ProcessLookupError):
        while time.monotonic() < limit:  # what is killed is there until the system has buried it
            os.kill(int(left.read_text()), 0)
            time.sleep(0.01)
