"""`csm session`: make, list, look at, sum up, prune and write out stored sessions.

Does not: read logs or keep artefacts; the store and the commands of extensions do.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from csm.cli import log, opening
from csm.cli.arguments import Parsed
from csm.headless.visible import one_line
from csm.protocol.errors import CommandError, CsmError, StoreError
from csm.protocol.ids import is_uuid

if TYPE_CHECKING:
    from csm.host.artefacts import Artefacts
    from csm.host.host import Host
    from csm.host.storage import SessionHead, Store


def create(parsed: Parsed) -> int:
    """`csm session create`: prints the id."""
    from csm.runtime import creating
    from csm.runtime.clock import Clock
    from csm.runtime.port import Start

    with host_of(parsed, headless=False) as host:
        host.model_provider(host.settings.model_provider)
        begun: dict[str, Any] = {"name": parsed.get("name") or ""}
        if text := parsed.get("from"):
            kept = artefacts(host)
            artefact = kept.find(text).artefact
            begun |= {"history": kept.history(artefact), "forked_from": artefact.thread_id}
        start = Start(str(host.settings.cwd), originator="csm_cli", overrides=host.settings.overrides)
        made = creating.create(host, start, Clock(), **begun)
        if parsed.on("json"):
            from csm.cli import listed

            listed.one(host.store().find(made))
            return 0
    print(made)
    return 0


def show_all(parsed: Parsed) -> int:
    """`csm session list`"""
    from csm.cli import listed

    with host_of(parsed) as host:
        store = host.store()
        heads = _chosen(parsed, host, store)
        listed.as_json(heads) if parsed.on("json") else listed.table(heads)
        unreadable = getattr(store, "unreadable", ())
    listed.unreadable(unreadable)
    return 0


def _chosen(parsed: Parsed, host: Host, store: Store) -> Iterator[SessionHead]:
    import itertools
    from datetime import UTC, datetime

    from csm.host import ages
    from csm.runtime import stored

    words = (parsed.get("search") or "").lower().split()
    after = ages.since(parsed.get("newer_than") or "", datetime.now(UTC)) if parsed.get("newer_than") else ""
    found = store.list(
        cwd=str(host.settings.cwd) if parsed.on("here") or parsed.get("cd") else None,
        non_interactive=parsed.on("include_non_interactive"),
        archived=parsed.on("archived"),
    )
    heads = stored.tagged(host, found)
    if after:
        heads = itertools.takewhile(lambda head: head.updated >= after, heads)
    fitting = (head for head in heads if all(word in stored.text_of(head) for word in words))
    return itertools.islice(fitting, _count(parsed.get("limit")))


def _count(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise CsmError(f"Error: --limit is a number, not {one_line(text)[:80]}.")
    return int(text)


def show(parsed: Parsed) -> int:
    """`csm session show SESSION`"""
    return _told(parsed, "session.show")


def resume_plan(parsed: Parsed) -> int:
    """`csm session resume-plan SESSION`"""
    return _told(parsed, "session.resume-plan")


def prune(parsed: Parsed) -> int:
    """`csm session prune [SESSION]`"""
    words = [f"--{name}" for name in ("keep-latest-per-kind", "apply") if parsed.on(name.replace("-", "_"))]
    words += [f"--older-than={parsed.get('older_than')}"] if parsed.get("older_than") is not None else []
    return _told(parsed, "session.prune", *words)


def export(parsed: Parsed) -> int:
    """`csm session export SESSION`"""
    kind = "json" if parsed.on("json") else parsed.get("format")
    given = {"format": kind, "out": parsed.get("out"), "turns": parsed.get("turns"), "tools": parsed.get("tools")}
    words = [f"--{name}={value}" for name, value in given.items() if value is not None]
    words += ["--force"] if parsed.on("force") else []
    return _told(parsed, "session.write-out", *words, json=False)


def rename(parsed: Parsed) -> int:
    """`csm session rename SESSION NAME`"""
    from csm.cli import listed
    from csm.runtime import stored

    with host_of(parsed) as host:
        store = host.store()
        head = found(store, parsed.get("session") or "")
        stored.manage(host, "rename", head.thread_id, name=parsed.get("name") or "")
        named = store.find(head.thread_id)
    if parsed.on("json"):
        listed.one(named)
    else:
        print(f"Session {head.thread_id} is called {one_line(named.name or '')}.")
    return 0


def tag(parsed: Parsed) -> int:
    """`csm session tag SESSION TAGS`: those, and no others."""
    from csm.cli import listed
    from csm.runtime import stored

    with host_of(parsed) as host:
        head = found(host.store(), parsed.get("session") or "")
        stored.manage(host, "tag", head.thread_id, tags=parsed.get("tags") or "")
        head = next(stored.tagged(host, [head]))
    if parsed.on("json"):
        listed.one(head)
    elif head.tags:
        print(f"Session {head.thread_id} is tagged {' '.join(f'#{tag}' for tag in head.tags)}.")
    else:
        print(f"Session {head.thread_id} has no tags.")
    return 0


@contextmanager
def host_of(parsed: Parsed, *, headless: bool = True) -> Generator[Host]:
    """The host for what was asked, closed at the end. `headless`: nobody can be asked anything there."""
    from csm.host.host import Host

    env = dict(os.environ)
    host = Host.open(opening.settings(parsed, env, headless=headless), env, init=False)
    try:
        yield host
    finally:
        host.close()


def artefacts(host: Host) -> Artefacts:
    """The artefacts of the host's store. Raises StoreError where it keeps none."""
    from csm.host import artefacts

    kept = artefacts.of(host.store())
    if kept is None:
        raise StoreError("this store keeps no artefacts")
    return kept


def found(store: Store, text: str) -> SessionHead:
    """The session that is meant, archived or not. Raises CsmError: unknown, or one of several of that name."""
    places = (False, True)
    if is_uuid(text.lower()):
        heads = [head for archived in places for head in store.known(text.lower(), archived=archived)]
    else:
        heads = [head for archived in places for head in (store.named(text, archived=archived) if text.strip() else ())]
        if len(heads) > 1:
            ids = " and ".join(head.thread_id for head in heads[:2])
            raise CsmError(f"Error: {len(heads)} sessions are called {one_line(text)[:200]}: {ids}", "give an id")
    return heads[0] if heads else store.find(text)


def _told(parsed: Parsed, name: str, *words: str, json: bool | None = None) -> int:
    """Run a command of an extension with the id of the session that is meant, and print what it tells."""
    from csm.host.context import Context

    with host_of(parsed) as host:
        text = parsed.get("session")
        which = [] if text is None else [found(host.store(), text).thread_id]
        try:
            told = host.commands.call(name, [*words, *which], Context(host=host))
        except CommandError as error:
            trace = next((message.text for message in reversed(host.messages) if message.level == "error"), "")
            raise CsmError(f"Error: {error.message}", trace if "Traceback" in trace else error.hint) from error
        return log.printed(told, json=parsed.on("json") if json is None else json)
