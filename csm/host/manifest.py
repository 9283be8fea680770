"""What is installed, remembered between starts: nothing is parsed again whose files have the same times and sizes.

One file in the state folder serves all roots; entries of folders are kept by their path, entry points of pip packages
by the times of the folders of `sys.path`. What comes with csm is kept beside its bytecode too, where that may be
written: a new home would else have all of it parsed at its first start, which takes longer than all the rest.

Does not: import extensions. A manifest that cannot be read or written only costs time.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

import csm
from csm.host import scan

FORMAT = f"{csm.__version__}/3"
GROUP = "csm.extensions"


class Manifest(msgspec.Struct):
    """`extensions` by path of their folder or file; `points` are `(name, module, path)` of pip packages, as found in
    the `search` folders at those times; the path is empty where only importing can tell."""

    format: str = FORMAT
    extensions: dict[str, scan.Found] = {}
    search: tuple[tuple[str, int], ...] = ()
    points: tuple[tuple[str, str, str], ...] = ()


def load(path: Path) -> Manifest:
    """The stored manifest, or an empty one."""
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return Manifest()
    return manifest if manifest.format == FORMAT else Manifest()


def save(path: Path, manifest: Manifest) -> None:
    """Replace the stored manifest as a whole. Where the state folder cannot be written nothing is stored."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(msgspec.json.encode(manifest))
        temporary.replace(path)
    except OSError:
        pass


def known(path: Path, bundled: Path | None) -> Manifest:
    """The stored manifest; where there is none, what is known of csm's own extensions, whose folder is `bundled`."""
    found = load(path)
    return load(_beside(bundled)) if bundled is not None and not found.extensions else found


def share(manifest: Manifest, bundled: Path) -> None:
    """Keep what of a manifest is the same for every home."""
    points = {path for _, _, path in manifest.points}
    same = {path: one for path, one in manifest.extensions.items() if inside(path, bundled) or path in points}
    found = Manifest(manifest.format, same, manifest.search, manifest.points)
    if found != load(_beside(bundled)):
        save(_beside(bundled), found)


def _beside(folder: Path) -> Path:
    return folder / "__pycache__" / "manifest.json"


def refresh(manifest: Manifest, folders: list[Path], hook_names: frozenset[str]) -> bool:
    """Bring the entries of these `extensions/` folders up to date; whether anything changed."""
    changed = False
    for folder in folders:
        known = {path for path in manifest.extensions if inside(path, folder)}
        for name, path in candidates(folder):
            known.discard(path)
            changed |= _refresh_one(manifest, name, path, hook_names)
        for path in known:
            del manifest.extensions[path]
        changed |= bool(known)
    return _refresh_points(manifest, hook_names) or changed


def inside(path: str, folder: Path) -> bool:
    """Whether an extension stands in an `extensions/` folder. As text: each start asks this of all."""
    return path.rpartition("/")[0] == str(folder)


def candidates(folder: Path) -> list[tuple[str, str]]:
    """`(name, path)` of every extension in a folder: folders and single files with an identifier as name."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return []
    found: dict[str, str] = {}
    for entry in entries:
        name = entry.name.removesuffix(".py")
        if name.isidentifier() and not name.startswith("__") and (entry.name != name or entry.is_dir()):
            found.setdefault(name, entry.path)  # a folder comes before the file of its name, as in Python
    return list(found.items())


def _refresh_one(manifest: Manifest, name: str, path: str, hook_names: frozenset[str]) -> bool:
    old = manifest.extensions.get(path)
    try:
        files = scan.stamp(path)
    except OSError:
        files = {}
    if old is not None and old.files == files:
        return False
    if "__init__.py" not in files:
        return manifest.extensions.pop(path, None) is not None
    manifest.extensions[path] = scan.extension(name, path, files, hook_names)
    return True


def _refresh_points(manifest: Manifest, hook_names: frozenset[str]) -> bool:
    search = tuple(_times(sys.path))
    changed = search != manifest.search
    if changed:
        from importlib.metadata import entry_points

        manifest.search = search
        manifest.points = tuple(sorted((p.name, p.value, _source(p.value)) for p in entry_points(group=GROUP)))
    for name, _, path in manifest.points:
        if path:
            changed |= _refresh_one(manifest, name, path, hook_names)
    return changed


def _source(module: str) -> str:
    """The folder or file of a module that pip installed."""
    from importlib.util import find_spec

    try:
        origin = getattr(find_spec(module), "origin", None) or ""
    except Exception:
        return ""
    return origin.removesuffix("/__init__.py") if origin.endswith(".py") else ""


def _times(folders: list[str]) -> Iterator[tuple[str, int]]:
    """Paths and modification times of the folders in which pip puts packages."""
    for folder in folders:
        if folder.endswith(("site-packages", "dist-packages")):
            try:
                yield folder, os.stat(folder).st_mtime_ns  # noqa: PTH116
            except OSError:
                continue
