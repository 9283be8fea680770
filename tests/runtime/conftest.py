"""What the tests of running threads share."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from csm.api.testing import Bench
from csm.protocol.tools import ToolResult, ToolSpec


class Does:
    """A tool that does what a function `(call, cx) -> str | ToolResult` does, async or not."""

    def __init__(self, name: str, run: Callable[..., Any], **spec: Any) -> None:
        self.spec = ToolSpec(name, msgspec.Raw(json.dumps({"type": "function", "name": name}).encode()), **spec)
        self._run = run

    def run(self, call: Any, cx: Any) -> Any:
        answer = self._run(call, cx)
        if hasattr(answer, "__await__"):
            return self._wait(answer)
        return _result(answer)

    async def _wait(self, answer: Any) -> ToolResult:
        return _result(await answer)


def _result(answer: Any) -> ToolResult:
    return answer if isinstance(answer, ToolResult) else ToolResult(answer)


@pytest.fixture
def does() -> type[Does]:
    """Makes tools of functions."""
    return Does


@pytest.fixture
def bench(tmp_path, request):
    """Makes benches that are closed at the end."""
    made: list[Bench] = []

    def make(*script: Any, **more: Any) -> Bench:
        found = Bench(tmp_path / str(len(made)), script, **more)
        made.append(found)
        return found

    yield make
    for found in made:
        found.__exit__()
