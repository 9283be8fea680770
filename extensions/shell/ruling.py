"""What the user's rules say of a command, and which rule would allow it.

Does not: read rules or match words (the core does).
"""

from __future__ import annotations

from typing import Any

from csm.api import ToolContext

from .session import Command


def ruled(command: Command, script: str, cx: ToolContext) -> dict[str, Any]:
    """The judgement as the policy takes it; nothing where there are no rules."""
    found = cx.rules()
    if not found.rules and not found.faults:
        return {}
    return {"ruled": _judge(found, command, script, cx)}


def prefix(command: Command, arguments: dict[str, Any], cx: ToolContext) -> tuple[str, ...]:
    """The words that a rule would begin with: those the model proposes, else the whole of a single command.

    Empty where no rule for a beginning would allow the command from now on.
    """
    from csm.api import rules, scripts

    def would(words: tuple[str, ...]) -> bool:
        more = rules.Rules((rules.Rule(tuple((word,) for word in words)),))
        return _judge(rules.merged([cx.rules(), more]), command, arguments["cmd"], cx).decision == "allow"

    plain = scripts.plain(arguments["cmd"]) or []
    offered = (tuple(arguments.get("prefix_rule") or ()), tuple(plain[0]) if len(plain) == 1 else ())
    return next((words for words in offered if rules.sensible(words) and would(words)), ())


def _judge(found: Any, command: Command, script: str, cx: ToolContext) -> Any:
    from csm.api import ruling

    return ruling.judge(found, command.argv, script, cwd=command.cwd, env=cx.env)
