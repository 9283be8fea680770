"""Rule files in a home of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from csm.host.settings import load


@pytest.fixture
def settings(env: dict[str, str], worktree: Path) -> Callable[..., Any]:
    """Settings for the work tree, trusted unless said otherwise, without the machine's own."""

    def made(cwd: Path = worktree, trusted: bool = True, **more: Any) -> Any:
        level = "trusted" if trusted else "untrusted"
        overrides = {f'projects."{worktree}".trust_level': level}
        return load(cwd=cwd, env=env, overrides=overrides, system_dir=worktree.parent / "etc", **more)

    return made


@pytest.fixture
def put() -> Callable[[Path, str, str], Path]:
    """Writes `FOLDER/rules/NAME.rules`."""

    def write(folder: Path, name: str, text: str) -> Path:
        path = folder / "rules" / f"{name}.rules"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return write
