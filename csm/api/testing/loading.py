"""Importing an extension the way csm does.

Does not: run its hooks; open a `Host` for that.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType

from csm.host import roots


def extension(folder: Path, part: str = "") -> ModuleType:
    """The module of the extension in `folder` (`ROOT/extensions/NAME`), or one of its parts (`"codec"`).

    Relative imports inside it work as in csm. Raises ImportError.
    """
    root = roots.Root("extra", folder.resolve().parent.parent, 0)
    package = roots.mount([root])[0]
    return import_module(".".join(filter(None, (package, folder.name, part))))


def bundled(name: str, part: str = "") -> ModuleType:
    """The same for an extension that comes with csm. Raises ImportError."""
    root = roots.bundled()
    if root is None:
        raise ImportError("csm's own extensions are not to be found")
    return extension(root / "extensions" / name, part)
