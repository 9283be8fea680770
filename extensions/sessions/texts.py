"""What the log tools found, as text for people.

Does not: look at logs, or make text safe for a terminal; who prints it does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .checking import Check
    from .indexing import Indexed
    from .mending import Mended
    from .replaying import Replay
    from .summing import Summary
    from .timing import Timing

_FAULTS = {
    "broken": "cannot be read",
    "buried": "can be read in part",
    "bytes": "hold bytes that are no UTF-8",
    "escapes": "hold halves of characters",
    "torn": "is torn, at the end",
}


def check(found: Check) -> str:
    """The check of a log."""
    rows = [("session", found.thread_id or "(not told)"), ("file", found.path), ("size", size(found.bytes))]
    rows.append(("lines", f"{found.lines:,}" + (", numbered" if found.numbered else "")))
    rows.append(("turns", f"{found.turns:,}" + (", the last one unfinished" if found.unfinished else "")))
    if found.parents:
        rows.append(("goes on from", ", ".join(found.parents)))
    told = [f"{_lines(count)} {_FAULTS[kind]}" for kind, count in found.faults.items()]
    told += [f"  line {place.line:,}, at byte {place.offset:,}: {place.what}" for place in found.listed]
    if found.missing:
        told.append(f"the session {found.missing}, from which this one goes on, is missing")
    if found.unnumbered:
        told.append(f"{_lines(found.unnumbered)} of a type that has numbers have none")
    if found.repeated:
        told.append(f"{_lines(found.repeated)} repeat an earlier number; every one is read")
    told += [f"Codex {version} does not open it: {why}" for version, why in found.refused.items()]
    verdict = (
        "sound" if found.sound else f"damaged: `csm log repair {found.thread_id or found.path}` writes a clean copy"
    )
    return "\n".join([*_table(rows), *told, verdict]) + "\n"


def mended(done: Mended) -> str:
    """What became of a repair."""
    before = done.before
    told = [f"{_lines(count)} {_FAULTS[kind]}" for kind, count in before.faults.items()]
    told += [f"Codex {version} did not open it: {why}" for version, why in before.refused.items()]
    if not told:
        told = ["nothing was wrong: the copy says the same"]
    if done.shifted:
        told.append(
            f"lines have moved by {done.shifted:,} bytes: Codex loses its place in forks of this session, csm does not"
        )
    told += [f"the copy is still not opened by Codex {version}: {why}" for version, why in done.after.refused.items()]
    told += [f"copy: {done.copy}", "The original is as it was. To use the copy, put it in the original's place:"]
    return "\n".join([*told, f"  mv {_quoted(done.copy)} {_quoted(done.path)}"]) + "\n"


def indexed(made: Indexed) -> str:
    """What the index of a log is."""
    if not made.index:
        return f"{made.path}: {size(made.bytes)} are read more quickly than an index of them: there is none\n"
    rows = [("log", made.path), ("size", size(made.bytes)), ("index", made.index), ("its size", size(made.index_bytes))]
    rows += [("states", f"{made.states:,} to go on from, the last at byte {made.last:,}")]
    rows += [("the last", f"{made.turns:,} turns, {made.history:,} items of history")]
    return "\n".join(_table(rows)) + "\n"


def replayed(found: Replay) -> str:
    """The state of a thread."""
    state = found.state
    rows = [("session", state.thread_id), ("name", state.name or ""), ("file", found.path), ("folder", state.cwd)]
    rows += [("model", f"{state.model} {state.effort or ''}".strip()), ("provider", state.provider)]
    rows += [("rights", f"approval {state.approval}, sandbox {state.sandbox}"), ("turns", f"{state.turns:,}")]
    rows += [("unfinished", state.running or ""), ("questions", f"{state.asks} open" if state.asks else "")]
    rows += [("compactions", f"{state.compactions:,}" if state.compactions else ""), ("tokens", f"{state.tokens:,}")]
    rows += [("history", f"{state.history_items:,} items, {size(state.history_bytes)}")]
    rows += [("its digest", state.history_digest), ("all of it", state.digest)]
    told = list(found.findings)
    told.append(f"the index leads elsewhere: {', '.join(found.differs)}" if found.differs else "the index agrees")
    return "\n".join([*_table([row for row in rows if row[1]]), *told]) + "\n"


def timed(found: Timing) -> str:
    """How quick things are."""
    read = "" if found.open_bytes is None else f", reading {size(found.open_bytes)}"
    rows = [
        ("log", f"{found.path}, {size(found.bytes)}"),
        ("folded whole", f"{found.full_ms:,.1f} ms"),
        ("index made", f"{found.index_ms:,.1f} ms"),
        ("opened by it", f"{found.open_ms:,.1f} ms{read}, {found.quicker:,.1f} times as quick"),
        ("a line appended", f"{found.append_us:,.1f} µs, {found.synced_us:,.1f} µs where it is brought to the disk"),
    ]
    told = [] if found.same else ["the index leads to another history"]
    return "\n".join([*_table(rows), *told, f"medians of {found.rounds}"]) + "\n"


def summary(found: Summary) -> str:
    """A log in figures."""
    rows = [
        ("session", found.thread_id),
        ("file", found.path),
        ("folder", found.cwd),
        ("begun", " by ".join(filter(None, (found.created, found.written_by)))),
        ("updated", found.updated),
        ("first prompt", " ".join(found.first_prompt.split())[:200]),
        ("goes on from", ", ".join(found.parents)),
        ("size", f"{size(found.bytes)} in {found.lines:,} lines" + (", numbered" if found.numbered else "")),
        ("not sound", _lines(found.faults) if found.faults else ""),
        ("turns", _counts(found.turns)),
        ("models", _counts(found.models)),
        ("tools", _counts(found.tools)),
        ("lines", _counts(found.types)),
        ("messages", _counts(found.messages)),
        ("items", _counts(found.items)),
        ("compactions", f"{found.compactions:,}" if found.compactions else ""),
        ("history", size(found.history_bytes)),
        ("tokens", ", ".join(f"{name} {count:,}" for name, count in found.tokens.items() if count)),
        ("longest", ", ".join(f"line {one.line:,} ({size(one.bytes)})" for one in found.longest)),
    ]
    return "\n".join(_table([row for row in rows if row[1]])) + "\n"


def size(count: int) -> str:
    """Bytes for people."""
    if count < 1000:
        return f"{count} bytes"
    for unit in ("kB", "MB", "GB"):
        count_in = count / {"kB": 1e3, "MB": 1e6, "GB": 1e9}[unit]
        if count_in < 1000 or unit == "GB":
            break
    return f"{count_in:.1f} {unit}"


def _counts(counts: dict[str, int]) -> str:
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{name} {count:,}" for name, count in ranked)


def _table(rows: Iterable[tuple[str, str]]) -> list[str]:
    rows = list(rows)
    wide = max((len(name) for name, _ in rows), default=0)
    return [f"{name:<{wide}}  {value}" for name, value in rows]


def _lines(count: int) -> str:
    return f"{count:,} line{'' if count == 1 else 's'}"


def _quoted(text: str) -> str:
    import shlex

    return shlex.quote(text)
