"""`csm session show`, `resume-plan` and `prune`: what is told of sessions without opening them.

Each command returns a `Told`, which the command line prints.

Does not: find sessions by name (the command line does), or write to any log.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from csm.api import CommandError, SessionHead, ages, catalog, command

from .log_tools import Told

if TYPE_CHECKING:
    from csm.api import Context


@command("session.show", title="What a stored session is", hidden=True)
def show(cx: Context, session: str) -> Told:
    """Show a stored session, by id: its turns, tokens, settings, sizes, artefacts and index."""
    from . import looking, session_texts

    found = looking.show(cx.host.settings.codex_home, cx.host.settings.state_dir, _head(cx, session))
    return Told(session_texts.shown(found), found)


@command("session.resume-plan", title="What resuming a session would take", hidden=True)
def resume_plan(cx: Context, session: str) -> Told:
    """Show what resuming a session, by id, would read and send, and what there is to know before."""
    from . import looking, session_texts

    settings = cx.host.settings
    found = looking.plan(settings.codex_home, settings, _head(cx, session), catalog.catalog(settings))
    return Told(session_texts.planned(found), found)


@command("session.prune", title="Remove artefacts of sessions", hidden=True)
def prune(
    cx: Context,
    session: str = "",
    *,
    keep_latest_per_kind: bool = False,
    older_than: str = "",
    apply: bool = False,
) -> Told:
    """Say which artefacts would go, of one session (by id) or of all; with `--apply` they go."""
    from . import artefact_files, pruning, session_texts
    from .artefacts import RolloutArtefacts

    if not (session or keep_latest_per_kind or older_than):
        raise CommandError(
            "say what may go: a session, --older-than AGE, or all but the latest with --keep-latest-per-kind"
        )
    before = ages.since(older_than, datetime.now(UTC)) if older_than else ""
    settings = cx.host.settings
    kept = RolloutArtefacts(settings.codex_home, settings.state_dir, lambda _: None)
    folder = settings.state_dir / "index" / artefact_files.FOLDER
    done = pruning.prune(kept, folder, session, keep_latest=keep_latest_per_kind, before=before, apply=apply)
    return Told(session_texts.pruned(done), done)


def _head(cx: Context, thread_id: str) -> SessionHead:
    """The session of an id, archived or not. Raises StoreError."""
    store = cx.host.store()
    for archived in (False, True):
        found = store.known(thread_id.lower(), archived=archived)
        if found and Path(found[0].path).is_file():
            return found[0]
    return store.find(thread_id)
