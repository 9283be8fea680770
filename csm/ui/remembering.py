"""The command lines that were typed, kept between runs in csm's folder of state: the last one first.

Does not: keep what cannot be kept; a folder that cannot be written only costs the memory.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

_MOST, _LONGEST = 100, 500


def load(folder: Path) -> list[str]:
    """The lines kept; none where there are none, or they cannot be read."""
    try:
        lines = _file(folder).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    return [line for line in lines if line.strip()][:_MOST]


def save(folder: Path, lines: Iterable[str]) -> None:
    """Keep these lines in place of the others."""
    from csm.host import saving

    kept = [line for line in lines if len(line) <= _LONGEST and "\n" not in line][:_MOST]
    with contextlib.suppress(OSError):
        saving.replace(_file(folder), "".join(f"{line}\n" for line in kept), private=True)


def _file(folder: Path) -> Path:
    return folder / "typed-commands"
