"""`csm log` and `csm fixture`: what is done with logs as files, by id, name or path.

Each command returns a `Told`, which the command line prints; `cx.state["progress"]` is told how far it is.

Does not: open sessions, or write to any log there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from csm.api import CommandError, StoreError, command

if TYPE_CHECKING:
    from csm.api import Context


class Told(NamedTuple):
    """What came of a command: text for people, a value for JSON, and an exit status. `data` goes out as it is."""

    text: str
    value: Any
    status: int = 0
    data: Iterator[bytes] | None = None


@command("log.summarize", title="A session's log in figures", hidden=True)
def summarize(cx: Context, session: str) -> Told:
    """Count what a log holds: turns, tools, models, tokens, sizes."""
    from . import summing, texts

    path = _path(cx, session)
    found = summing.summarize(_home(cx), path, _progress(cx, path))
    return Told(texts.summary(found), found)


@command("log.verify", title="Check a session's log", hidden=True)
def verify(cx: Context, session: str) -> Told:
    """Say what is damaged in a log, and whether Codex opens it. The exit status is 1 for a damaged one."""
    from . import checking, texts

    path = _path(cx, session)
    found = checking.check(_home(cx), path, _progress(cx, path))
    return Told(texts.check(found), {"sound": found.sound, **_fields(found)}, 0 if found.sound else 1)


@command("log.repair", title="Write a clean copy of a session's log", hidden=True)
def repair(cx: Context, session: str, *, out: Path | None = None) -> Told:
    """Write a copy of a damaged log that csm and Codex open, beside the original or to `--out`."""
    from . import mending, texts
    from .disk import Disk

    path = _path(cx, session)
    target = out if out is not None else path.with_name(f"{path.name}.repaired")
    try:
        done = mending.mend(_home(cx), path, target, Disk(), _progress(cx, path))
    except OSError as error:
        raise StoreError(f"cannot write {error.filename or target}: {error.strerror}") from error
    return Told(texts.mended(done), done)


@command("fixture.log", title="Make up a log, for measuring and for tests", hidden=True)
def fixture(
    cx: Context,
    *,
    events: int = 1000,
    seed: int = 0,
    shape: Literal["paginated", "legacy"] = "paginated",
    compact_every: int = 2000,
    out: Path | None = None,
) -> Told:
    """Write a log of so many lines, the same to the byte for the same wishes, to stdout or to `--out`."""
    from . import fixture, texts

    if events < 0 or compact_every < 0:
        raise CommandError("counts are not negative")
    wish = fixture.Wish(events, seed, shape, compact_every)
    if out is None:
        return Told("", None, 0, fixture.lines(wish))
    size = _written(out, fixture.lines(wish))
    value = {"path": str(out), "thread_id": fixture.thread_id(wish), "name": fixture.name(wish), "bytes": size}
    return Told(f"{out}: {texts.size(size)}, session {fixture.thread_id(wish)}\n", value)


def _written(out: Path, lines: Iterator[bytes]) -> int:
    try:
        with out.open("xb") as file:
            for line in lines:
                file.write(line)
            return file.tell()
    except OSError as error:
        raise StoreError(f"cannot write {out}: {error.strerror}") from error


def _home(cx: Context) -> Path:
    return cx.host.settings.codex_home


def _path(cx: Context, text: str) -> Path:
    """The file that is meant: by path, else by id or name, archived ones too. Raises StoreError."""
    from . import finding, places

    if "/" in text or text.endswith(".jsonl"):
        path = Path(text)
        if not path.is_file():
            raise StoreError(f"there is no file {finding.shown(text)}")
        return path
    archived = places.find_archived(_home(cx), text.lower())
    found = archived if archived and not places.find(_home(cx), text.lower()) else None
    return found or Path(finding.find(_home(cx), text).path)


def _progress(cx: Context, path: Path) -> Callable[[int], object] | None:
    made = cx.state.get("progress")
    return made(path.stat().st_size) if made is not None else None


def _fields(value: Any) -> dict[str, Any]:
    import msgspec

    return msgspec.to_builtins(value)
