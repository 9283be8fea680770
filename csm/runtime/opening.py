"""Opening a thread: a new one, a stored one, a fork; everything a session needs before its first op.

Does not: run it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from csm import __version__
from csm.core import prompts, rewind, stopped
from csm.core.fold import Thread
from csm.host import credentials
from csm.host.storage import LogWriter, Store
from csm.protocol import codec, events
from csm.protocol.errors import SettingError
from csm.protocol.events import Body
from csm.protocol.items import Notice
from csm.protocol.tools import ApprovalPolicy, Collaboration, SandboxPolicy
from csm.runtime import catalog, surroundings
from csm.runtime.clock import Clock
from csm.runtime.journal import Journal
from csm.runtime.port import Start
from csm.runtime.redact import Redactor

if TYPE_CHECKING:
    from csm.host.host import Host
    from csm.host.settings import Settings
    from csm.runtime.lineage import Born
    from csm.runtime.session import Session


class Config(msgspec.Struct, frozen=True):
    """What may change from turn to turn, and the instructions, which do not."""

    model: str
    effort: str | None
    approval: ApprovalPolicy
    sandbox: SandboxPolicy
    base: str
    instructions: tuple[str, ...] = ()
    collaboration: Collaboration = "default"


class Opened(msgspec.Struct):
    """A thread made ready. `bodies` are still to be published, in order."""

    host: Any
    settings: Any
    start: Start
    clock: Clock
    journal: Journal
    redactor: Redactor
    thread: Thread
    config: Config
    bodies: list[Body]


def open_thread(host: Host, start: Start, clock: Clock, born: Born | None = None) -> Opened:
    """Open what `start` asks for. Raises StoreError, SettingError, ModelError."""
    from csm.host import settings as layers

    cwd = Path(start.cwd)
    settings = layers.reload(
        host.settings, env=host.env, cwd=cwd, overrides=start.overrides, headless=start.headless or None
    )
    host.want(settings)
    host.model_provider(settings.model_provider)
    catalog.catalog(settings)
    redactor = Redactor(credentials.secrets(settings, host.env))
    if start.resume is not None:
        opened = _resume(host, settings, start, clock, redactor)
    elif start.fork is not None:
        opened = _fork(host, settings, start, clock, redactor)
    else:
        opened = _new(host, settings, start, clock, redactor)
    if born is not None:
        _take_over(opened, born)
    if start.resume is not None and (text := _other_model(opened.thread.model, opened.config.model)):
        opened.bodies.append(events.ItemCompleted("", Notice(clock.new_id(), text)))
    opened.bodies.extend(_settings_in_force(opened))
    if start.history:
        opened.bodies.append(events.HistoryReplaced("", tuple(map(msgspec.Raw, start.history))))
    if born is None:
        opened.bodies.extend(_remarks(opened))
    return opened


def _remarks(opened: Opened) -> Iterable[Body]:
    """What extensions have to say about the settings."""
    for said in opened.host.hooks.collect("remarks", host=opened.host, settings=opened.settings):
        level, text = ("warning", said) if isinstance(said, str) else said
        yield events.ItemCompleted("", Notice(opened.clock.new_id(), str(text), level))


def _take_over(opened: Opened, born: Born) -> None:
    """What an agent has from the thread that began it; one that is opened again keeps its model."""
    taken = dict(born.config)
    if opened.start.resume is not None and opened.thread.model:
        taken |= {"model": opened.thread.model, "effort": opened.thread.effort}
    opened.config = msgspec.structs.replace(opened.config, **taken)
    if opened.bodies and isinstance(opened.bodies[0], events.ThreadStarted):
        forked = opened.start.parent if born.history else None
        opened.bodies[0] = msgspec.structs.replace(
            opened.bodies[0], instructions=opened.config.base, forked_from=forked
        )
    opened.bodies.extend(born.history)


def _new(host: Host, settings: Settings, start: Start, clock: Clock, redactor: Redactor) -> Opened:
    config = _config(host, settings, None)
    started = _started(settings, start, clock, config)
    journal = Journal(_store(host, start))
    return Opened(host, settings, start, clock, journal, redactor, Thread(), config, [started])


def _started(settings: Settings, start: Start, clock: Clock, config: Config) -> events.ThreadStarted:
    return events.ThreadStarted(
        thread_id=clock.new_id(),
        cwd=start.cwd,
        source=codec.encode({"subagent": start.subagent}).decode() if start.subagent else start.source,
        originator=start.originator,
        provider=settings.model_provider,
        version=__version__,
        created=clock.stamp(),
        git=surroundings.git(settings.git_root),
        instructions=config.base,
        parent=start.parent,
        thread_source="subagent" if start.subagent else start.thread_source,
    )


def open_child(parent: Session, start: Start, base: str, model: str | None) -> Opened:
    """A new thread beside an open one: with its settings and other instructions. Nobody is asked anything there."""
    config = msgspec.structs.replace(
        parent.config, model=model or parent.config.model, approval="never", base=base, instructions=()
    )
    host, settings, clock = parent.host, parent.settings, parent.clock
    redactor = Redactor(credentials.secrets(settings, host.env))
    journal = Journal(_store(host, start))
    started = _started(settings, start, clock, config)
    opened = Opened(host, settings, start, clock, journal, redactor, Thread(), config, [started])
    opened.bodies.extend(_settings_in_force(opened))
    return opened


def _resume(host: Host, settings: Settings, start: Start, clock: Clock, redactor: Redactor) -> Opened:
    store = host.store()
    assert start.resume is not None
    writer = None if start.ephemeral else store.open(start.resume)
    try:
        thread = _stored(store, start, writer)
        findings = store.findings(start.resume)
    except BaseException:
        if writer is not None:
            writer.close()
        raise
    config = _config(host, settings, thread)
    bodies = stopped.closing(thread)
    recovered = _recovered(store, thread, clock) if findings else ()
    if not thread.created:  # the line that said so is lost
        started = _started(settings, start, clock, config)
        bodies.insert(0, msgspec.structs.replace(started, thread_id=thread.thread_id))
        thread = thread if thread.seq > 1 else Thread()
    for text in (getattr(writer, "repaired", ""), *findings):
        if text:
            bodies.append(events.ItemCompleted("", Notice(clock.new_id(), text)))
    bodies.extend(recovered)
    journal = Journal(None, writer)
    return Opened(host, settings, start, clock, journal, redactor, thread, config, bodies)


def _recovered(store: Store, thread: Thread, clock: Clock) -> Iterable[Body]:
    """What is left of a beginning that the log has lost: a summary that was made of it before."""
    from csm.host import artefacts

    kept = artefacts.of(store)
    found = kept.recovered(thread) if kept is not None else None
    if found is None:
        return ()
    item, text = found
    return events.HistoryAppended(msgspec.Raw(item)), events.ItemCompleted("", Notice(clock.new_id(), text))


def _stored(store: Store, start: Start, writer: LogWriter | None) -> Thread:
    """The thread to go on with. A store may know a quicker way to it than to read all."""
    assert start.resume is not None
    opened: Callable[..., Thread] | None = getattr(store, "thread", None)
    if opened is None:
        return _folded(store.read(start.resume))
    thread = opened(start.resume, writer)
    if not start.bounded:
        thread.recall()
    return thread


def _fork(host: Host, settings: Settings, start: Start, clock: Clock, redactor: Redactor) -> Opened:
    assert start.fork is not None
    pairs = list(host.store().read(start.fork))
    if start.fork_at:
        pairs = rewind.through(pairs, start.fork_at)
    parent = _folded(pairs)
    config = _config(host, settings, parent)
    started = msgspec.structs.replace(
        _started(settings, start, clock, config), forked_from=parent.thread_id, instructions=config.base
    )
    copied = [pair for pair in pairs if not isinstance(pair[1], events.ThreadStarted | events.UnknownLine)]
    pairs = [(started.created, started), *copied]
    thread = _folded(pairs)
    journal = Journal(_store(host, start))
    journal.hold(pairs)
    told = [events.ItemCompleted("", Notice(clock.new_id(), text)) for text in host.store().findings(start.fork)]
    return Opened(host, settings, start, clock, journal, redactor, thread, config, [*stopped.closing(thread), *told])


def _other_model(recorded: str, model: str) -> str:
    if recorded in ("", model):
        return ""
    return (
        f"This session was recorded with model `{recorded}` but is resuming with `{model}`, "
        f"which may make less of what came before. `-m {recorded}` keeps the former one."
    )


def _store(host: Host, start: Start) -> Store | None:
    return None if start.ephemeral else host.store()


def _folded(pairs: Iterable[tuple[str, Body]]) -> Thread:
    from csm.core.fold import fold

    return fold(pairs)


def _config(host: Host, settings: Settings, thread: Thread | None) -> Config:
    base = thread.instructions if thread is not None and thread.originator.startswith("csm") else None
    return Config(
        model=settings.model,
        effort=settings.effort,
        approval=settings.approval_policy,
        sandbox=settings.sandbox_policy,
        base=base or _instructions(settings),
        instructions=tuple(str(text) for text in host.provide("instructions")),
        collaboration=_collaboration(settings, thread),
    )


def _collaboration(settings: Settings, thread: Thread | None) -> Collaboration:
    """A thread goes on as it was; where nobody is there, nothing can be talked over."""
    if settings.headless:
        return "default"
    return thread.collaboration if thread is not None and thread.begun else settings.collaboration


def _instructions(settings: Settings) -> str:
    if settings.instructions_file is None:
        return prompts.BASE
    try:
        return settings.instructions_file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"cannot read the instructions file {settings.instructions_file}: {error}") from error


def _settings_in_force(opened: Opened) -> list[Body]:
    """So that a thread shows from its start what its next turn will use."""
    config, thread = opened.config, opened.thread
    before = (thread.model, thread.effort, thread.approval, thread.sandbox, thread.collaboration)
    effort = config.effort or thread.effort
    if before == (config.model, effort, config.approval, config.sandbox, config.collaboration):
        return []
    changed = None if config.collaboration == thread.collaboration else config.collaboration
    return [events.Configured(config.model, config.effort, config.approval, config.sandbox, changed)]
