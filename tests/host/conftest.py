"""A host of an empty home, with extensions written by the test. Does not: load csm's own."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from csm.host import settings
from csm.host.host import Host

Write = Callable[[str, str], Path]
Open = Callable[..., Host]


@pytest.fixture
def write(home: Path) -> Write:
    """Write a file below csm's own folder: `write("extensions/a/__init__.py", "...")`."""

    def write_file(name: str, text: str) -> Path:
        path = home / ".config/csm" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    return write_file


@pytest.fixture
def open_host(env: dict[str, str], tmp_path: Path) -> Iterator[Open]:
    """Open a host; keyword arguments are those of `Host.open`, and `overrides` for the settings."""
    hosts: list[Host] = []

    def open_one(*, overrides: dict[str, object] | None = None, cwd: Path | None = None, **options: object) -> Host:
        options.setdefault("bundled", False)
        loaded = settings.load(cwd=cwd or tmp_path, env=env, overrides=overrides)
        hosts.append(Host.open(loaded, env, **options))  # pyright: ignore[reportArgumentType]
        return hosts[-1]

    yield open_one
    for host in hosts:
        host.close()
