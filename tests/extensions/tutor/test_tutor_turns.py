"""The tutor as a model: whole turns through the real `csm exec`, with its sandbox, and its parts in order."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from csm.api import model
from csm.api.testing import FakeModelContext
from csm_extensions.tutor import folder
from csm_extensions.tutor.provider import Tutor
from csm_extensions.tutor.script import World


def exec_turn(scratch: Path, env: dict[str, str], *words: str) -> list[dict[str, Any]]:
    options = ["-c", "model_provider=tutor", "-m", "tutor", "-s", "workspace-write", "--skip-git-repo-check"]
    options += ["-c", "sandbox_workspace_write.exclude_slash_tmp=true"]
    options += ["-c", "sandbox_workspace_write.exclude_tmpdir_env_var=true"]
    command = [sys.executable, "-m", "csm", "exec", "--json", *options, *words]
    done = subprocess.run(command, cwd=scratch, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def items(events: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [event["item"] for event in events if event["type"] == "item.completed" and event["item"]["type"] == kind]


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    return folder.create(tmp_path / "state")


def test_the_second_lesson_runs_a_command_and_is_held_by_the_sandbox(scratch: Path, env: dict[str, str]) -> None:
    events = exec_turn(scratch, env, "lesson 2")
    looked, refused = items(events, "command_execution")
    assert "total.sh" in looked["aggregated_output"]
    assert looked["exit_code"] == 0
    assert refused["exit_code"] != 0
    assert not (scratch.parent / "not-mine").exists()
    assert "Refused" in items(events, "agent_message")[-1]["text"]


def test_the_third_lesson_goes_on_where_nobody_can_be_asked(scratch: Path, env: dict[str, str]) -> None:
    said = items(exec_turn(scratch, env, "lesson 3"), "agent_message")[-1]["text"]
    assert "Nobody can be asked here" in said


def test_the_fourth_lesson_mends_the_file(scratch: Path, env: dict[str, str]) -> None:
    events = exec_turn(scratch, env, "lesson 4")
    change = items(events, "file_change")[0]["changes"]
    assert change == [{"path": str(scratch / "total.sh"), "kind": "update"}]
    assert "sum + price" in (scratch / "total.sh").read_text()
    assert "Twelve" in items(events, "agent_message")[-1]["text"]


def ask(words: str) -> model.ModelRequest:
    message = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": words}]}
    return model.ModelRequest("tutor", "", (json.dumps(message).encode(),))


def tutor(seen: list[bool]) -> Tutor:
    def look(interrupted: bool) -> World:
        seen.append(interrupted)
        return World(key=lambda line: line, interrupted=interrupted)

    return Tutor(look, pace=0)


def test_every_part_belongs_to_an_item_and_the_last_completes() -> None:
    async def read() -> list[model.ModelPart]:
        return [part async for part in tutor([]).stream(ask("lesson 4"), FakeModelContext())]

    parts = asyncio.run(read())
    started = [part.item_id for part in parts if isinstance(part, model.PartItemStarted)]
    assert started == [part.item_id for part in parts if isinstance(part, model.PartItemDone)]
    assert isinstance(parts[0], model.PartCreated)
    assert isinstance(parts[-1], model.PartCompleted)
    told = "".join(part.text for part in parts if isinstance(part, model.PartText))
    assert told.startswith("## Lesson 4")


def test_it_notices_that_it_was_stopped() -> None:
    seen: list[bool] = []

    async def stop_then_ask() -> str:
        teacher = tutor(seen)
        stream = teacher.stream(ask("lesson 6"), FakeModelContext())
        async for part in stream:
            if isinstance(part, model.PartText):
                break
        await stream.aclose()
        answer = [part async for part in teacher.stream(ask("ok"), FakeModelContext())]
        return "".join(part.text for part in answer if isinstance(part, model.PartText))

    assert "You stopped me in time." in asyncio.run(stop_then_ask())
    assert seen == [False, True]
