"""Doing what was verified and allowed: each file replaced as a whole, its mode kept, no symlink followed outwards.

This runs outside the sandbox while commands inside may swap folders for symlinks. So a file's folder is opened first,
where it really is gets judged from the open folder, and all that follows is relative to that.

Does not: decide what is allowed.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

Judge = Callable[[str], bool]

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_NEW_MODE = 0o666


class Refused(OSError):
    """The path leads out of what may be written."""

    def __init__(self, path: str | Path) -> None:
        super().__init__(errno.EACCES, os.strerror(errno.EACCES), str(path))


def check_put(path: str, judge: Judge) -> None:
    """See that a file could be written at `path`. Raises OSError. Changes nothing."""
    real = _followed(path)
    _check_folder(real, judge)
    _replaceable(real)


def check_remove(path: str, judge: Judge) -> None:
    """See that the file or symlink at `path` could be deleted. Raises OSError. Changes nothing."""
    _check_folder(_unfollowed(path), judge)


def put(path: str, content: bytes, judge: Judge, mode: int | None = None) -> None:
    """Make or replace the file at `path`, folders included. A symlink stays; what it leads to is replaced."""
    real = _followed(path)
    _replaceable(real)
    with _folder(real.parent, judge, make=True) as folder:
        if not judge(str(_place(folder) / real.name)):
            raise Refused(path)
        _replace(folder, real.name, content, mode)


def remove(path: str, judge: Judge) -> None:
    """Delete the file, or the symlink itself, at `path`."""
    real = _unfollowed(path)
    with _folder(real.parent, judge, make=False) as folder:
        if not judge(str(_place(folder) / real.name)):
            raise Refused(path)
        os.unlink(real.name, dir_fd=folder)


def lands(path: str, *, follow: bool) -> str:
    """Where writing to `path` (`follow`), or deleting it, really takes place."""
    return str(_followed(path) if follow else _unfollowed(path))


def mode_of(path: str) -> int:
    """The permission bits of a file."""
    return stat.S_IMODE(Path(path).stat().st_mode)


def _followed(path: str) -> Path:
    return Path(os.path.realpath(path))


def _unfollowed(path: str) -> Path:
    return Path(os.path.realpath(Path(path).parent)) / Path(path).name


def _check_folder(real: Path, judge: Judge) -> None:
    """See that the file's folder is there or can be made, where it may be."""
    if not judge(str(real)):
        raise Refused(real)
    folder = next(folder for folder in real.parents if os.path.lexists(folder))
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(real))
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Refused(real)


def _replaceable(real: Path) -> None:
    """A file that its owner may not write is not to be replaced, though the folder would allow it."""
    with suppress(FileNotFoundError, NotADirectoryError):
        found = real.lstat()
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(real))
        if not found.st_mode & stat.S_IWUSR and not stat.S_ISLNK(found.st_mode):
            raise Refused(real)


@contextmanager
def _folder(path: Path, judge: Judge, *, make: bool) -> Iterator[int]:
    """The folder, open. Missing ones are made step by step from the last that exists, none through a symlink."""
    missing: list[str] = []
    while make and not os.path.lexists(path):
        missing.append(path.name)
        path = path.parent
    folder = os.open(path, _FOLDER)
    try:
        for name in reversed(missing):
            if not judge(str(_place(folder) / name)):
                raise Refused(path)
            with suppress(FileExistsError):
                os.mkdir(name, dir_fd=folder)
            inner = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = inner
        yield folder
    finally:
        os.close(folder)


def _place(folder: int) -> Path:
    """Where an open folder really is."""
    link = Path(f"/proc/self/fd/{folder}")
    if link.is_symlink():
        return link.readlink()
    import fcntl

    return Path(os.fsdecode(fcntl.fcntl(folder, fcntl.F_GETPATH, bytes(1024)).rstrip(b"\0")))


def _replace(folder: int, name: str, content: bytes, mode: int | None) -> None:
    """Write beside the file, then put it in its place at once."""
    owner = None
    with suppress(FileNotFoundError):
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
        mode = stat.S_IMODE(found.st_mode) if mode is None else mode
        owner = found.st_uid, found.st_gid
    fresh = f".{name[:100]}.{os.getpid()}.{os.urandom(4).hex()}"
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _NEW_MODE, dir_fd=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            if owner is not None:
                with suppress(OSError):
                    os.fchown(handle, *owner)
            if mode is not None:
                os.fchmod(handle, mode)
        os.rename(fresh, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(OSError):
            os.unlink(fresh, dir_fd=folder)
        raise
