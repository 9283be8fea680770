"""What the model reads of skills, and what a prompt names of them.

Does not: find them (`found.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .found import Skill

_NAMED = re.compile(r"(?<![\w$])\$([A-Za-z0-9][\w:.-]*)")
#: Bytes of a skill that is given to the model, and of the list of all.
_MOST, _LIST = 256 << 10, 16 << 10
_INTRODUCTION = """\
<skills_instructions>
# Skills
A skill is a file that says how a kind of task is done here. When the person names one as `$name`, its text is given \
to you. When a task fits a description below, read the file of that skill before you begin, then do as it says. Paths \
in a skill are relative to its folder; read and run only what the task needs. Do not carry a skill over to other tasks.
"""


def listed(skills: Sequence[Skill]) -> list[str]:
    """What the model is told of the skills there are; nothing where there are none."""
    if not skills:
        return []
    lines, room = list[str](), _LIST
    for skill in skills:
        line = f"- {skill.name}: {skill.about} (file: {skill.path})"
        room -= len(line.encode())
        if room < 0:
            lines.append(f"- and {len(skills) - len(lines)} more, in the same folders")
            break
        lines.append(line)
    return [_INTRODUCTION + "\n".join(lines) + "\n</skills_instructions>"]


def named(prompt: str, skills: Sequence[Skill]) -> list[Skill]:
    """The skills that a prompt names, each once, in its order."""
    known = {skill.name: skill for skill in skills}
    found = (match[1] for match in _NAMED.finditer(prompt))
    meant = (name if name in known else name.rstrip(".:-") for name in found)
    return [known[name] for name in dict.fromkeys(meant) if name in known]


def given(skill: Skill) -> str | None:
    """A skill as the model reads it, after the prompt that names it; None where its file cannot be read."""
    try:
        with skill.path.open("rb") as file:
            text = file.read(_MOST).decode("utf-8", "replace")
    except OSError:
        return None
    return f"<skill>\n<name>{skill.name}</name>\n<path>{skill.path}</path>\n{text}\n</skill>"


def completed(typed: str, skills: Sequence[Skill]) -> list[tuple[str, str]]:
    """Rows for what is typed behind `$`: names that begin so, then those that hold it, then descriptions."""
    wanted = typed.lower()

    def rank(skill: Skill) -> int:
        low = skill.name.lower()
        return 0 if low.startswith(wanted) else 1 if wanted in low else 2 if wanted in skill.about.lower() else 3

    fitting = sorted((skill for skill in skills if rank(skill) < 3), key=lambda skill: (rank(skill), skill.name))
    return [(f"${skill.name}", skill.short or skill.about) for skill in fitting]
