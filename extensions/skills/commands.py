"""Skills as a list: looked at, named in the draft, turned on and off, opened.

Does not: change skills; they are files.
"""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from csm.api import CommandError, Context, Kit, Row, command, config_file, highlight, lines, screen_of

from . import found
from .found import Skill

Line = list[tuple[str, str]]
#: Bytes of a skill that a look reads.
_LOOK = 1 << 16
_STATES = {"off": "off", "hidden": "a nearer one of this name counts", "": ""}


@command("skill.choose", title="Skills: name one in the draft, turn them on and off", slash="skills")
def choose(cx: Context) -> None:
    """Look through the skills there are. Enter names the chosen one in the draft, and the model then reads it; other
    keys turn it on or off, or open its file.
    """
    _list(cx, None)


def _list(cx: Context, current: Skill | None) -> None:
    shown = screen_of(cx)
    there = found.every(cx.host.settings, Path(shown.session().thread.cwd or cx.host.cwd), cx.host.env)
    if not there:
        raise CommandError("there are no skills", "a folder .agents/skills/NAME with a SKILL.md is one")
    states = dict(there)
    rows = [
        Row(skill, skill.name, " · ".join(filter(None, (_STATES[state], skill.short or skill.about))))
        for skill, state in there
    ]
    shown.pick(
        "Skills",
        rows,
        lambda chosen: _name(cx, chosen, states),
        preview=lambda skill, columns, height: _look(skill, states[skill], columns, height),
        several=True,
        sorts={"state": lambda row: (states[row.value] != "", row.label)},
        current=current,
        actions={
            "toggle": ("on or off", lambda chosen: _switch(cx, chosen, states)),
            "edit": ("edit", lambda chosen: _edit(cx, chosen[0])),
        },
    )


def _name(cx: Context, chosen: Sequence[Skill], states: dict[Skill, str]) -> None:
    off = [skill.name for skill in chosen if states[skill] == "off"]
    if off:
        raise CommandError(f"{', '.join(off)} is turned off")
    editor = screen_of(cx).composer
    before = editor.text[editor.cursor - 1 : editor.cursor]
    words = "".join(f"${skill.name} " for skill in chosen)
    editor.insert(f"{' ' if before and not before.isspace() else ''}{words}", "")
    screen_of(cx).focus("composer")


def _switch(cx: Context, chosen: Sequence[Skill], states: dict[Skill, str]) -> None:
    settings = cx.host.settings
    value: list[Any] = found.switch(settings, [(skill, states[skill] == "off") for skill in chosen])
    file = config_file.put(settings.codex_home, ("skills", "config"), value or None)
    cx.host.reload_settings()
    told = ", ".join(f"{skill.name} {'on' if states[skill] == 'off' else 'off'}" for skill in chosen)
    _list(cx, chosen[-1])
    screen_of(cx).message(f"{told}; kept in {file}")


def _edit(cx: Context, skill: Skill) -> None:
    editor = cx.host.env.get("VISUAL") or cx.host.env.get("EDITOR") or "vi"

    def run() -> None:
        try:
            subprocess.run([*shlex.split(editor), str(skill.path)], check=False)
        except (OSError, ValueError) as error:
            raise CommandError(f"{editor} cannot be started: {error}") from error

    screen_of(cx).outside(run)


def _look(skill: Skill, state: str, columns: int, height: int) -> list[Line]:
    """What it is for, where it is, and its text."""
    made: list[Line] = [[("help.title", lines.clean(skill.name)), ("dim", f"  {_STATES[state]}" if state else "")]]
    made += lines.wrap([("help.text", lines.clean(skill.about))], columns)
    made += [*lines.wrap([("dim", lines.clean(str(skill.path)))], columns), []]
    try:
        with skill.path.open("rb") as file:
            text = file.read(_LOOK).decode("utf-8", "replace")
    except OSError as error:
        return [*made, [("message.error", error.strerror or "it cannot be read")]]
    for line in highlight(Kit(), text.splitlines()[:height], "markdown"):
        made += lines.wrap(line, columns) if line else [[]]
    return made
