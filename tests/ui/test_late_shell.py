"""What the first frame of the shell does without: each of these takes longer than all that a key asks for."""

from __future__ import annotations

import json
import subprocess
import sys

#: What `csm` imports up to the first frame that takes keys, and what it asks for there.
CODE = """
import json, os, sys
import csm.cli.launch, csm.cli.table
from csm.cli import shell, opening
from csm.cli.arguments import parse
from csm.host.host import Host
from csm.runtime.local import LocalPort
from csm.ui import app, arrange
asked = shell._Opening(parse(csm.cli.table.ROOT, []))
host = asked._host(headless=False)
port = LocalPort(host)

class Clock:
    def now(self):
        return 0.0

shown = app.Shell(host, port, asked._start(host), Clock())
frame = arrange.frame(shown, 120, 40)
assert any("gpt" in text for line in frame.rows() for _, text in line), frame
print(json.dumps(sorted(sys.modules)))
"""
LATE = (
    "prompt_toolkit", "pygments", "markdown_it", "httpx", "mcp", "wcwidth", "pluggy", "dataclasses", "tomlkit",
    "difflib", "http", "email", "importlib.metadata", "watchfiles", "tree_sitter", "pyte", "starlark",
    "csm.runtime.session", "csm.core.turn", "csm.view.render.items", "csm.view.render.markdown", "csm.ui.fullscreen",
)  # fmt: skip


def test_the_first_frame_waits_for_none_of_these(env, home):
    (home / ".codex/config.toml").write_text('model = "gpt-5.5"\n')
    command = [sys.executable, "-c", CODE]
    subprocess.run(command, env=env, cwd=home, check=True, capture_output=True, timeout=60)  # makes the manifest
    done = subprocess.run(command, env=env, cwd=home, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert not set(LATE) & set(json.loads(done.stdout))
