"""The reviewer's answer, read strictly.

Does not: ask for it.
"""

from __future__ import annotations

from typing import Literal

import msgspec

_LONGEST = 600


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the reviewer says. Only `outcome` must be there; what is missing is taken for unknown."""

    outcome: Literal["allow", "deny"]
    risk_level: Literal["low", "medium", "high", "critical", "unknown"] = "unknown"
    user_authorization: Literal["unknown", "low", "medium", "high"] = "unknown"
    rationale: str = ""

    @property
    def allows(self) -> bool:
        """A yes to what it holds critical itself is none."""
        return self.outcome == "allow" and self.risk_level != "critical"

    @property
    def why(self) -> str:
        """Its reason on one line, within bounds."""
        said = " ".join(self.rationale.split()) or "no reason given"
        return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"


def read(text: str) -> Verdict:
    """Raises ValueError for anything but one such object."""
    try:
        return msgspec.json.decode(text, type=Verdict)
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise ValueError(f"its answer is no verdict: {error}") from None
