"""Sessions that csm made without a turn, resumed by the released Codex. Skipped where that is not installed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from csm.api.testing import ResponsesServer

ORACLE = Path(os.environ.get("CSM_ORACLE", Path.home() / ".cache/csm-oracle"))
_NATIVE = "node_modules/@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl"
PROGRAMS = {
    "csm": "csm",
    "132": str(ORACLE / "132" / _NATIVE / "codex/codex"),
    "169": str(ORACLE / "169" / _NATIVE / "bin/codex"),
}


@pytest.mark.parametrize("by", ["id", "name"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_made_session_is_resumed(program: str, by: str, home: Path, env: dict[str, str], worktree: Path) -> None:
    if program != "csm" and not Path(PROGRAMS[program]).exists():
        pytest.skip(f"Codex {program} is not installed below {ORACLE}")
    env = {**env, "FAKE_KEY": "sk-fake"}

    def run(*words: str) -> str:
        options = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True, "timeout": 60}
        done = subprocess.run(words, cwd=worktree, env=env, **options)
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout

    with ResponsesServer([{"text": "answer"}, {"text": "again"}]) as server:
        (home / ".codex/config.toml").write_text(
            f'model = "gpt-5.5"\nmodel_provider = "fake"\n[model_providers.fake]\nname = "fake"\n'
            f'base_url = "{server.url}"\nwire_api = "responses"\nenv_key = "FAKE_KEY"\n'
            f'[projects."{worktree}"]\ntrust_level = "trusted"\n'
        )
        first = run("csm", "session", "create").strip()
        (worktree / "notes").write_text("the well is deep")
        run("csm", "session", "compact", first, "--summary-file", "notes")
        shown = run("csm", "session", "compact", first, "--summary-file", "notes").split()
        made = run("csm", "session", "create", "--from", shown[1], "--name", "from the notes").strip()
        run(PROGRAMS[program], "exec", "resume", made if by == "id" else "from the notes", "go on")
        texts = server.requests[0].texts()
        assert sum("the well is deep" in text for text in texts) == 1 and texts[-1] == "go on"
        run("csm", "exec", "resume", made, "once more")
        texts = server.requests[1].texts()
        assert sum("the well is deep" in text for text in texts) == 1 and texts[-1] == "once more"
