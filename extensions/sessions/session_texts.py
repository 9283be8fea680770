"""What is told of sessions, as text for people.

Does not: look at them, or make text safe for a terminal; who prints it does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .texts import size

if TYPE_CHECKING:
    from .looking import ArtefactSeen, History, IndexSeen, Plan, Shown
    from .pruning import Pruned

_STANDING = {
    "current": "",
    "stale": "stale: the log says something else now",
    "lost": "the log has lost what it was made of",
    "gone": "its session is gone",
}


def shown(found: Shown) -> str:
    """A session."""
    usage = ", ".join(f"{name} {count:,}" for name, count in found.usage.items() if count)
    sizes = found.sizes
    files = [f"log {size(sizes.log)}"]
    files += [f"{name} {size(count)}" for name, count in (("parents", sizes.parents), ("index", sizes.index)) if count]
    files += [f"artefacts {size(sizes.artefacts)}"] if sizes.artefacts else []
    rows = [
        ("session", found.id),
        ("name", found.name or ""),
        ("first prompt", " ".join(found.prompt.split())[:200]),
        ("file", found.path + (" (archived)" if found.archived else "")),
        ("folder", found.cwd + (f" ({found.branch})" if found.branch else "")),
        ("begun", " by ".join(filter(None, (found.created, found.originator)))),
        ("updated", found.updated),
        ("fork of", found.forked_from or ""),
        ("goes on from", ", ".join(found.parents)),
        ("open in", found.open_in),
        ("turns", f"{found.turns:,}" + (", the last one unfinished" if found.unfinished else "")),
        (
            "model",
            " ".join(filter(None, (found.model, found.effort, f"of {found.provider}" if found.provider else ""))),
        ),
        ("rights", f"approval {found.approval}, sandbox {found.sandbox}"),
        ("mode", "" if found.mode == "default" else found.mode),
        ("tokens", usage),
        ("compactions", f"{found.compactions:,}" if found.compactions else ""),
        ("history", _history(found.history)),
        ("sizes", ", ".join(files)),
        ("index", _index(found.index)),
        *(("artefact", _artefact(one)) for one in found.artefacts),
        *(("note", text) for text in found.findings),
    ]
    return _table(rows)


def planned(found: Plan) -> str:
    """A plan."""
    reads = found.reads
    parts = [("index", reads.index), ("log", reads.tail), ("history", reads.history)]
    read = " + ".join(f"{name} {size(count)}" for name, count in parts if count or name == "log")
    share = f" of {size(found.log_bytes)}" if found.index.checkpoint else ""
    changed = f" (recorded with {found.recorded_model})" if found.recorded_model not in ("", found.model) else ""
    rows = [
        ("session", found.id),
        ("file", found.path),
        ("index", _index(found.index)),
        ("reads", f"{size(reads.total)}{share}: {read}"),
        ("turns", f"{found.turns:,}" + (", the last one unfinished" if found.unfinished else "")),
        ("model", f"{found.model}{changed} of {found.provider}"),
        ("sends", f"{_history(found.history)}, {found.percent} % of what fits"),
        ("compaction", "before the next request" if found.compacts_first else ""),
        *(("warning", text) for text in found.warnings),
    ]
    return _table(rows)


def pruned(done: Pruned) -> str:
    """What goes or went."""
    lines = [f"{one.created}  {one.kind:<16}  {one.id}  {one.thread_id}  {size(one.bytes)}" for one in done.artefacts]
    count = len(done.artefacts)
    many = f"{count} artefact{'' if count == 1 else 's'}, {size(done.bytes)}"
    stays = f"{done.kept} stay{'s' if done.kept == 1 else ''}, {size(done.kept_bytes)}"
    if not count:
        lines.append(f"nothing to remove: {stays}")
    elif done.applied:
        lines.append(f"removed {many}; {stays}")
    else:
        lines.append(f"would remove {many}; {stays}. --apply does it")
    return "\n".join([*lines, *(f"left alone: {text}" for text in done.unreadable)]) + "\n"


def _history(history: History) -> str:
    return f"{history.items:,} items, {size(history.bytes)}, about {history.tokens:,} tokens"


def _index(seen: IndexSeen) -> str:
    told = {
        "not needed": "not needed: the log is short",
        "missing": "missing: the next resume reads the whole log and makes it",
        "unusable": "unusable: the next resume reads the whole log and makes it anew",
    }
    states = f"{seen.states} state{'' if seen.states == 1 else 's'}, read on from byte {seen.checkpoint:,}"
    return told.get(seen.state, f"{seen.state}: {states}")


def _artefact(one: ArtefactSeen) -> str:
    about = f"{one.kind} {one.id}, {one.created} by {one.by}, {one.turns:,} turns in {size(one.covers)}"
    return about + (f" ({_STANDING[one.standing]})" if _STANDING[one.standing] else "")


def _table(rows: list[tuple[str, str]]) -> str:
    rows = [row for row in rows if row[1]]
    wide = max(len(name) for name, _ in rows)
    return "".join(f"{name:<{wide}}  {value}\n" for name, value in rows)
