"""The switches of `[features]`, ticked where they are on.

Does not: say what a feature does; csm knows all of Codex's names and asks for those it has something to switch.
"""

from __future__ import annotations

from typing import Any

from csm.api import Context, command, features

from .place import Row, keep, page, screen

_SHOWN = ("experimental", "under development", "stable", "deprecated")


@command("features.choose", title="Features on or off", slash="experimental")
def choose(cx: Context) -> None:
    """Tick the features that are to be on. What differs from before is written into `config.toml`."""
    raw, known = cx.host.settings.raw, features.known()
    on = [name for name in known if features.on(raw, name)]
    rows = [
        Row(name, name, "on unless switched off" if one.default else "", one.stage.capitalize())
        for stage in _SHOWN
        for name, one in known.items()
        if one.stage == stage
    ]

    def look(name: str, columns: int, rows: int) -> Any:
        facts = [("Stage", known[name].stage), ("Usually", "on" if known[name].default else "off")]
        facts.append(("Now", "on" if name in on else "off"))
        return page(name, facts, "It counts from the next session on, where csm has something to switch.", columns)

    screen(cx).pick("Features", rows, lambda ticked: _save(cx, ticked, on), preview=look, ticked=on)


def _save(cx: Context, ticked: list[str], before: list[str]) -> None:
    shown = [name for name, one in features.known().items() if one.stage in _SHOWN]
    changed = [name for name in shown if (name in ticked) != (name in before)]
    file = ""
    for name in changed:
        default = features.known()[name].default
        now = name in ticked
        file = keep(cx, ("features", name), None if now == default else now)
    told = ", ".join(f"{name} {'on' if name in ticked else 'off'}" for name in changed)
    screen(cx).message(f"{told}; kept in {file}" if changed else "nothing was changed")
