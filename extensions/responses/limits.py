"""Usage limits of plans: when one ends, and who has more.

Does not: know which answers are about one (`faults`).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

#: The local time of a timestamp, or of now for None.
LocalTime = Callable[[float | None], datetime.datetime]

REACHED = "You’ve hit your usage limit."
#: A plan that does not hold what was asked for.
NOT_INCLUDED = "This needs a larger ChatGPT plan, Plus at least: https://chatgpt.com/explore/plus."
_PLUS = "Plus has more (https://chatgpt.com/explore/plus),"
_PRO = "Pro has more (https://chatgpt.com/explore/pro), and so have credits (https://chatgpt.com/settings/usage),"
_CREDITS = "Credits are more (https://chatgpt.com/settings/usage),"
_ADMIN = "An admin of yours can allow more,"
_MORE = {
    "free": _PLUS,
    "go": _PLUS,
    "plus": _PRO,
    "pro": _CREDITS,
    "prolite": _CREDITS,
    "team": _ADMIN,
    "business": _ADMIN,
    "self_serve_business_usage_based": _ADMIN,
}
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def reached(error: Mapping[str, Any], headers: Mapping[str, str], local: LocalTime) -> str:
    """What to say of a limit: what the server has to say of more, or what is known of the plan, and the end."""
    promo = headers.get("x-codex-promo-message", "").strip().rstrip(".,")
    more = f"{promo}," if promo else _MORE.get(str(error.get("plan_type")))
    return f"{REACHED} {f'{more} or try' if more else 'Try'} again {_when(error.get('resets_at'), local)}."


def _when(resets: Any, local: LocalTime) -> str:
    if not isinstance(resets, int | float):
        return "later"
    now, at = local(None), local(resets)
    time = f"{at.hour % 12 or 12}:{at.minute:02} {'PM' if at.hour >= 12 else 'AM'}"
    day = "" if at.date() == now.date() else f"{_MONTHS[at.month - 1]} {at.day}{_ending(at.day)}, {at.year} "
    return f"at {day}{time}"


def _ending(day: int) -> str:
    return "th" if 11 <= day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
