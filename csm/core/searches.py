"""What a search of the provider did, in the words of Codex: its action without what the server adds, and one line.

Does not: show it.
"""

from __future__ import annotations

from typing import Any, cast

_FIELDS = {"search": ("query", "queries"), "open_page": ("url",), "find_in_page": ("url", "pattern")}


def action(given: Any) -> dict[str, Any]:
    """The action with the fields it is known for; `{"type": "other"}` for every other kind."""
    table = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
    kind = table.get("type")
    if not isinstance(kind, str) or kind not in _FIELDS:
        return {"type": "other"}
    known: dict[str, Any] = {"type": kind}
    for name in _FIELDS[kind]:
        value = table.get(name)
        if _texts(value) if name == "queries" else isinstance(value, str):
            known[name] = value
    return known


def words(known: dict[str, Any]) -> str:
    """What was looked for, or where."""
    if known["type"] == "find_in_page":
        url, pattern = known.get("url", ""), known.get("pattern")
        return " in ".join(part for part in (f"'{pattern}'" if pattern is not None else "", url) if part)
    queries = known.get("queries") or [""]
    several = f"{queries[0]} ..." if len(queries) > 1 and queries[0] else queries[0]
    return known.get("query") or known.get("url") or several


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in cast("list[Any]", value))
