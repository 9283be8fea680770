"""`csm features`: the features by name, and switching them in config.toml.

Does not: know what a feature does.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from csm.cli import opening
from csm.cli.arguments import Parsed
from csm.host import config_file, features
from csm.host.settings import codex_home, load


def show(parsed: Parsed) -> int:
    """`csm features list`"""
    settings = load(cwd=Path.cwd(), env=dict(os.environ), overrides=opening.overrides(parsed))
    rows = [
        (name, feature.stage, str(features.on(settings.raw, name)).lower())
        for name, feature in features.known().items()
    ]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    lines = [f"{name:<{widths[0]}}  {stage:<{widths[1]}}  {on}" for name, stage, on in rows]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def enable(parsed: Parsed) -> int:
    """`csm features enable NAME`"""
    name = features.check(parsed.get("feature") or "")
    config_file.put(codex_home(os.environ), ("features", name), True)
    return _say(f"Enabled feature `{name}` in config.toml.")


def disable(parsed: Parsed) -> int:
    """`csm features disable NAME`: one that is off by itself is no longer mentioned."""
    name = features.check(parsed.get("feature") or "")
    off = False if features.known()[name].default else None
    config_file.put(codex_home(os.environ), ("features", name), off)
    return _say(f"Disabled feature `{name}` in config.toml.")


def _say(text: str) -> int:
    sys.stdout.write(f"{text}\n")
    return 0
