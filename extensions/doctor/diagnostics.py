"""csm's own log and its reports of crashes, of late.

Does not: clear them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from csm.api import checkup, crashes

from .probes import some

_LOOKED = 2_000
_RECENT = timedelta(days=1)
_LATE = timedelta(days=7)


def log(host: Any) -> checkup.Check:
    """Errors of the last day."""
    own = host.diagnostics
    since = (datetime.now(UTC) - _RECENT).isoformat()
    lines = [line for line in own.last(_LOOKED) if line[:1].isdigit() and line[:19] >= since[:19]]
    errors = tuple(line for line in lines if " ERROR " in line[:60])
    told = (
        ("file", str(own.path)),
        ("level", own.level),
        ("errors of the last day", str(len(errors))),
        ("warnings of the last day", str(sum(" WARNING " in line[:60] for line in lines))),
        *((("last errors", errors[-3:]),) if errors else ()),
    )
    if errors:
        return checkup.Check("csm.log", "log", "warning", some(len(errors), "error") + " since yesterday", told)
    return checkup.Check("csm.log", "log", "ok", "no errors since yesterday", told)


def reports(host: Any) -> checkup.Check:
    """Reports of the last week."""
    state = host.settings.state_dir
    found = crashes.reports(state)
    since = (datetime.now(UTC) - _LATE).strftime("%Y%m%dT%H%M%S")
    recent = tuple(str(path) for path in found if path.name >= since)
    told = (
        ("folder", str(crashes.folder(state))),
        ("reports", str(len(found))),
        *((("of late", recent),) if recent else ()),
    )
    if recent:
        remedy = f"Read the last one: {recent[-1]}"
        return checkup.Check(
            "csm.crashes", "crashes", "warning", some(len(recent), "report") + " of the last week", told, remedy
        )
    return checkup.Check("csm.crashes", "crashes", "ok", "none of the last week", told)


CHECKS = {"csm.log": log, "csm.crashes": reports}
