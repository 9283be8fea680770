"""What the status line and the terminal's title are made of: ticked, put in order, seen while that is done.

Does not: draw them. The settings `tui.status_line` and `tui.terminal_title` say which parts there are.
"""

from __future__ import annotations

from typing import Any

from csm.api import Context, command, lines

from .place import Line, Row, keep, screen

_USUAL = {
    "status_line": ["model-with-reasoning", "current-dir", "git-branch", "permissions", "context-remaining"],
    "terminal_title": ["spinner", "thread-title", "project-name", "app-name"],
}


@command("status-line.choose", title="Parts of the status line", slash="statusline")
def status_line(cx: Context, *, reset: bool = False) -> None:
    """Tick what the status line tells and put it in order; with `--reset` it is csm's own choice again."""
    _choose(cx, "status_line", "Status line", reset)


@command("title.choose", title="Parts of the terminal's title", slash="title")
def title(cx: Context, *, reset: bool = False) -> None:
    """Tick what the terminal's title tells and put it in order; with `--reset` it is csm's own choice again."""
    _choose(cx, "terminal_title", "Title of the terminal", reset)


def _choose(cx: Context, setting: str, title: str, reset: bool) -> None:
    if reset:
        _reset(cx, setting)
        return
    given: Any = cx.host.settings.raw.get("tui", {}).get(setting)
    ticked: list[str] = list(map(str, given)) if isinstance(given, list) else _USUAL[setting]  # pyright: ignore[reportUnknownArgumentType]
    texts = dict(screen(cx).parts())
    rows = [Row(name, name, text) for name, text in texts.items()]
    rows += [Row(name, name, "csm has nothing to say of it") for name in ticked if name not in texts]

    def look(value: Any, columns: int, height: int) -> list[Line]:
        shown = [texts.get(name, "") for name in screen(cx).panel.ticked()]
        text = lines.clean(" · ".join(filter(None, shown))) or "(nothing)"
        return lines.wrap([("status.model", text)], columns)

    screen(cx).pick(
        title,
        rows,
        lambda names: _save(cx, setting, names),
        preview=look,
        ticked=ticked,
        ordered=True,
        actions={"reset": ("csm's own", lambda value: _reset(cx, setting))},
    )


def _save(cx: Context, setting: str, names: list[str]) -> None:
    file = keep(cx, ("tui", setting), names)
    screen(cx).message(f"kept in {file}")


def _reset(cx: Context, setting: str) -> None:
    file = keep(cx, ("tui", setting), None)
    screen(cx).message(f"csm's own choice again; {file} says nothing of it")
