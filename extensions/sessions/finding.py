"""Which session somebody means, by id or name.

Does not: read more of it than its head.
"""

from __future__ import annotations

from pathlib import Path

from csm.api import SessionHead, StoreError

from . import heads, names, places

#: Longest text shown back to who asked for it.
_SHOWN = 200


def find(home: Path, text: str) -> SessionHead:
    """The session of an id, or the one that was given a name last. Raises StoreError, which says if it is archived."""
    _check(text)
    here = known(home, text.lower())
    if here:
        return here[0]
    if places.find_archived(home, text.lower()) is not None:
        raise is_archived(text.lower())
    found = named(home, text)
    if found:
        return found[0]
    archived = named(home, text, archived=True)
    if archived:
        raise is_archived(archived[0].thread_id)
    if _restored(home, text):
        return find(home, text)
    raise StoreError(f"no session with the id or name {shown(text)}")


def _restored(home: Path, text: str) -> bool:
    """Whether a session was meant that was packed, and is not any more."""
    from . import packed

    ids = [text.lower(), *(thread_id for thread_id, name in reversed(names.read(home).items()) if name == text)]
    return any(packed.restore(home, thread_id) is not None for thread_id in ids)


def known(home: Path, thread_id: str, *, archived: bool = False, packed: bool = False) -> list[SessionHead]:
    """The session of an id; none if there is none. `packed`: also one that is packed, as it is."""
    path = _file_of(home, thread_id, archived, packed)
    return [] if path is None else [_head(path, names.read(home).get(thread_id), archived=archived)]


def named(home: Path, text: str, *, archived: bool = False, packed: bool = False) -> list[SessionHead]:
    """The sessions of a name, the one named last first. `packed`: also those that are packed, as they are."""
    owners = [thread_id for thread_id, name in names.read(home).items() if name == text]
    files = [_file_of(home, thread_id, archived, packed) for thread_id in reversed(owners)]
    return [_head(path, text, archived=archived) for path in files if path is not None]


def _file_of(home: Path, thread_id: str, archived: bool, packed: bool) -> Path | None:
    found = (places.find_archived if archived else places.find)(home, thread_id)
    if found is not None or not packed:
        return found
    from .packed import find as find_packed

    return find_packed(home, thread_id, archived=archived)


def log(home: Path, text: str) -> tuple[Path, str]:
    """The file that is meant, by path, else by id or name, archived ones too; and which session it holds.

    Raises StoreError.
    """
    path = file(home, text)
    try:
        return path, held(path)
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror}") from error


def file(home: Path, text: str) -> Path:
    """The file that is meant. Raises StoreError."""
    if "/" in text or text.endswith(".jsonl"):
        path = Path(text)
        if not path.is_file():
            raise StoreError(f"there is no file {shown(text)}")
        return path
    archived = places.find_archived(home, text.lower())
    found = archived if archived and not places.find(home, text.lower()) else None
    return found or Path(find(home, text).path)


def held(path: Path) -> str:
    """The id of the session in a file, by its name or else by its first line. Raises StoreError."""
    from csm.api import events, rollout

    from . import lineage

    found = places.id_of(path)
    pair = None if found else rollout.decode(lineage.first_line(path))
    found = pair[1].thread_id if pair is not None and isinstance(pair[1], events.ThreadStarted) else found
    if not found:
        raise StoreError(f"nothing in {path} tells which session it is", "`csm log repair` may find out")
    return found


def is_archived(thread_id: str) -> StoreError:
    """What to say of a session that must be brought back first."""
    return StoreError(f"session {thread_id} is archived. Run `csm unarchive {thread_id}` to unarchive it first.")


def shown(text: str) -> str:
    """A text in one line of a message, however long it was."""
    line = text if text.isprintable() else repr(text)
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}… ({len(text)} characters)"


def _check(text: str) -> None:
    if not text.strip() or "/" in text or text in (".", ".."):
        raise StoreError(f"no session {shown(repr(text))}: an id or a name is needed")


def _head(path: Path, name: str | None, *, archived: bool = False) -> SessionHead:
    try:
        now = path.stat()
        start = heads.packed(path) if path.suffix == places.PACKED else heads.read(path)
    except OSError as error:
        raise StoreError(f"cannot read the session file {path}: {error.strerror}") from error
    if not start.thread_id:  # its first line is lost; the rest is not
        start = heads.named(path)
    return heads.head(start, str(path), now.st_size, now.st_mtime, name, archived)
