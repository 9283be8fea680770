"""Codex's rules on commands: `rules/*.rules` in `$CODEX_HOME` and in the `.codex` folders of trusted projects.

Does not: judge commands by them (the core does), or hold anything back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.api import hook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csm.api import RuleSource


@hook
def rules() -> Sequence[RuleSource]:
    """The rules of all files. Starlark is loaded only where there is one."""
    from .source import Files

    return [Files()]
