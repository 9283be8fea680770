"""Codex's rules on commands: `rules/*.rules` in `$CODEX_HOME` and in the `.codex` folders of trusted projects.

Does not: judge commands by them (the core does), or hold anything back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.api import command, hook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csm.api import Context, Host, RuleSource, Settings


@hook
def remarks(host: Host, settings: Settings) -> list[tuple[str, str]]:
    """What of the rules cannot be read, and which of them nobody holds to."""
    from .telling import about

    return about(host, settings)


@hook
def rules() -> Sequence[RuleSource]:
    """The rules of all files. Starlark is loaded only where there is one."""
    from .source import Files

    return [Files()]


@command("rules.check", title="Check rule files against a command", cli="execpolicy", hidden=True)
def check(cx: Context, *words: str) -> int:
    """Show what rule files say of a command, as JSON: `csm execpolicy check --rules FILE -- git push`."""
    if "launch" not in cx.state:
        from csm.api import CommandError

        raise CommandError("this prints to a terminal: run `csm execpolicy check` there")
    from .checking import run

    return run(words)
