"""Ages as people write them on command lines: `90m`, `12h`, `30d`, `2w`.

Does not: read a clock.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from csm.protocol.errors import CommandError

_AGE = re.compile(r"(\d{1,6}) ?([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def since(age: str, now: datetime) -> str:
    """The time that was `age` before `now`, in UTC to the second: `2026-01-02T03:04:05Z`. Raises CommandError."""
    found = _AGE.fullmatch(age.strip().lower())
    if found is None:
        raise CommandError(f"{age[:80]!r} is no age", "a number and a letter: 90m, 12h, 30d or 2w")
    try:
        then = now - timedelta(**{_UNITS[found[2]]: int(found[1])})
    except OverflowError:
        then = datetime.min.replace(tzinfo=UTC)
    return f"{then:%Y-%m-%dT%H:%M:%SZ}".zfill(20)
