"""What `requirements.toml` asks for beside bounds on settings: rules on commands, hooks, and which tool servers count.

Does not: judge, run or connect anything; whoever does that asks here, or reads `Requirements.values`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from csm.core.rules import Rules
    from csm.host.requirements import Requirements

_DECISIONS = ("prompt", "prompt-user", "forbidden")
_TYPES = ("command", "mcp_tool", "prompt", "agent")
_Faults = Iterator[tuple[tuple[str, ...], str]]


def faults(values: Mapping[str, Any]) -> _Faults:
    """What in these tables cannot be, first things first: nobody knows what it was meant to forbid."""
    if "rules" in values:
        yield from _rule_faults(values["rules"])
    if "hooks" in values:
        yield from _hook_faults(values["hooks"])
    if "mcp_servers" in values:
        yield from _server_faults(values["mcp_servers"])
    if not isinstance(values.get("allow_managed_hooks_only", False), bool):
        yield ("allow_managed_hooks_only",), "expected true or false"


def rules(required: Requirements) -> Rules:
    """Rules on commands that hold whatever rule files say."""
    from csm.core.rules import Rule, Rules

    def rule(one: dict[str, Any]) -> Rule:
        pattern = tuple((place["token"],) if "token" in place else tuple(place["any_of"]) for place in one["pattern"])
        return Rule(
            pattern, "forbidden" if one["decision"] == "forbidden" else "prompt", (one.get("justification") or None)
        )

    return Rules(tuple(rule(one) for one in required.values.get("rules", {}).get("prefix_rules", ())))


def refused_server(required: Requirements, name: str, command: str | None, url: str | None) -> str | None:
    """Why a tool server may not be used; None where it may. With a table, only what it names may."""
    allowed = required.values.get("mcp_servers")
    if allowed is None:
        return None
    identity = allowed.get(name, {}).get("identity", {})
    wanted = (identity.get("command"), None) if "command" in identity else (None, identity.get("url"))
    same = bool(identity) and wanted == (command, url)
    return None if same else f"requirements ({required.path})"


def _rule_faults(table: Any) -> _Faults:
    path = ("rules", "prefix_rules")
    found = table.get("prefix_rules") if isinstance(table, dict) else None
    if not isinstance(found, list):
        yield ("rules",), "expected a table with an array `prefix_rules`"
    elif not found:
        yield path, "must not be empty"
    else:
        for number, one in enumerate(found):
            fault = _rule_fault(one)
            if fault:
                yield path, f"rule {number + 1}: {fault}"


def _rule_fault(one: Any) -> str | None:
    if not isinstance(one, dict) or not isinstance(one.get("pattern"), list):
        return "expected a table with an array `pattern`"
    if one.get("decision") not in _DECISIONS:
        words = ", ".join(f"`{word}`" for word in _DECISIONS)
        return f"expected a `decision`, one of {words}: a requirement allows nothing"
    if not one["pattern"]:
        return "an empty pattern"
    justification = one.get("justification", "-")
    if not isinstance(justification, str) or not justification.strip():
        return "an empty justification"
    return next((fault for place in one["pattern"] if (fault := _place_fault(place))), None)


def _place_fault(place: Any) -> str | None:
    if not isinstance(place, dict) or ("token" in place) == ("any_of" in place):
        return "each place of a pattern is a table with either `token` or `any_of`"
    words = [place["token"]] if "token" in place else place["any_of"]
    if not isinstance(words, list) or not words or not all(isinstance(word, str) and word.strip() for word in words):
        return "words of a pattern must be texts that are not empty"
    return None


def _hook_faults(table: Any) -> _Faults:
    if not isinstance(table, dict):
        yield ("hooks",), "expected a table"
        return
    for event, groups in table.items():
        for group in groups if isinstance(groups, list) else ():
            entries = group.get("hooks", []) if isinstance(group, dict) else None
            if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
                yield ("hooks", event), "expected tables with an array `hooks`"
                continue
            for entry in entries:
                if entry.get("type") not in _TYPES:
                    listed = ", ".join(f"`{word}`" for word in _TYPES)
                    yield ("hooks", event), f"unknown variant `{entry.get('type')}`, expected one of {listed}"


def _server_faults(table: Any) -> _Faults:
    if not isinstance(table, dict):
        yield ("mcp_servers",), "expected a table"
        return
    for name, one in table.items():
        identity = one.get("identity") if isinstance(one, dict) else None
        known = isinstance(identity, dict) and any(isinstance(identity.get(key), str) for key in ("command", "url"))
        if not known:
            yield ("mcp_servers", name), "expected a table `identity` with a `command` or a `url`"
