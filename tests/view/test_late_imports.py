"""The first frame waits for no parser, lexer or width table."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import sys
from csm.core.fold import Thread
from csm.protocol import events, items
from csm.view.transcript import Transcript
thread = Thread()
thread.take(events.ItemCompleted("1", items.UserMessage("u", "naïve “question” — with … é")))
thread.take(events.ItemCompleted("1", items.CommandExecution("c", "make", "", "completed", "\\x1b[31mred\\x1b[m", 0)))
transcript = Transcript(thread)
assert len(transcript.lines(0, 10, 80)) == 4
print(sorted({"markdown_it", "pygments", "wcwidth", "difflib", "prompt_toolkit", "asyncio"} & set(sys.modules)))
thread.take(events.ItemCompleted("1", items.AgentMessage("a", "- plain text")))
assert len(Transcript(thread).lines(0, 10, 80)) == 6
print(sorted({"pygments", "wcwidth", "prompt_toolkit"} & set(sys.modules)))
"""


def test_what_is_imported_when():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=60)
    assert done.stdout == "[]\n[]\n", done.stdout + done.stderr
