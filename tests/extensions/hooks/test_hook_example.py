"""The example of a command hook does what it says, set up as the page says."""

import json
import re
import shlex
import sys
from pathlib import Path

import pytest
import tomli

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = ROOT / "examples/command_hooks/no_force_push.py"
PAGE = (ROOT / "docs/hooks.md").read_text()


def shown(language):
    """What the page has a reader write, with the script where it is here."""
    section = PAGE[PAGE.index("## Command hooks") :]
    text = re.search(rf"```{language}\n(.*?)```", section, re.DOTALL)[1]
    return text.replace("python3 ~/.codex/no_force_push.py", shlex.join([sys.executable, str(SCRIPT)]))


@pytest.mark.parametrize("language", ["json", "toml"])
def test_no_push_with_force(stage, kit, language):
    text = shown(language)
    hooks = json.loads(text)["hooks"] if language == "json" else tomli.loads(text)["hooks"]
    script = [{"call": ("exec_command", {"cmd": command}, name)} for name, command in COMMANDS.items()]
    bench = stage(hooks, [*script, kit.DONE])
    bench.turn(bench.start(), "go")
    blocked = [output.startswith("Command blocked by PreToolUse hook: pushing") for output in bench.outputs()]
    assert blocked == [True, True, False, False]


COMMANDS = {
    "c1": "git push --force origin main",
    "c2": "git push -f 'unclosed",
    "c3": "git push --force-with-lease --dry-run .",
    "c4": "echo git",
}
