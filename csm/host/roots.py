"""Roots: folders that each hold `extensions/ keymaps/ themes/`, and the package their extensions are imported from.

Bundled, then the user's, then any named on the command line, then a trusted project's. Later ones shadow earlier.

Does not: look inside an extension (`csm.host.scan`), nor decide trust: `settings.trusted` says.
"""

from __future__ import annotations

import sys
import types
import zlib
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path

import msgspec

import csm

PACKAGE = "csm_extensions"


class Root(msgspec.Struct, frozen=True):
    """One root. `kind` is `bundled`, `user`, `extra` or `project`; `rank` grows with precedence."""

    kind: str
    path: Path
    rank: int

    @property
    def extensions(self) -> Path:
        """The folder of its extensions, which need not exist."""
        return self.path / "extensions"


def bundled() -> Path | None:
    """Where csm's own `extensions/ keymaps/ themes/` are: inside the wheel, or beside `csm/` in a checkout."""
    package = Path(csm.__file__).parent
    for place in (package / "_bundled", package.parent):
        if (place / "keymaps").is_dir() and (place / "extensions").is_dir():
            return place
    return None


def find(
    *, config_dir: Path, project: Path | None = None, with_bundled: bool = True, extra: Sequence[Path] = ()
) -> list[Root]:
    """The roots in order of precedence, lowest first. `project` is the folder whose `.csm` is trusted, if any."""
    own = bundled() if with_bundled else None
    places = [("bundled", own)] if own else []
    places += [("user", config_dir), *(("extra", path) for path in extra)]
    if project is not None and (project / ".csm").is_dir():
        places.append(("project", project / ".csm"))
    return [Root(kind, path, rank) for rank, (kind, path) in enumerate(places) if path is not None]


#: Longer names are of no file.
LONGEST_NAME = 60


def files(roots: Sequence[Root], kind: str, name: str) -> Iterator[tuple[Root, Path]]:
    """Existing files of a name, such as `keymaps` and `vim`, from the highest root down."""
    if "/" in name or "\0" in name or len(name) > LONGEST_NAME:
        return
    for root in sorted(roots, key=lambda root: -root.rank):
        path = root.path / kind / f"{name}.toml"
        if path.is_file():
            yield root, path


def names(roots: Sequence[Root], kind: str) -> list[str]:
    """Names of all TOML files of a kind, sorted."""
    return sorted({path.stem for root in roots for path in (root.path / kind).glob("*.toml")})


def mount(roots: Sequence[Root]) -> dict[int, str]:
    """Make the in-memory packages; the package name for each root's rank.

    All roots but a project's share `csm_extensions`. A second host of this process with other folders gets a package
    of its own, since modules of one name can be there only once.
    """
    shared = [root for root in roots if root.kind != "project"]
    folders = [str(root.extensions) for root in reversed(shared) if root.extensions.is_dir()]
    name = _package(PACKAGE, folders)
    packages = {root.rank: name for root in shared}
    for root in roots:
        if root.kind == "project":
            packages[root.rank] = _package(f"csm_project_{_mark([str(root.path)])}", [str(root.extensions)])
    return packages


def _package(name: str, folders: list[str]) -> str:
    for candidate in (name, f"{name}_{_mark(folders)}"):
        module = sys.modules.get(candidate)
        if module is None:
            spec = ModuleSpec(candidate, None, is_package=True)
            module = types.ModuleType(candidate, "Extensions of every root. Made by csm.host.roots.")
            module.__spec__, module.__path__, module.__package__ = spec, folders, candidate
            spec.submodule_search_locations = folders
            sys.modules[candidate] = module
            return candidate
        if list(module.__path__) == folders:
            return candidate
    return candidate


def _mark(folders: Sequence[str]) -> str:
    return f"{zlib.crc32(chr(0).join(folders).encode('utf-8', 'surrogateescape')):08x}"
