"""Skills: folders with a SKILL.md that says how something is done. The model is told which there are, and reads one
when it is needed, or at once where a prompt names it: `$name`.

Does not: read any before they are wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from csm.api import hook

if TYPE_CHECKING:
    from csm.api import Host, Moment


@hook
def instructions(host: Host) -> Sequence[str]:
    """Which skills there are."""
    from . import found, texts

    if not found.told(host.settings):
        return []
    return texts.listed(found.skills(host.settings, host.cwd, host.env))


@hook
def before_prompt(prompt: str, cx: Moment) -> None:
    """Give the model the skills that a prompt names."""
    if "$" in prompt:
        from . import found, texts

        for skill in texts.named(prompt, found.skills(cx.settings, cx.cwd, cx.env)):
            text = texts.given(skill)
            if text is None:
                cx.warn(f"The skill {skill.name} cannot be read: {skill.path}")
            else:
                cx.tell(text, role="user")


@hook
def remarks(host: Host) -> Sequence[tuple[str, str]]:
    """Skills that cannot be used, and why."""
    from . import found

    return [("warning", f"The skill {path} is left out: {why}") for path, why in found.problems(host)]


@hook
def completers(host: Host) -> Sequence[tuple[str, object]]:
    """`$` completes the names of skills."""
    return [("$", _complete)]


def _complete(host: Host, text: str, folder: str) -> Sequence[tuple[str, str]]:
    from pathlib import Path

    from . import found, texts

    return texts.completed(text, found.skills(host.settings, Path(folder), host.env))
