"""The rules in force for a thread: what every extension's rule source says, together.

Does not: read rule files or match words (`csm.core.rules`).
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from csm.core import rules

if TYPE_CHECKING:
    from csm.host.host import Host
    from csm.host.settings import Settings


class RuleSource(Protocol):
    """Rules on commands that an extension contributes by the hook `rules`.

    A source may have `add(settings, prefix) -> str` too: it keeps a rule that allows what begins with these words, for
    this session and later ones, and says where. The last source that has it keeps them. Raises SettingError.
    """

    def current(self, settings: Settings) -> rules.Rules:
        """The rules for a thread with these settings, as they are now. Asked before every command: cheap if nothing
        changed. What cannot be read is among the `faults`, not raised.
        """
        ...


def in_force(host: Host, settings: Settings) -> rules.Rules:
    """All rules for a thread. A source that fails is a fault: nobody knows what it would have forbidden."""
    found = [_current(host, one.owner, one.value, settings) for one in host.provided("rules")]
    if "rules" in settings.requirements.values:
        from csm.host import required

        found.append(required.rules(settings.requirements))
    return rules.merged(found)


def judge(
    found: rules.Rules, argv: Sequence[str], script: str | None, *, cwd: Path, env: Mapping[str, str]
) -> rules.Judgement:
    """What rules say of a command that starts in `cwd`; `script` is what its shell runs, if it is one."""

    def locate(program: str) -> str:
        return os.path.normpath(cwd / program)

    return rules.judge(found, argv, script, locate, _meant(env.get("PATH")))


def _meant(path: str | None) -> Callable[[str], bool]:
    """Whether a program at a place is the one that its name alone would start."""

    def meant(place: str) -> bool:
        import shutil

        named = shutil.which(posixpath.basename(place), path=path)
        return named is not None and os.path.realpath(named) == os.path.realpath(place)

    return meant


def keeps(host: Host) -> bool:
    """Whether rules can be added."""
    return _keeper(host) is not None


def add(host: Host, settings: Settings, prefix: tuple[str, ...]) -> str:
    """Keep a rule that allows what begins with these words; where. Raises SettingError."""
    keeper = _keeper(host)
    return "" if keeper is None else keeper.add(settings, prefix)


def _keeper(host: Host) -> Any:
    return next((one for one in reversed(host.provide("rules")) if hasattr(one, "add")), None)


def _current(host: Host, owner: str, source: RuleSource, settings: Settings) -> rules.Rules:
    try:
        return source.current(settings)
    except Exception as error:
        host.report("error", f"{owner}: its rules cannot be had: {error!r}", owner)
        return rules.Rules(faults=(f"{owner}: {error}",))
