"""`csm doctor`: is everything there that csm needs, and what went wrong of late?

Works where the settings are broken too: that is one of the findings.

Does not: check or mend anything itself.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from csm.cli import opening
from csm.cli.arguments import Parsed
from csm.host import checkup, settings
from csm.protocol.errors import CsmError, SettingError

if TYPE_CHECKING:
    from csm.host.checkup import Check
    from csm.host.settings import Settings


def run(parsed: Parsed) -> int:
    """1 if a check fails, else 0."""
    from csm.host.host import Host

    env = dict(os.environ)
    chosen, broken = _settings(parsed, env)
    host = Host.open(chosen, env, init=not parsed.on("network_only"))
    try:
        found = [*broken, *checkup.run(host, online_only=parsed.on("network_only"))]
    finally:
        host.close()
    if broken:
        found = [one for one in found if one.id != broken[0].id or one is broken[0]]
    sys.stdout.write(_told(parsed, found, env))
    return 1 if checkup.worst(found) == "fail" else 0


def _settings(parsed: Parsed, env: Mapping[str, str]) -> tuple[Settings, list[Check]]:
    """The settings; where they cannot be used, those of a new user, and what is wrong."""
    overrides = opening.overrides(parsed)
    try:
        return settings.load(cwd=Path.cwd(), env=env, overrides=overrides), []
    except SettingError as error:
        report = getattr(error, "report", None)
        lines = tuple((report() if report else error.message).splitlines())
        found = checkup.Check(
            "config.load", "config", "fail", "the settings cannot be used", (("because", lines),),
            "Mend what is named below. Everything else here was checked with the settings of a new user.",
            "Configuration",
        )  # fmt: skip
    skipped = settings.Skipped(own=True, user_config=True)
    try:
        return settings.load(cwd=Path.cwd(), env=env, skipped=skipped), [found]
    except SettingError as error:  # a project's file, or the system's
        raise CsmError(error.message, error.hint) from error


def _told(parsed: Parsed, found: list[Check], env: Mapping[str, str]) -> str:
    if parsed.on("json"):
        return json.dumps(checkup.as_json(found), indent=2, ensure_ascii=False) + "\n"
    plain = parsed.on("no_color") or bool(env.get("NO_COLOR")) or not sys.stdout.isatty()
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    looks = checkup.Looks(
        brief=parsed.on("summary"),
        whole=parsed.on("all"),
        color=not plain,
        ascii=parsed.on("ascii") or encoding != "utf8",
        home=checkup.home(env),
    )
    return checkup.text(found, looks)
