"""`csm archive`, `csm unarchive` and `csm delete`: which session is meant, and what to say of it.

Texts, streams and exit statuses are Codex's; where Codex says only that it failed, the reason follows on its own line.

Does not: move or remove files. The store does.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from csm.cli import opening
from csm.cli.arguments import Parsed
from csm.headless.visible import one_line
from csm.protocol.errors import CommandError, CsmError, StoreError
from csm.protocol.ids import is_uuid

if TYPE_CHECKING:
    from csm.host.host import Host
    from csm.host.storage import SessionHead, Store

#: Characters of a name that an error repeats.
_SHOWN = 200


def archive(parsed: Parsed) -> int:
    """`csm archive SESSION`"""
    with _store(parsed) as store:
        thread_id, name = _which(store, _asked(parsed), "active", archived=False)
        _do("archive", lambda: store.archive(thread_id))
        return _say(f"Archived session {_called(thread_id, name)}.")


def unarchive(parsed: Parsed) -> int:
    """`csm unarchive SESSION`"""
    with _store(parsed) as store:
        thread_id, _ = _which(store, _asked(parsed), "archived", archived=True)
        _do("unarchive", lambda: store.unarchive(thread_id))
        name = next((head.name for head in store.known(thread_id)), None)
        return _say(f"Unarchived session {_called(thread_id, name)}.")


def delete(parsed: Parsed) -> int:
    """`csm delete SESSION`: asks first; `--force` does not, and takes an id only."""
    text, force = _asked(parsed), parsed.on("force")
    if force and not is_uuid(text.lower()):
        raise CsmError("Error: --force requires a session UUID; names must be confirmed interactively")
    with _host(parsed) as host:
        store = host.store()
        thread_id, name = (text.lower(), None) if force else _doomed(store, text)
        if not force and not _confirmed(thread_id, name):
            return _say("Delete cancelled.")
        gone: list[str] = []
        _do("delete", lambda: gone.extend(store.delete(thread_id)))
        _untag(host, gone)
        agents = f" and {len(gone) - 1} agent{'s' * (len(gone) > 2)} of it" if len(gone) > 1 else ""
        return _say(f"Deleted session {_called(thread_id, name)}{agents}.")


def _untag(host: Host, gone: list[str]) -> None:
    """Tags of what is gone go too; where they cannot, that is told, and nothing else."""
    from csm.runtime import stored

    try:
        stored.untag(host, gone)
    except CommandError as error:
        sys.stderr.write(f"warning: {error.message}\n")


@contextmanager
def _store(parsed: Parsed) -> Generator[Store]:
    with _host(parsed) as host:
        yield host.store()


@contextmanager
def _host(parsed: Parsed) -> Generator[Host]:
    from csm.host.host import Host

    env = dict(os.environ)
    host = Host.open(opening.settings(parsed, env, headless=True), env, init=False)
    try:
        yield host
    finally:
        host.close()


def _asked(parsed: Parsed) -> str:
    return parsed.get("session") or ""


def _which(store: Store, text: str, what: str, *, archived: bool) -> tuple[str, str | None]:
    """The id that is meant, and the name if that was given. Ids are taken as they are. Raises CsmError."""
    if is_uuid(text.lower()):
        return text.lower(), None
    return _only(_named(store, text, archived), text, what)


def _doomed(store: Store, text: str) -> tuple[str, str | None]:
    """The id and the name of what is to be deleted, archived or not. Raises CsmError."""
    what, places = "active or archived", (False, True)
    if is_uuid(text.lower()):
        found = [head for archived in places for head in store.known(text.lower(), archived=archived)][:1]
    else:
        found = [head for archived in places for head in _named(store, text, archived)]
    return _only(found, text, what)


def _named(store: Store, text: str, archived: bool) -> list[SessionHead]:
    return store.named(text, archived=archived) if text.strip() else []


def _only(found: list[SessionHead], text: str, what: str) -> tuple[str, str | None]:
    if len(found) > 1:
        ids = " and ".join(head.thread_id for head in found[:2])
        raise CsmError(
            f"Error: Multiple sessions match '{_shown(text)}' (including {ids}); use a session UUID to disambiguate."
        )
    if not found:
        raise CsmError(f"Error: No {what} session found matching '{_shown(text)}'.")
    return found[0].thread_id, found[0].name


def _do(what: str, act: Callable[[], None]) -> None:
    try:
        act()
    except StoreError as error:
        reason = f"{error.message}\n{error.hint}" if error.hint else error.message
        raise CsmError(f"Error: failed to {what} session", reason) from error


def _confirmed(thread_id: str, name: str | None) -> bool:
    """Whether the user says yes; whoever is not there cannot. Raises CsmError."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout and sys.stdout.isatty()):
        raise CsmError(
            "Error: cannot confirm session deletion without an interactive terminal; "
            "rerun with --force and a session UUID"
        )
    called = f"'{_shown(name)}' ({thread_id})" if name else thread_id
    print(f"Permanently delete session {called}?")
    print("It cannot be brought back, and neither can the agents it began.")
    try:
        answer = input("Continue? [y/N]: ")
    except EOFError:
        print()
        return False
    return answer.strip().lower() in ("y", "yes")


def _called(thread_id: str, name: str | None) -> str:
    return f"{_shown(name)} ({thread_id})" if name else thread_id


def _shown(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"


def _say(line: str) -> int:
    print(line)
    return 0
