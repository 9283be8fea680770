"""Which skills there are for a folder, and where: of the project, of the user, of the machine.

The project's come first: of two with one name the first counts.

Does not: keep them. Reading them anew takes a moment, and what was changed counts at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from csm.api import CommandError

from . import front

if TYPE_CHECKING:
    from csm.api import Host, Settings

FILE = "SKILL.md"
_ADMIN = Path("/etc/codex/skills")
#: How much of a file is read for its head, and how long its words may be.
_HEAD, _NAME, _SAID = 64 << 10, 64, 1024
_MOST = 500


class Skill(NamedTuple):
    """A skill: what it is called, what it is for, its file."""

    name: str
    about: str
    path: Path
    short: str = ""


def skills(settings: Settings, folder: Path, env: Mapping[str, str]) -> list[Skill]:
    """All that can be used, by name."""
    found: dict[str, Skill] = {}
    for skill in _all(settings, folder, env):
        if enabled(settings, skill):
            found.setdefault(skill.name, skill)
    return [found[name] for name in sorted(found)]


def every(settings: Settings, folder: Path, env: Mapping[str, str]) -> list[tuple[Skill, str]]:
    """All there are, by name, each with what keeps it from being used: `off`, `hidden` by a nearer one, or nothing."""
    found: list[tuple[Skill, str]] = []
    used: set[str] = set()
    for skill in _all(settings, folder, env):
        on = enabled(settings, skill)
        found.append((skill, "off" if not on else "hidden" if skill.name in used else ""))
        used |= {skill.name} if on else set()
    return sorted(found, key=lambda pair: pair[0].name)


def switch(settings: Settings, which: Iterable[tuple[Skill, bool]]) -> list[dict[str, Any]]:
    """What `skills.config` says once these skills are on or off; the last word on one counts."""
    given = _table(settings.raw, "skills").get("config")
    kept = [dict(cast("dict[str, Any]", one)) for one in _list(given) if isinstance(one, dict)]
    for skill, on in which:
        kept = [one for one in kept if one.get("path") not in (str(skill.path), str(skill.path.parent))]
        still = enabled(settings, skill, kept)
        if still != on:
            kept.append({"path": str(skill.path), "enabled": on})
    return kept


def _all(settings: Settings, folder: Path, env: Mapping[str, str]) -> Iterator[Skill]:
    for path in _files(settings, folder, env):
        try:
            yield read(path)
        except (CommandError, OSError):
            continue


def _list(given: Any) -> list[Any]:
    return cast("list[Any]", given) if isinstance(given, list) else []


def told(settings: Settings) -> bool:
    """Whether the model is told which there are."""
    return _table(settings.raw, "skills").get("include_instructions") is not False


def problems(host: Host) -> list[tuple[Path, str]]:
    """Files that are no skills, and why."""
    wrong: list[tuple[Path, str]] = []
    for path in _files(host.settings, host.cwd, host.env):
        try:
            read(path)
        except CommandError as error:
            wrong.append((path, error.message))
        except OSError as error:
            wrong.append((path, error.strerror or "it cannot be read"))
    return wrong


def read(path: Path) -> Skill:
    """The skill of a file. Raises CommandError, OSError."""
    with path.open("rb") as file:
        values = front.head(file.read(_HEAD).decode("utf-8", "replace"))
    name, about = values.get("name", "") or path.parent.name, " ".join(values.get("description", "").split())
    if not about:
        raise CommandError("it has no description")
    if len(name) > _NAME or len(about) > _SAID or name.split() != [name]:
        raise CommandError(f"its name is one word of at most {_NAME} characters, its description has at most {_SAID}")
    return Skill(name, about, path, " ".join(values.get("metadata.short-description", "").split()))


def _files(settings: Settings, folder: Path, env: Mapping[str, str]) -> Iterator[Path]:
    count = 0
    for root in _roots(settings, folder, env):
        try:
            inner = sorted(root.iterdir())
        except OSError:
            continue
        for one in inner:
            path = one / FILE
            if path.is_file() and count < _MOST:
                count += 1
                yield path


def _roots(settings: Settings, folder: Path, env: Mapping[str, str]) -> Iterator[Path]:
    top = settings.project_root
    outward = [one for one in (folder, *folder.parents) if one == folder or one.is_relative_to(top)]
    for one in outward:
        yield one / ".agents" / "skills"
    for one in outward if settings.trusted else ():
        yield one / ".codex" / "skills"
    yield settings.codex_home / "skills"
    if env.get("HOME"):
        yield Path(env["HOME"]) / ".agents" / "skills"
    if _table(_table(settings.raw, "skills"), "bundled").get("enabled") is not False:
        yield settings.codex_home / "skills" / ".system"
    yield _ADMIN


def enabled(settings: Settings, skill: Skill, rules: Iterable[Any] | None = None) -> bool:
    """Whether a skill is on, as the settings say, or rules in the place of theirs."""
    on = True
    for one in _list(_table(settings.raw, "skills").get("config")) if rules is None else rules:
        rule = cast("dict[str, Any]", one) if isinstance(one, dict) else {}
        path = rule.get("path")
        meant = rule.get("name") == skill.name or (
            isinstance(path, str) and skill.path in (Path(path), Path(path) / FILE)
        )
        if meant:
            on = rule.get("enabled") is not False
    return on


def _table(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = values.get(name)
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}
