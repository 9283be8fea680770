"""A process that is killed: what it told the world is in the log, and the session goes on."""

import json
import signal
import subprocess
import sys

import pytest

from csm.api.testing import Bench, bundled
from csm.core.fold import fold
from csm.protocol import events as ev

CHILD = """
import sys, threading
from pathlib import Path
from csm.api.testing import Bench, bundled
from csm.protocol import events as ev, ops

store = bundled("sessions", "store").RolloutStore(Path(sys.argv[1]))
script = [{"text": "x" * 500, "call": ("none", {})}, {"text": "ok"}] * 10_000
with Bench(Path(sys.argv[2]), script, store=store) as bench:
    thread = bench.start()
    print(thread, flush=True)
    watcher = bench.port.attach(thread)
    for number in range(5_000):
        bench.submit(thread, ops.Submit(f"prompt {number}"))
        for event in bench.until(watcher, ev.TurnCompleted):
            if isinstance(event.body, ev.ItemCompleted):
                print(event.body.item.id, flush=True)
"""


@pytest.mark.parametrize("lines", [1, 2, 7, 40, 41, 42, 43])
def test_nothing_that_was_told_is_lost(tmp_path, lines):
    store = bundled("sessions", "store").RolloutStore(tmp_path / "codex")
    command = [sys.executable, "-c", CHILD, str(tmp_path / "codex"), str(tmp_path / "child")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        told = [child.stdout.readline().strip() for _ in range(lines + 1)]
        child.send_signal(signal.SIGKILL)
        told += [line.strip() for line in child.stdout if line.endswith("\n")]
    thread, *items = told
    before = fold(store.read(thread))
    assert set(items) <= set(before.entries)
    with Bench(tmp_path / "next", [{"text": "fine"}], store=store) as bench:
        bench.start(resume=thread)
        resumed = bench.port.attach(thread).snapshot
        assert resumed.running is None
        assert bench.turn(thread, "go on")[-1].body.last_message == "fine"
        sent = [json.loads(raw) for raw in bench.model.requests[0].input]
        made = [item["call_id"] for item in sent if item["type"] == "function_call"]
        answered = [item["call_id"] for item in sent if item["type"] == "function_call_output"]
        assert made == answered
        live = bench.port.attach(thread).snapshot
    again = fold(store.read(thread))
    assert again.state_hash() == live.state_hash()
    interrupted = [turn for turn in again.turns if turn.status == "interrupted"]
    assert len(interrupted) == (before.running is not None)
    assert all(isinstance(body, ev.Body) for _, body in store.read(thread))
