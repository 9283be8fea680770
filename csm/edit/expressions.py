"""Regular expressions that people type: whatever they type is answered, and quietly.

Does not: search. How long a search with one takes nobody knows before.
"""

from __future__ import annotations

import re
import warnings


class ExpressionError(ValueError):
    """A regular expression that is none; the text says why."""


def compiled(text: str, flags: int = 0) -> re.Pattern[str]:
    """A regular expression. Raises ExpressionError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what a later Python may take differently
            return re.compile(text, flags)
    except (re.error, OverflowError) as error:
        raise ExpressionError(str(error)) from None
    except RecursionError:
        raise ExpressionError("it is nested too deeply") from None


def lenient(text: str, flags: int = 0) -> re.Pattern[str]:
    """A regular expression, or the text itself where it is none."""
    try:
        return compiled(text, flags)
    except ExpressionError:
        return re.compile(re.escape(text), flags)
