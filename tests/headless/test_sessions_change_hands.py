"""A session goes on in Codex and comes back, where a native Codex binary is installed.

Binaries are looked for below `CSM_ORACLE` (`~/.cache/csm-oracle`), and else on PATH.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from csm.api.testing import ResponsesServer

CSM = (sys.executable, "-m", "csm")


def binaries() -> list[str]:
    cache = Path(os.environ.get("CSM_ORACLE", Path.home() / ".cache/csm-oracle"))
    found = [path for path in sorted(cache.glob("*/node_modules/@openai/*/vendor/*/*/codex")) if path.is_file()]
    onpath = shutil.which("codex")
    return [str(path) for path in found] + ([onpath] if onpath and not found else [])


def turn(command: tuple[str, ...], words: list[str], env: dict[str, str], work: Path) -> tuple[str, int]:
    """Run one; the thread's id and the input tokens it has used so far."""
    done = subprocess.run(
        [*command, "exec", *words],
        env=env,
        cwd=work,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stdout + done.stderr
    return lines[0]["thread_id"], lines[-1]["usage"]["input_tokens"]


@pytest.mark.skipif(not binaries(), reason="no native Codex binary here")
@pytest.mark.parametrize("first", ["csm", "codex"])
@pytest.mark.parametrize(
    "binary", binaries(), ids=lambda path: next(p for p in reversed(Path(path).parts) if p != "codex")
)
def test_a_session_changes_hands(binary: str, first: str, env: dict[str, str], worktree: Path) -> None:
    order = [CSM, (binary,), CSM] if first == "csm" else [(binary,), CSM, (binary,)]
    with ResponsesServer([{"text": "one"}, {"text": "two"}, {"text": "three"}]) as server:
        config = (
            f'model = "gpt-5.5"\nmodel_provider = "s"\n[model_providers.s]\nname = "s"\nbase_url = "{server.url}"\n'
        )
        Path(env["CODEX_HOME"], "config.toml").write_text(config)
        seen = [turn(order[0], ["--json", "first"], env, worktree)]
        seen.append(turn(order[1], ["resume", "--json", "--last", "second"], env, worktree))
        seen.append(turn(order[2], ["resume", "--json", seen[0][0], "third"], env, worktree))
        texts = [text for text in server.requests[-1].texts() if text in ("first", "second", "third")]
        answers = server.requests[-1].texts("assistant")
    assert len({thread for thread, _ in seen}) == 1
    assert [used for _, used in seen] == [100, 200, 300]
    assert (texts, answers) == (["first", "second", "third"], ["one", "two"])
