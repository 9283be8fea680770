"""Protected names that are symbolic links: nothing can be mounted on a link, so it is put back if it was replaced.

What it leads to is held by a mount like any other folder.

Does not: guard against use of the replacement while the command runs.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from pathlib import Path


class Links:
    """The links among `paths` as they are now."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._targets = {path: str(path.readlink()) for path in paths if path.is_symlink()}

    def restore(self) -> list[str]:
        """Put changed links back; a warning for each. What lay there instead is kept beside, under a new name."""
        return [_restore(path, target) for path, target in self._targets.items() if _changed(path, target)]


def _changed(path: Path, target: str) -> bool:
    return not path.is_symlink() or str(path.readlink()) != target


def _restore(path: Path, target: str) -> str:
    aside = path.with_name(f"{path.name.lstrip('.')}.replaced-{secrets.token_hex(3)}")
    try:
        if os.path.lexists(path):
            path.rename(aside)
        path.symlink_to(target)
    except OSError as error:
        return f"a command replaced the link {path}, and it could not be put back: {error.strerror}"
    return f"a command replaced the link {path}; it was put back"
