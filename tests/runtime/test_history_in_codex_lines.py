"""What the model is told stands in Codex's lines alone: without any line of ours, the history is the same.

Codex drops our lines when it forks or migrates a file.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from csm.api.testing import Bench, bundled
from csm.core.fold import fold
from csm.protocol import events as ev
from csm.protocol import ops

RolloutStore = bundled("sessions", "store").RolloutStore
_ENDS = (ev.TurnCompleted, ev.TurnFailed, ev.TurnInterrupted)


def without_ours(path: Path, home: Path) -> Path:
    """A home with a copy of the log that has no line and no key of ours."""
    kept = [json.loads(line) for line in path.read_text().split("\n") if line]
    codex = [line for line in kept if line["type"] != "csm_event"]
    for line in codex:
        line["payload"].pop("csm", None)
    assert len(codex) < len(kept) or not any("csm_event" in json.dumps(line) for line in kept)
    target = home / path.relative_to(path.parents[4])
    target.parent.mkdir(parents=True)
    target.write_text("".join(json.dumps(line) + "\n" for line in codex))
    return home


def act(bench: Bench, thread: str, chance: random.Random) -> str:
    """One random thing that people do; what it was."""
    what = chance.choice(["turn", "turn", "turn", "interrupt", "compact", "rewind", "name", "configure"])
    watcher = bench.port.attach(thread)
    turns = [turn for turn in watcher.snapshot.turns if turn.id]
    if what == "turn":
        bench.turn(thread, f"say {chance.random()}")
    elif what == "interrupt":
        bench.submit(thread, ops.Submit(f"HALT {chance.random()}"))
        bench.until(watcher, ev.ItemCompleted)
        bench.submit(thread, ops.Interrupt())
        bench.until(watcher, _ENDS)
    elif what == "compact" and bench.submit(thread, ops.Compact()).accepted:
        bench.until(watcher, _ENDS)
    elif what == "rewind" and len(turns) > 2:
        bench.submit(thread, ops.Rewind(chance.choice(turns[1:]).id))
    elif what == "name":
        bench.submit(thread, ops.Rename(f"name {chance.random()}"))
    elif what == "configure":
        bench.submit(thread, ops.Configure(effort=chance.choice(["low", "high"])))
    watcher.detach()
    return what


def answer(request: Any) -> Any:
    """Whatever fits: a summary, an answer to what a tool said, or a call."""
    last = json.loads(request.input[-1])
    text = json.dumps(last)
    if "HALT" in text:
        return [{"text": "on it"}, {"hang": True}]
    if last.get("type") == "function_call_output" or "say 0." not in text:
        return {"text": "done or summed up"}
    return [{"reasoning": "hm"}, {"text": "a"}, {"call": [("one", {}), ("keep", {})]}]


@pytest.mark.parametrize("seed", range(12))
def test_the_history_is_the_same_without_our_lines(tmp_path: Path, does: Any, seed: int) -> None:
    chance = random.Random(seed)
    store = RolloutStore(tmp_path / "home")
    tools = [does("one", lambda call, cx: "1"), does("keep", lambda call, cx: cx.keep("k", seed) or "kept")]
    thread = ""
    for sitting in range(3):
        with Bench(tmp_path / f"b{sitting}", [answer] * 300, tools=tools, store=store) as bench:
            thread = bench.start(resume=thread or None)
            did = [act(bench, thread, chance) for _ in range(6)]
            if not thread or not any(what in ("turn", "interrupt") for what in did):
                bench.turn(thread, "say it")
            live = bench.port.attach(thread).snapshot
    (path,) = (tmp_path / "home").rglob("rollout-*.jsonl")
    assert fold(store.read(thread)).history == live.history
    bare = RolloutStore(without_ours(path, tmp_path / "bare"))
    found = fold(bare.read(thread))
    assert [json.loads(raw) for raw in found.history] == [json.loads(raw) for raw in live.history]
    assert (found.usage, found.name) == (live.usage, live.name)
