"""What shows how a theme, or colours of code, look: a piece of a session, a listing.

Does not: put anything in force.
"""

from __future__ import annotations

from csm.api import Kit, diffs, highlight, lines, patches

Line = list[tuple[str, str]]
_CHANGE = """@@ -1,2 +1,2 @@ def total(prices):
     \"\"\"Add prices up.\"\"\"
-    return sum(prices)
+    return round(sum(prices), 2)
 """
_LISTING = '''\
"""Prices, and what they come to."""
import json
from decimal import Decimal

RATE = 0.19  # of every price

@cached(size=100)
class Basket(dict):
    """What somebody buys."""

    def total(self, *, tax: bool = True) -> Decimal:
        found = sum(one.price for one in self.values())
        if found is None or not tax:
            raise ValueError(f"no {found!r}\\n")
        return found * (1 + RATE)
'''


def rows(columns: int, rows: int, *, code: bool = False) -> list[Line]:
    """As much of the sample as there is room for, in the theme in force."""
    made = _code() if code else _session(columns)
    return [lines.clip(line, columns) for line in made[:rows]]


def _code() -> list[Line]:
    kit = Kit()
    shell = highlight(kit, ["git log --oneline | head -3 # recent", 'echo "$HOME" && exit 1'], "bash")
    return [*highlight(kit, _LISTING.split("\n")[:-1], "python"), [], *shell]


def _session(columns: int) -> list[Line]:
    hunk = patches.parse(_CHANGE)[0]
    return [
        [("user.prompt", "› "), ("user.text", "Round the total, please")],
        [],
        [("agent.text", "The sum is in "), ("code.inline", "total()"), ("agent.text", "; it "), ("strong", "never"),
         ("agent.text", " rounds. See "), ("link", "the docs"), ("agent.text", ".")],
        [("code.keyword", "def "), ("code.function", "total"), ("code.punctuation", "("), ("code.name", "prices"),
         ("code.punctuation", "): "), ("code.comment", "# euros")],
        [("code.keyword", "    return "), ("code.builtin", "sum"), ("code.punctuation", "("), ("code.name", "prices"),
         ("code.punctuation", ") "), ("code.operator", "* "), ("code.number", "1.0"), ("code.string", '  "text"')],
        [],
        [("command.ok", "✓ "), ("command.title", "pytest -q"), ("command.detail", "  1.2s")],
        [("command.output", "  41 passed")],
        [("command.failed", "✗ "), ("command.title", "ruff check"), ("command.failed", "  exit 1")],
        [],
        [("diff.file", "shop.py"), ("", "  "), ("diff.count.added", "+1"), ("", " "), ("diff.count.removed", "-1")],
        *diffs.diff_rows(diffs.hunk_lines(hunk), max(10, columns), 2),
        [],
        [("approval.title", "Run this command?"), ("approval.key", "  y"), ("approval.choice", " once")],
        [("notice.warning", "a warning"), ("", "  "), ("notice.error", "an error"), ("dim", "  and what is quiet")],
        [("status.model", "gpt-5.5"), ("status.separator", " · "), ("status.path", "~/shop")],
    ]  # fmt: skip
