"""Checks of an installation: what `csm doctor` finds, as data, text and JSON.

Does not: check anything itself. Extensions do, with the hook `checks`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from csm import __version__

if TYPE_CHECKING:
    from csm.host.host import Host

Status = Literal["ok", "idle", "warning", "fail"]
#: From best to worst; `idle` is for what is not in use.
STATUSES: tuple[Status, ...] = ("ok", "idle", "warning", "fail")
SECTIONS = ("Environment", "Configuration", "Sessions", "Diagnostics", "Connectivity", "Extensions")
_MARKS = {
    "ok": ("✓", "[ok]", "32"),
    "idle": ("○", "[--]", "2"),
    "warning": ("⚠", "[!!]", "33"),
    "fail": ("✗", "[XX]", "31"),
}
#: Lines of one detail, unless all are asked for.
_SHOWN = 4


class Check(msgspec.Struct, frozen=True):
    """What one check found.

    `id` is dotted and its own, `category` the word that stands before the `summary`, `section` one of `SECTIONS`.
    `details` are names and values; a value may be several lines. `remedy` says what to do.
    """

    id: str
    category: str
    status: Status
    summary: str
    details: tuple[tuple[str, str | tuple[str, ...]], ...] = ()
    remedy: str = ""
    section: str = "Extensions"
    #: How long it took, in ms. Filled in by `run`.
    took: int = 0


class Probe(msgspec.Struct, frozen=True):
    """A check to be made: `call(host)` gives its `Check`, or several. `online` ones reach for the network."""

    id: str
    call: Callable[[Any], Check | Sequence[Check]]
    section: str = "Extensions"
    online: bool = False


def run(host: Host, *, online_only: bool = False) -> list[Check]:
    """Make every check that extensions offer; one that raises is a failed check. By section, then as offered."""
    found: list[Check] = []
    for contribution in host.provided("checks"):
        probe = contribution.value
        if not online_only or probe.online:
            found += _made(host, probe, contribution.owner)
    return sorted(found, key=lambda one: SECTIONS.index(one.section))


def _made(host: Host, probe: Probe, owner: str) -> Iterator[Check]:
    begun = time.monotonic()
    try:
        found = probe.call(host)
    except Exception as error:
        told = f"the check itself failed: {type(error).__name__}: {error}"
        found = Check(probe.id, owner, "fail", told)
    took = round((time.monotonic() - begun) * 1000)
    for one in [found] if isinstance(found, Check) else found:
        section = probe.section if probe.section in SECTIONS else "Extensions"
        yield msgspec.structs.replace(one, section=section, took=took)


def worst(checks: Sequence[Check]) -> Status:
    """The worst status there is; `ok` where nothing is worse than unused."""
    found = max((STATUSES.index(one.status) for one in checks), default=0)
    return STATUSES[found] if found > STATUSES.index("idle") else "ok"


def as_json(checks: Sequence[Check]) -> dict[str, Any]:
    """The report in the shape of Codex's, with the version of csm under both names."""
    return {
        "schemaVersion": 1,
        "generatedAt": f"{int(time.time())}s since unix epoch",
        "overallStatus": worst(checks),
        "codexVersion": __version__,
        "csmVersion": __version__,
        "checks": {one.id: _row(one) for one in sorted(checks, key=lambda one: one.id)},
    }


def _row(check: Check) -> dict[str, Any]:
    details = {name: list(value) if isinstance(value, tuple) else value for name, value in check.details}
    return {
        "id": check.id,
        "category": check.category,
        # Codex has no word for what is not in use.
        "status": "ok" if check.status == "idle" else check.status,
        "summary": check.summary,
        "details": details,
        "remediation": check.remedy or None,
        "durationMs": check.took,
    }


class Looks(msgspec.Struct, frozen=True):
    """How a report is printed. `brief` leaves out details, `whole` cuts nothing."""

    brief: bool = False
    whole: bool = False
    color: bool = False
    ascii: bool = False
    home: str = ""


def text(checks: Sequence[Check], looks: Looks) -> str:
    """The report for people: what needs a look first, then every section, then counts."""
    rule = ("-" if looks.ascii else "─") * 60
    lines = [f"csm doctor {__version__} · {sys.platform}".replace("·", "-" if looks.ascii else "·"), ""]
    noted = [one for one in checks if one.status in ("warning", "fail")]
    if noted:
        lines += ["Notes", *(line for one in noted for line in _note(one, looks)), rule, ""]
    for section in SECTIONS:
        inner = [one for one in checks if one.section == section]
        if inner:
            lines += [section, *(line for one in inner for line in _told(one, looks)), ""]
    return "\n".join([*lines, rule, _counts(checks, looks)]) + "\n"


def _note(check: Check, looks: Looks) -> Iterator[str]:
    yield f"  {_mark(check, looks)} {check.category:<12} {_short(check.summary, looks)}"
    if check.remedy:
        yield f"{'':{_indent(looks)}}{'':<13}{check.remedy}"


def _told(check: Check, looks: Looks) -> Iterator[str]:
    yield f"  {_mark(check, looks)} {check.category:<12} {_short(check.summary, looks)}"
    if looks.brief:
        return
    width = min(max((len(name) for name, _ in check.details), default=0), 28)
    for name, value in check.details:
        values = [value] if isinstance(value, str) else list(value) or ["none"]
        rest = len(values) - _SHOWN
        if rest > 1 and not looks.whole:
            values = [*values[:_SHOWN], f"and {rest} more"]
        for number, one in enumerate(values):
            yield f"{'':{_indent(looks)}}{name if not number else '':<{width}}  {_short(one, looks)}"


def _indent(looks: Looks) -> int:
    return 7 if looks.ascii else 4


def _mark(check: Check, looks: Looks) -> str:
    glyph, plain, color = _MARKS[check.status]
    shown = plain if looks.ascii else glyph
    return f"\x1b[{color}m{shown}\x1b[0m" if looks.color else shown


def _short(text: str, looks: Looks) -> str:
    """Paths below the home as people write them; nothing that a terminal would obey."""
    told = text.replace(f"{looks.home}/", "~/") if len(looks.home) > 1 else text
    plain = "".join(char if char.isprintable() else repr(char)[1:-1] for char in told)
    return plain.encode("ascii", "replace").decode() if looks.ascii else plain


def _counts(checks: Sequence[Check], looks: Looks) -> str:
    words = {"ok": "ok", "idle": "not in use", "warning": "to look at", "fail": "failed"}
    told = [f"{sum(one.status == status for one in checks)} {words[status]}" for status in STATUSES]
    joined = (" | " if looks.ascii else " · ").join(one for one in told if not one.startswith("0 ") or "ok" in one)
    return joined + ("" if looks.brief else "\n--summary is shorter, --all cuts no list, --json is for programs")


def home(env: Any) -> str:
    """The home folder as a text, for `Looks`."""
    return str(env.get("HOME") or Path.home())
