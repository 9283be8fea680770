"""`/export` and `csm session export`: a session written to a file, or to whoever reads.

Does not: overwrite a file unasked, or leave half of one.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from csm.api import CommandError, StoreError, Thread, command

from .turns import Numbered, Range, parse

if TYPE_CHECKING:
    from csm.api import Context, Host, SessionHead

Format = Literal["markdown", "json", "html"]
How = Literal["none", "short", "full"]
_SUFFIXES: dict[str, Format] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".json": "json",
    ".html": "html",
    ".htm": "html",
}
_ENDINGS = {"markdown": "md", "json": "json", "html": "html"}


class Told(NamedTuple):
    """What came of it: text for people, or the session itself as `data`."""

    text: str
    value: Any = None
    status: int = 0
    data: Iterator[bytes] | None = None


@command("session.export", title="Write the session to a file", slash="export")
async def export(
    cx: Context,
    file: Path | None = None,
    *,
    format: Format | None = None,
    turns: str = "",
    tools: How | None = None,
    force: bool = False,
) -> None:
    """Write the session on the screen to a file to be read without csm: Markdown, `.json` or `.html`, by its name."""
    if cx.screen is None:
        raise CommandError("this needs the shell's screen", "`csm session export` works without")
    shown = cx.screen.session().thread
    if not shown.thread_id or not (shown.begun or shown.turns):
        raise CommandError("there is nothing to write out yet")
    kind = _format(format, file)
    named = file if file is not None else Path(f"csm-{shown.thread_id[-12:]}.{_ENDINGS[kind]}")
    path = cx.host.cwd / named.expanduser()
    wanted = parse(turns) if turns else Range()
    copy = shown.copy()
    size = await asyncio.to_thread(_file, cx.host, copy, path, kind, wanted, tools, force)
    cx.screen.message(f"{named}: {size:,} bytes", "message.info")


@command("session.write-out", title="Write a stored session out", hidden=True)
def write_out(
    cx: Context,
    session: str,
    *,
    format: Format | None = None,
    out: Path | None = None,
    turns: str = "",
    tools: How | None = None,
    force: bool = False,
) -> Told:
    """Write a stored session, by id, to a file or to stdout."""
    kind = _format(format, out)
    wanted = parse(turns) if turns else Range()
    head = _head(cx.host, session)
    thread = cx.host.store().thread(head.thread_id)
    if out is not None:
        size = _written(out, _texts(cx.host, thread, head, kind, wanted, tools), force, head)
        return Told(f"{out}: {size:,} bytes\n")
    return Told("", data=_bytes(_texts(cx.host, thread, head, kind, wanted, tools)))


def _file(host: Host, shown: Thread, path: Path, kind: Format, wanted: Range, how: How | None, force: bool) -> int:
    """Write a thread of the shell: from its log where it has one, since the shell may not have all of it."""
    try:
        head = _head(host, shown.thread_id)
        thread = host.store().thread(shown.thread_id)
    except StoreError:  # it leaves no log
        head, thread = None, shown
    return _written(path, _texts(host, thread, head, kind, wanted, how), force, head)


def _head(host: Host, thread_id: str) -> SessionHead:
    store = host.store()
    found = [head for archived in (False, True) for head in store.known(thread_id.lower(), archived=archived)]
    return found[0] if found else store.find(thread_id)


def _format(asked: Format | None, file: Path | None) -> Format:
    return asked or (_SUFFIXES.get(file.suffix.lower(), "markdown") if file is not None else "markdown")


def _texts(
    host: Host, thread: Thread, head: SessionHead | None, kind: Format, wanted: Range, how: How | None
) -> Iterator[str]:
    """The text of a session, piece by piece. Raises CommandError where none of the turns is there."""
    from .about import about
    from .turns import turns

    chosen = turns(thread, wanted)
    found = next(chosen, None)
    if found is None and not wanted.all:
        count = f"{thread.begun} turn{'' if thread.begun == 1 else 's'}"
        raise CommandError(f"there is no turn {wanted.first}: the session has {count}")
    told, rest = about(thread, head), _again(found, chosen)
    if head is not None and how != "none" and not thread.originator.startswith("csm"):
        from . import calls

        rest = calls.added(rest, host.store().read(head.thread_id))
    if kind == "json":
        from . import fields

        return fields.write(told, rest, how or "full")
    if kind == "html":
        from . import html, style

        return html.write(told, rest, how or "short", style.sheet(host))
    from . import markdown

    return markdown.write(told, rest, how or "short")


def _again(first: Numbered | None, rest: Iterator[Numbered]) -> Iterator[Numbered]:
    if first is not None:
        yield first
        del first
        yield from rest


def _bytes(texts: Iterator[str]) -> Iterator[bytes]:
    for text in texts:
        yield text.encode("utf-8", "replace")


def _written(path: Path, texts: Iterator[str], force: bool, head: SessionHead | None) -> int:
    """Write a file, whole or not at all; its bytes. Raises CommandError."""
    _refuse(path, force, head)
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with new.open("xb") as file:
            for data in _bytes(texts):
                file.write(data)
            size = file.tell()
        if force:
            new.replace(path)
        else:
            os.link(new, path)
        return size
    except FileExistsError as error:
        raise _there(path) from error
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}") from error
    finally:
        new.unlink(missing_ok=True)


def _refuse(path: Path, force: bool, head: SessionHead | None) -> None:
    if not path.exists():
        return
    if path.is_dir():
        raise CommandError(f"{path} is a folder")
    if head is not None and head.path and Path(head.path).exists() and path.samefile(head.path):
        raise CommandError(f"{path} is the session itself")
    if not force:
        raise _there(path)


def _there(path: Path) -> CommandError:
    return CommandError(f"{path} is there already", "--force writes over it")
