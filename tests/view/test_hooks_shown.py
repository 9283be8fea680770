"""A hook that ran is one quiet line, which stands out only where it changed anything."""

import pytest

from csm.protocol import events, items
from csm.view.lines import plain

RUNS = [
    (items.HookRun("h", "PreToolUse", "completed"), "· hook PreToolUse", "dim"),
    (items.HookRun("h", "Stop", "completed", said="by the way"), "· hook Stop: by the way", "dim"),
    (items.HookRun("h", "Stop", "blocked", said="more\nwork"), "· hook Stop blocked: more work", "notice.warning"),
    (items.HookRun("h", "Stop", "failed", said="a\x1b[31m"), "· hook Stop failed: a^[[31m", "notice.warning"),
]


@pytest.mark.parametrize(("item", "text", "role"), RUNS)
def test_one_that_ran(stage, item, text, role):
    stage.play(events.TurnStarted("1"))
    stage.item(item)
    rows = [row for row in stage.transcript.lines(0, 100, 80) if plain(row).strip()]
    assert plain(rows[0]).strip() == text
    assert role in [part for part, _ in rows[0]]


def test_one_that_runs_says_what_it_does(stage):
    run = items.HookRun("h", "PreToolUse", doing="Checking the command")
    stage.play(events.TurnStarted("1"), events.ItemStarted("1", run))
    rows = [plain(row).strip() for row in stage.transcript.lines(0, 100, 80)]
    assert "· hook PreToolUse  Checking the command" in rows
