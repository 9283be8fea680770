"""Sessions that Codex 0.169 has packed to save room: `….jsonl.zst`, which it unpacks when they are opened. So does csm.

Lists read what they need without unpacking the file on the disk.

Does not: pack.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from csm.api import StoreError, ids

from . import places
from .disk import Disk
from .locks import Lock

_CHUNK = 1 << 20
#: What can unpack: of Python itself from 3.14 on, or installed.
_MODULES = ("compression.zstd", "backports.zstd", "zstandard")
_HINT = "install zstd, or open the session once in Codex"


def restore(home: Path, rollout: str, disk: Disk | None = None) -> Path | None:
    """Unpack the file of an id, if there is a packed one; the file. Raises StoreError."""
    if not ids.is_uuid(rollout):
        return None
    packed = _find(home, rollout)
    if packed is None:
        return None
    lock = Lock(home, rollout)
    try:
        return _unpack(packed, disk or Disk())
    except OSError as error:
        raise StoreError(f"cannot unpack the session file {packed}: {error.strerror}", _HINT) from error
    finally:
        lock.release()


def first_lines(home: Path) -> Iterator[tuple[Path, bytes]]:
    """Every packed file with the beginning of what is packed in it. Raises StoreError."""
    for folder in (*places.folders(home), home / places.ARCHIVED):
        for path in sorted(folder.glob("rollout-*.jsonl.zst")):
            yield path, next(blocks(path), b"").partition(b"\n")[0]


def beginning(path: Path, most: int) -> bytes:
    """The first bytes of what is packed, `most` or more. Raises StoreError, OSError."""
    found = b""
    for data in blocks(path):
        found += data
        if len(found) >= most:
            break
    return found


def end(path: Path, most: int) -> tuple[bytes, int]:
    """The last bytes of what is packed, and where they begin. Raises StoreError, OSError."""
    found, size = b"", 0
    for data in blocks(path):
        size += len(data)
        found = (found + data)[-most:]
    return found, size - len(found)


def find(home: Path, thread_id: str, *, archived: bool = False) -> Path | None:
    """The packed file of a session, by its id."""
    if not ids.is_uuid(thread_id):
        return None
    found = _find(home, thread_id)
    return found if found is not None and (found.parent.name == places.ARCHIVED) == archived else None


def _find(home: Path, rollout: str) -> Path | None:
    end = f"-{rollout}.jsonl.zst"
    for folder in (*places.folders(home), home / places.ARCHIVED):
        try:
            with os.scandir(folder) as found:
                name = next((entry.name for entry in found if entry.name.endswith(end)), None)
        except OSError:
            continue
        if name is not None and places.NAME.fullmatch(name.removesuffix(".zst")):
            return folder / name
    return None


def _unpack(packed: Path, disk: Disk) -> Path:
    """The unpacked file in the place of the packed one, as old as it was. Raises OSError, StoreError."""
    target, part = packed.with_suffix(""), packed.with_suffix(".part")
    if target.exists():
        return target
    was = packed.stat()
    fd = disk.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    try:
        try:
            for data in blocks(packed):
                disk.write_all(fd, data)
            disk.sync(fd)
        finally:
            os.close(fd)
        os.utime(part, ns=(was.st_atime_ns, was.st_mtime_ns))
        disk.replace(part, target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    disk.sync_folder(target.parent)
    disk.remove(packed)
    return target


def blocks(packed: Path) -> Iterator[bytes]:
    """What is packed in a file, piece by piece. Raises StoreError, OSError."""
    for name in _MODULES:
        try:
            module: Any = import_module(name)
        except ImportError:
            continue
        yield from _by_module(module, packed)
        return
    yield from _by_program(packed)


def _by_module(module: Any, packed: Path) -> Iterator[bytes]:
    try:
        with module.open(packed, "rb") as file:
            while data := file.read(_CHUNK):
                yield data
    except (OSError, EOFError) as error:
        raise StoreError(f"the packed session file {packed} is damaged: {error}") from error
    except module.ZstdError as error:
        raise StoreError(f"the packed session file {packed} is damaged: {error}") from error


def _by_program(packed: Path) -> Iterator[bytes]:
    try:
        child = subprocess.Popen(["zstd", "-dcq", "--", str(packed)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    except OSError as error:
        raise StoreError(f"the session file {packed} is packed, and nothing here can unpack it", _HINT) from error
    with child:
        assert child.stdout is not None
        while data := child.stdout.read(_CHUNK):
            yield data
    if child.returncode:
        raise StoreError(f"the packed session file {packed} is damaged")
