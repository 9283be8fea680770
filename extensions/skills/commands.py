"""Skills as a list.

Does not: change them; they are files.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from csm.api import CommandError, Context, command

from . import found


class _Row(NamedTuple):
    value: str
    label: str
    detail: str


@command("skill.choose", title="Name a skill in the draft", slash="skills")
def choose(cx: Context) -> None:
    """Choose among the skills there are; the chosen one is named in the draft, and the model then reads it."""
    if cx.screen is None:
        raise CommandError("this needs the shell's screen")
    shown = cx.screen
    folder = Path(shown.session().thread.cwd or cx.host.cwd)
    there = found.skills(cx.host.settings, folder, cx.host.env)
    if not there:
        raise CommandError("there are no skills", "a folder .agents/skills/NAME with a SKILL.md is one")
    rows = [_Row(skill.name, skill.name, skill.short or skill.about) for skill in there]

    def name(chosen: str) -> None:
        editor = shown.composer
        before = editor.text[editor.cursor - 1 : editor.cursor]
        editor.insert(f"{' ' if before and not before.isspace() else ''}${chosen} ", "")
        shown.focus("composer")

    shown.pick("Skills", rows, name)
