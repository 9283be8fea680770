"""Lists of sessions that stay quick with many: the beginnings of files are kept in an index beside the state.

The index is a help and never the truth. Each list looks at the times of all folders and files (their kind, size, inode
and time of change); what differs from the index is read anew, what is missing in it too, and what cannot be used of it
is thrown away. Heads are read as they are asked for, so that the newest session is known without reading the others.

Does not: filter what it lists, or look into files (`heads`).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from csm.api import SessionHead, StoreError

from . import heads, names, places

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Raised whenever what is kept changes its shape or its meaning.
SCHEMA = 2
_MAGIC = b"csm heads %d\n" % SCHEMA
#: Characters of a prompt that lists keep.
_PROMPT = 400
#: So many files may be read anew before the index is written again.
_WORTH = 32
#: Nanoseconds in which a folder may change without its time showing it.
_BLUR = 2_000_000_000
_ID = slice(28, 64)
_PLAIN = 70


class _File(msgspec.Struct, array_like=True):
    """What is known of a file, and how it was when that was read."""

    inode: int
    size: int
    changed: int
    start: heads.Start


class _Folder(msgspec.Struct, array_like=True):
    """A folder's files, as listed at the time `seen`; `changed` is the folder's own time."""

    changed: int
    seen: int
    files: dict[str, _File | None]


class _Index(msgspec.Struct, array_like=True):
    home: str = ""
    folders: dict[str, _Folder] = {}


class _Found(NamedTuple):
    modified: int
    name: str
    folder: str
    inode: int
    size: int
    changed: int


_decoder = msgspec.msgpack.Decoder(_Index)


class Listing:
    """The sessions below `home`, one list; `state` is where the index may be kept. Make one for each list.

    `unreadable` are the files that could not be read, once the list was gone through.
    """

    def __init__(self, home: Path, state: Path | None) -> None:
        self._home = home
        self._path = _place(home, state) if state is not None else None
        self._index = _load(self._path, home)
        self._lead = len(str(home)) + 1
        self._read = 0
        self.unreadable: list[str] = []

    def heads(self, *, archived: bool = False) -> Iterator[SessionHead]:
        """Every session, the newest change first. Long prompts are cut."""
        named = names.read(self._home)
        try:
            for found in self._newest_first(archived):
                start = self._start(found)
                if start.thread_id:
                    name = named.get(start.thread_id)
                    path = f"{found.folder}/{found.name}"
                    yield heads.head(start, path, found.size, found.modified / 1e9, name, archived)
        finally:
            self._save()

    def _newest_first(self, archived: bool) -> list[_Found]:
        folders = [str(folder) for folder in places.folders(self._home, archived=archived)]
        self._forget(set(folders), archived)
        found = [one for folder in folders for one in self._files(folder)]
        if any(len(one.name) > _PLAIN for one in found):
            found = _last_parts(found)
        found.sort(reverse=True)
        return found

    def _forget(self, folders: set[str], archived: bool) -> None:
        """Drop what is kept of folders that are gone."""
        root = places.ARCHIVED if archived else places.SESSIONS
        known = {self._key(folder) for folder in folders}
        for folder in [one for one in self._index.folders if one.startswith(root) and one not in known]:
            del self._index.folders[folder]

    def _key(self, folder: str) -> str:
        """A folder by its place in the home."""
        return folder[self._lead :]

    def _files(self, folder: str) -> list[_Found]:
        """The files of a folder as they are now."""
        found: list[_Found] = []
        try:
            fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            return found
        try:
            for name in self._names(folder):
                try:
                    now = os.stat(name, dir_fd=fd)
                except OSError:
                    continue
                found.append(_Found(now.st_mtime_ns, name, folder, now.st_ino, now.st_size, now.st_ctime_ns))
        finally:
            os.close(fd)
        return found

    def _names(self, folder: str) -> list[str]:
        """The names in a folder: as kept, where its time says that they still hold."""
        before = time.time_ns()
        try:
            changed = Path(folder).stat().st_ctime_ns
        except OSError:
            return []
        kept = self._index.folders.get(self._key(folder))
        if kept is not None and kept.changed == changed and changed < kept.seen - _BLUR:
            return list(kept.files)
        listed = places.listed(Path(folder))
        known = kept.files if kept is not None else {}
        self._index.folders[self._key(folder)] = _Folder(changed, before, {name: known.get(name) for name in listed})
        return listed

    def _start(self, found: _Found) -> heads.Start:
        files = self._index.folders[self._key(found.folder)].files
        kept = files.get(found.name)
        if kept is not None and (kept.inode, kept.size, kept.changed) == (found.inode, found.size, found.changed):
            return kept.start
        self._read += 1
        path = Path(found.folder, found.name)
        try:
            start = heads.packed(path) if path.suffix == places.PACKED else heads.read(path)
        except StoreError:  # nothing here can unpack it: that may change, so it is not kept
            return heads.named(path)
        except OSError:
            self.unreadable.append(f"{found.folder}/{found.name}")
            return heads.Start()
        if len(start.prompt) > _PROMPT:
            start.prompt = start.prompt[:_PROMPT] + "…"
        files[found.name] = _File(found.inode, found.size, found.changed, start)
        return start

    def _save(self) -> None:
        """Keep what was learned, if it is worth it. An index that cannot be written is done without."""
        if self._path is None or self._read < _WORTH:
            return
        self._read = 0
        self._index.home = _name(self._home)
        draft = self._path.with_name(f"{self._path.name}.{os.getpid()}.{id(self)}")
        try:
            data = msgspec.msgpack.encode(self._index)
            places.make(self._path.parent)
            draft.write_bytes(_MAGIC + zlib.crc32(data).to_bytes(4, "big") + data)
            draft.chmod(0o600)
            draft.replace(self._path)
        except OSError:
            with contextlib.suppress(OSError):
                draft.unlink()


def _place(home: Path, state: Path) -> Path:
    return state / "index" / f"heads-{_name(home)[:16]}"


def _name(home: Path) -> str:
    """A home as text, which its path need not be."""
    return hashlib.sha256(os.fsencode(home)).hexdigest()


def _load(path: Path | None, home: Path) -> _Index:
    """The index as it was kept; an empty one where there is none that can be trusted to be whole."""
    if path is None:
        return _Index()
    try:
        data = path.read_bytes()
        body = memoryview(data)[len(_MAGIC) + 4 :]
        whole = data.startswith(_MAGIC) and zlib.crc32(body) == int.from_bytes(data[len(_MAGIC) :][:4], "big")
        index = _decoder.decode(body) if whole else _Index()
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return _Index()
    return index if index.home == _name(home) else _Index()


def _last_parts(found: list[_Found]) -> list[_Found]:
    """Of each session the newest file alone."""
    last: dict[str, _Found] = {}

    def part(one: _Found) -> str:
        """Empty for the first file of a session, whose name goes on with its end."""
        return one.name.removesuffix(places.PACKED)[_ID.stop :].removeprefix(".jsonl")

    for one in found:
        other = last.get(one.name[_ID])
        if other is None or part(other) < part(one):
            last[one.name[_ID]] = one
    return list(last.values())
