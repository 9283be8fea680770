"""Calls of one response through the whole runtime, with real commands."""

from __future__ import annotations

from pathlib import Path

from csm.api import events, items
from csm.api.testing import Bench, bundled


def test_calls_run_together_and_are_answered_in_their_order(tmp_path: Path) -> None:
    """The first waits for the second: one after the other, it would still run when its wait is over."""
    slow = {"cmd": "until [ -e fast ]; do sleep 0.01; done; echo slow", "login": False, "yield_time_ms": 30_000}
    script = [
        {
            "call": [
                ("exec_command", slow),
                ("exec_command", {"cmd": "touch fast; echo fast", "login": False}),
                ("no", {}),
            ]
        },
        {"text": "ok"},
    ]
    settings = {"sandbox_mode": "danger-full-access", "approval_policy": "never"}
    with Bench(tmp_path, script, plugins=[bundled("shell")], settings=settings) as bench:
        seen = bench.turn(bench.start(), "go")
        outputs = [output.rsplit("\n", 2)[-2:] for output in bench.outputs()]
    assert outputs == [["slow", ""], ["fast", ""], ["unsupported call: no"]]
    ended = [event.body.item for event in seen if isinstance(event.body, events.ItemCompleted)]
    assert sorted(item.output for item in ended if isinstance(item, items.CommandExecution)) == ["fast\n", "slow\n"]
