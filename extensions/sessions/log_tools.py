"""`csm log` and `csm fixture`: what is done with logs as files, by id, name or path.

Each command returns a `Told`, which the command line prints; `cx.state["progress"]` is told how far it is.

Does not: open sessions, or write to any log there is.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
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
    with _reading(path):
        found = summing.summarize(_home(cx), path, _progress(cx, path))
    return Told(texts.summary(found), found)


@command("log.verify", title="Check a session's log", hidden=True)
def verify(cx: Context, session: str) -> Told:
    """Say what is damaged in a log, and whether Codex opens it. The exit status is 1 for a damaged one."""
    from . import checking, texts

    path = _path(cx, session)
    with _reading(path):
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


@command("log.index", title="Make the index of a session's log anew", hidden=True)
def index(cx: Context, session: str) -> Told:
    """Make the index anew that opens a long log quickly. csm does so by itself where one is missing or wrong."""
    from . import indexing, texts

    path = _path(cx, session)
    folder = cx.host.settings.state_dir / "index"
    with _reading(path):
        made = indexing.make(_home(cx), path, _thread(path), folder, cx.state.get("watch"))
    return Told(texts.indexed(made), made)


@command("log.replay-state", title="Fold a session's log and show the state it comes to", hidden=True)
def replay_state(cx: Context, session: str) -> Told:
    """Fold a log whole and by its index, and show the state. The exit status is 1 where the two differ."""
    from . import replaying, texts

    path = _path(cx, session)
    folder = cx.host.settings.state_dir / "index"
    with _reading(path):
        found = replaying.replay(_home(cx), path, _thread(path), folder, cx.state.get("watch"))
    return Told(texts.replayed(found), found, 1 if found.differs else 0)


@command("log.benchmark", title="Measure how quickly a session's log opens", hidden=True)
def benchmark(cx: Context, session: str, *, rounds: int = 5) -> Told:
    """Time the whole fold of a log, its index, opening by it, and appending lines to a file of its own."""
    from . import texts, timing

    if not 1 <= rounds <= 1000:
        raise CommandError("rounds are from 1 to 1000")
    path = _path(cx, session)
    try:
        found = timing.measure(_home(cx), path, _thread(path), rounds, cx.state.get("watch"))
    except OSError as error:
        raise StoreError(f"cannot measure {path}: {error.strerror}") from error
    return Told(texts.timed(found), found, 0 if found.same else 1)


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


@contextmanager
def _reading(path: Path) -> Generator[None]:
    """Say which log could not be read."""
    try:
        yield
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror}") from error


def _home(cx: Context) -> Path:
    return cx.host.settings.codex_home


def _path(cx: Context, text: str) -> Path:
    """The file that is meant: by path, else by id or name, archived ones too. Raises StoreError."""
    from . import finding

    return finding.file(_home(cx), text)


def _thread(path: Path) -> str:
    """The id of the session in a file. Raises StoreError."""
    from . import finding

    return finding.held(path)


def _progress(cx: Context, path: Path) -> Callable[[int], object] | None:
    made = cx.state.get("progress")
    return made(path.stat().st_size) if made is not None else None


def _fields(value: Any) -> dict[str, Any]:
    import msgspec

    return msgspec.to_builtins(value)
