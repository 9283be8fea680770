"""Artefacts as files, one each, in a folder of the state: JSON with its checksum, written whole or not at all.

Beside them, for each session, stands its entry: which one is the latest of each kind. It is derived: where it is
missing or wrong, the names of the files tell.

Does not: know what an artefact covers, or whether that still holds.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from zlib import crc32

import msgspec

from csm.api import StoreError, artefacts, codec, ids

from . import places

#: Grows with every change of what is kept, or of what it means.
VERSION = 1
FOLDER = "artefacts"
#: A summary that is longer is none.
MOST = 1 << 24
_NAME = re.compile(r"(?P<thread>[0-9a-f-]{36})\.(?P<kind>replay-seed|semantic-summary)\.(?P<id>[0-9a-f-]{36})\.json")


class _File(msgspec.Struct):
    version: int
    sum: int
    artefact: msgspec.Raw


class _Entry(msgspec.Struct):
    thread_id: str
    latest: dict[str, str]


_files = msgspec.json.Decoder(_File)
_artefacts = msgspec.json.Decoder(artefacts.Artefact)
_entries = msgspec.json.Decoder(_Entry)


def path_of(folder: Path, thread_id: str, kind: str, own: str) -> Path:
    """Where an artefact is."""
    return folder / f"{thread_id}.{kind}.{own}.json"


def names(folder: Path, thread_id: str = "") -> list[tuple[str, str, str]]:
    """Session, kind and id of each, the oldest first. Nothing is opened."""
    try:
        with os.scandir(folder) as found:
            read = [match for entry in found if (match := _NAME.fullmatch(entry.name))]
    except OSError:
        return []
    chosen = [match for match in read if thread_id in ("", match["thread"])]
    return sorted(((one["thread"], one["kind"], one["id"]) for one in chosen), key=lambda name: name[2])


def read(path: Path) -> artefacts.Kept:
    """The artefact in a file. Raises StoreError for what is none, is damaged, or is of another version."""
    if not path.is_file():  # a device may have no end
        raise StoreError(f"there is no file {str(path)[:200]!r}")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StoreError(f"cannot read the artefact {path}: {error.strerror}") from error
    try:
        file = codec.decode_as(_files, data)
        if file.version != VERSION:
            raise StoreError(f"the artefact {path} is of another version of csm ({file.version}, not {VERSION})")
        if crc32(file.artefact) != file.sum:
            raise StoreError(f"the artefact {path} is damaged: its checksum does not fit")
        return artefacts.Kept(codec.decode_as(_artefacts, file.artefact), str(path), len(data))
    except (msgspec.MsgspecError, ValueError) as error:
        raise StoreError(f"{path} is no artefact, or a damaged one") from error


def write(folder: Path, made: artefacts.Artefact) -> artefacts.Kept:
    """Keep an artefact, and have the entry of its session name it. Raises StoreError."""
    path = path_of(folder, made.thread_id, made.kind, made.id)
    raw = codec.encode(made)
    data = codec.encode(_File(VERSION, crc32(raw), msgspec.Raw(raw))) + b"\n"
    try:
        places.make(folder)
        with _alone(folder):
            _put(path, data)
            _enter(folder, made.thread_id)
    except OSError as error:
        raise StoreError(f"cannot write the artefact {path}: {error.strerror}") from error
    return artefacts.Kept(made, str(path), len(data))


def remove(folder: Path, path: Path) -> None:
    """Remove one, and have the entry of its session name those that are left. Raises StoreError."""
    found = _NAME.fullmatch(path.name)
    try:
        with _alone(folder):
            path.unlink(missing_ok=True)
            if found is not None:
                _enter(folder, found["thread"])
    except OSError as error:
        raise StoreError(f"cannot remove {path}: {error.strerror}") from error


def latest(folder: Path, thread_id: str) -> dict[str, str]:
    """The id of the latest of each kind: as the entry says, if what it names is there, else by the names."""
    try:
        entry = codec.decode_as(_entries, entry_of(folder, thread_id).read_bytes())
    except (OSError, msgspec.MsgspecError, ValueError):
        entry = _Entry("", {})
    known = {kind: own for kind, own in entry.latest.items() if kind in artefacts.KINDS and ids.is_uuid(own)}
    there = all(path_of(folder, thread_id, kind, own).is_file() for kind, own in known.items())
    return known if entry.thread_id == thread_id and there else _latest(folder, thread_id)


def entry_of(folder: Path, thread_id: str) -> Path:
    """The entry of a session."""
    return folder / f"{thread_id}.latest.json"


def leftovers(folder: Path) -> Iterator[Path]:
    """Files of writes that were cut short."""
    with suppress(OSError), os.scandir(folder) as found:
        yield from [Path(entry.path) for entry in found if entry.name.endswith(".new") and entry.is_file()]


def _latest(folder: Path, thread_id: str) -> dict[str, str]:
    return {kind: own for _, kind, own in names(folder, thread_id)}


def _enter(folder: Path, thread_id: str) -> None:
    found = _latest(folder, thread_id)
    path = entry_of(folder, thread_id)
    if found:
        _put(path, codec.encode(_Entry(thread_id, found)) + b"\n")
    else:
        path.unlink(missing_ok=True)


def _put(path: Path, data: bytes) -> None:
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(fd, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(fd)
        new.replace(path)
    except OSError:
        with suppress(OSError):
            new.unlink()
        raise


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    """While nobody else changes what is in the folder. Raises OSError."""
    fd = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)
